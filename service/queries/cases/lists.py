"""Lists of cases, with the outcome of each."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from service.access.cases import Reader, cases_with_nameless_starter, keeps_name, visible_to
from service.domain.people.actor import Actor
from service.domain.vocabulary import ABOVE, CLOCK, NAMELESS, ROLE_NAMES
from service.queries.cases.lines import CaseLine, CasesPage, OutcomeLine
from service.queries.items.inbox import UNFILLED, UNREAD
from service.queries.paging import page_of
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.people.rows import PersonRow, UnitRow
from service.store.processes.lookups import latest_definitions
from service.store.processes.rows import DefinitionRow
from service.unit_of_work import Process
from service.unit_of_work.outcomes import ENDED_EARLY, Outcome


@dataclass(frozen=True, kw_only=True)
class CasesAsked:
    """Which cases are listed.

    ``q`` is a part of the title, or the whole number. ``started`` lists only the cases that the
    reader started. ``cursor`` is where the page begins.
    """

    status: str | None = None
    process: str | None = None
    outcome: str | None = None
    started: bool = False
    q: str | None = None
    limit: int = 20
    cursor: str | None = None


def cases(session: Session, runtime: Process, actor: Actor, asked: CasesAsked) -> CasesPage:
    """The cases this person can see, newest first."""
    visible_cases = (
        select(CaseRow, DefinitionRow.name, PersonRow.name)
        .join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
        .outerjoin(PersonRow, PersonRow.id == CaseRow.starter_id)
        .where(visible_to(actor))
        .options(*UNREAD)
    )
    if asked.status:
        visible_cases = visible_cases.where(CaseRow.status == asked.status)
    if asked.process:
        visible_cases = visible_cases.where(CaseRow.process == asked.process)
    if asked.outcome:
        visible_cases = visible_cases.where(CaseRow.outcome == asked.outcome)
    if asked.started:
        visible_cases = visible_cases.where(CaseRow.starter_id == actor.person_id)
    if asked.q:
        visible_cases = visible_cases.where(
            or_(CaseRow.title.icontains(asked.q, autoescape=True), CaseRow.number == asked.q)
        )
    rows, following = page_of(
        session, visible_cases, CaseRow.id, limit=asked.limit, cursor=asked.cursor
    )
    reader = Reader(session, runtime, actor)
    where = _where(reader, {row[0].id: row[0] for row in rows})
    nameless = cases_with_nameless_starter(reader, [row[0] for row in rows])
    page = tuple(
        case_line(
            case,
            name,
            NAMELESS if case.id in nameless else starter,
            *where.get(case.id, ((), ())),
        )
        for case, name, starter in rows
    )
    return CasesPage(cases=page, next=following)


Standing = tuple[tuple[str, ...], tuple[str, ...]]
"""The names of a case's open steps, and of who has them."""


def _where(reader: Reader, cases: Mapping[int, CaseRow]) -> Mapping[int, Standing]:
    taker = aliased(PersonRow)
    open_items = (
        select(ItemRow, UnitRow.name, taker.name)
        .outerjoin(UnitRow, UnitRow.id == ItemRow.unit_id)
        .outerjoin(taker, taker.id == ItemRow.assignee_id)
        .where(ItemRow.case_id.in_(cases), ItemRow.state == "open", ItemRow.part == "lead")
        .order_by(ItemRow.id)
        .options(*UNFILLED)
    )
    standing_by_case: dict[int, tuple[dict[str, None], dict[str, None]]] = {}
    for item, unit, person in reader.session.execute(open_items):
        names, holders = standing_by_case.setdefault(item.case_id, ({}, {}))
        names[item.name] = None
        if person is not None and keeps_name(reader, cases[item.case_id], item):
            person = NAMELESS
        role = ROLE_NAMES.get(item.holder.role_code or "")
        holder = " ".join(filter(None, [unit or role, person]))
        if holder:
            holders[holder] = None
    return {
        case_id: (tuple(names), tuple(holders))
        for case_id, (names, holders) in standing_by_case.items()
    }


def case_line(
    case: CaseRow,
    process_name: str,
    starter: str | None,
    where: tuple[str, ...],
    whose: tuple[str, ...] = (),
) -> CaseLine:
    """A case as a list shows it."""
    return CaseLine(
        id=case.id,
        title=case.title,
        process=case.process,
        process_name=process_name,
        status=case.status,
        number=case.number,
        starter=starter or (ABOVE if case.parent_id else CLOCK),
        started_at=case.started_at,
        ended_at=case.ended_at,
        where=where,
        whose=whose,
        outcome=outcome_of(case),
    )


def outcome_of(case: CaseRow) -> OutcomeLine | None:
    """The outcome of a case so far; None if it has none."""
    if case.outcome is None:
        return None
    name = case.outcome_name or case.outcome
    tone = case.outcome_tone or "neutral"
    return OutcomeLine(code=case.outcome, name=name, tone=tone)


def known_outcomes(session: Session, runtime: Process, jurisdiction: str) -> Mapping[str, str]:
    """The outcomes that the processes in force can have: name by code. A list is filtered by
    them.
    """
    names_by_code: dict[str, str] = {}
    for definition in latest_definitions(session, jurisdiction):
        elements = runtime.catalogue.deployed(session, definition.id).definition.elements.values()
        for declared in filter(None, map(Outcome.of, elements)):
            names_by_code.setdefault(declared.code, declared.name)
    return {**names_by_code, ENDED_EARLY.code: ENDED_EARLY.name}
