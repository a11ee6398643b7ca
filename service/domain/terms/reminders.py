"""Reminders (提醒): when somebody is told of a deadline, and who else once it is over.

Decided: a reminder is a stage, and stages come in order, each once. At half time, one working day
before, on the last day; then on the first working day after it (also to the unit's heads), on the
third (also to 督查), and on every third from then on. All at nine in the morning, Shanghai: an
office reads them when it opens. What lies before the opening is left out, and half time where it
would fall on the day before the last or later. Source: ours.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from service.domain.terms.deadlines import SHANGHAI, Calendar, last_day, local_day, working

AT = time(9)
STEP = 3
LONG_TERM_DAYS = 60
HEADS_FROM, SUPERVISORS_FROM = 1, 3


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One stage: ``half``, ``eve``, ``due``, or ``late`` with the working days overdue; ``at`` its
    instant, UTC.
    """

    stage: str
    at: datetime

    @property
    def days_late(self) -> int:
        """Working days overdue; 0 before."""
        return int(self.stage.partition(":")[2] or 0)


def stages(opened_at: datetime, due_at: datetime, calendar: Calendar) -> Iterator[Reminder]:
    """All reminders of a term in order, without end: the overdue ones go on."""
    last = last_day(due_at)
    eve = before(last, calendar)
    for stage, day in (
        ("half", _half(local_day(opened_at), last, calendar)),
        ("eve", eve),
        ("due", last),
    ):
        found = Reminder(stage=stage, at=morning(day))
        if opened_at < found.at < due_at and not (stage == "half" and day >= eve):
            yield found
    day, late = last, 0
    while True:
        day, late = working(day + timedelta(days=1), calendar), late + 1
        if late == HEADS_FROM or late % STEP == 0:
            yield Reminder(stage=f"late:{late}", at=max(morning(day), due_at))


def next_reminder(
    opened_at: datetime, due_at: datetime, after: datetime, calendar: Calendar
) -> Reminder:
    """The first reminder of a term that comes after an instant."""
    return next(found for found in stages(opened_at, due_at, calendar) if found.at > after)


def following(
    opened_at: datetime, due_at: datetime, said: Reminder, now: datetime, calendar: Calendar
) -> Reminder:
    """What comes after ``said``: each stage once and in order; of the endless ones that were missed
    only the last.
    """
    found = next_reminder(opened_at, due_at, said.at, calendar)
    while found.days_late > SUPERVISORS_FROM:
        later = next_reminder(opened_at, due_at, found.at, calendar)
        if later.at > now:
            break
        found = later
    return found


def before(day: date, calendar: Calendar) -> date:
    """The working day before ``day``."""
    day -= timedelta(days=1)
    while not calendar.is_workday(day):
        day -= timedelta(days=1)
    return day


def morning(day: date) -> datetime:
    """Nine o'clock of a day, UTC."""
    return datetime.combine(day, AT, SHANGHAI).astimezone(UTC)


def _half(opened: date, last: date, calendar: Calendar) -> date:
    """The working day in whose course half of the term is over; of a long one the middle by the
    calendar.
    """
    if (last - opened).days > LONG_TERM_DAYS:
        return working(opened + (last - opened) / 2, calendar)
    days = [
        day
        for number in range(1, (last - opened).days + 1)
        if calendar.is_workday(day := opened + timedelta(days=number))
    ]
    return days[(len(days) - 1) // 2] if len(days) > 2 else last
