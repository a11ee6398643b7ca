"""What was sent to people, or would have been."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.notices import ChannelRow, DeliveryRow
from service.store.operations.failures import failure_of
from service.store.operations.rows import FailureRow

DELIVERIES_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class DeliveryLine:
    """One message to one channel. ``error`` says why it has not arrived."""

    id: str
    kind: str
    address: str
    subject: str
    text: str
    created_at: datetime
    attempts: int
    delivered_at: datetime | None
    error: str | None


def deliveries(session: Session, jurisdiction: str) -> tuple[DeliveryLine, ...]:
    """The newest messages of a jurisdiction, newest first."""
    wanted = (
        select(DeliveryRow, ChannelRow, FailureRow.error)
        .join(ChannelRow, ChannelRow.id == DeliveryRow.channel_id)
        .outerjoin(FailureRow, failure_of("delivery", DeliveryRow.id))
        .where(DeliveryRow.jurisdiction == jurisdiction)
        .order_by(DeliveryRow.created_at.desc(), DeliveryRow.id)
        .limit(DELIVERIES_SHOWN)
    )
    return tuple(
        DeliveryLine(
            id=row.id,
            kind=channel.kind,
            address=channel.address,
            subject=row.subject,
            text=row.text,
            created_at=row.created_at,
            attempts=row.attempts,
            delivered_at=row.delivered_at,
            error=error,
        )
        for row, channel, error in session.execute(wanted)
    )
