"""The messages that were sent to people, or would have been."""

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
    newest = (
        select(DeliveryRow, ChannelRow, FailureRow.error)
        .join(ChannelRow, ChannelRow.id == DeliveryRow.channel_id)
        .outerjoin(FailureRow, failure_of("delivery", DeliveryRow.id))
        .where(DeliveryRow.jurisdiction == jurisdiction)
        .order_by(DeliveryRow.created_at.desc(), DeliveryRow.id)
        .limit(DELIVERIES_SHOWN)
    )
    return tuple(
        DeliveryLine(
            id=delivery.id,
            kind=channel.kind,
            address=channel.address,
            subject=delivery.subject,
            text=delivery.text,
            created_at=delivery.created_at,
            attempts=delivery.attempts,
            delivered_at=delivery.delivered_at,
            error=error,
        )
        for delivery, channel, error in session.execute(newest)
    )
