"""What the public sees: publications, the forms that may be sent by them, and the state of what was
sent.

Decided: these queries read publications, forms and named lists. Of a case they read only whether it
runs and which version of its diagram it has, never its data. Because the public may only see what a
diagram has put into a publication.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Text, and_, or_, select, type_coerce
from sqlalchemy.orm import Session

from service.access.people import digest
from service.domain.forms.answers import lists_of
from service.domain.forms.shown import plain_values
from service.domain.outside import read_code, receipt_of
from service.domain.vocabulary import ENDED
from service.engine.document import Element
from service.errors import NotFound
from service.queries.paging import page_of
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow, SubscriptionRow
from service.store.outside import PublicationRow, SubmissionRow
from service.store.processes.lookups import latest_definition, latest_definitions, lists_in_force
from service.store.processes.rows import DefinitionRow, JurisdictionRow
from service.unit_of_work import Deployed, Process

OVER = ("finished", "terminated")


@dataclass(frozen=True, kw_only=True)
class PublicationLine:
    """A publication as anybody may see it. ``state`` is open, closed or withdrawn now. ``details``
    are typed.
    """

    id: int
    jurisdiction: str
    place: str
    kind: str
    number: str
    title: str
    text: str
    details: Mapping[str, Any]
    published_at: datetime
    until: datetime | None
    state: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class PublicationsPage:
    """A page of publications and where the next one begins."""

    lines: tuple[PublicationLine, ...]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A form that anybody may fill in, with the options of its named lists."""

    title: str
    form: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Application:
    """A process that anybody may start."""

    jurisdiction: str
    place: str
    process: str
    name: str


@dataclass(frozen=True, kw_only=True)
class SubmissionLine:
    """The state of something that was sent from outside, for the person who has its query code."""

    id: int
    receipt: str
    kind: str
    about: str
    at: datetime
    state: str
    state_at: datetime


@dataclass(frozen=True, kw_only=True)
class PublicationsAsked:
    """Which publications are listed.

    ``kinds`` are the kinds, or with ``but`` all other kinds. ``state`` is open, or past for the
    rest. ``q`` is a part of the title, number or text.
    """

    kinds: Collection[str]
    but: bool = False
    jurisdiction: str | None = None
    state: str | None = None
    q: str | None = None
    limit: int = 20
    cursor: str | None = None


def publications(
    session: Session,
    runtime: Process,
    asked: PublicationsAsked,
) -> PublicationsPage:
    """Publications, newest first."""
    kind = PublicationRow.kind.in_(asked.kinds)
    publications_asked_for = _lines().where(~kind if asked.but else kind)
    if asked.jurisdiction:
        publications_asked_for = publications_asked_for.where(
            PublicationRow.jurisdiction == asked.jurisdiction
        )
    if asked.state:
        now = runtime.now()
        still = and_(
            PublicationRow.state == "open",
            or_(PublicationRow.until.is_(None), PublicationRow.until > now),
            or_(PublicationRow.message.is_(None), CaseRow.status.not_in(OVER)),
        )
        publications_asked_for = publications_asked_for.where(
            still if asked.state == "open" else ~still
        )
    if asked.q:
        publications_asked_for = publications_asked_for.where(
            or_(
                *(
                    column.icontains(asked.q, autoescape=True)
                    for column in (
                        PublicationRow.title,
                        PublicationRow.number,
                        PublicationRow.text,
                        type_coerce(PublicationRow.details, Text),
                    )
                )
            )
        )
    newest_first, following = page_of(
        session, publications_asked_for, PublicationRow.id, limit=asked.limit, cursor=asked.cursor
    )
    return PublicationsPage(
        lines=tuple(_line(runtime, *row) for row in newest_first), next=following
    )


def publication(
    session: Session,
    runtime: Process,
    number: str,
    kinds: Collection[str],
    *,
    but: bool = False,
    jurisdiction: str | None = None,
) -> PublicationLine:
    """The publication with this number, or with this id if it has no number.

    :raises NotFound: there is none of these kinds.
    """
    kind = PublicationRow.kind.in_(kinds)
    ident = 0
    if number.isascii() and number.isdigit() and len(number) < 10:
        ident = int(number)
    same = or_(
        PublicationRow.number == number,
        and_(PublicationRow.number.is_(None), PublicationRow.id == ident),
    )
    same_publication = (
        _lines().where(same, ~kind if but else kind).order_by(PublicationRow.id.desc())
    )
    if jurisdiction:
        same_publication = same_publication.where(PublicationRow.jurisdiction == jurisdiction)
    row = session.execute(same_publication.limit(1)).one_or_none()
    if row is None:
        raise NotFound(f"公开事项“{number[:80]}”")
    return _line(runtime, *row)


def _lines() -> Any:
    return (
        select(PublicationRow, JurisdictionRow.name, CaseRow.status)
        .join(JurisdictionRow, JurisdictionRow.code == PublicationRow.jurisdiction)
        .join(CaseRow, CaseRow.id == PublicationRow.case_id)
    )


def _line(runtime: Process, row: PublicationRow, place: str, status: str) -> PublicationLine:
    over = (row.until is not None and row.until <= runtime.now()) or (
        row.message is not None and status in OVER
    )
    return PublicationLine(
        id=row.id,
        jurisdiction=row.jurisdiction,
        place=place,
        kind=row.kind,
        number=row.number or str(row.id),
        title=row.title,
        text=row.text,
        details=row.details or {},
        published_at=row.at,
        until=row.until,
        state="closed" if row.state == "open" and over else row.state,
        reason=row.reason,
    )


def asked_by(session: Session, runtime: Process, line: PublicationLine) -> Asked | None:
    """The form that may be sent by a publication now. None if nothing may be sent."""
    if line.state != "open":
        return None
    subscribed_case = (
        select(CaseRow, SubscriptionRow.element)
        .join(PublicationRow, PublicationRow.case_id == CaseRow.id)
        .join(
            SubscriptionRow,
            and_(
                SubscriptionRow.case_id == CaseRow.id,
                SubscriptionRow.name == PublicationRow.message,
            ),
        )
    )
    row = session.execute(
        subscribed_case.where(PublicationRow.id == line.id, CaseRow.status == "running").limit(1)
    ).one_or_none()
    if row is None:
        return None
    deployed = runtime.catalogue.deployed(session, row[0].definition_id)
    element = deployed.definition.elements[row[1]]
    if element.properties.get("public") != "yes":
        return None
    lists = pinned_lists(session, row[0], lists_of(deployed.form(element.form)))
    return _asked(deployed, element, element.name, lists)


def _asked(deployed: Deployed, element: Element, title: str, lists: Mapping[str, Any]) -> Asked:
    return Asked(title=title, form=deployed.form(element.form), values=plain_values(lists))


def application(session: Session, runtime: Process, jurisdiction: str, process: str) -> Asked:
    """The form by which anybody may start a process.

    :raises NotFound: there is no such process, or it cannot be started from outside.
    """
    row = latest_definition(session, jurisdiction, process)
    deployed = runtime.catalogue.deployed(session, row.id) if row is not None else None
    if row is None or deployed is None or deployed.definition.public_start is None:
        raise NotFound(f"公开申报 {process} ")
    element = deployed.definition.elements[deployed.definition.public_start]
    names = lists_of(deployed.form(element.form))
    lists = {
        name: entry.entries
        for name, entry in lists_in_force(session, jurisdiction).items()
        if name in names
    }
    return _asked(deployed, element, row.name, lists)


def places(session: Session) -> list[tuple[str, str]]:
    """The jurisdictions: code and name."""
    return [
        (code, name)
        for code, name in session.execute(
            select(JurisdictionRow.code, JurisdictionRow.name).order_by(JurisdictionRow.code)
        )
    ]


def applications(session: Session, runtime: Process) -> tuple[Application, ...]:
    """The processes that anybody may start, by jurisdiction."""
    open_to_all = []
    for code, place in places(session):
        open_to_all += [
            Application(
                jurisdiction=code,
                place=place,
                process=definition.key,
                name=definition.name,
            )
            for definition in latest_definitions(session, code)
            if runtime.catalogue.deployed(session, definition.id).definition.public_start
        ]
    return tuple(open_to_all)


def submission(session: Session, code: str) -> SubmissionLine:
    """The state of a submission.

    :raises NotFound: nothing was sent with this query code.
    """
    submissions = (
        select(SubmissionRow, PublicationRow.title, DefinitionRow.name, CaseRow.status)
        .outerjoin(PublicationRow, PublicationRow.id == SubmissionRow.publication_id)
        .join(CaseRow, CaseRow.id == SubmissionRow.case_id)
        .join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
    )
    row = session.execute(
        submissions.where(SubmissionRow.code_digest == digest(read_code(code)))
    ).one_or_none()
    if row is None:
        raise NotFound("这个查询码对应的提交")
    sent, title, process, status = row
    return SubmissionLine(
        id=sent.id,
        receipt=receipt_of(sent.code_digest, sent.at),
        kind=sent.kind,
        about=title or process,
        at=sent.at,
        state=ENDED.format(sent.state) if status == "terminated" else sent.state,
        state_at=sent.state_at,
    )
