"""Reminders (提醒): when people are told of a deadline, and who is told once it is over.

Decided: a reminder is a stage. The stages come in order, each once: at half time, one working day
before the last day, and on the last day. After it they come on the first working day (also to the
heads of the unit), on the third (also to 督查), and on every third after that. All come at nine in
the morning in Shanghai, because an office reads them when it opens. A stage before the opening is
left out. Half time is left out if it would fall on the day before the last day or later. Source:
ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from service.domain.terms.deadlines import SHANGHAI, Calendar, last_day, local_day, next_workday

AT = time(9)
STEP = 3
LONG_TERM_DAYS = 60
HEADS_FROM, SUPERVISORS_FROM = 1, 3


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """A stage and its instant ``at`` (UTC).

    The stages are ``half``, ``eve``, ``due``, and ``late:3`` with the number of working days
    overdue.
    """

    stage: str
    at: datetime

    @property
    def days_late(self) -> int:
        """The number of working days overdue; 0 before the term is over."""
        return int(self.stage.partition(":")[2] or 0)


def stages(opened_at: datetime, due_at: datetime, calendar: Calendar) -> Iterator[Reminder]:
    """All reminders of a term in order. There is no end to them: the overdue ones go on."""
    last = last_day(due_at)
    eve = workday_before(last, calendar)
    half = _half_time(local_day(opened_at), last, calendar)
    for stage, day in (("half", half), ("eve", eve), ("due", last)):
        reminder = Reminder(stage=stage, at=morning(day))
        is_too_late = stage == "half" and day >= eve
        if opened_at < reminder.at < due_at and not is_too_late:
            yield reminder
    day = last
    days_late = 0
    while True:
        day = next_workday(day + timedelta(days=1), calendar)
        days_late += 1
        if days_late == HEADS_FROM or days_late % STEP == 0:
            yield Reminder(stage=f"late:{days_late}", at=max(morning(day), due_at))


def next_reminder(
    opened_at: datetime, due_at: datetime, after: datetime, calendar: Calendar
) -> Reminder:
    """The first reminder of a term after the instant ``after``."""
    return next(reminder for reminder in stages(opened_at, due_at, calendar) if reminder.at > after)


def following(
    opened_at: datetime, due_at: datetime, last: Reminder, now: datetime, calendar: Calendar
) -> Reminder:
    """The reminder that comes after ``last``, the last one that was sent.

    Each stage comes once and in order. If several of the endless overdue stages were missed, only
    the latest of them comes.
    """
    in_order = stages(opened_at, due_at, calendar)
    coming = (reminder for reminder in in_order if reminder.at > last.at)
    reminder = next(coming)
    while reminder.days_late > SUPERVISORS_FROM:
        later = next(coming)
        if later.at > now:
            break
        reminder = later
    return reminder


def workday_before(day: date, calendar: Calendar) -> date:
    """The working day before ``day``."""
    day -= timedelta(days=1)
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    return day


def morning(day: date) -> datetime:
    """Nine o'clock in Shanghai on a day. Returns UTC."""
    return datetime.combine(day, AT, SHANGHAI).astimezone(UTC)


def _half_time(opened: date, last: date, calendar: Calendar) -> date:
    """The working day in the course of which half of a term is over.

    For a term of more than ``LONG_TERM_DAYS`` it is the middle by the calendar.
    """
    length = (last - opened).days
    if length > LONG_TERM_DAYS:
        return next_workday(opened + (last - opened) / 2, calendar)
    days = [opened + timedelta(days=number) for number in range(1, length + 1)]
    workdays = [day for day in days if calendar.is_workday(day)]
    if len(workdays) > 2:
        return workdays[(len(workdays) - 1) // 2]
    return last
