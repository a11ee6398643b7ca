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
    """What the clock failed to do and has no row of its own to say so. It is gone once it is done.

    ``kind`` ``reminder``: ``of`` is the item, as ``item_id``; ``part``: ``of`` is ``job/part`` of a
    long work. ``attempt_at`` is empty once it is parked.
    """

    __tablename__ = "failure"

    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    of: Mapped[str] = mapped_column(String(40), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    what: Mapped[str] = mapped_column(String(200))
    since: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    attempt_at: Mapped[datetime | None] = mapped_column(index=True)
    error: Mapped[str | None]
