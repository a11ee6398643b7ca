"""The tables of items, answers, remarks and attachments.

Decided: items are rows per unit, never per person. So a list of open work costs what it shows, and
not as much as there are people who could see it.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from service.domain.people.actor import Holder
from service.store.types import Base


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

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20), server_default="")
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"))
    task: Mapped[str] = mapped_column(String(36))
    element: Mapped[str] = mapped_column(String(80))
    place: Mapped[str] = mapped_column(String(120), default="")
    round: Mapped[int]
    part: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(120))
    holder: Mapped[Holder]
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
    term_basis: Mapped[str] = mapped_column(String(8), default="", server_default="")
    about_id: Mapped[int | None] = mapped_column(ForeignKey("case_.id"), index=True)
    returned: Mapped[dict[str, Any] | None]
    changed_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    sent_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
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
    """A remark on an item (批注) or on its term.

    ``kind`` is comment, urge (催办) or extension (延期).
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
    """A file (附件) of an item, or of an answer that was sent by a message.

    The content stands in the database, so that it is committed and backed up with its case.
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
