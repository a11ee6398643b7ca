"""What a person has set: their channels, how sending went, and whether their calendar has an
address.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.notices import keeps_channel, shown
from service.domain.people.actor import Actor, Holder
from service.errors import NotAllowed, NotFound
from service.store.notices import ChannelRow, DeliveryRow
from service.store.operations.failures import failure_of
from service.store.operations.rows import FailureRow
from service.store.people.rows import CredentialRow, UnitRow

FAILED = failure_of("delivery", DeliveryRow.id)


@dataclass(frozen=True, kw_only=True)
class ChannelLine:
    """A channel as its keepers see it.

    Of a robot's address only the host is shown, and of a key only that there is one. ``sent_at`` is
    when the last letter arrived. ``waiting`` letters are not sent yet, ``parked`` ones are given
    up. ``error`` is the reason of the last failure.
    """

    id: int
    kind: str
    address: str
    mode: str
    signed: bool
    sent_at: datetime | None
    waiting: int
    parked: int
    error: str | None


@dataclass(frozen=True, kw_only=True)
class ParkedDeliveryLine:
    """A letter that could not be delivered for a day. It waits until somebody sends it again."""

    id: str
    kind: str
    address: str
    holder: Holder
    subject: str
    created_at: datetime
    attempts: int
    error: str


def my_channels(session: Session, actor: Actor) -> Sequence[ChannelLine]:
    """A person's own channels."""
    return _channels(session, Holder.person(actor.person_id))


def unit_channels(session: Session, actor: Actor, unit: str) -> Sequence[ChannelLine]:
    """The channels of a unit, for its heads and for administrators.

    :raises NotFound: there is no such unit. :raises NotAllowed: this person may not see them.
    """
    unit_id = session.scalar(
        select(UnitRow.id).where(UnitRow.jurisdiction == actor.jurisdiction, UnitRow.code == unit)
    )
    if unit_id is None:
        raise NotFound(f"单位 {unit} ")
    holder = Holder.unit(unit_id)
    if not keeps_channel(actor, actor.jurisdiction, holder, None):
        raise NotAllowed("单位的通知渠道由本单位负责人或系统管理员查看和设置")
    return _channels(session, holder)


def feed_opened(session: Session, actor: Actor) -> datetime | None:
    """Since when this person's calendar has an address. None if it has none."""
    return session.scalar(
        select(CredentialRow.created_at).where(
            CredentialRow.person_id == actor.person_id, CredentialRow.kind == "calendar"
        )
    )


def parked_deliveries(
    session: Session, jurisdiction: str, limit: int = 100
) -> Sequence[ParkedDeliveryLine]:
    """The letters of a jurisdiction that were given up after a day, oldest first."""
    parked = (
        select(DeliveryRow, ChannelRow, FailureRow.error)
        .join(ChannelRow, ChannelRow.id == DeliveryRow.channel_id)
        .join(FailureRow, FAILED)
        .where(
            DeliveryRow.jurisdiction == jurisdiction,
            DeliveryRow.delivered_at.is_(None),
            FailureRow.attempt_at.is_(None),
        )
        .order_by(DeliveryRow.created_at, DeliveryRow.notice_id)
        .limit(limit)
    )
    return [
        ParkedDeliveryLine(
            id=delivery.id,
            kind=channel.kind,
            address=shown(channel.kind, channel.address),
            holder=channel.holder,
            subject=delivery.subject,
            created_at=delivery.created_at,
            attempts=delivery.attempts,
            error=error or "",
        )
        for delivery, channel, error in session.execute(parked)
    ]


def _channels(session: Session, holder: Holder) -> Sequence[ChannelLine]:
    channels = session.scalars(
        select(ChannelRow).where(ChannelRow.holder == holder).order_by(ChannelRow.id)
    ).all()
    return [_line(session, channel) for channel in channels]


def _line(session: Session, row: ChannelRow) -> ChannelLine:
    undelivered = (DeliveryRow.channel_id == row.id, DeliveryRow.delivered_at.is_(None))
    count = select(func.count()).select_from(DeliveryRow).where(*undelivered)
    parked = count.join(FailureRow, FAILED).where(FailureRow.attempt_at.is_(None))
    whole = session.scalar(count) or 0
    given_up = session.scalar(parked) or 0
    error = select(FailureRow.error).join(DeliveryRow, FAILED).where(*undelivered)
    return ChannelLine(
        id=row.id,
        kind=row.kind,
        address=shown(row.kind, row.address),
        mode=row.mode,
        signed=bool(row.secret),
        sent_at=session.scalar(
            select(func.max(DeliveryRow.delivered_at)).where(
                DeliveryRow.channel_id == row.id, DeliveryRow.told_with.is_(None)
            )
        ),
        waiting=whole - given_up,
        parked=given_up,
        error=session.scalar(error.order_by(DeliveryRow.created_at.desc()).limit(1)),
    )
