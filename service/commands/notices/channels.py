"""Where people are told: their own channels, those of their unit, and the address of their
calendar.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select, update

from service.access.people import digest, new_secret
from service.commands.operations.failing import forget_failures
from service.domain.notices import (
    DAILY,
    EACH,
    EMAIL,
    OF_UNITS,
    OFF,
    PERSONAL,
    fit_address,
    fit_mode,
    fit_secret,
    keeps_channel,
    shown,
)
from service.domain.people.actor import Actor, Holder
from service.domain.vocabulary.notices import TRIAL
from service.errors import BadRequest, NotAllowed, NotFound, TooMany
from service.store.notices import ChannelRow, DeliveryRow
from service.store.people.rows import CredentialRow, UnitRow
from service.unit_of_work import UnitOfWork

MOST_CHANNELS = 5
TRIAL_SECONDS = 60
FEED = "calendar"
FEED_LASTS = timedelta(days=3650)


@dataclass(frozen=True, kw_only=True)
class SetChannel:
    """Add a channel for a person, or with ``unit`` for a unit. A known address gets the new mode
    and key. Returns its id.

    :raises BadRequest: nothing can be sent to this address. :raises NotAllowed: this person may not
        set the unit's channels.
    """

    actor: Actor
    kind: str
    address: str = field(repr=False)
    mode: str = EACH
    secret: str = field(default="", repr=False)
    unit: str | None = None

    def carry_out(self, work: UnitOfWork) -> int:
        address = fit_address(self.kind, self.address, PERSONAL if self.unit is None else OF_UNITS)
        mode = fit_mode(self.mode)
        secret = fit_secret(self.secret)
        holder, person_id = self._holder(work)
        row = work.session.scalar(
            select(ChannelRow).where(
                ChannelRow.holder == holder,
                ChannelRow.kind == self.kind,
                ChannelRow.address == address,
            )
        )
        if row is None:
            self._refuse_too_many(work, holder)
            row = ChannelRow(
                jurisdiction=self.actor.jurisdiction,
                holder=holder,
                person_id=person_id,
                kind=self.kind,
                address=address,
                digest_at=work.now,
                mode=EACH,
            )
            work.session.add(row)
        row.secret = secret or row.secret or ""
        work.session.flush()
        change_mode(work, row, mode)
        work.record(
            None,
            "channel_set",
            actor=self.actor,
            jurisdiction=row.jurisdiction,
            holder=holder,
            channel=row.kind,
            address=shown(row.kind, row.address),
            mode=mode,
        )
        return row.id

    def _holder(self, work: UnitOfWork) -> tuple[Holder, int | None]:
        if self.unit is None:
            return Holder.person(self.actor.person_id), self.actor.person_id
        unit_id = work.session.scalar(
            select(UnitRow.id).where(
                UnitRow.jurisdiction == self.actor.jurisdiction, UnitRow.code == self.unit
            )
        )
        if unit_id is None:
            raise NotFound(f"单位 {self.unit} ")
        holder = Holder.unit(unit_id)
        if not keeps_channel(self.actor, self.actor.jurisdiction, holder, None):
            raise NotAllowed("单位的通知渠道由本单位负责人或系统管理员设置")
        return holder, None

    def _refuse_too_many(self, work: UnitOfWork, holder: Holder) -> None:
        count = work.session.scalar(
            select(func.count()).select_from(ChannelRow).where(ChannelRow.holder == holder)
        )
        if (count or 0) >= MOST_CHANNELS:
            raise BadRequest(
                f"最多设置 {MOST_CHANNELS} 个通知渠道，请先删除不用的", field="address"
            )


def change_mode(work: UnitOfWork, row: ChannelRow, mode: str) -> None:
    """Set how often a channel is told. Letters that waited for the digest are due at once. If the
    channel is off, nothing more is sent.
    """
    undelivered = (DeliveryRow.channel_id == row.id, DeliveryRow.delivered_at.is_(None))
    if mode == OFF:
        _forget_deliveries(work, *undelivered)
    elif mode == EACH and row.mode == DAILY:
        work.session.execute(
            update(DeliveryRow)
            .where(*undelivered, DeliveryRow.attempt_at.is_(None))
            .values(attempt_at=work.now)
        )
    row.mode = mode


def _forget_deliveries(work: UnitOfWork, *which: ColumnElement[bool]) -> None:
    """Delete letters, and the failures of those that were not sent."""
    gone = delete(DeliveryRow).where(*which).returning(DeliveryRow.id, DeliveryRow.delivered_at)
    unsent = [of for of, delivered_at in work.session.execute(gone) if delivered_at is None]
    forget_failures(work, "delivery", unsent)


@dataclass(frozen=True, kw_only=True)
class ChannelCommand:
    """A command on one channel."""

    actor: Actor
    channel_id: int

    def mine(self, work: UnitOfWork, *, whole: bool = False) -> ChannelRow:
        """The channel, locked.

        :param whole: also lock out those who write letters for it at this moment.
        :raises NotFound: there is none, or this person may not set it.
        """
        row = work.session.get(
            ChannelRow, self.channel_id, with_for_update={"key_share": not whole}
        )
        if row is None or not keeps_channel(
            self.actor, row.jurisdiction, row.holder, row.person_id
        ):
            raise NotFound("该通知渠道")
        return row

    def note(self, work: UnitOfWork, verb: str, row: ChannelRow) -> None:
        """Write a line into the journal. It names the channel, never its key."""
        work.record(
            None,
            verb,
            actor=self.actor,
            jurisdiction=row.jurisdiction,
            holder=row.holder,
            channel=row.kind,
            address=shown(row.kind, row.address),
            mode=row.mode,
        )


@dataclass(frozen=True, kw_only=True)
class ChangeMode(ChannelCommand):
    """Tell a channel at once, once a day, or not for now."""

    mode: str

    def carry_out(self, work: UnitOfWork) -> None:
        row = self.mine(work)
        change_mode(work, row, fit_mode(self.mode))
        self.note(work, "channel_mode", row)


@dataclass(frozen=True, kw_only=True)
class RemoveChannel(ChannelCommand):
    """Delete an address and the letters for it. The notices stay on the page."""

    def carry_out(self, work: UnitOfWork) -> None:
        row = self.mine(work, whole=True)
        self.note(work, "channel_remove", row)
        _forget_deliveries(work, DeliveryRow.channel_id == row.id)
        work.session.delete(row)


@dataclass(frozen=True, kw_only=True)
class TryChannel(ChannelCommand):
    """Send a test message. Returns its id.

    :raises BadRequest: this installation sends no mail. :raises TooMany: one was sent a moment ago.
    """

    def carry_out(self, work: UnitOfWork) -> str:
        row = self.mine(work)
        if row.kind == EMAIL and not work.process.sends_mail:
            raise BadRequest(
                "本系统没有配置邮件服务器，暂时不能发送邮件，请联系系统管理员", channel=row.kind
            )
        recent = select(DeliveryRow.id).where(
            DeliveryRow.channel_id == row.id,
            DeliveryRow.notice_id.is_(None),
            DeliveryRow.path == "/settings",
            DeliveryRow.created_at > work.now - timedelta(seconds=TRIAL_SECONDS),
        )
        if work.session.scalar(recent.limit(1)) is not None:
            raise TooMany(TRIAL_SECONDS)
        trial = DeliveryRow(
            id=work.process.catalogue.new_id(),
            jurisdiction=row.jurisdiction,
            channel_id=row.id,
            path="/settings",
            subject=TRIAL["subject"],
            text=TRIAL["text"],
            created_at=work.now,
            attempt_at=work.now,
        )
        work.session.add(trial)
        return trial.id


@dataclass(frozen=True, kw_only=True)
class OpenFeed:
    """Make a new secret for somebody's calendar. The earlier one no longer fits. Returns the
    secret; only its digest is stored.
    """

    actor: Actor
    secret: str = field(default_factory=new_secret, repr=False)

    def carry_out(self, work: UnitOfWork) -> str:
        _close_feeds(work, self.actor)
        work.session.add(
            CredentialRow(
                kind=FEED,
                digest=digest(self.secret),
                person_id=self.actor.person_id,
                created_at=work.now,
                expires_at=work.now + FEED_LASTS,
            )
        )
        work.record(
            None,
            "feed_open",
            actor=self.actor,
            jurisdiction=self.actor.jurisdiction,
            login=self.actor.login,
        )
        return self.secret


@dataclass(frozen=True, kw_only=True)
class CloseFeed:
    """Close the address of somebody's calendar."""

    actor: Actor

    def carry_out(self, work: UnitOfWork) -> None:
        _close_feeds(work, self.actor)
        work.record(
            None,
            "feed_close",
            actor=self.actor,
            jurisdiction=self.actor.jurisdiction,
            login=self.actor.login,
        )


def _close_feeds(work: UnitOfWork, actor: Actor) -> None:
    work.session.execute(
        delete(CredentialRow).where(
            CredentialRow.person_id == actor.person_id, CredentialRow.kind == FEED
        )
    )
