"""The tables of long work, of failures, and of requests that were answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import (
    Base,
    CaseId,
    Count,
    Id,
    ItemId,
    PersonId,
    String10,
    String20,
    String40,
    String200,
)


class IdempotencyRow(Base):
    """The response to a request with an Idempotency-Key.

    ``digest`` is the digest of the request.
    """

    __tablename__ = "idempotency"

    person_id: Mapped[PersonId] = mapped_column(primary_key=True)
    key: Mapped[String200] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[Count]
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class JobRow(Base):
    """Long work, recompute or urge, that the clock does in parts, each in its own transaction.

    ``position`` is the last id that is done. A part that fails is counted in ``failed`` and does
    not stop the others.
    """

    __tablename__ = "job"

    id: Mapped[Id]
    jurisdiction: Mapped[String20]
    kind: Mapped[String20]
    facts: Mapped[dict[str, Any]]
    person_id: Mapped[PersonId | None]
    created_at: Mapped[datetime]
    position: Mapped[Count]
    total: Mapped[Count]
    done: Mapped[Count]
    failed: Mapped[Count]
    error: Mapped[str | None]
    finished_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index(
            "ix_job_unfinished",
            "id",
            sqlite_where=finished_at.is_(None),
            postgresql_where=finished_at.is_(None),
        ),
    )


class FailureRow(Base):
    """A failure of the clock, of any kind. The row is deleted once the work has been done.

    - ``kind`` is one of ``STOPPED``.
    - ``of`` is the key of what failed: of a timer, a start, a message, a delivery, the item of a
      reminder, or ``job/part`` of long work.
    - ``since`` is when the work was due. For reminders and parts it is when they first failed.
    - ``attempts`` counts the failures since a person last retried it by hand.
    - ``attempt_at`` is when it is tried again. It is empty if the work is parked.
    - ``timer_id`` deletes the failure together with its timer. So the projection, which deletes
      timers in every command, need not know of failures.
    """

    __tablename__ = "failure"

    kind: Mapped[String10] = mapped_column(primary_key=True)
    of: Mapped[String40] = mapped_column(primary_key=True)
    jurisdiction: Mapped[String20]
    case_id: Mapped[CaseId | None]
    item_id: Mapped[ItemId | None]
    timer_id: Mapped[int | None] = mapped_column(
        ForeignKey("timer.id", ondelete="CASCADE"), index=True
    )
    what: Mapped[String200]
    since: Mapped[datetime]
    attempts: Mapped[Count]
    attempt_at: Mapped[datetime | None] = mapped_column(index=True)
    error: Mapped[str | None]
