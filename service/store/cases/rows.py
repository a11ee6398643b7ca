"""The tables of cases, of their journal, and of what they wait for.

Decided: business data stands once, in ``case.data``. The state of the engine has tokens only.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import (
    Base,
    CaseId,
    Chained,
    Id,
    JurisdictionCode,
    PersonId,
    String8,
    String12,
    String20,
    String24,
    String36,
    String60,
    String80,
    String120,
    String200,
)


class CaseRow(Chained, Base):
    """One run of a diagram (案件).

    - ``suspended_with`` is the parent case; it is set if this case rests because the parent does.
    - ``pauses`` are the times when the case rested, as ``[from, until]``. While it rests, the last
      pause has no end.
    - ``outcome`` is the code of the last milestone or of the end that the case reached (结果), as
      the diagram declares it. People read ``outcome_name``; ``outcome_tone`` is good, bad or
      neutral.
    """

    __tablename__ = "case_"

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    process: Mapped[String80]
    title: Mapped[String200]
    business_key: Mapped[String120 | None]
    number: Mapped[String80 | None]
    status: Mapped[String12] = mapped_column(default="running")
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    data: Mapped[dict[str, Any]]
    lists: Mapped[dict[str, Any]]
    returned: Mapped[dict[str, Any]]
    pauses: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    starter_id: Mapped[PersonId | None]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    parent_id: Mapped[CaseId | None]
    parent_task: Mapped[String36 | None]
    suspended_with: Mapped[CaseId | None]
    outcome: Mapped[String60 | None]
    outcome_name: Mapped[String80 | None]
    outcome_tone: Mapped[String8 | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("parent_id", "parent_task"),
        Index("ix_case_jurisdiction_id", "jurisdiction", "id"),
    )


class ConcernRow(Base):
    """A person whom a case concerns (当事人). They see it although it is not their work yet."""

    __tablename__ = "concern"

    case_id: Mapped[CaseId] = mapped_column(primary_key=True)
    person_id: Mapped[PersonId] = mapped_column(primary_key=True)


class TimerRow(Base):
    """A hint that a case waits for an instant. The wait itself stands in the case's state."""

    __tablename__ = "timer"

    id: Mapped[Id]
    case_id: Mapped[CaseId]
    task: Mapped[String36]
    element: Mapped[String80]
    rule: Mapped[String120]
    since: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    interrupting: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("case_id", "task", "element"),)


class SubscriptionRow(Base):
    """A hint that a case waits for a message.

    ``taken_by`` is the case that has taken this case into its round in the meantime.
    """

    __tablename__ = "subscription"

    id: Mapped[Id]
    case_id: Mapped[CaseId]
    jurisdiction: Mapped[String20]
    task: Mapped[String36]
    element: Mapped[String80]
    name: Mapped[String80]
    key: Mapped[String120] = mapped_column(default="")
    taken_by: Mapped[CaseId | None]

    __table_args__ = (
        UniqueConstraint("case_id", "task", "element"),
        Index("ix_subscription_name", "jurisdiction", "name", "key"),
    )


class JournalRow(Base):
    """One line of the journal (留痕), to which lines are only added.

    ``seq`` and ``digest`` chain the line to the one before it, see :mod:`service.store.journal`.
    """

    __tablename__ = "journal"

    id: Mapped[Id]
    case_id: Mapped[CaseId | None] = mapped_column()
    jurisdiction: Mapped[String20 | None]
    at: Mapped[datetime]
    person_id: Mapped[PersonId | None]
    verb: Mapped[String24]
    element: Mapped[String80 | None]
    item_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]]
    seq: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (
        Index("ix_journal_case_id_seq", "case_id", "seq", unique=True),
        Index(
            "ix_journal_jurisdiction_seq",
            "jurisdiction",
            "seq",
            unique=True,
            sqlite_where=case_id.is_(None),
            postgresql_where=case_id.is_(None),
        ),
    )


class OutboxRow(Base):
    """A message to another case, which is delivered after the commit.

    ``id`` is the same in all attempts. ``attempt_at`` is the earliest time of the next attempt. It
    is empty once the message has been delivered.
    """

    __tablename__ = "outbox"

    id: Mapped[String36] = mapped_column(primary_key=True)
    jurisdiction: Mapped[String20]
    case_id: Mapped[CaseId]
    name: Mapped[String80]
    key: Mapped[String120] = mapped_column(default="")
    payload: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    attempt_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None] = mapped_column()

    __table_args__ = (
        Index(
            "ix_outbox_undelivered",
            "attempt_at",
            sqlite_where=delivered_at.is_(None),
            postgresql_where=delivered_at.is_(None),
        ),
    )


class ReceivedRow(Base):
    """A message that a case has received. It must not have its effect a second time."""

    __tablename__ = "received"

    case_id: Mapped[CaseId] = mapped_column(primary_key=True)
    message_id: Mapped[String36] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class AnchorRow(Base):
    """A digest of all journal lines up to one. ``lines`` counts those since the anchor before."""

    __tablename__ = "anchor"

    id: Mapped[Id]
    at: Mapped[datetime]
    upto: Mapped[int]
    lines: Mapped[int]
    digest: Mapped[bytes] = mapped_column(LargeBinary)
