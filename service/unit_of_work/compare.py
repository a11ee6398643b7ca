"""Where the rows of a case differ from what its run says.

``verify`` and ``reproject`` both use this.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from service.engine import Waiting
from service.store.cases.rows import CaseRow, OutboxRow, SubscriptionRow, TimerRow
from service.store.items.rows import ItemRow
from service.unit_of_work.children import ENDED
from service.unit_of_work.opening import message_waits, place_text, timer_waits
from service.unit_of_work.terms import due_of
from service.unit_of_work.work import Reading

Key = tuple[Any, ...]
"""The columns by which a wait and its row are compared: task, element, and what else they have."""
Keys = dict[str, set[Key]]
"""The keys of items, timers and messages."""
OVER = frozenset({"finished", "terminated"})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that is not as it should be.

    ``kind`` selects the sentence. ``of`` is what it is about, such as ``case 7``.
    """

    kind: str
    of: str
    facts: dict[str, Any]


def waits_of(look: Reading, case: CaseRow) -> list[Waiting]:
    """What a case waits for; [] if it has ended.

    :raises Refused: the state cannot be restored, or an expression in it cannot be evaluated.
    """
    if case.state is None:
        return []
    return look.restore(case).waiting()


def compared(look: Reading, case: CaseRow, waits: list[Waiting]) -> Iterator[Difference]:
    """The differences of a case's rows from what its run waits for.

    Missing rows come first, then rows that are too many.
    """
    expected = _keys_of_waits(look, case, waits)
    present = _keys_of_rows(look, case)
    for kind, keys in expected.items():
        for key in sorted(keys - present[kind]):
            yield _difference_of_key(case, f"{kind}_missing", key)
        for key in sorted(present[kind] - keys):
            yield _difference_of_key(case, f"{kind}_extra", key)
    if "call" in look.deployed(case).definition.events:
        yield from _children(look, case, waits)
    yield from _terms(look, case)
    if (case.state is None) != (case.status in OVER):
        yield Difference(kind="status", of=f"case {case.id}", facts={"status": case.status})


def _difference_of_key(case: CaseRow, kind: str, key: Key) -> Difference:
    _, element, *values = key
    rest = " ".join(filter(None, map(str, values)))
    return _difference(case, kind, element, rest)


def _difference(case: CaseRow, kind: str, element: str, rest: str) -> Difference:
    return Difference(
        kind=kind,
        of=f"case {case.id}",
        facts={"element": element, "rest": rest},
    )


def _children(look: Reading, case: CaseRow, waits: list[Waiting]) -> Iterator[Difference]:
    """Calls without a child, children that go on although nobody waits, and ends that were not
    reported to the parent.
    """
    element_by_task = {wait.task: wait.element for wait in waits if wait.kind == "call"}
    children = look.session.execute(
        select(CaseRow.parent_task, CaseRow.id, CaseRow.state.is_(None))
        .where(CaseRow.parent_id == case.id)
        .order_by(CaseRow.id)
    ).all()
    tasks_with_child = {task for task, _, _ in children}
    for call, element in element_by_task.items():
        if call not in tasks_with_child:
            yield _difference(case, "child_missing", element, call)
    ended_children: dict[int, str] = {}
    for task, child, ended in children:
        element_of_call = element_by_task.get(task or "")
        if element_of_call is None:
            if not ended:
                yield _difference(case, "child_extra", "", str(child))
        elif ended:
            ended_children[child] = element_of_call
    yield from _unreported_ends(look, case, ended_children)


def _unreported_ends(
    look: Reading,
    case: CaseRow,
    ended_children: Mapping[int, str],
) -> Iterator[Difference]:
    """Ended children whose parent still waits, because their end was not reported to it.

    :param ended_children: the element of the call, by the id of the child.
    """
    reported = _reported_ends(look, ended_children)
    for child, element in ended_children.items():
        if child not in reported:
            yield _difference(case, "child_untold", element, str(child))


def _reported_ends(look: Reading, children: Collection[int]) -> set[int | None]:
    """The ids of those ended children whose end was reported to the parent."""
    if not children:
        return set()
    reports = select(OutboxRow.case_id).where(
        OutboxRow.name == ENDED,
        OutboxRow.case_id.in_(children),
    )
    return set(look.session.scalars(reports))


def _terms(look: Reading, case: CaseRow) -> Iterator[Difference]:
    """Open items whose due differs from their rule. While the case rests they must have none."""
    calendar = look.calendar(case.jurisdiction)
    for item in look.open_items(case):
        expected = None
        if case.status != "suspended":
            expected = due_of(item, calendar, case.pauses)
        if item.due_at != expected:
            yield _difference(case, "due", item.element, f"{item.due_at} ≠ {expected}")


def _keys_of_waits(look: Reading, case: CaseRow, waits: list[Waiting]) -> Keys:
    """The keys of the rows that the run needs."""
    keys: Keys = {"item": set(), "timer": set(), "message": set()}
    for wait in waits:
        if wait.kind == "user":
            keys["item"].add((wait.task, wait.element, place_text(wait)))
    for timer in timer_waits(look, case, waits):
        rule_and_instants = (timer.rule, timer.since, timer.due_at, timer.interrupting)
        keys["timer"].add((timer.task, timer.element, *rule_and_instants))
    for message in message_waits(waits):
        keys["message"].add((message.task, message.element, message.name, message.key))
    return keys


def _keys_of_rows(look: Reading, case: CaseRow) -> Keys:
    """The keys of the rows that exist."""
    timers = select(
        TimerRow.task,
        TimerRow.element,
        TimerRow.rule,
        TimerRow.since,
        TimerRow.due_at,
        TimerRow.interrupting,
    ).where(TimerRow.case_id == case.id)
    messages = select(
        SubscriptionRow.task,
        SubscriptionRow.element,
        SubscriptionRow.name,
        SubscriptionRow.key,
    ).where(SubscriptionRow.case_id == case.id)
    return {
        "item": _keys_of_items(look, case),
        "timer": {tuple(row) for row in look.session.execute(timers)},
        "message": {tuple(row) for row in look.session.execute(messages)},
    }


def _keys_of_items(look: Reading, case: CaseRow) -> set[Key]:
    """The keys of the open items.

    The item of a co-operating unit counts only if the lead has none.
    """
    open_items = select(ItemRow.task, ItemRow.element, ItemRow.place, ItemRow.part).where(
        ItemRow.case_id == case.id, ItemRow.state == "open"
    )
    items = look.session.execute(open_items).all()
    keys: set[Key] = set()
    tasks_with_lead = set()
    for item in items:
        if item.part == "lead":
            keys.add((item.task, item.element, item.place))
            tasks_with_lead.add(item.task)
    for item in items:
        if item.part != "lead" and item.task not in tasks_with_lead:
            place_and_part = f"{item.place} {item.part}".strip()
            keys.add((item.task, item.element, place_and_part))
    return keys
