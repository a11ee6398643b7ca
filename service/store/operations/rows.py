"""The tables of what the program does by itself: long works, failures, requests answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ForeignKey,
    Index,
    LargeBinary,
    String,
)
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import Base


class IdempotencyRow(Base):
    """The response to a request that carried an Idempotency-Key; ``digest`` is of the request."""

    __tablename__ = "idempotency"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    at: Mapped[datetime]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[int] = mapped_column(default=0)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)


class JobRow(Base):
    """Long work that the clock does in parts, each in its own transaction: recompute, urge.

    ``position`` is the last id that is done; a part that fails is noted in ``failed`` and stops
    nobody else.
    """

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    facts: Mapped[dict[str, Any]]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    created_at: Mapped[datetime]
    position: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
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
    """What the clock failed to do, of whatever kind. The row goes when the work has been done.

    ``kind`` is as in ``STOPPED``; ``of`` is the key of what failed: of a timer, a start, a message,
    a delivery, the item of a reminder, or ``job/part`` of a long work. ``since`` is when it was
    due, of reminders and parts when it first failed. ``attempts`` counts failures since somebody
    last retried it by hand. ``attempt_at`` is when it is tried again; empty: it is parked.

    ``timer_id`` lets a failure go with its timer: the projection takes timers away in every
    command and need not know of failures.
    """

    __tablename__ = "failure"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    of: Mapped[str] = mapped_column(String(40), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    timer_id: Mapped[int | None] = mapped_column(
        ForeignKey("timer.id", ondelete="CASCADE"), index=True
    )
    what: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    attempt_at: Mapped[datetime | None] = mapped_column(index=True)
    error: Mapped[str | None]
