"""Writing down where a case stands: from what its engine waits for to items, timers and
subscriptions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from service.domain.forms.answers import keys_of
from service.domain.items.routing import Plan, Step, plan
from service.domain.items.rules import outcome
from service.domain.terms.calendar import Calendar
from service.domain.terms.deadlines import Pauses, due
from service.engine import Run, Waiting
from service.engine.document import Element
from service.store.cases.rows import CaseRow
from service.store.items import projection
from service.store.items.lookups import answers_of, last_rounds, units_answered
from service.store.items.projection import MessageWait, TimerWait
from service.store.items.rows import AnswerRow, ItemRow
from service.unit_of_work.children import settle_children
from service.unit_of_work.terms import rests, set_term

if TYPE_CHECKING:
    from service.unit_of_work.work import UnitOfWork


def settle(work: UnitOfWork, case: CaseRow, run: Run, completed: str | None) -> None:
    """Bring the rows to what the run waits for. Idempotent; what people added to open items
    stays.
    """
    waits = [] if run.finished else list(run.waiting())
    steps = [wait for wait in waits if wait.kind == "user"]
    present = work.open_items(case)
    closed = projection.close_items(
        present, {wait.task for wait in steps}, completed=completed, now=work.now, outcome=outcome
    )
    for item in closed:
        if item.state != "done":
            work.record(
                case,
                "close",
                element=item.element,
                item_id=item.id,
                state=item.state,
                holder=item.holder,
            )
    known = {item.task for item in present}
    fresh = [wait for wait in steps if wait.task not in known]
    if fresh:
        _open(work, case, run, fresh)
    definition = work.deployed(case).definition
    if "timer" in definition.events:
        projection.project_timers(work.session, case, timer_waits(work, case, waits))
    if "message" in definition.events:
        projection.project_messages(work.session, case, message_waits(waits))
    if "call" in definition.events:
        settle_children(work, case, run, waits)


def timer_waits(work: UnitOfWork, case: CaseRow, waits: Iterable[Waiting]) -> list[TimerWait]:
    """The instants among what a case waits for; a rule without a value never comes."""
    elements = work.deployed(case).definition.elements
    calendar, pauses = work.calendar(case.jurisdiction), rests(case.pauses)
    return [
        _timer(work, wait, elements, calendar, pauses)
        for wait in waits
        if wait.kind == "timer" and wait.name is not None
    ]


def message_waits(waits: Iterable[Waiting]) -> list[MessageWait]:
    """The messages among what a case waits for."""
    return [
        MessageWait(
            task=wait.task, element=wait.element, name=str(wait.name), key=key_text(wait.key)
        )
        for wait in waits
        if wait.kind == "message"
    ]


def _timer(
    work: UnitOfWork,
    wait: Waiting,
    elements: Mapping[str, Element],
    calendar: Calendar,
    pauses: Pauses,
) -> TimerWait:
    since = wait.since or work.now
    return TimerWait(
        task=wait.task,
        element=wait.element,
        rule=str(wait.name),
        since=since,
        due_at=due(wait.name, since, calendar, pauses),
        interrupting=elements[wait.element].interrupting,
    )


def _open(work: UnitOfWork, case: CaseRow, run: Run, waits: list[Waiting]) -> None:
    rounds = last_rounds(work.session, case.id, {wait.element for wait in waits})
    for wait in waits:
        place = place_text(wait)
        number = rounds.get((wait.element, place), 0) + 1
        items = opened(work, case, run, wait, number)
        work.add_items(case, items)
        for item in items:
            work.record(
                case,
                "open",
                element=item.element,
                item_id=item.id,
                part=item.part,
                holder=item.holder,
            )


def key_text(key: Any) -> str:
    """A correlation key as it is stored and compared."""
    return "" if key is None else str(key)


def place_text(wait: Waiting) -> str:
    """The loop entries a task stands in, as text: ``decisions/2``."""
    return ".".join(f"{name}/{index}" for name, index in wait.place)


def opened(work: UnitOfWork, case: CaseRow, run: Run, wait: Waiting, number: int) -> list[ItemRow]:
    """The items of a step that has just become open, in this round.

    :raises Unresolved: its lane or a co-operating unit leads to nobody.
    """
    element = work.deployed(case).definition.elements[wait.element]
    values = run.values(wait.task)
    returned = case.returned.get(wait.element)
    if returned is not None:
        case.returned = {key: value for key, value in case.returned.items() if key != wait.element}
    step = _step(run, wait, element)
    excused = returned is not None and step.co_units and not returned.get("co")
    plans = plan(
        step,
        work.directory(case.jurisdiction),
        values,
        answered=units_answered(work.session, case.id, element.id, place_text(wait))
        if excused
        else (),
        person=lambda login: work.person_id(case.jurisdiction, login),
    )
    given = _given(work, case, run, wait, element, number)
    draft = _draft(work, case, wait, element, returned)
    return [
        _item(work, case, wait, element, step.name, entry, number, given, draft) for entry in plans
    ]


def _step(run: Run, wait: Waiting, element: Element) -> Step:
    properties = element.properties
    subject = run.read(wait.task, properties.get("subject"))
    rules = {name: run.read(wait.task, properties.get(name)) for name in ("due", "coDue")}
    return Step(
        element=element.id,
        name=f"{element.name}（{subject}）" if subject else element.name,
        leads=element.leads,
        co_units=element.co_units,
        co_rule=element.co_rule,
        due=rules["due"],
        co_due=rules["coDue"],
        form=element.form,
        co_form=properties.get("coForm", "contribution"),
    )


def _given(
    work: UnitOfWork, case: CaseRow, run: Run, wait: Waiting, element: Element, number: int
) -> dict[str, Any]:
    """What the form shows when the item opens: input parameters, and what the case knows under the
    form's keys.

    In a later round only read-only fields are shown again: yesterday's conclusion must not be taken
    for today's.
    """
    values = run.values(wait.task)
    fields = keys_of(work.deployed(case).form(element.form))
    given = {
        key: values[key]
        for key, field in fields.items()
        if values.get(key) is not None
        and (number == 1 or field.get("readonly") or field.get("disabled"))
    }
    return {**given, **run.inputs(wait.task)}


def _draft(
    work: UnitOfWork,
    case: CaseRow,
    wait: Waiting,
    element: Element,
    returned: dict[str, Any] | None,
) -> dict[str, Any] | None:
    """A returned step comes back filled in; so does one that is drawn to come again with its
    property ``prefill``.
    """
    if returned is not None:
        return returned.get("draft") or _earlier(work, case, wait)
    return _earlier(work, case, wait) if element.properties.get("prefill") == "yes" else None


def _earlier(work: UnitOfWork, case: CaseRow, wait: Waiting) -> dict[str, Any] | None:
    """The answers of the last round of a returned step: the form comes back filled in."""
    place = place_text(wait)
    rows: list[AnswerRow] = [
        row
        for row in answers_of(work.session, case.id)
        if row.element == wait.element and row.place == place and row.part == "lead"
    ]
    return dict(rows[-1].answers) if rows else None


def _item(
    work: UnitOfWork,
    case: CaseRow,
    wait: Waiting,
    element: Element,
    name: str,
    entry: Plan,
    number: int,
    given: dict[str, Any],
    draft: dict[str, Any] | None,
) -> ItemRow:
    leads = entry.part == "lead"
    row = ItemRow(
        case_id=case.id,
        jurisdiction=case.jurisdiction,
        task=wait.task,
        element=element.id,
        place=place_text(wait),
        round=number,
        part=entry.part,
        name=name[:120],
        holder=entry.holder,
        unit_id=entry.unit_id,
        person_id=entry.person_id,
        assignee_id=entry.person_id,
        opened_at=work.now,
        due_rule=entry.due_rule,
        due_since=work.now,
        form=entry.form,
        clause=list(element.clauses),
        basis=element.properties.get("basis", ""),
        given=given if leads else {},
        draft=draft if leads else None,
    )
    set_term(row, work.calendar(case.jurisdiction), case.pauses, work.now)
    return row
