"""Deadlines: when something is due, and how it looks.

Rules: ``P5WD`` (working days), ``P30D`` ``P3M`` ``P1Y`` ``PT2H`` (calendar), ``--12-31`` (a day of the year), an ISO
date or instant, and ``R/…`` or ``R3/…`` before one of them for repetition. Source: 《民法典》 201 to 203: the opening day
does not count; a term of calendar days that ends on a day off ends on the next working day; a fixed day does not move;
the last day ends at midnight in Shanghai.
"""

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

from service.domain.calendar import Calendar

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
WORKDAYS = re.compile(r"P(\d{1,4})WD")
DAY_OF_YEAR = re.compile(r"--(\d\d)-(\d\d)")
TERM = re.compile(
    r"P(?=.)(?:(\d{1,4})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?=.)(?:(\d{1,5})H)?(?:(\d{1,5})M)?)?")
REPEATED = re.compile(r"R(\d*)/(.+)")


def due(rule: Any, since: datetime, calendar: Calendar) -> datetime:
    """The instant (UTC) at which a rule is due that began to run at ``since``.

    A repeating rule counts from the end of its last round, so that it never slips a day.

    :raises ValueError: the rule cannot be read, or ``since`` is naive.
    """
    if since.tzinfo is None:
        raise ValueError("since must be aware")
    local = since.astimezone(SHANGHAI)
    if isinstance(rule, datetime):
        return (rule if rule.tzinfo else rule.replace(tzinfo=SHANGHAI)).astimezone(UTC)
    if isinstance(rule, date):
        return _end_of(rule)
    text = str(rule)
    if repeated := REPEATED.fullmatch(text):
        return _due(repeated[2], local, (local - timedelta(microseconds=1)).date(), calendar, repeating=True)
    return _due(text, local, local.date(), calendar, repeating=False)


def _due(text: str, since: datetime, opened: date, calendar: Calendar, *, repeating: bool) -> datetime:
    if found := WORKDAYS.fullmatch(text):
        return _end_of(workdays_after(opened, int(found[1]), calendar))
    if found := DAY_OF_YEAR.fullmatch(text):
        return _day_of_year(int(found[1]), int(found[2]), since, repeating)
    if found := TERM.fullmatch(text):
        years, months, weeks, days, hours, minutes = (int(part or 0) for part in found.groups())
        if hours or minutes or repeating:
            return (_later(since, 12 * years + months) + timedelta(
                days=days + 7 * weeks, hours=hours, minutes=minutes)).astimezone(UTC)
        last = _later(since, 12 * years + months).date() + timedelta(days=days + 7 * weeks)
        while not calendar.is_workday(last):
            last += timedelta(days=1)
        return _end_of(last)
    if len(text) == 10:
        return _end_of(date.fromisoformat(text))
    found_at = datetime.fromisoformat(text)
    return (found_at if found_at.tzinfo else found_at.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def readable(rule: str) -> bool:
    """Whether :func:`due` can read this text."""
    try:
        due(rule, datetime(2026, 1, 1, tzinfo=UTC), Calendar())
    except (ValueError, OverflowError):
        return False
    return True


def workdays_after(start: date | datetime, workdays: int, calendar: Calendar) -> date:
    """The working day that is so many working days after a day; the day itself does not count.

    :raises ValueError: ``workdays`` is negative or more than 5000.
    """
    if not 0 <= workdays <= 5000:
        raise ValueError("workdays must be between 0 and 5000")
    day = start.astimezone(SHANGHAI).date() if isinstance(start, datetime) else start
    while workdays:
        day += timedelta(days=1)
        workdays -= calendar.is_workday(day)
    return day


def light(due_at: datetime | None, now: datetime, calendar: Calendar) -> str | None:
    """``red`` when overdue, ``yellow`` within one working day of the deadline, else ``green``; None without deadline."""
    if due_at is None:
        return None
    if due_at <= now:
        return "red"
    return "yellow" if due_at <= yellow_from(now, calendar) else "green"


def yellow_from(now: datetime, calendar: Calendar) -> datetime:
    """What is due up to this instant is yellow: the end of the next working day."""
    return _end_of(workdays_after(now, 1, calendar))


def _end_of(day: date) -> datetime:
    """Midnight at the end of a day in Shanghai, in UTC."""
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI).astimezone(UTC)


def _day_of_year(month: int, day: int, since: datetime, repeating: bool) -> datetime:
    """A deadline ends with its day; a repeating event happens when its day begins."""
    for year in (since.year, since.year + 1):
        start = datetime(year, month, min(day, monthrange(year, month)[1]), tzinfo=SHANGHAI)
        found = start if repeating else start + timedelta(days=1)
        if found > since:
            return found.astimezone(UTC)
    raise ValueError("unreachable: next year's day is always later")


def _later(at: datetime, months: int) -> datetime:
    """The same day so many months later; the month's last day where it is shorter."""
    years, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return at.replace(year=years, month=month + 1, day=min(at.day, monthrange(years, month + 1)[1]))
