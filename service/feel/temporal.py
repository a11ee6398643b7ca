"""Dates, times and durations: read, written, their parts, and their sums."""

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
    """``YYYY-MM-DD`` or None."""
    try:
        if not DATE.fullmatch(text):
            return None
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """``hh:mm:ss`` with fraction and zone (``Z``, ``+08:00``, ``@Asia/Shanghai``) as they may be,
    or None.
    """
    match = TIME.fullmatch(text)
    if not match:
        return None
    try:
        if match[2] and match[2].startswith("@"):
            return time.fromisoformat(match[1]).replace(tzinfo=ZoneInfo(match[2][1:]))
        return time.fromisoformat(text)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        return None


def read_moment(text: str) -> datetime | None:
    """``YYYY-MM-DDThh:mm:ss…``; a date alone is its midnight. None when it is neither."""
    before, mark, after = text.partition("T")
    day = read_date(before)
    clock = read_time(after) if mark else time()
    if day is not None and clock is not None:
        return datetime.combine(day, clock)
    return None


def read_duration(text: str) -> timedelta | YearsMonths | None:
    """``P1Y2M`` as months, ``P1DT2H`` as days and time, or None. Parts may exceed 12, 24 and 60."""
    if text.endswith(("P", "T")):
        return None
    if match := YEARS_AND_MONTHS.fullmatch(text):
        return months_of(match)
    if match := DAYS_AND_TIME.fullmatch(text):
        return days_of(match)
    return None


def months_of(match: re.Match[str]) -> YearsMonths:
    """The duration that a match of ``MONTHS`` says."""
    sign, years, months = match.groups()
    total = int(years or 0) * 12 + int(months or 0)
    return YearsMonths(-total if sign else total)


def days_of(match: re.Match[str]) -> timedelta | None:
    """The duration that a match of ``DAYS`` says. None when it is too long to be kept."""
    sign, days, hours, minutes, seconds, fraction = match.groups()
    try:
        total = timedelta(
            days=int(days or 0),
            hours=int(hours or 0),
            minutes=int(minutes or 0),
            seconds=int(seconds or 0),
            microseconds=int((fraction or "0")[:6].ljust(6, "0")),
        )
    except OverflowError:
        return None
    if sign:
        return -total
    return total


def read_at(text: str) -> Any:
    """The literal ``@"…"``: a date, a time, a date and time or a duration; None when it is none of
    them.
    """
    readers: tuple[Callable[[str], Any], ...] = (read_date, read_moment, read_time, read_duration)
    return next((value for read in readers if (value := read(text)) is not None), None)


def zone_text(moment: datetime | time) -> str:
    """How a zone is written behind a time."""
    zone = moment.tzinfo
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = moment.utcoffset() or timedelta()
    minutes = abs(int(offset.total_seconds())) // 60
    if not offset:
        return "Z"
    return f"{'-' if offset < timedelta() else '+'}{minutes // 60:02d}:{minutes % 60:02d}"


def time_text(moment: datetime | time) -> str:
    """A time of day as the language writes it."""
    text = f"{moment.hour:02d}:{moment.minute:02d}:{moment.second:02d}"
    if moment.microsecond:
        text += f".{moment.microsecond:06d}".rstrip("0")
    return text + zone_text(moment)


def moment_text(moment: datetime) -> str:
    """A date and time as the language writes it."""
    return f"{moment.year:04d}-{moment.month:02d}-{moment.day:02d}T{time_text(moment)}"


def duration_text(duration: timedelta) -> str:
    """A days-and-time duration as the language writes it, for example ``P1DT2H``."""
    whole = abs(duration)
    hours, rest = divmod(whole.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = ""
    if whole.microseconds:
        fraction = f".{whole.microseconds:06d}".rstrip("0")
    days = f"{whole.days}D" if whole.days else ""
    clock = f"{hours}H" if hours else ""
    if minutes:
        clock += f"{minutes}M"
    if seconds or fraction:
        clock += f"{seconds}{fraction}S"
    text = f"{days}T{clock}" if clock else days
    sign = "-" if duration < timedelta() else ""
    return f"{sign}P{text or 'T0S'}"


def plus_months(day: Day, months: int) -> Day:
    """The same day so many months on, or the last day of that month. :raises ValueError: out of the
    calendar.
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        raise ValueError(year)
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def plus(left: Any, right: timedelta | YearsMonths) -> Any:
    """A date, time, date and time or duration plus a duration; None where the language gives
    null.
    """
    try:
        if isinstance(left, (timedelta, YearsMonths)):
            return add_durations(left, right)
        if isinstance(right, YearsMonths):
            if not isinstance(left, date):
                return None
            return plus_months(left, right.months)
        if isinstance(left, time):
            moment = datetime.combine(date(2000, 1, 2), left.replace(tzinfo=None)) + timedelta(
                seconds=right.seconds
            )
            return moment.time().replace(tzinfo=left.tzinfo)
        if isinstance(left, datetime):
            return left + right
        return (datetime.combine(left, time()) + right).date()
    except (ValueError, OverflowError):
        return None


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
    """``left`` minus ``right``: two dates, times or dates and times."""
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
    """A date as the instant it begins, UTC as the standard says; anything else as it is."""
    if isinstance(day, date) and not isinstance(day, datetime):
        return datetime.combine(day, time(), UTC)
    return day


def offset_of(moment: datetime | time) -> timedelta | None:
    """The offset from UTC."""
    return moment.utcoffset()


def zone_of(moment: datetime | time) -> str | None:
    """The name of a zone that has one."""
    if not isinstance(moment.tzinfo, ZoneInfo):
        return None
    return moment.tzinfo.key


DAY_PARTS: dict[str, Callable[[Any], Any]] = {
    "year": lambda day: Decimal(day.year),
    "month": lambda day: Decimal(day.month),
    "day": lambda day: Decimal(day.day),
    "weekday": lambda day: Decimal(day.isoweekday()),
}
CLOCK_PARTS: dict[str, Callable[[Any], Any]] = {
    "hour": lambda at: Decimal(at.hour),
    "minute": lambda at: Decimal(at.minute),
    "second": lambda at: Decimal(at.second),
    "time offset": offset_of,
    "timezone": zone_of,
}
TIME_PARTS: dict[str, Callable[[timedelta], Any]] = {
    "days": lambda span: Decimal(abs(span).days) * sign(span),
    "hours": lambda span: Decimal(abs(span).seconds // 3600) * sign(span),
    "minutes": lambda span: Decimal(abs(span).seconds // 60 % 60) * sign(span),
    "seconds": lambda span: Decimal(abs(span).seconds % 60) * sign(span),
}
MONTH_PARTS: dict[str, Callable[[YearsMonths], Any]] = {
    "years": lambda span: Decimal(int(span.months / 12)),
    "months": lambda span: Decimal(span.months - 12 * int(span.months / 12)),
}
PARTS: dict[str, dict[str, Callable[[Any], Any]]] = {
    "date": DAY_PARTS,
    "time": CLOCK_PARTS,
    "date and time": DAY_PARTS | CLOCK_PARTS,
    "days and time duration": TIME_PARTS,
    "years and months duration": MONTH_PARTS,
}


def sign(span: timedelta) -> int:
    """-1 or 1."""
    if span < timedelta():
        return -1
    return 1
