"""Writing a case down: from what its engine waits for to items, timers, subscriptions, children.

Settling starts the children that the case calls, and starting a child settles it: the two belong
together. Many cases that begin at once are settled with one statement for each table.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy

from sqlalchemy import insert, select
from sqlalchemy.orm.attributes import flag_modified

from service.engine import Run, Waiting
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
    """Write down where the case stands now: state, data, items, timers, subscriptions, children,
    journal, outbox. Idempotent; what people added to open items stays.

    :param completed: the task that a person has just finished, if any.
    """
    _note_passage(work, case, run)
    waits = [] if run.finished else list(run.waiting())
    _settle_items(work, case, run, waits, completed)
    events = work.deployed(case).definition.events
    if "timer" in events:
        project_timers(work.session, case, timer_waits(work, case, waits))
    if "message" in events:
        project_messages(work.session, case, message_waits(waits))
    if "call" in events:
        _settle_children(work, case, run, waits)
    case.state = None if run.finished else run.dump()  # last, so that one statement writes the case
    _keep_data(work, case, run)


def settle_begun(work: UnitOfWork, started: Sequence[tuple[CaseRow, Run]]) -> None:
    """Write down many cases that have just begun (:class:`~service.engine.alike.Starts`): what
    settling does, without looking for what cannot be there yet.
    """
    for case, run in started:
        _note_passage(work, case, run)
    begun = [(case, run, run.waiting()) for case, run in started]
    _open_begun(work, begun)
    _wait_begun(work, begun)
    states: dict[int, bytes] = {}
    for case, run, waits in begun:
        if "call" in run.definition.events:
            _settle_children(work, case, run, waits)
        if not run.finished:
            known = id(run.workflow)
            states[known] = case.state = states.get(known) or run.dump()
        _keep_data(work, case, run)


def _keep_data(work: UnitOfWork, case: CaseRow, run: Run) -> None:
    _follow_title(work, case, run)
    flag_modified(case, "data")
    if case.number is None and (number := run.number()) is not None:
        case.number = str(number)


def _follow_title(work: UnitOfWork, case: CaseRow, run: Run) -> None:
    """Where a process says what its cases are called, a case is called so as soon as its data say
    it, and again when they say something else.
    """
    title = str(run.title() or "").strip()[:TITLE_LIMIT]
    if title and title != case.title:
        work.record(case, "retitle", title=title, title_before=case.title)
        case.title = case.data["case_title"] = title


def _note_passage(work: UnitOfWork, case: CaseRow, run: Run) -> None:
    """What happened on the way: messages sent, events thrown, elements passed, the end."""
    for sent in run.desk.sent:
        if sent.kind == "message":
            work.post(case, sent.name, key_text(sent.key), sent.payload)
            work.record(case, "message_out", name=sent.name, key=key_text(sent.key))
        else:
            work.record(case, "stop", element=sent.element, kind=sent.kind, name=sent.name)
    if run.desk.passed:
        names = list(dict.fromkeys(passed.element for passed in run.desk.passed))
        work.record(case, "pass", elements=names)
        elements = run.definition.elements
        reached = [name for name in names if name in elements and elements[name].outcome]
        if reached:
            note_outcome(work, case, run, elements[reached[-1]])
    if run.finished:
        case.status, case.ended_at = "finished", work.now
        work.record(case, "finish")
        if case.parent_id is not None:
            error = next((sent.name for sent in run.desk.sent if sent.kind == "error"), None)
            work.post(case, ENDED, str(case.parent_id), {"error": error})


def _settle_items(
    work: UnitOfWork, case: CaseRow, run: Run, waits: Sequence[Waiting], completed: str | None
) -> None:
    """Close the items of steps that are over, open those of steps that have begun."""
    steps = [wait for wait in waits if wait.kind == "user"]
    present = work.open_items(case)
    tell_closed(work, case, work.close_items(case, {wait.task for wait in steps}, completed))
    known = {item.task for item in present}
    fresh = [wait for wait in steps if wait.task not in known]
    rounds = last_rounds(work.session, case.id, {wait.element for wait in fresh}) if fresh else {}
    sender = _sender(work, case, present, completed) if fresh else None
    opened: list[ItemRow] = []
    for wait in fresh:
        number = rounds.get((wait.element, place_text(wait)), 0) + 1
        items = opened_items(work, case, run, wait, number, sender)
        work.add_items(case, items)
        opened += items
        for item in items:
            _record_opened(work, case, item)
    tell_opened(work, case, opened)


def _sender(
    work: UnitOfWork, case: CaseRow, present: Iterable[ItemRow], completed: str | None
) -> int | None:
    """The person whose act opens the next steps; None where nobody acts, or where who has the step
    that they have done, or who starts such a case, is not told to others.
    """
    definition = work.deployed(case).definition
    done = {item.element for item in present if item.task == completed}
    keeps_names = any("anonymous" in definition.elements[name].properties for name in done)
    keeps_starter = definition.anonymous_start is not None and work.acting == case.starter_id
    return None if keeps_names or keeps_starter else work.acting


def _record_opened(work: UnitOfWork, case: CaseRow, item: ItemRow) -> None:
    work.record(
        case, "open", element=item.element, item_id=item.id, part=item.part, holder=item.holder
    )


def _settle_children(work: UnitOfWork, case: CaseRow, run: Run, waits: Iterable[Waiting]) -> None:
    """Start the child of each call that has none yet; end those that are no longer waited for."""
    calls = {wait.task: wait for wait in waits if wait.kind == "call"}
    end_children(work, case, still=calls)
    known = set(
        work.session.scalars(select(CaseRow.parent_task).where(CaseRow.parent_id == case.id))
    )
    for task, wait in calls.items():
        if task not in known:
            _start_child(work, case, run, wait)


def _start_child(work: UnitOfWork, case: CaseRow, run: Run, wait: Waiting) -> None:
    """Begin the called process with what the in mappings give it; ``case_title`` among them is its
    title.

    :raises NotFound: no such process is deployed.
    """
    row = latest_definition(work.session, case.jurisdiction, str(wait.name))
    if row is None:
        raise NotFound(f"流程 {wait.name} ")
    given = deepcopy(run.inputs(wait.task))
    title = str(given.pop("case_title", None) or _title_of_child(work, case, wait))[:TITLE_LIMIT]
    child = new_case(
        work, row, title, business_key=run.business_key(wait.task), call=Call(case, wait.task)
    )
    child.data = {**child.data, **given, "case_id": child.id}
    definition = work.process.catalogue.deployed(work.session, row.id).definition
    work.record(case, "child", element=wait.element, child=child.id, title=title)
    work.record(child, "start", title=title, version=row.version, parent=case.id, above=case.title)
    settle(work, child, Run.start(definition, work.desk(child)))


def _title_of_child(work: UnitOfWork, case: CaseRow, wait: Waiting) -> str:
    """The parent's title, the call's name and, of several, the number."""
    name = work.deployed(case).definition.elements[wait.element].name or wait.element
    return f"{case.title} {name}" + (f"（{wait.place[-1][1] + 1}）" if wait.place else "")


def _open_begun(work: UnitOfWork, begun: Sequence[Begun]) -> None:
    """The first items of many cases, in one statement."""
    items = [
        (case, item)
        for case, run, waits in begun
        for wait in waits
        if wait.kind == "user"
        for item in opened_items(work, case, run, wait, 1, _sender(work, case, (), None))
    ]
    work.session.add_all([item for _, item in items])
    work.session.flush()
    for case, item in items:
        _record_opened(work, case, item)
    for case, _, _ in begun:
        tell_opened(work, case, [item for owner, item in items if owner is case])


def _wait_begun(work: UnitOfWork, begun: Sequence[Begun]) -> None:
    """The first timers and subscriptions of many cases, in one statement each."""
    timers, messages = [], []
    for case, _, waits in begun:
        timers += [{**vars(wait), "case_id": case.id} for wait in timer_waits(work, case, waits)]
        messages += [
            {**vars(wait), "case_id": case.id, "jurisdiction": case.jurisdiction}
            for wait in message_waits(waits)
        ]
    for row, values in ((TimerRow, timers), (SubscriptionRow, messages)):
        if values:
            work.session.execute(insert(row), values)
