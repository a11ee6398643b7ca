"""The tables of cases and work. Rows are facts; no rule lives here.

Decided: business data stands once, in ``case.data``; an engine's state holds tokens only. Items are
rows per unit, never per person, so that a list of open work costs what is shown and not how many
people could see it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, MetaData, String, UniqueConstraint, false
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service.store.types import Instant, Typed

CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of all rows."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = {datetime: Instant, dict[str, Any]: Typed, list[Any]: Typed}


class Chained:
    """Whoever has a journal of its own: how many lines it has, and the digest of the last."""

    journal_lines: Mapped[int] = mapped_column(default=0)
    journal_head: Mapped[bytes | None] = mapped_column(LargeBinary)


class CaseRow(Chained, Base):
    """One run of a diagram (案件). ``suspended_with`` is the parent case whose rest this one
    shares; ``pauses`` are the times it rested, ``[from, until]``, the last without an end while it
    does.
    """

    __tablename__ = "case_"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    definition_id: Mapped[int] = mapped_column(ForeignKey("definition.id"))
    process: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    business_key: Mapped[str | None] = mapped_column(String(120))
    number: Mapped[str | None] = mapped_column(String(80))
    status: Mapped[str] = mapped_column(String(12), default="running")
    state: Mapped[bytes | None] = mapped_column(LargeBinary)
    data: Mapped[dict[str, Any]]
    lists: Mapped[dict[str, Any]]
    returned: Mapped[dict[str, Any]]
    pauses: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")
    starter_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))
    parent_task: Mapped[str | None] = mapped_column(String(36))
    suspended_with: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("parent_id", "parent_task"),
        Index("ix_case_jurisdiction_id", "jurisdiction", "id"),
    )


class ItemRow(Base):
    """What a unit or a person has to do in a case (事项): one row per open task and unit.

    ``holder`` is ``unit:ID``, ``person:ID``, ``head:ID`` or ``role:CODE:ROLE``. ``state``: open,
    done, unanswered (未反馈), excused (免于反馈) or cancelled. ``given`` are the values the form's
    read-only fields had when it opened. ``due_at`` follows from ``due_rule`` and ``due_since``, and
    is empty while the case rests; ``remind_at`` is when ``reminder`` comes next; ``extension_id``
    is the undecided application for more time. ``counted_as`` is what supervision has counted it
    as, ``counted`` whether that still holds.
    """

    __tablename__ = "item"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20), server_default="")
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    task: Mapped[str] = mapped_column(String(36))
    element: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(120), default="")
    round: Mapped[int]
    part: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    holder: Mapped[str] = mapped_column(String(40))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    state: Mapped[str] = mapped_column(String(12), default="open")
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_rule: Mapped[str | None] = mapped_column(String(80))
    due_since: Mapped[datetime | None]
    remind_at: Mapped[datetime | None] = mapped_column()
    reminder: Mapped[str | None] = mapped_column(String(12))
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    counted_as: Mapped[str | None] = mapped_column(String(80))
    extension_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    form: Mapped[str | None] = mapped_column(String(80))
    clause: Mapped[list[Any]]
    basis: Mapped[str] = mapped_column(String(8), default="")
    draft: Mapped[dict[str, Any] | None]
    given: Mapped[dict[str, Any]]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}
    __table_args__ = (
        UniqueConstraint("case_id", "task", "part", "holder"),
        UniqueConstraint("case_id", "element", "place", "round", "part", "holder"),
        Index(
            "ix_item_open",
            "holder",
            "part",
            "due_at",
            "id",
            sqlite_where=state == "open",
            postgresql_where=state == "open",
        ),
        Index(
            "ix_item_due",
            "jurisdiction",
            "due_at",
            "id",
            sqlite_where=state == "open",
            postgresql_where=state == "open",
        ),
        Index("ix_item_step", "jurisdiction", "element", "opened_at"),
        Index("ix_item_closed_by", "closed_by", "id"),
        Index(
            "ix_item_remind",
            "remind_at",
            sqlite_where=remind_at.is_not(None),
            postgresql_where=remind_at.is_not(None),
        ),
        Index(
            "ix_item_uncounted",
            "id",
            sqlite_where=counted.is_(False),
            postgresql_where=counted.is_(False),
        ),
    )


class AnswerRow(Base):
    """What somebody answered: never changed, only marked ``undone`` when the step is sent back.

    ``part``: lead, cooperate, or message (a form sent by a message; without a person when it came
    from outside).
    """

    __tablename__ = "answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    element: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(120), default="")
    round: Mapped[int]
    part: Mapped[str] = mapped_column(String(10))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    at: Mapped[datetime]
    form: Mapped[str | None] = mapped_column(String(80))
    answers: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    undone: Mapped[bool] = mapped_column(default=False)


class CommentRow(Base):
    """A remark on an item (批注), or what was said of its term. ``kind``: comment, urge (催办) or
    extension (延期).
    """

    __tablename__ = "comment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    text: Mapped[str]
    kind: Mapped[str] = mapped_column(String(10), default="comment", server_default="comment")


class AttachmentRow(Base):
    """Evidence (附件) of an item or of an answer sent by a message.

    The content stands in the database, so that it commits and is backed up with its case.
    """

    __tablename__ = "attachment"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"), index=True)
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    filename: Mapped[str] = mapped_column(String(200))
    content_type: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)


class TimerRow(Base):
    """A hint that a case waits for an instant; the wait itself stands in the case's state."""

    __tablename__ = "timer"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    task: Mapped[str] = mapped_column(String(36))
    element: Mapped[str] = mapped_column(String(80))
    rule: Mapped[str] = mapped_column(String(120))
    since: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    interrupting: Mapped[bool] = mapped_column(default=False)
    attempts: Mapped[int] = mapped_column(default=0)
    attempt_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (UniqueConstraint("case_id", "task", "element"),)


class SubscriptionRow(Base):
    """A hint that a case waits for a message. ``taken_by`` is the round that has collected the case
    meanwhile.
    """

    __tablename__ = "subscription"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    jurisdiction: Mapped[str] = mapped_column(String(20))
    task: Mapped[str] = mapped_column(String(36))
    element: Mapped[str] = mapped_column(String(80))
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120), default="")
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))

    __table_args__ = (
        UniqueConstraint("case_id", "task", "element"),
        Index("ix_subscription_name", "jurisdiction", "name", "key"),
    )


class JournalRow(Base):
    """One line of the record (留痕): append-only. ``seq`` and ``digest`` chain it, see
    :mod:`service.store.journal`.
    """

    __tablename__ = "journal"

    id: Mapped[int] = mapped_column(primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"))
    jurisdiction: Mapped[str | None] = mapped_column(String(20))
    at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    verb: Mapped[str] = mapped_column(String(24))
    element: Mapped[str | None] = mapped_column(String(80))
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
    """An effect that happens after the commit: a message to another case. ``id`` is stable over all
    attempts.
    """

    __tablename__ = "outbox"

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    name: Mapped[str] = mapped_column(String(80))
    key: Mapped[str] = mapped_column(String(120), default="")
    payload: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    attempt_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None] = mapped_column()
    error: Mapped[str | None]

    __table_args__ = (
        Index(
            "ix_outbox_undelivered",
            "attempt_at",
            sqlite_where=delivered_at.is_(None),
            postgresql_where=delivered_at.is_(None),
        ),
    )


class ReceivedRow(Base):
    """A message that has had its effect in a case: never a second time."""

    __tablename__ = "received"

    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), primary_key=True)
    message_id: Mapped[str] = mapped_column(String(36), primary_key=True)
    at: Mapped[datetime]


class CounterRow(Base):
    """The last number given out in a year."""

    __tablename__ = "counter"

    jurisdiction: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
