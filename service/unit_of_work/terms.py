"""The term of an item: its due instant follows from its rule, its next reminder from its due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from service.domain.terms.deadlines import Calendar, Pauses, due, local_day
from service.domain.terms.reminders import next_reminder
from service.store.cases.rows import CaseRow, TimerRow
from service.store.items.projection import set_due
from service.store.items.rows import ItemRow
from service.unit_of_work.work import UnitOfWork

Rests = Sequence[Sequence[Any]]
"""The pauses of a case as its row has them: ``[from, until]``; ``until`` is None while it rests."""


def days_rested(pauses: Rests) -> Pauses:
    """The days that do not count, from the day of each suspension up to the day of its end."""
    days = []
    for since, until in pauses:
        if until is not None:
            days.append((local_day(since), local_day(until)))
    return days


def set_term(
    item: ItemRow,
    calendar: Calendar,
    pauses: Rests,
    now: datetime,
) -> bool:
    """Set the due instant of an open item by its rule, and plan its next reminder.

    An old item that has a due instant but no rule stays as it is.

    :returns: whether the due instant has moved.
    """
    before = item.due_at
    set_due(item, due_of(item, calendar, pauses))
    moved = item.due_at != before
    reminder_is_due = item.remind_at is not None and item.remind_at <= now
    if moved or not reminder_is_due:
        plan_reminder(item, calendar, now)
    return moved


def due_of(item: ItemRow, calendar: Calendar, pauses: Rests) -> datetime | None:
    """The due instant of an item by its rule; without a rule the instant that it has."""
    if item.due_rule is None or item.due_since is None:
        return item.due_at
    return due(item.due_rule, item.due_since, calendar, days_rested(pauses))


def plan_reminder(item: ItemRow, calendar: Calendar, now: datetime) -> None:
    """Plan the next reminder of an item from now on. An item without a due instant has none.

    Earlier reminders are not repeated.
    """
    if item.due_at is None:
        item.remind_at = None
        item.reminder = None
        return
    reminder = next_reminder(item.opened_at, item.due_at, now, calendar)
    item.remind_at = reminder.at
    item.reminder = reminder.stage


def stop_terms(work: UnitOfWork, case: CaseRow) -> None:
    """Let a case rest. Its open items have no due, no light and no reminder until it goes on."""
    case.pauses = [*case.pauses, [work.now, None]]
    rest_items(work, case)


def rest_items(work: UnitOfWork, case: CaseRow) -> None:
    """Remove due and reminder from the open items of a case that rests."""
    for item in work.open_items(case):
        set_due(item, None)
        item.remind_at = None
        item.reminder = None


def resume_terms(work: UnitOfWork, case: CaseRow) -> None:
    """Let a case go on. The days when it rested do not count."""
    case.pauses = [[since, until or work.now] for since, until in case.pauses]
    for item in work.open_items(case):
        calendar = work.calendar(case.jurisdiction)
        set_term(item, calendar, case.pauses, work.now)
    timers_of_case = select(TimerRow).where(TimerRow.case_id == case.id)
    for timer in work.session.scalars(timers_of_case):
        calendar = work.calendar(case.jurisdiction)
        timer.due_at = timer_due(timer, calendar, case.pauses)


def timer_due(timer: TimerRow, calendar: Calendar, pauses: Rests) -> datetime:
    """The due instant of a timer of a case. Days on which the case rested do not count."""
    return due(timer.rule, timer.since, calendar, days_rested(pauses))
