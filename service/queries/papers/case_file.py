"""The whole file of a case (案卷): what one reader gets, and what is left out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.cases import (
    Closed,
    closed_to,
    names_person,
    own_only,
    silent,
    visible_case,
    visible_to,
)
from service.domain.people.actor import Actor
from service.queries.cases.journal import journal_lines
from service.queries.cases.lines import JournalLine
from service.queries.items.answers import attachment_lines
from service.queries.items.lines import AttachmentLine
from service.queries.papers.papers import PaperLine, papers
from service.store.cases.rows import CaseRow, JournalRow
from service.store.types import pack
from service.unit_of_work import Process


@dataclass(frozen=True, kw_only=True)
class CaseFile:
    """The contents of a case's file.

    ``chain`` are the lines of the journal with their digests. ``withheld`` is the number of
    attachments at steps whose content this reader may not read. ``children`` are listed, but not
    included.
    """

    title: str
    number: str | None
    process: str
    status: str
    papers: tuple[PaperLine, ...]
    attachments: tuple[AttachmentLine, ...]
    withheld: int
    journal: tuple[JournalLine, ...]
    chain: tuple[Mapping[str, Any], ...]
    children: tuple[tuple[int, str, str], ...]


def case_file(session: Session, runtime: Process, actor: Actor, case_id: int) -> CaseFile:
    """The file of a case for this person.

    :raises NotFound: there is no such case, or this person may not see it.
    """
    case = visible_case(session, actor, case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    closed = closed_to(session, runtime, actor, deployed, case)
    attached = attachment_lines(session, deployed, case.id, actor=actor, closed=closed)
    reads_own_only = own_only(
        actor
    )  # of a case that is not theirs they learn no more than its page tells
    withheld = (
        0 if reads_own_only else len(attachment_lines(session, deployed, case.id)) - len(attached)
    )
    children = select(CaseRow.id, CaseRow.title, CaseRow.status).where(
        CaseRow.parent_id == case.id, visible_to(actor)
    )
    return CaseFile(
        title=case.title,
        number=case.number,
        process=deployed.name,
        status=case.status,
        papers=papers(session, runtime, actor, case_id),
        attachments=attached,
        withheld=withheld,
        journal=journal_lines(session, deployed, case.id, closed, actor)[::-1],
        chain=() if reads_own_only else _chain(session, case.id, closed, actor),
        children=()
        if reads_own_only
        else tuple(
            (id_, title, status)
            for id_, title, status in session.execute(children.order_by(CaseRow.id))
        ),
    )


def _chain(
    session: Session, case_id: int, closed: Closed, actor: Actor
) -> tuple[Mapping[str, Any], ...]:
    journal = session.scalars(
        select(JournalRow).where(JournalRow.case_id == case_id).order_by(JournalRow.seq)
    )
    return tuple(
        {
            "seq": line.seq,
            "at": _utc(line.at),
            "person_id": line.person_id if names_person(line, closed, actor) else None,
            "verb": line.verb,
            "element": line.element,
            "item_id": line.item_id,
            "case_id": line.case_id,
            "jurisdiction": line.jurisdiction,
            "facts": None if _withholds(line, closed) else pack(line.facts),
            "digest": line.digest.hex(),
        }
        for line in journal
    )


def _withholds(row: JournalRow, closed: Closed) -> bool:
    """Whether the facts of a line are left out, because they were said at a closed step or name who
    has a nameless one.
    """
    return silent(row, closed) or row.element in closed.nameless


def _utc(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
