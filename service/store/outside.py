"""The tables of what goes outside and what comes from there: publications and submissions.

Decided: the public reads publications only, never a case. Outsiders see only what a diagram has
put into a publication.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import (
    AnswerId,
    Base,
    CaseId,
    Id,
    PersonId,
    String12,
    String20,
    String40,
    String64,
    String80,
    String120,
    String200,
)


class PublicationRow(Base):
    """Something made public (公布): a posting (榜单), a publicity (公示), a list.

    ``message`` is the message that outsiders may send to its case while it is open and before
    ``until``. ``details`` are the values that are shown. ``state`` is open, closed or withdrawn
    (撤榜).
    """

    __tablename__ = "publication"

    id: Mapped[Id]
    jurisdiction: Mapped[String20]
    case_id: Mapped[CaseId] = mapped_column(index=True)
    kind: Mapped[String40]
    number: Mapped[String80 | None]
    title: Mapped[String200]
    text: Mapped[str]
    details: Mapped[dict[str, Any] | None]
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    message: Mapped[String80 | None]
    state: Mapped[String12] = mapped_column(default="open", server_default="open")
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

    id: Mapped[Id]
    jurisdiction: Mapped[String20]
    case_id: Mapped[CaseId] = mapped_column(index=True)
    publication_id: Mapped[int | None] = mapped_column(ForeignKey("publication.id"))
    answer_id: Mapped[AnswerId | None]
    kind: Mapped[String40]
    name: Mapped[String120]
    code_digest: Mapped[String64] = mapped_column(unique=True)
    address_digest: Mapped[String64]
    email_digest: Mapped[String64 | None] = mapped_column(index=True)
    at: Mapped[datetime]
    state: Mapped[String200]
    state_at: Mapped[datetime]
    person_id: Mapped[PersonId | None]

    __table_args__ = (Index("ix_submission_address", "address_digest", "at"),)
