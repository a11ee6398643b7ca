"""The tables of what goes outside and what comes from there: publications and submissions.

Decided: the public reads publications only, never a case. Outsiders see only what a diagram has
put into a publication.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import Base


class PublicationRow(Base):
    """Something made public (公布): a posting (榜单), a publicity (公示), a list.

    ``message`` is the message that outsiders may send to its case while it is open and before
    ``until``. ``details`` are the values that are shown. ``state`` is open, closed or withdrawn
    (撤榜).
    """

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    number: Mapped[str | None] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    text: Mapped[str]
    details: Mapped[dict[str, Any] | None]
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    message: Mapped[str | None] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(12), default="open", server_default="open")
    state_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="", server_default="")

    __table_args__ = (
        UniqueConstraint("jurisdiction", "number"),
        Index("ix_publication_kind", "kind", "id"),
    )


class SubmissionRow(Base):
    """A submission from outside without an account: a bid, an objection, or something else.

    - The sender follows it with a query code, of which only the SHA-256 is stored.
    - ``state`` is the sentence that the sender reads.
    - ``person_id`` is the account that was opened for the sender.
    - ``address_digest`` only serves to limit the rate. ``email_digest`` serves to find the
      submission of a person who has lost the code.
    """

    __tablename__ = "submission"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[int] = mapped_column(ForeignKey("case_.id"), index=True)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"))
    answer_id: Mapped[int | None] = mapped_column(ForeignKey("answer.id"))
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(120))
    code_digest: Mapped[str] = mapped_column(String(64), unique=True)
    address_digest: Mapped[str] = mapped_column(String(64))
    email_digest: Mapped[str | None] = mapped_column(String(64), index=True)
    at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(200))
    state_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))

    __table_args__ = (Index("ix_submission_address", "address_digest", "at"),)
