"""Writing a case down: its items, timers, subscriptions and children follow from what its run waits
for.

Settling starts the children that the case calls, and starting a child settles it, so both stand
here. Many cases that begin at once are settled with one statement for each table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm.attributes import flag_modified

from service.engine import Run, Sent, Waiting
from service.errors import NotFound
from service.store.cases.rows import CaseRow, SubscriptionRow, TimerRow
from service.store.items.lookups import last_rounds
from service.store.items.projection import project_messages, project_timers
from service.store.items.rows import ItemRow
from service.store.processes.lookups import latest_definition
from service.unit_of_work.children import ENDED, end_children
from service.unit_of_work.news import tell_closed, tell_opened
from service.unit_of_work.opening import (
    TITLE_LIMIT,
    Call,
    key_text,
    message_waits,
    new_case,
    opened_items,
    place_text,
    timer_waits,
)
from service.unit_of_work.outcomes import note_outcome
from service.unit_of_work.work import UnitOfWork

Begun = tuple[CaseRow, Run, Sequence[Waiting]]
"""A case that has just begun, its run, and what it waits for."""


def settle(work: UnitOfWork, case: CaseRow, run: Run, *, completed: str | None = None) -> None:
    """Write down where a case stands now.

    This covers its state, data, items, timers, subscriptions, children, journal and outbox. It may
    be repeated without any effect. What people added to open items stays.

    :param completed: the task that a person has just finished, if any.
    """
    _record_passage(work, case, run)
    waits = [] if run.finished else list(run.waiting())
    _settle_items(work, case, run, waits, completed)
    events = work.deployed(case).definition.events
    if "timer" in events:
        project_timers(work.session, case, timer_waits(work, case, waits))
    if "message" in events:
        project_messages(work.session, case, message_waits(waits))
    if "call" in events:
        _settle_children(work, case, run, waits)
    # the state comes last, so that one statement writes the case
    case.state = None if run.finished else run.dump()
    _keep_data(work, case, run)


def settle_begun(work: UnitOfWork, started: Sequence[tuple[CaseRow, Run]]) -> None:
    """Write down many cases that have just begun (:class:`~service.engine.alike.Starts`).

    It does what :func:`settle` does, but does not look for what cannot exist yet.
    """
    for case, run in started:
        _record_passage(work, case, run)
    begun = [(case, run, run.waiting()) for case, run in started]
    _open_first_items(work, begun)
    _add_first_waits(work, begun)
    state_by_workflow: dict[int, bytes] = {}
    for case, run, waits in begun:
        if "call" in run.definition.events:
            _settle_children(work, case, run, waits)
        if not run.finished:
            workflow = id(run.workflow)
            state = state_by_workflow.get(workflow) or run.dump()
            state_by_workflow[workflow] = case.state = state
        _keep_data(work, case, run)


# -- the case itself


def _keep_data(work: UnitOfWork, case: CaseRow, run: Run) -> None:
    """Write the data of a case, its title, and its number once it has one."""
    _keep_title(work, case, run)
    flag_modified(case, "data")
    if case.number is None:
        number = run.number()
        if number is not None:
            case.number = str(number)


def _keep_title(work: UnitOfWork, case: CaseRow, run: Run) -> None:
    """Give a case the title that its process makes from its data, whenever that changes."""
    title = str(run.title() or "").strip()[:TITLE_LIMIT]
    if title and title != case.title:
        work.record(case, "retitle", title=title, title_before=case.title)
        case.title = title
        case.data["case_title"] = title


def _record_passage(work: UnitOfWork, case: CaseRow, run: Run) -> None:
    """Record what happened on the way: messages sent, events thrown, elements passed, the end."""
    for sent in run.desk.sent:
        _record_sent(work, case, sent)
    if run.desk.passed:
        _record_passed(work, case, run)
    if run.finished:
        case.status = "finished"
        case.ended_at = work.now
        work.record(case, "finish")
        if case.parent_id is not None:
            errors = [sent.name for sent in run.desk.sent if sent.kind == "error"]
            payload = {"error": errors[0] if errors else None}
            work.post(case, ENDED, str(case.parent_id), payload)


def _record_sent(work: UnitOfWork, case: CaseRow, sent: Sent) -> None:
    """Post a message that the diagram sent, or record another event that it threw."""
    if sent.kind != "message":
        work.record(case, "stop", element=sent.element, kind=sent.kind, name=sent.name)
        return
    key = key_text(sent.key)
    work.post(case, sent.name, key, sent.payload)
    work.record(case, "message_out", name=sent.name, key=key)


def _record_passed(work: UnitOfWork, case: CaseRow, run: Run) -> None:
    """Record the elements that tokens have left, and the last outcome among them."""
    passed = list(dict.fromkeys(passed.element for passed in run.desk.passed))
    work.record(case, "pass", elements=passed)
    elements = run.definition.elements
    outcomes = [ident for ident in passed if ident in elements and elements[ident].outcome]
    if outcomes:
        note_outcome(work, case, run, elements[outcomes[-1]])


# -- items


def _settle_items(
    work: UnitOfWork,
    case: CaseRow,
    run: Run,
    waits: Sequence[Waiting],
    completed: str | None,
) -> None:
    """Close the items of steps that are over, and open those of steps that have begun."""
    steps = [wait for wait in waits if wait.kind == "user"]
    open_items = work.open_items(case)
    closed = work.close_items(case, {step.task for step in steps}, completed)
    tell_closed(work, case, closed)
    tasks_with_items = {item.task for item in open_items}
    new_steps = [step for step in steps if step.task not in tasks_with_items]
    if not new_steps:
        return
    rounds = last_rounds(work.session, case.id, {step.element for step in new_steps})
    sender = _sender(work, case, open_items, completed)
    opened: list[ItemRow] = []
    for step in new_steps:
        last_round = rounds.get((step.element, place_text(step)), 0)
        items = opened_items(work, case, run, step, last_round + 1, sender)
        work.add_items(case, items)
        opened += items
        for item in items:
            _record_opened(work, case, item)
    tell_opened(work, case, opened)


def _sender(
    work: UnitOfWork,
    case: CaseRow,
    open_items: Iterable[ItemRow],
    completed: str | None,
) -> int | None:
    """The id of the person whose act opens the next steps.

    Returns None if nobody acts. It also returns None if others must not learn who had the step that
    the person has done, or who starts such a case.
    """
    definition = work.deployed(case).definition
    for item in open_items:
        if item.task != completed:
            continue
        if "anonymous" in definition.elements[item.element].properties:
            return None
    if definition.anonymous_start is not None and work.acting == case.starter_id:
        return None
    return work.acting


def _record_opened(work: UnitOfWork, case: CaseRow, item: ItemRow) -> None:
    work.record(
        case,
        "open",
        element=item.element,
        item_id=item.id,
        part=item.part,
        holder=item.holder,
    )


# -- children


def _settle_children(work: UnitOfWork, case: CaseRow, run: Run, waits: Iterable[Waiting]) -> None:
    """Start the child of each call that has none yet, and end those nobody waits for any more."""
    calls = {wait.task: wait for wait in waits if wait.kind == "call"}
    end_children(work, case, still=calls)
    tasks_with_child = select(CaseRow.parent_task).where(CaseRow.parent_id == case.id)
    started = set(work.session.scalars(tasks_with_child))
    for task, wait in calls.items():
        if task not in started:
            _start_child(work, case, run, wait)


def _start_child(work: UnitOfWork, case: CaseRow, run: Run, wait: Waiting) -> None:
    """Begin the called process with the values that the in mappings give it.

    The value ``case_title`` becomes the title of the child.

    :raises NotFound: no such process is deployed.
    """
    row = latest_definition(work.session, case.jurisdiction, str(wait.name))
    if row is None:
        raise NotFound(f"流程 {wait.name} ")
    values = deepcopy(run.inputs(wait.task))
    title = str(values.pop("case_title", None) or _title_of_child(work, case, wait))[:TITLE_LIMIT]
    child = new_case(
        work,
        row,
        title,
        business_key=run.business_key(wait.task),
        call=Call(case, wait.task),
    )
    child.data = {**child.data, **values, "case_id": child.id}
    definition = work.process.catalogue.deployed(work.session, row.id).definition
    work.record(case, "child", element=wait.element, child=child.id, title=title)
    work.record(
        child,
        "start",
        title=title,
        version=row.version,
        parent=case.id,
        above=case.title,
    )
    settle(work, child, Run.start(definition, work.desk(child)))


def _title_of_child(work: UnitOfWork, case: CaseRow, wait: Waiting) -> str:
    """The title of the parent, the name of the call and, if there are several, the number."""
    element = work.deployed(case).definition.elements[wait.element]
    title = f"{case.title} {element.name or wait.element}"
    if not wait.place:
        return title
    _, index = wait.place[-1]
    return f"{title}（{index + 1}）"


# -- many cases that begin at once


def _open_first_items(work: UnitOfWork, begun: Sequence[Begun]) -> None:
    """Open the first items of many cases, in one statement."""
    items_by_case: list[tuple[CaseRow, list[ItemRow]]] = []
    for case, run, waits in begun:
        items: list[ItemRow] = []
        for wait in waits:
            if wait.kind == "user":
                items += opened_items(work, case, run, wait, 1, _sender(work, case, (), None))
        items_by_case.append((case, items))
    for _, items in items_by_case:
        work.session.add_all(items)
    work.session.flush()
    for case, items in items_by_case:
        for item in items:
            _record_opened(work, case, item)
    for case, items in items_by_case:
        tell_opened(work, case, items)


def _add_first_waits(work: UnitOfWork, begun: Sequence[Begun]) -> None:
    """Add the first timers and subscriptions of many cases, in one statement each."""
    timers: list[dict[str, Any]] = []
    subscriptions: list[dict[str, Any]] = []
    for case, _, waits in begun:
        for timer in timer_waits(work, case, waits):
            timers.append({**vars(timer), "case_id": case.id})
        for message in message_waits(waits):
            subscription = {"case_id": case.id, "jurisdiction": case.jurisdiction}
            subscriptions.append({**vars(message), **subscription})
    if timers:
        work.session.execute(insert(TimerRow), timers)
    if subscriptions:
        work.session.execute(insert(SubscriptionRow), subscriptions)
