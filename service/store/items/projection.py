"""The projection: from what a case's engine waits for to the rows of items, timers and
subscriptions. And the changes of an item that supervision counts by: its state and its due.

The projection stands in this one place, runs in the command's transaction, is idempotent, and never
touches what people added to an open item. The engine alone decides what exists.

Decided: a change of state or due and the mark that the item has to be counted anew are one call,
and nobody assigns these columns elsewhere (a law of the house looks). Instead of a hook of the
mapper, which a statement over many rows passes by without anybody noticing.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from service.store.cases.rows import CaseRow, SubscriptionRow, TimerRow
from service.store.items.rows import ItemRow


def close(item: ItemRow, state: str, at: datetime, person_id: int | None = None) -> None:
    """The item is over. Nobody is reminded of it any more.

    :param state: done, unanswered, excused or cancelled.
    :param person_id: who finished it, if anybody did.
    """
    item.state, item.closed_at = state, at
    if person_id is not None:
        item.closed_by = person_id
    item.remind_at = item.reminder = None
    _count_anew(item)


def reopen(item: ItemRow) -> None:
    """The item is open again, as if nobody had closed it."""
    item.state, item.closed_at, item.closed_by = "open", None, None
    _count_anew(item)


def put_right(item: ItemRow, element: str, place: str) -> None:
    """The item stands at the step that the engine says, whatever its row said."""
    if (item.element, item.place) != (element, place):
        item.element, item.place = element, place
        _count_anew(item)


def set_due(item: ItemRow, due_at: datetime | None) -> None:
    """The item is due at another instant, or has no due."""
    if item.due_at != due_at:
        item.due_at = due_at
        _count_anew(item)


def _count_anew(item: ItemRow) -> None:
    """The mark is written whatever it was when the item was read: a clock may have counted it
    meanwhile.
    """
    item.counted = False
    flag_modified(item, "counted")


@dataclass(frozen=True, kw_only=True)
class TimerWait:
    """An instant a case waits for."""

    task: str
    element: str
    rule: str
    since: datetime
    due_at: datetime
    interrupting: bool


@dataclass(frozen=True, kw_only=True)
class MessageWait:
    """A message a case waits for."""

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
    """Close the open items whose task is over; returns them.

    :param completed: the task that was finished just now; other tasks that are gone were taken back
        by the engine.
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
    """Make the case's timer rows equal to what its engine waits for."""
    wanted = {(wait.task, wait.element): wait for wait in waits}
    for row in session.scalars(select(TimerRow).where(TimerRow.case_id == case.id)).all():
        wait = wanted.pop((row.task, row.element), None)
        if wait is None:
            session.delete(row)
        else:
            row.rule, row.since, row.due_at, row.interrupting = (
                wait.rule,
                wait.since,
                wait.due_at,
                wait.interrupting,
            )
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
        for wait in wanted.values()
    )


def project_messages(session: Session, case: CaseRow, waits: Iterable[MessageWait]) -> None:
    """Make the case's subscription rows equal to what its engine waits for."""
    wanted: dict[tuple[str, str], MessageWait] = {(wait.task, wait.element): wait for wait in waits}
    for row in session.scalars(
        select(SubscriptionRow).where(SubscriptionRow.case_id == case.id)
    ).all():
        wait: Any = wanted.pop((row.task, row.element), None)
        if wait is None:
            session.delete(row)
        else:
            row.name, row.key = wait.name, wait.key
    session.add_all(
        SubscriptionRow(
            case_id=case.id,
            jurisdiction=case.jurisdiction,
            task=wait.task,
            element=wait.element,
            name=wait.name,
            key=wait.key,
        )
        for wait in wanted.values()
    )
