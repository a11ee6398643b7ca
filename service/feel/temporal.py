"""Dates, times and durations: how they are read and written, their parts and their sums."""

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.feel.values import YearsMonths, same_zone, seconds_of

Day = TypeVar("Day", bound=date)
DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
TIME = re.compile(
    r"(\d\d:\d\d:\d\d(?:\.\d{1,9})?)"
    r"(Z|[+-](?:0\d|1[0-4]):[0-5]\d(?::[0-5]\d)?|@[A-Za-z_/+-]+\d*)?",
    re.ASCII,
)
DAYS_AND_TIME = re.compile(
    r"(-)?P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{1,9}))?S)?)?",
    re.ASCII,
)
YEARS_AND_MONTHS = re.compile(r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)


def read_date(text: str) -> date | None:
    """The date that ``YYYY-MM-DD`` stands for, or None."""
    if not DATE.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """The time that ``hh:mm:ss`` stands for, or None.

    A fraction and a zone (``Z``, ``+08:00``, ``@Asia/Shanghai``) may follow.
    """
    match = TIME.fullmatch(text)
    if not match:
        return None
    clock, zone = match.groups()
    try:
        if zone and zone.startswith("@"):
            return time.fromisoformat(clock).replace(tzinfo=ZoneInfo(zone[1:]))
        return time.fromisoformat(text)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def read_moment(text: str) -> datetime | None:
    """The instant that ``YYYY-MM-DDThh:mm:ss…`` stands for; a date alone is its midnight.

    None if the text is neither.
    """
    day_text, separator, clock_text = text.partition("T")
    day = read_date(day_text)
    clock = read_time(clock_text) if separator else time()
    if day is None or clock is None:
        return None
    return datetime.combine(day, clock)


def read_duration(text: str) -> timedelta | YearsMonths | None:
    """The duration that a text stands for, or None.

    ``P1Y2M`` gives months, ``P1DT2H`` days and time. Parts may exceed 12, 24 and 60.
    """
    if text.endswith(("P", "T")):
        return None
    if match := YEARS_AND_MONTHS.fullmatch(text):
        return months_of(match)
    if match := DAYS_AND_TIME.fullmatch(text):
        return days_of(match)
    return None


def months_of(match: re.Match[str]) -> YearsMonths:
    """The duration of a match of ``YEARS_AND_MONTHS``."""
    sign, years, months = match.groups()
    total = int(years or 0) * 12 + int(months or 0)
    return YearsMonths(-total if sign else total)


def days_of(match: re.Match[str]) -> timedelta | None:
    """The duration of a match of ``DAYS_AND_TIME``. None if it is too long for Python."""
    sign, days, hours, minutes, seconds, fraction = match.groups(default="0")
    try:
        total = timedelta(
            days=int(days),
            hours=int(hours),
            minutes=int(minutes),
            seconds=int(seconds),
            microseconds=int(fraction[:6].ljust(6, "0")),
        )
    except OverflowError:
        return None
    return -total if sign == "-" else total


def read_at(text: str) -> Any:
    """The literal ``@"…"``: a date, a date and time, a time or a duration; else None."""
    for read in (read_date, read_moment, read_time, read_duration):
        value: Any = read(text)
        if value is not None:
            return value
    return None


def zone_text(moment: datetime | time) -> str:
    """How the zone is written behind a time; "" if it has none."""
    zone = moment.tzinfo
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = moment.utcoffset()
    if not offset:
        return "Z"
    sign = "-" if offset < timedelta() else "+"
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    return f"{sign}{hours:02d}:{minutes:02d}"


def time_text(moment: datetime | time) -> str:
    """A time of day as the language writes it."""
    text = f"{moment:%H:%M:%S}"
    if moment.microsecond:
        text += f".{moment.microsecond:06d}".rstrip("0")
    return text + zone_text(moment)


def moment_text(moment: datetime) -> str:
    """A date and time as the language writes it."""
    return f"{moment.date().isoformat()}T{time_text(moment)}"


def duration_text(duration: timedelta) -> str:
    """A days-and-time duration as the language writes it, for example ``P1DT2H``."""
    size = abs(duration)
    text = "-P" if duration < timedelta() else "P"
    if not size:
        return "PT0S"
    if size.days:
        text += f"{size.days}D"
    return text + clock_text(timedelta(seconds=size.seconds, microseconds=size.microseconds))


def clock_text(duration: timedelta) -> str:
    """A duration of less than a day, for example ``T2H30M``; "" if it is zero."""
    if not duration:
        return ""
    hours, rest = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    text = "T"
    if hours:
        text += f"{hours}H"
    if minutes:
        text += f"{minutes}M"
    if duration.microseconds:
        fraction = f"{duration.microseconds:06d}".rstrip("0")
        text += f"{seconds}.{fraction}S"
    elif seconds:
        text += f"{seconds}S"
    return text


def plus_months(day: Day, months: int) -> Day:
    """The same day some months later, or the last day of that month.

    :param months: how many; earlier if negative.
    :raises ValueError: the year is not between 1 and 9999.
    """
    months_since_year_zero = day.year * 12 + day.month - 1 + months
    year, month_index = divmod(months_since_year_zero, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    month = month_index + 1
    _, last_day = monthrange(year, month)
    return day.replace(year=year, month=month, day=min(day.day, last_day))


def plus(left: Any, right: timedelta | YearsMonths) -> Any:
    """A date, time, date and time or duration plus a duration.

    None where the language gives null.
    """
    try:
        if isinstance(left, (timedelta, YearsMonths)):
            return add_durations(left, right)
        if isinstance(right, YearsMonths):
            return plus_months(left, right.months) if isinstance(left, date) else None
        if isinstance(left, time):
            return clock_plus(left, right)
        if isinstance(left, datetime):
            return left + right
        return (datetime.combine(left, time()) + right).date()
    except (ValueError, OverflowError):
        return None


def clock_plus(clock: time, duration: timedelta) -> time:
    """A time of day plus a duration. It goes round the clock and keeps its zone."""
    some_day = date(2000, 1, 2)
    moment = datetime.combine(some_day, clock.replace(tzinfo=None))
    moment += timedelta(seconds=duration.seconds)
    return moment.time().replace(tzinfo=clock.tzinfo)


def add_durations(
    left: timedelta | YearsMonths, right: timedelta | YearsMonths
) -> timedelta | YearsMonths | None:
    """The sum of two durations of one kind."""
    if isinstance(left, YearsMonths) and isinstance(right, YearsMonths):
        return YearsMonths(left.months + right.months)
    if isinstance(left, timedelta) and isinstance(right, timedelta):
        return left + right
    return None


def time_between(left: Any, right: Any) -> timedelta | None:
    """``left`` minus ``right``: two dates, times or dates and times.

    None where the language gives null.
    """
    try:
        if isinstance(left, time) and isinstance(right, time):
            left, right = same_zone(left, right)
            return seconds_of(left) - seconds_of(right)
        left, right = same_zone(midnight(left), midnight(right))
        difference: timedelta = left - right
        return difference
    except (TypeError, OverflowError, AttributeError):
        return None


def midnight(day: Any) -> Any:
    """The instant at which a date begins, in UTC as the standard says.

    Anything but a date is returned unchanged.
    """
    if isinstance(day, date) and not isinstance(day, datetime):
        return datetime.combine(day, time(), UTC)
    return day


def zone_of(moment: datetime | time) -> str | None:
    """The name of the zone; None if the zone has no name."""
    zone = moment.tzinfo
    return zone.key if isinstance(zone, ZoneInfo) else None


def with_sign(size: int, span: timedelta) -> Decimal:
    """A part of a duration, with the sign of the duration."""
    sign = -1 if span < timedelta() else 1
    return Decimal(size) * sign


def whole_years(span: YearsMonths) -> int:
    """The whole years of a duration, towards zero."""
    return int(span.months / 12)


Part = Callable[[Any], Any]
DAY_PARTS: dict[str, Part] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.isoweekday()),
}
CLOCK_PARTS: dict[str, Part] = {
    "hour": lambda moment: Decimal(moment.hour),
    "minute": lambda moment: Decimal(moment.minute),
    "second": lambda moment: Decimal(moment.second),
    "time offset": lambda moment: moment.utcoffset(),
    "timezone": zone_of,
}
TIME_PARTS: dict[str, Part] = {
    "days": lambda span: with_sign(abs(span).days, span),
    "hours": lambda span: with_sign(abs(span).seconds // 3600, span),
    "minutes": lambda span: with_sign(abs(span).seconds // 60 % 60, span),
    "seconds": lambda span: with_sign(abs(span).seconds % 60, span),
}
MONTH_PARTS: dict[str, Part] = {
    "years": lambda span: Decimal(whole_years(span)),
    "months": lambda span: Decimal(span.months - 12 * whole_years(span)),
}
PARTS: dict[str, dict[str, Part]] = {
    "date": DAY_PARTS,
    "time": CLOCK_PARTS,
    "date and time": DAY_PARTS | CLOCK_PARTS,
    "days and time duration": TIME_PARTS,
    "years and months duration": MONTH_PARTS,
}
