"""Functions of dates, times and durations."""

from calendar import day_name, month_name
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from service.feel import temporal
from service.feel.functions.registry import builtin, whole
from service.feel.values import YearsMonths

NAMES_OF_DAYS = tuple(day_name)
NAMES_OF_MONTHS = tuple(month_name)


@builtin("date", parameters="from, month, day")
def date_of(
    year: str | date | datetime | Decimal, month: Decimal | None = None, day: Decimal | None = None
) -> date | None:
    """From text, from a date and time, or from year, month and day."""
    if isinstance(year, datetime):
        return year.date()
    if isinstance(year, Decimal):
        return date_from(year, month, day)
    if isinstance(year, str):
        return temporal.read_date(year)
    return year


def date_from(year: Decimal, month: Decimal | None, day: Decimal | None) -> date | None:
    """From three numbers; null when there is no such day."""
    parts = [whole(part) if part is not None else None for part in (year, month, day)]
    try:
        if None not in parts:
            return date(*(part for part in parts if part is not None))
        return None
    except ValueError:
        return None


@builtin("time", parameters="from")
def time_of(clock: str | time | date | datetime) -> time | None:
    """From text, from a date and time, or midnight of a date."""
    if isinstance(clock, str):
        return temporal.read_time(clock)
    if isinstance(clock, datetime):
        return clock.timetz()
    if isinstance(clock, time):
        return clock
    return time(tzinfo=UTC)


@builtin("date and time", parameters="from, time")
def moment_of(day: str | date | datetime, clock: time | None = None) -> datetime | None:
    """From text, or from a date and a time."""
    if clock is not None:
        if isinstance(day, str):
            return None
        return datetime.combine(day, clock)
    if isinstance(day, str):
        return temporal.read_moment(day)
    if isinstance(day, datetime):
        return day
    return datetime.combine(day, time())


@builtin("duration", parameters="from")
def duration_of(text: str | timedelta | YearsMonths) -> Any:
    """From text such as ``P3M`` or ``P1DT2H``."""
    if isinstance(text, str):
        return temporal.read_duration(text)
    return text


@builtin("years and months duration", parameters="from, to")
def months_between(start: date | datetime, end: date | datetime) -> YearsMonths | None:
    """The whole months between two days."""
    first = plain(start)
    last = plain(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and later_in_month(first, last):
        months -= 1
    elif months < 0 and later_in_month(last, first):
        months += 1
    return YearsMonths(months)


def plain(moment: date | datetime) -> datetime:
    """A date and time without zone."""
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, time())


def later_in_month(first: datetime, last: datetime) -> bool:
    """Whether ``first`` stands later in its month than ``last`` in its own."""
    return (first.day, first.time()) > (last.day, last.time())


@builtin("day of week", parameters="date")
def day_of_week(day: date | datetime) -> str:
    """The English name of the day, as the standard has it."""
    return NAMES_OF_DAYS[day.weekday()]


@builtin("month of year", parameters="date")
def month_of_year(day: date | datetime) -> str:
    """The English name of the month."""
    return NAMES_OF_MONTHS[day.month]


@builtin("day of year", parameters="date")
def day_of_year(day: date | datetime) -> Decimal:
    """From 1."""
    return Decimal(day.timetuple().tm_yday)


@builtin("week of year", parameters="date")
def week_of_year(day: date | datetime) -> Decimal:
    """The ISO week."""
    return Decimal(day.isocalendar().week)


@builtin("last day of month", parameters="date")
def last_day_of_month(day: date | datetime) -> Decimal:
    """28 to 31."""
    return Decimal(
        31 if day.month == 12 else (date(day.year, day.month + 1, 1) - timedelta(days=1)).day
    )
