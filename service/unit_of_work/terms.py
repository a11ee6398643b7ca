"""The term of an item: its due instant follows from its rule, and its next reminder from that."""

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


def days_rested(pauses: Sequence[Sequence[Any]]) -> Pauses:
    """The days that do not count: from the day a case was suspended up to the day it was
    resumed.
    """
    return [(local_day(since), local_day(until)) for since, until in pauses if until is not None]


def set_term(
    item: ItemRow, calendar: Calendar, pauses: Sequence[Sequence[Any]], now: datetime
) -> bool:
    """Bring an open item's due instant to its rule and plan the next reminder; gives whether the
    due has moved.

    An item that has a due without a rule, from before rules were kept, stays as it is.
    """
    before = item.due_at
    set_due(item, due_of(item, calendar, pauses))
    moved = item.due_at != before
    still_to_be_said = item.remind_at is not None and item.remind_at <= now
    if moved or not still_to_be_said:
        plan_reminder(item, calendar, now)
    return moved


def due_of(item: ItemRow, calendar: Calendar, pauses: Sequence[Sequence[Any]]) -> datetime | None:
    """The due instant that an item's rule gives; of one without a rule what it has."""
    if item.due_rule is None or item.due_since is None:
        return item.due_at
    return due(item.due_rule, item.due_since, calendar, days_rested(pauses))


def plan_reminder(item: ItemRow, calendar: Calendar, now: datetime) -> None:
    """The next reminder from now on; none without a due. What has been said is not said again."""
    if item.due_at is None:
        item.remind_at = item.reminder = None
        return
    coming = next_reminder(item.opened_at, item.due_at, now, calendar)
    item.remind_at, item.reminder = coming.at, coming.stage


def stop_terms(work: UnitOfWork, case: CaseRow) -> None:
    """The case rests: its open items have no due, no light and no reminder until it goes on."""
    case.pauses = [*case.pauses, [work.now, None]]
    rest_items(work, case)


def rest_items(work: UnitOfWork, case: CaseRow) -> None:
    """Take due and reminder off the open items of a case that rests."""
    for item in work.open_items(case):
        set_due(item, None)
        item.remind_at = item.reminder = None


def resume_terms(work: UnitOfWork, case: CaseRow) -> None:
    """The case goes on: the days it rested do not count."""
    case.pauses = [[since, until or work.now] for since, until in case.pauses]
    for item in work.open_items(case):
        set_term(item, work.calendar(case.jurisdiction), case.pauses, work.now)
    for timer in work.session.scalars(select(TimerRow).where(TimerRow.case_id == case.id)):
        timer.due_at = timer_due(timer, work.calendar(case.jurisdiction), case.pauses)


def timer_due(timer: TimerRow, calendar: Calendar, pauses: Sequence[Sequence[Any]]) -> datetime:
    """When a timer of a case is due, the days not counted on which the case rested."""
    return due(timer.rule, timer.since, calendar, days_rested(pauses))
