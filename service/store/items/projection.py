"""The projection: from what the engine of a case waits for to rows.

It writes the rows of items, timers and subscriptions. It also makes the changes of an item that
supervision counts: of its state and of its due.

The projection stands only here, runs in the transaction of the command, and is idempotent. It never
touches what people added to an open item. The engine alone decides what exists.

Decided: one call changes the state or the due of an item and marks it to be counted again, and
nobody assigns these columns elsewhere (a law of the house looks). Instead of a hook of the mapper,
which a statement over many rows does not trigger.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from service.store.cases.rows import CaseRow, SubscriptionRow, TimerRow
from service.store.items.rows import ItemRow


def close(item: ItemRow, state: str, at: datetime, person_id: int | None = None) -> None:
    """Close an item. Nobody is reminded of it any more.

    :param state: done, unanswered, excused or cancelled.
    :param person_id: the person who finished it; None if nobody did.
    """
    item.state = state
    item.closed_at = at
    if person_id is not None:
        item.closed_by = person_id
    item.remind_at = item.reminder = None
    _count_again(item)


def reopen(item: ItemRow) -> None:
    """Open an item again, as if nobody had closed it."""
    item.state = "open"
    item.closed_at = None
    item.closed_by = None
    _count_again(item)


def put_right(item: ItemRow, element: str, place: str) -> None:
    """Move an item to the step and the place at which the engine has it."""
    if (item.element, item.place) != (element, place):
        item.element = element
        item.place = place
        _count_again(item)


def set_due(item: ItemRow, due_at: datetime | None) -> None:
    """Give an item another due instant, or none."""
    if item.due_at != due_at:
        item.due_at = due_at
        _count_again(item)


def _count_again(item: ItemRow) -> None:
    """Mark an item to be counted again.

    The mark is written even if the item had it when it was read, because a clock may have counted
    the item in the meantime.
    """
    item.counted = False
    flag_modified(item, "counted")


@dataclass(frozen=True, kw_only=True)
class TimerWait:
    """An instant for which a case waits."""

    task: str
    element: str
    rule: str
    since: datetime
    due_at: datetime
    interrupting: bool


@dataclass(frozen=True, kw_only=True)
class MessageWait:
    """A message for which a case waits."""

    task: str
    element: str
    name: str
    key: str


def close_items(
    items: Iterable[ItemRow],
    open_tasks: Collection[str],
    *,
    completed: str | None,
    now: datetime,
    outcome: Callable[[datetime | None, datetime], str],
) -> list[ItemRow]:
    """Close the open items whose task is over. Returns these items.

    :param open_tasks: the ids of the tasks that are still open.
    :param completed: the id of the task that was completed just now. The engine has taken back all
        other tasks that are over.
    :param outcome: gives the state of a co-operating unit's item from its due and the time.
    """
    closed = [item for item in items if item.state == "open" and item.task not in open_tasks]
    for item in closed:
        if item.task != completed:
            close(item, "cancelled", now)
        elif item.part == "lead":
            close(item, "done", now)
        else:
            close(item, outcome(item.due_at, now), now)
    return closed


def project_timers(session: Session, case: CaseRow, waits: Iterable[TimerWait]) -> None:
    """Make the timer rows of a case equal to the instants for which its engine waits."""
    missing = {(wait.task, wait.element): wait for wait in waits}
    for row in session.scalars(select(TimerRow).where(TimerRow.case_id == case.id)).all():
        wait = missing.pop((row.task, row.element), None)
        if wait is None:
            session.delete(row)
            continue
        row.rule = wait.rule
        row.since = wait.since
        row.due_at = wait.due_at
        row.interrupting = wait.interrupting
    session.add_all(
        TimerRow(
            case_id=case.id,
            task=wait.task,
            element=wait.element,
            rule=wait.rule,
            since=wait.since,
            due_at=wait.due_at,
            interrupting=wait.interrupting,
        )
        for wait in missing.values()
    )


def project_messages(session: Session, case: CaseRow, waits: Iterable[MessageWait]) -> None:
    """Make the subscription rows of a case equal to the messages for which its engine waits."""
    missing = {(wait.task, wait.element): wait for wait in waits}
    rows = select(SubscriptionRow).where(SubscriptionRow.case_id == case.id)
    for row in session.scalars(rows).all():
        wait = missing.pop((row.task, row.element), None)
        if wait is None:
            session.delete(row)
        else:
            row.name = wait.name
            row.key = wait.key
    session.add_all(
        SubscriptionRow(
            case_id=case.id,
            jurisdiction=case.jurisdiction,
            task=wait.task,
            element=wait.element,
            name=wait.name,
            key=wait.key,
        )
        for wait in missing.values()
    )
