"""How far a case has come, step by step: what has happened, what is under way, what can come.

Decided: what nobody can come to any more is not listed, and what may never happen is kept apart
from what is certain (:mod:`service.engine.course`), because a list that promises every branch of
the drawing says nothing about this case.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.engine import Definition, Waiting
from service.engine.course import Coming
from service.engine.document import Element
from service.queries.cases.lines import StepLine
from service.queries.items.lines import ItemLine
from service.store.cases.rows import CaseRow, JournalRow
from service.unit_of_work import Deployed

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
OVER_STATES = frozenset({"done", "left"})


def steps_of_case(
    session: Session,
    deployed: Deployed,
    case: CaseRow,
    items: Sequence[ItemLine],
    waiting: Sequence[Waiting],
) -> tuple[StepLine, ...]:
    """The steps of a case.

    First come the finished ones in the order in which they happened, then the open ones, then those
    ahead in the order of the drawing. A step that comes once more stands in both parts.
    """
    definition = deployed.definition
    passed_at = passed(session, case)
    waits = {wait.element for wait in waiting if wait.kind != "user"}
    coming = _coming(definition, waiting)
    lines: list[StepLine | None] = []
    for element in definition.elements.values():
        if element.kind not in SHOWN_KINDS:
            continue
        leads = [item for item in items if item.element == element.id and item.part == "lead"]
        state = ""
        if element.id in waits:
            state = "waiting"
        elif element.id in passed_at:
            state = "done"
        now = _stands(element, leads, state, passed_at.get(element.id))
        lines += [now, _comes(element, now, coming)]
    return tuple(sorted(filter(None, lines), key=lambda line: _order(line, deployed.places)))


def passed(session: Session, case: CaseRow) -> Mapping[str, datetime]:
    """The elements that tokens have passed, each with the last instant."""
    passages = (
        select(JournalRow.facts, JournalRow.at)
        .where(JournalRow.case_id == case.id, JournalRow.verb == "pass")
        .order_by(JournalRow.id)
    )
    return {element: at for facts, at in session.execute(passages) for element in facts["elements"]}


def _coming(definition: Definition, waiting: Sequence[Waiting]) -> Coming:
    """The steps that come from here. A timer without a date never comes."""
    borders = {e.id for e in definition.elements.values() if e.kind == "boundaryEvent"}
    armed = {wait.element for wait in waiting if wait.kind != "timer" or wait.name is not None}
    here = {wait.element for wait in waiting} - borders
    return definition.course.coming(here, armed & borders)


def _stands(
    element: Element, items: list[ItemLine], state: str, at: datetime | None
) -> StepLine | None:
    """The state of a step: by its open items, or by its last item, or by what the case has
    passed.
    """
    live = [item for item in items if item.state == "open"]
    if live:
        return _open_step(element, live)
    if items and items[-1].state == "done":
        return _done_step(element, items[-1])
    if items and not state:
        state = "left"
        at = items[-1].closed_at
    if not state:
        return None
    return _plain(element, state, None if state == "waiting" else at)


def _comes(element: Element, now: StepLine | None, coming: Coming) -> StepLine | None:
    """The line of a step that comes, or comes again. None for a step that is under way."""
    if now is not None and now.state not in OVER_STATES:
        return None
    if element.id in coming.certain:
        return _plain(element, "ahead")
    if element.id in coming.possible:
        return _plain(element, "possible")
    return None


def _order(step: StepLine, places: Mapping[str, int]) -> tuple[int, float, int]:
    """The order of the list: finished steps by time, then open ones, then those ahead as drawn."""
    moment = step.finished_at.timestamp() if step.finished_at else 0.0
    return (
        {"done": 0, "left": 0, "ahead": 2, "possible": 3}.get(step.state, 1),
        moment,
        places.get(step.element, len(places)),
    )


def _plain(element: Element, state: str, finished_at: datetime | None = None) -> StepLine:
    return StepLine(
        element=element.id,
        name=element.name,
        lane=element.lane,
        state=state,
        who=None,
        since=None,
        due_at=None,
        finished_at=finished_at,
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
        term_basis=live[-1].term_basis,
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
