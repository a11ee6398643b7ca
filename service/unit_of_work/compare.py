"""Where the rows of a case differ from what its engine says: the same look for ``verify`` and
``reproject``.
"""

from collections.abc import Iterator
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

OVER = frozenset({"finished", "terminated"})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """Something that is not as it should be. ``kind`` names the sentence, ``of`` what it is about,
    e.g. ``case 7``.
    """

    kind: str
    of: str
    facts: dict[str, Any]


def waits_of(look: Reading, case: CaseRow) -> list[Waiting]:
    """What the case waits for; nothing when it has ended.

    :raises Refused: the state cannot be restored, or an expression in it cannot be evaluated.
    """
    return [] if case.state is None else look.restore(case).waiting()


def compared(look: Reading, case: CaseRow, waits: list[Waiting]) -> Iterator[Difference]:
    """The differences of open items, timers and subscriptions; names first what the engine wants
    and has no row.
    """
    wanted, found = _wanted(look, case, waits), _found(look, case)
    for kind, keys in wanted.items():
        rows = found[kind]
        pairs = [("missing", key) for key in sorted(keys - rows)] + [
            ("extra", key) for key in sorted(rows - keys)
        ]
        for side, (_, element, *rest) in pairs:
            yield Difference(
                kind=f"{kind}_{side}",
                of=f"case {case.id}",
                facts={"element": element, "rest": " ".join(filter(None, map(str, rest)))},
            )
    yield from _families(look, case, waits)
    yield from _terms(look, case)
    if (case.state is None) != (case.status in OVER):
        yield Difference(kind="status", of=f"case {case.id}", facts={"status": case.status})


def _families(look: Reading, case: CaseRow, waits: list[Waiting]) -> Iterator[Difference]:
    """Calls without a child, children that go on though nobody waits, and ends that the parent was
    never told.
    """
    if "call" not in look.deployed(case).definition.events:
        return
    calls = {wait.task: wait.element for wait in waits if wait.kind == "call"}
    rows = look.session.execute(
        select(CaseRow.parent_task, CaseRow.id, CaseRow.state.is_(None))
        .where(CaseRow.parent_id == case.id)
        .order_by(CaseRow.id)
    ).all()
    over = {child: calls[task] for task, child, ended in rows if ended and task in calls}
    told = (
        set(
            look.session.scalars(
                select(OutboxRow.case_id).where(
                    OutboxRow.name == ENDED, OutboxRow.case_id.in_(over)
                )
            )
        )
        if over
        else set()
    )
    begun = {row[0] for row in rows}
    found: list[tuple[str, str, object]] = [
        ("child_missing", element, task) for task, element in calls.items() if task not in begun
    ]
    found += [
        ("child_extra", "", child) for task, child, ended in rows if not ended and task not in calls
    ]
    found += [
        ("child_untold", element, child) for child, element in over.items() if child not in told
    ]
    for kind, element, rest in found:
        yield Difference(
            kind=kind, of=f"case {case.id}", facts={"element": element, "rest": str(rest)}
        )


def _terms(look: Reading, case: CaseRow) -> Iterator[Difference]:
    """Open items whose due is not what their rule gives; while the case rests they have none."""
    calendar = look.calendar(case.jurisdiction)
    for item in look.open_items(case):
        wanted = None if case.status == "suspended" else due_of(item, calendar, case.pauses)
        if item.due_at != wanted:
            yield Difference(
                kind="due",
                of=f"case {case.id}",
                facts={"element": item.element, "rest": f"{item.due_at} ≠ {wanted}"},
            )


def _wanted(look: Reading, case: CaseRow, waits: list[Waiting]) -> dict[str, set[tuple[Any, ...]]]:
    return {
        "item": {
            (wait.task, wait.element, place_text(wait)) for wait in waits if wait.kind == "user"
        },
        "timer": {
            (wait.task, wait.element, wait.rule, wait.since, wait.due_at, wait.interrupting)
            for wait in timer_waits(look, case, waits)
        },
        "message": {
            (wait.task, wait.element, wait.name, wait.key) for wait in message_waits(waits)
        },
    }


def _found(look: Reading, case: CaseRow) -> dict[str, set[tuple[Any, ...]]]:
    """The rows as they are; a co-operating unit's open item counts only where there is no
    lead's.
    """
    items = look.session.execute(
        select(ItemRow.task, ItemRow.element, ItemRow.place, ItemRow.part).where(
            ItemRow.case_id == case.id, ItemRow.state == "open"
        )
    ).all()
    leads = {tuple(row[:3]) for row in items if row.part == "lead"}
    led = {task for task, _, _ in leads}
    alone = {
        (row.task, row.element, f"{row.place} {row.part}".strip())
        for row in items
        if row.part != "lead" and row.task not in led
    }
    timer, message = TimerRow, SubscriptionRow
    timers = select(
        timer.task, timer.element, timer.rule, timer.since, timer.due_at, timer.interrupting
    )
    messages = select(message.task, message.element, message.name, message.key)
    return {
        "item": leads | alone,
        "timer": {
            tuple(row) for row in look.session.execute(timers.where(timer.case_id == case.id))
        },
        "message": {
            tuple(row) for row in look.session.execute(messages.where(message.case_id == case.id))
        },
    }
