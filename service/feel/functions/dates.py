"""Functions of dates, times and durations."""

from calendar import day_name, month_name, monthrange
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
    year: str | date | datetime | Decimal,
    month: Decimal | None = None,
    day: Decimal | None = None,
) -> date | None:
    """A date from text, from a date and time, or from year, month and day."""
    if isinstance(year, datetime):
        return year.date()
    if isinstance(year, Decimal):
        return date_from(year, month, day)
    return temporal.read_date(year) if isinstance(year, str) else year


def date_from(year: Decimal, month: Decimal | None, day: Decimal | None) -> date | None:
    """A date from three numbers; null if there is no such day."""
    if month is None or day is None:
        return None
    whole_year = whole(year)
    whole_month = whole(month)
    whole_day = whole(day)
    if whole_year is None or whole_month is None or whole_day is None:
        return None
    try:
        return date(whole_year, whole_month, whole_day)
    except ValueError:
        return None


@builtin("time", parameters="from")
def time_of(clock: str | time | date | datetime) -> time | None:
    """A time from text, or from a date and time. For a date it is midnight UTC."""
    if isinstance(clock, str):
        return temporal.read_time(clock)
    if isinstance(clock, datetime):
        return clock.timetz()
    return clock if isinstance(clock, time) else time(tzinfo=UTC)


@builtin("date and time", parameters="from, time")
def moment_of(day: str | date | datetime, clock: time | None = None) -> datetime | None:
    """A date and time from text, or from a date and a time."""
    if isinstance(day, str):
        return temporal.read_moment(day) if clock is None else None
    if clock is not None:
        return datetime.combine(day, clock)
    return day if isinstance(day, datetime) else datetime.combine(day, time())


@builtin("duration", parameters="from")
def duration_of(text: str | timedelta | YearsMonths) -> Any:
    """A duration from text such as ``P3M`` or ``P1DT2H``."""
    return temporal.read_duration(text) if isinstance(text, str) else text


@builtin("years and months duration", parameters="from, to")
def months_between(start: date | datetime, end: date | datetime) -> YearsMonths | None:
    """The whole months between two days; negative if ``end`` is before ``start``."""
    first, last = plain(start), plain(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    if months > 0 and later_in_month(first, last):
        months -= 1
    elif months < 0 and later_in_month(last, first):
        months += 1
    return YearsMonths(months)


def plain(moment: date | datetime) -> datetime:
    """A date, or a date and time, as a date and time without zone."""
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, time())


def later_in_month(first: datetime, last: datetime) -> bool:
    """Whether ``first`` stands later in its month than ``last`` in its own."""
    return (first.day, first.time()) > (last.day, last.time())


@builtin("day of week", parameters="date")
def day_of_week(day: date | datetime) -> str:
    """The English name of the day, as in the standard."""
    return NAMES_OF_DAYS[day.weekday()]


@builtin("month of year", parameters="date")
def month_of_year(day: date | datetime) -> str:
    """The English name of the month."""
    return NAMES_OF_MONTHS[day.month]


@builtin("day of year", parameters="date")
def day_of_year(day: date | datetime) -> Decimal:
    """The number of the day in its year, from 1."""
    return Decimal(day.timetuple().tm_yday)


@builtin("week of year", parameters="date")
def week_of_year(day: date | datetime) -> Decimal:
    """The number of the ISO week."""
    return Decimal(day.isocalendar().week)


@builtin("last day of month", parameters="date")
def last_day_of_month(day: date | datetime) -> Decimal:
    """The number of the last day of the month, 28 to 31."""
    _, last_day = monthrange(day.year, day.month)
    return Decimal(last_day)
