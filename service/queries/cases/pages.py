"""Cases: the list, and one case with where it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from service.access.cases import closed_to, own_only, visible_case, visible_to
from service.domain.cases import case_offers
from service.domain.forms.answers import lists_of
from service.domain.forms.schema import of_the_case
from service.domain.forms.shown import plain_values
from service.domain.people.actor import Actor
from service.domain.vocabulary import ABOVE, CLOCK, STEP_STATES
from service.engine import Waiting
from service.engine.document import Element, split_names
from service.queries.cases.children import children_of, counted, parent_of
from service.queries.cases.journal import journal_lines
from service.queries.cases.lines import (
    CaseLine,
    CasePage,
    CasesPage,
    JournalLine,
    MessageOffer,
    StepLine,
    TimerLine,
)
from service.queries.items.answers import answer_lines, attachment_lines
from service.queries.items.inbox import UNREAD, item_lines, line
from service.queries.items.lines import ItemLine
from service.queries.paging import page_of
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow, JournalRow, TimerRow
from service.store.items.rows import ItemRow
from service.store.people.lookups import directory_of
from service.store.people.rows import PersonRow
from service.store.processes.rows import DefinitionRow
from service.unit_of_work import Deployed, Process, Reading

SHOWN_KINDS = frozenset(
    {
        "userTask",
        "manualTask",
        "task",
        "intermediateCatchEvent",
        "receiveTask",
        "serviceTask",
        "callActivity",
    }
)


@dataclass(frozen=True, kw_only=True)
class CasesAsked:
    """Which cases, and from where on. ``q`` is a part of the title, or the number."""

    status: str | None = None
    process: str | None = None
    q: str | None = None
    limit: int = 20
    cursor: str | None = None


def cases(session: Session, actor: Actor, asked: CasesAsked) -> CasesPage:
    """The cases this person can see, newest first."""
    wanted = (
        select(CaseRow, DefinitionRow.name, PersonRow.name)
        .join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
        .outerjoin(PersonRow, PersonRow.id == CaseRow.starter_id)
        .where(visible_to(actor))
        .options(*UNREAD)
    )
    if asked.status:
        wanted = wanted.where(CaseRow.status == asked.status)
    if asked.process:
        wanted = wanted.where(CaseRow.process == asked.process)
    if asked.q:
        wanted = wanted.where(
            or_(CaseRow.title.icontains(asked.q, autoescape=True), CaseRow.number == asked.q)
        )
    rows, following = page_of(session, wanted, CaseRow.id, limit=asked.limit, cursor=asked.cursor)
    where = _where(session, [row[0].id for row in rows])
    page = tuple(_line(case, name, starter, where.get(case.id, ())) for case, name, starter in rows)
    return CasesPage(cases=page, next=following)


def _where(session: Session, ids: list[int]) -> Mapping[int, tuple[str, ...]]:
    wanted = (
        select(ItemRow.case_id, ItemRow.name)
        .where(ItemRow.case_id.in_(ids), ItemRow.state == "open", ItemRow.part == "lead")
        .order_by(ItemRow.id)
    )
    found: dict[int, list[str]] = {}
    for case_id, name in session.execute(wanted):
        if name not in found.setdefault(case_id, []):
            found[case_id].append(name)
    return {case_id: tuple(names) for case_id, names in found.items()}


def _line(
    case: CaseRow, process_name: str, starter: str | None, where: tuple[str, ...]
) -> CaseLine:
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
    )


def case_page(
    session: Session, runtime: Process, actor: Actor, case_id: int, *, status: str | None = None
) -> CasePage:
    """A case with its steps, items, timers, messages this person may send, answers and record.

    :param status: show only the children in this status.
    :raises NotFound: there is no such case, or it is not theirs to see.
    """
    case = visible_case(session, actor, case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    items, calendar = _items(session, runtime, actor, case), runtime.calendar_for(session, actor)
    starter = session.scalar(select(PersonRow.name).where(PersonRow.id == case.starter_id))
    waits = _waits(session, runtime, case)
    steps = _steps(session, deployed, case, items, waits)
    closed = closed_to(session, runtime, actor, deployed, case)
    where = tuple(
        dict.fromkeys(step.name for step in steps if step.state in {"open", "late", "waiting"})
    )
    calls = "call" in deployed.definition.events
    return CasePage(
        case=_line(case, deployed.name, starter, where),
        steps=steps,
        items=items,
        timers=_timers(session, deployed, case),
        messages=_messages(session, deployed, actor, case, waits),
        answers=answer_lines(session, deployed, case.id, closed, actor),
        journal=journal_lines(session, deployed, case.id, closed, actor),
        attachments=attachment_lines(session, case_id=case.id, actor=actor, closed=closed),
        version=deployed.version,
        offers=case_offers(actor, case.status, rests_with_parent=case.suspended_with is not None),
        parent=parent_of(session, actor, case) if case.parent_id else None,
        children=children_of(session, actor, case, runtime.now(), calendar, status=status)
        if calls
        else (),
        counts=counted(session, actor, case) if calls else {},
    )


def _items(session: Session, runtime: Process, actor: Actor, case: CaseRow) -> tuple[ItemLine, ...]:
    """The items of a case, oldest first; for an expert their own."""
    wanted = item_lines().where(ItemRow.case_id == case.id).order_by(ItemRow.id)
    if own_only(actor):
        wanted = wanted.where(ItemRow.holder.in_(actor.holders))
    calendar = runtime.calendar_for(session, actor)
    return tuple(line(row, runtime.now(), calendar) for row in session.execute(wanted))


def _waits(session: Session, runtime: Process, case: CaseRow) -> list[Waiting]:
    """What the case waits for."""
    return [] if case.state is None else Reading(runtime, session).restore(case).waiting()


def journal(
    session: Session, runtime: Process, actor: Actor, case_id: int
) -> tuple[JournalLine, ...]:
    """The record of a case, newest first."""
    case = visible_case(session, actor, case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    return journal_lines(
        session, deployed, case.id, closed_to(session, runtime, actor, deployed, case), actor
    )


def diagram(
    session: Session, runtime: Process, actor: Actor, case_id: int
) -> tuple[str, dict[str, dict[str, str]]]:
    """The case's diagram (XML) and the state of each element that has been reached."""
    case = visible_case(session, actor, case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    items = _items(session, runtime, actor, case)
    states = {element: {"state": "done", "text": ""} for element in _passed(session, case)}
    for step in _steps(session, deployed, case, items, _waits(session, runtime, case)):
        if step.state not in {"ahead", "left"}:
            states[step.element] = {
                "state": step.state,
                "text": step.who or STEP_STATES[step.state],
            }
    return deployed.xml.decode(), states


def _passed(session: Session, case: CaseRow) -> Mapping[str, datetime]:
    """Elements the tokens have passed, with the last instant."""
    wanted = (
        select(JournalRow.facts, JournalRow.at)
        .where(JournalRow.case_id == case.id, JournalRow.verb == "pass")
        .order_by(JournalRow.id)
    )
    return {element: at for facts, at in session.execute(wanted) for element in facts["elements"]}


def _steps(
    session: Session,
    deployed: Deployed,
    case: CaseRow,
    items: tuple[ItemLine, ...],
    waiting: list[Waiting],
) -> tuple[StepLine, ...]:
    waits = {wait.element for wait in waiting if wait.kind != "user"}
    passed = _passed(session, case)
    found = []
    for element in deployed.definition.elements.values():
        if element.kind in SHOWN_KINDS and element.process == case.process:
            mine = [item for item in items if item.element == element.id and item.part == "lead"]
            state = (
                "waiting" if element.id in waits else "done" if element.id in passed else "ahead"
            )
            found.append(_step(element, state, mine, passed.get(element.id)))
    return tuple(sorted(found, key=lambda step: _order(step, deployed.places)))


def _order(step: StepLine, places: Mapping[str, int]) -> tuple[int, float, int]:
    """What is done as it happened, then what is under way, then what is ahead as it is drawn."""
    moment = step.finished_at.timestamp() if step.finished_at else 0.0
    return (
        {"done": 0, "left": 0, "ahead": 2}.get(step.state, 1),
        moment,
        places.get(step.element, len(places)),
    )


def _step(element: Element, state: str, items: list[ItemLine], at: datetime | None) -> StepLine:
    """How a step stands: by its open items, else by the last one, else by what the case passed."""
    live = [item for item in items if item.state == "open"]
    if live:
        return _open_step(element, live)
    if items and items[-1].state == "done":
        return _done_step(element, items[-1])
    if items and state == "ahead":
        state, at = "left", items[-1].closed_at
    return StepLine(
        element=element.id,
        name=element.name,
        lane=element.lane,
        state=state,
        who=None,
        since=None,
        due_at=None,
        finished_at=at if state in {"done", "left"} else None,
        light=None,
    )


def _open_step(element: Element, live: list[ItemLine]) -> StepLine:
    late = any(item.light == "red" for item in live)
    return StepLine(
        element=element.id,
        name=element.name,
        lane=element.lane,
        state="late" if late else "open",
        who=_who(live),
        since=live[-1].opened_at,
        due_at=live[-1].due_at,
        finished_at=None,
        light=live[-1].light,
    )


def _done_step(element: Element, last: ItemLine) -> StepLine:
    return StepLine(
        element=element.id,
        name=element.name,
        lane=element.lane,
        state="done",
        who=_who([last]),
        since=last.opened_at,
        due_at=last.due_at,
        finished_at=last.closed_at,
        light=None,
    )


def _who(items: list[ItemLine]) -> str:
    return "、".join(dict.fromkeys(item.assignee or item.unit or "" for item in items))


def _timers(session: Session, deployed: Deployed, case: CaseRow) -> tuple[TimerLine, ...]:
    wanted = select(TimerRow).where(TimerRow.case_id == case.id).order_by(TimerRow.due_at)
    elements = deployed.definition.elements
    return tuple(
        TimerLine(element=row.element, name=elements[row.element].name, due_at=row.due_at)
        for row in session.scalars(wanted)
    )


def _messages(
    session: Session, deployed: Deployed, actor: Actor, case: CaseRow, waits: list[Waiting]
) -> tuple[MessageOffer, ...]:
    """What this person may tell the case now, with the form for it."""
    directory = directory_of(session, case.jurisdiction)
    found: dict[str, MessageOffer] = {}
    for wait in waits:
        element = deployed.definition.elements[wait.element]
        names = split_names(element.properties.get("senders")) if wait.kind == "message" else ()
        if any(directory.stands_for(actor, name, case.data) for name in names):
            lists = pinned_lists(session, case, lists_of(deployed.form(element.form)))
            found[str(wait.name)] = MessageOffer(
                name=str(wait.name),
                element=element.id,
                label=element.name,
                form=deployed.form(element.form),
                values=_given(deployed, element.form, case.data, lists),
            )
    return tuple(found.values())


def _given(
    deployed: Deployed, form: str | None, data: Mapping[str, Any], lists: Mapping[str, Any]
) -> Mapping[str, Any]:
    """What a message's form shows: its read-only fields from the case, and the options of named
    lists.
    """
    return plain_values({**lists, **of_the_case(deployed.form(form), data)})
