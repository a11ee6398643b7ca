"""The tables of items, answers, remarks and attachments.

Decided: items are rows per unit, never per person. So a list of open work costs what it shows, and
not as much as there are people who could see it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.people.actor import Holder
from service.store.types import (
    AnswerId,
    Base,
    CaseId,
    Id,
    ItemId,
    PersonId,
    String8,
    String10,
    String12,
    String20,
    String36,
    String64,
    String80,
    String120,
    String200,
    UnitId,
)


class ItemRow(Base):
    """A piece of work for a unit or a person in a case (事项): a row for each open task and unit.

    - ``state`` is open, done, unanswered (未反馈), excused (免于反馈) or cancelled.
    - ``given`` has the values that the read-only fields of the form had when the item opened.
    - ``due_at`` follows from ``due_rule`` and ``due_since``. It is empty while the case rests.
    - ``remind_at`` is when the next reminder comes; ``reminder`` is the stage of it.
    - ``extension_id`` is the case of the undecided application for more time.
    - ``counted_as`` is the count of supervision in which the item stands. ``counted`` says whether
      that count is still right.
    - ``term_basis`` says who set the term: ``text`` the document, ``ours`` this system by default,
      ``case`` the case itself.
    - ``about_id`` is another case that is judged here. The people who have the item see that case.
    - ``returned`` tells of the send-back that opened this round. ``by`` is the id and ``who`` the
      name of the person; both are None if the diagram itself leads back. ``why`` is the reason and
      ``from`` an element.
    - ``changed_by`` is the person who changed the item last.
    - ``sent_by`` is the person whose act opened the item. It is empty if their name is secret.
    """

    __tablename__ = "item"

    id: Mapped[Id]
    jurisdiction: Mapped[String20] = mapped_column(server_default="")
    case_id: Mapped[CaseId]
    task: Mapped[String36]
    element: Mapped[String80]
    place: Mapped[String120] = mapped_column(default="")
    round: Mapped[int]
    part: Mapped[String10]
    name: Mapped[String120]
    holder: Mapped[Holder]
    unit_id: Mapped[UnitId | None]
    person_id: Mapped[PersonId | None]
    assignee_id: Mapped[PersonId | None]
    state: Mapped[String12] = mapped_column(default="open")
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    due_rule: Mapped[String80 | None]
    due_since: Mapped[datetime | None]
    remind_at: Mapped[datetime | None] = mapped_column()
    reminder: Mapped[String12 | None]
    counted: Mapped[bool] = mapped_column(default=False, server_default=false())
    counted_as: Mapped[String80 | None]
    extension_id: Mapped[CaseId | None]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[PersonId | None]
    form: Mapped[String80 | None]
    clause: Mapped[list[Any]]
    basis: Mapped[String8] = mapped_column(default="")
    term_basis: Mapped[String8] = mapped_column(default="", server_default="")
    about_id: Mapped[CaseId | None] = mapped_column(index=True)
    returned: Mapped[dict[str, Any] | None]
    changed_by: Mapped[PersonId | None]
    sent_by: Mapped[PersonId | None]
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
    """The answers of a person at a step.

    They never change. When the step is sent back, they are only marked ``undone``. ``part`` is
    lead, cooperate, or message: a form that was sent by a message. A message from outside has no
    person.
    """

    __tablename__ = "answer"

    id: Mapped[Id]
    case_id: Mapped[CaseId] = mapped_column(index=True)
    item_id: Mapped[ItemId | None]
    element: Mapped[String80]
    place: Mapped[String120] = mapped_column(default="")
    round: Mapped[int]
    part: Mapped[String10]
    person_id: Mapped[PersonId | None]
    unit_id: Mapped[UnitId | None]
    at: Mapped[datetime]
    form: Mapped[String80 | None]
    answers: Mapped[dict[str, Any]]
    reason: Mapped[str] = mapped_column(default="")
    undone: Mapped[bool] = mapped_column(default=False)


class CommentRow(Base):
    """A remark on an item (批注) or on its term.

    ``kind`` is comment, urge (催办) or extension (延期).
    """

    __tablename__ = "comment"

    id: Mapped[Id]
    case_id: Mapped[CaseId] = mapped_column(index=True)
    item_id: Mapped[ItemId] = mapped_column(index=True)
    person_id: Mapped[PersonId]
    at: Mapped[datetime]
    text: Mapped[str]
    kind: Mapped[String10] = mapped_column(default="comment", server_default="comment")


class AttachmentRow(Base):
    """A file (附件) of an item, or of an answer that was sent by a message.

    The content stands in the database, so that it is committed and backed up with its case.
    """

    __tablename__ = "attachment"

    id: Mapped[Id]
    case_id: Mapped[CaseId] = mapped_column(index=True)
    item_id: Mapped[ItemId | None] = mapped_column(index=True)
    answer_id: Mapped[AnswerId | None]
    person_id: Mapped[PersonId | None]
    at: Mapped[datetime]
    filename: Mapped[String200]
    content_type: Mapped[String120]
    size: Mapped[int]
    digest: Mapped[String64]
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
