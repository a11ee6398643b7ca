"""Working days and deadlines: the instant at which something is due, and how near it is.

Rules, as diagrams write them: ``P5WD`` working days; ``P30D``, ``P2W``, ``P3M``, ``P1Y`` calendar
terms; ``PT2H`` exact times; ``--12-31`` a day of each year; an ISO date or date and time; with
``R/`` or ``R3/`` in front it repeats. Rules with ``;`` between them follow one another:
``P5WD;P2WD`` is two working days after the fifth.

Decided: a term of days is over at midnight in Shanghai after its last day; the opening day does not
count; a calendar term that would end on a day off moves to the next working day, a date does not
(《民法典》第二百零一条至第二百零三条). A repeating term never moves, because every move would shift
all the later rounds; and what repeats on a day of the year begins with that day, because it opens
work instead of ending it. While a case rests, working and calendar days do not run; a fixed date
does not move, because nobody but its owner can move it.

Decided of the official calendar (法定节假日、调休): the one that ships with the program
(chinesecalendar), with single days overridden by what an administrator loads. Because the State
Council announces the next year each November, between two releases of any library. A year that
nobody has announced yet falls back to Monday to Friday minus the statutory days whose date is
fixed, and says so.
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any, Literal

import chinese_calendar

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days.

    ``overrides`` say of single days whether they are; ``loaded`` are years whose official calendar
    they contain. Source of the fixed days: 《全国年节及纪念日放假办法》 as of 2025-01-01.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    loaded: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Whether people work on ``day``, weekends and shifted days considered."""
        if day in self.overrides:
            return self.overrides[day]
        if day.year in self.loaded:
            return day.weekday() < 5
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS

    def is_holiday(self, day: date) -> bool:
        """Whether it is off as a holiday (放假), be it on a weekend, and not as a weekend only."""
        named = day in self.overrides or (day.month, day.day) in FIXED_HOLIDAYS
        if not named and day.year not in self.loaded and self.is_official(day.year):
            named = chinese_calendar.get_holiday_detail(day)[1] is not None
        return not self.is_workday(day) and (named or day.weekday() < 5)

    def is_official(self, year: int) -> bool:
        """Whether the calendar of ``year`` has been announced and is known here; without it, days
        are provisional.
        """
        if year in self.loaded:
            return True
        try:
            chinese_calendar.is_workday(date(year, 1, 1))
        except NotImplementedError:
            return False
        return True


SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
Light = Literal["green", "yellow", "red"]
REPEATED = re.compile(r"R(\d{1,4})?/(.+)", re.ASCII)
WORKDAYS = re.compile(r"P(\d{1,4})WD", re.ASCII)
TERM = re.compile(r"P(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,4})W)?(?:(\d{1,5})D)?", re.ASCII)
EXACT = re.compile(r"P(?:(\d{1,5})D)?T(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,7})S)?", re.ASCII)
YEARLY = re.compile(r"--(\d\d)-(\d\d)", re.ASCII)
DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
LONG_DAYS = 900
INSTANT = timedelta(microseconds=1)
Pauses = Sequence[tuple[date, date]]
"""Days on which a term does not run: from one up to, and not including, another."""


def due(
    rule: str | date | datetime, since: datetime, calendar: Calendar, pauses: Pauses = ()
) -> datetime:
    """The instant at which something that began at ``since`` is due by ``rule``. Returns UTC.

    :param rule: a rule as above, or a value an expression gave: a date is due when it is over.
    :param pauses: days that do not count, because the case rested.
    :raises ValueError: the rule cannot be read, or ``since`` is naive.
    """
    if since.tzinfo is None:
        raise ValueError("since must be aware")
    if isinstance(rule, datetime):
        return at_zone(rule).astimezone(UTC)
    if isinstance(rule, date):
        return end_of(rule)
    try:
        if found := REPEATED.fullmatch(rule):
            return next_round(found[2], since, calendar)
        return chained(rule, since, calendar, pauses)
    except OverflowError as problem:
        raise ValueError(f"unreadable rule {rule!r}") from problem


def chained(rule: str, since: datetime, calendar: Calendar, pauses: Pauses) -> datetime:
    """Rules that follow one another: the next one's opening day is the last one's last day."""
    for number, part in enumerate(rule.split(";")):
        since = once(part, since - INSTANT if number else since, calendar, pauses)
    return since


def once(rule: str, since: datetime, calendar: Calendar, pauses: Pauses) -> datetime:
    """A rule that does not repeat."""
    opened = local_day(since)
    if found := WORKDAYS.fullmatch(rule):
        return end_of(workdays_after(opened, int(found[1]), calendar, pauses))
    if rule.startswith("P") and "T" not in rule:
        return end_of(working(pushed(opened, term_after(opened, rule), pauses), calendar))
    if rule.startswith("P"):
        return (since + exact(rule)).astimezone(UTC)
    if found := YEARLY.fullmatch(rule):
        this = day_of_year(opened.year, int(found[1]), int(found[2]))
        return end_of(
            this if this >= opened else day_of_year(opened.year + 1, int(found[1]), int(found[2]))
        )
    return fixed(rule)


def next_round(rule: str, since: datetime, calendar: Calendar) -> datetime:
    """The next round of a repeating rule; a round begins at the end of the last one's day, not on
    the next day.
    """
    opened = (since.astimezone(SHANGHAI) - INSTANT).date()
    if found := YEARLY.fullmatch(rule):
        month, day = int(found[1]), int(found[2])
        start = start_of(day_of_year(opened.year, month, day))
        return start if start > since else start_of(day_of_year(opened.year + 1, month, day))
    if found := WORKDAYS.fullmatch(rule):
        return end_of(workdays_after(opened, int(found[1]), calendar))
    if not rule.startswith("P"):
        raise ValueError(f"unreadable rule {rule!r}")
    return (
        (since + exact(rule)).astimezone(UTC) if "T" in rule else end_of(term_after(opened, rule))
    )


def term_after(day: date, rule: str) -> date:
    """``day`` plus years, months, weeks and days. :raises ValueError: not such a rule, or a term of
    nothing.
    """
    found = TERM.fullmatch(rule)
    years, months, weeks, days = (
        (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    )
    if not (years or months or weeks or days):
        raise ValueError(f"unreadable rule {rule!r}")
    return months_after(day, years * 12 + months) + timedelta(weeks=weeks, days=days)


def months_after(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def exact(rule: str) -> timedelta:
    """Hours, minutes and seconds. :raises ValueError: not such a rule, or no time at all."""
    found = EXACT.fullmatch(rule)
    days, hours, minutes, seconds = (
        (int(part or 0) for part in found.groups()) if found else (0, 0, 0, 0)
    )
    span = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not span:
        raise ValueError(f"unreadable rule {rule!r}")
    return span


def day_of_year(year: int, month: int, day: int) -> date:
    """A day of each year; 29 February is the 28th where there is none."""
    return (
        date(year, 2, monthrange(year, 2)[1]) if (month, day) == (2, 29) else date(year, month, day)
    )


def fixed(rule: str) -> datetime:
    """An ISO date, due when it is over, or an ISO date and time, Shanghai without a zone."""
    if DAY.fullmatch(rule):
        return end_of(date.fromisoformat(rule))
    if not DAY.match(rule):
        raise ValueError(f"unreadable rule {rule!r}")
    return at_zone(datetime.fromisoformat(rule)).astimezone(UTC)


def at_zone(moment: datetime) -> datetime:
    """A time without a zone is Shanghai's."""
    return moment.replace(tzinfo=SHANGHAI) if moment.tzinfo is None else moment


def start_of(day: date) -> datetime:
    """Midnight in Shanghai at which ``day`` begins, UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Midnight in Shanghai at which ``day`` is over, UTC."""
    return start_of(day + timedelta(days=1))


def local(at: datetime) -> datetime:
    """The instant in Shanghai."""
    return at.astimezone(SHANGHAI)


def local_day(at: datetime) -> date:
    """The day in Shanghai."""
    return local(at).date()


def last_day(due_at: datetime) -> date:
    """The day that a term ends with: one that ends at midnight ends with the day before."""
    return local_day(due_at - INSTANT)


def hour_of(due_at: datetime) -> str:
    """When a term ends within its day, in Shanghai: 17:30; "" where it ends with the day."""
    here = local(due_at)
    return f"{here:%H:%M}" if here.date() == last_day(due_at) else ""


def term_basis(declared: str, rule: str | None) -> str:
    """Whose term a rule is (期限依据): ``text`` the document's, ``ours`` this system's default,
    ``case`` a date set in the case itself (a posting's closing, an extension granted); "" without
    a rule.

    :param declared: what the diagram says (``termBasis``), "" where it says nothing.
    :param rule: the rule, or the expression in the diagram that gives it.
    """
    if not rule:
        return ""
    return declared or ("case" if rule[0] == "=" or rule[0].isdigit() else "ours")


def rule_text(rule: Any) -> str:
    """A rule, or a value that an expression gave, as it is kept: dates and instants in ISO form."""
    return rule.isoformat() if isinstance(rule, date) else str(rule)


def paused(day: date, pauses: Pauses) -> bool:
    """Whether a term does not run on ``day``."""
    return any(first <= day < until for first, until in pauses)


def pushed(opened: date, last: date, pauses: Pauses) -> date:
    """The last day of a term of calendar days after the days on which it did not run."""
    day = opened
    while pauses and day < last:
        day += timedelta(days=1)
        last += timedelta(days=paused(day, pauses))
    return last


def working(day: date, calendar: Calendar) -> date:
    """``day`` itself or the next working day."""
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def workdays_after(
    start: date | datetime, workdays: int, calendar: Calendar, pauses: Pauses = ()
) -> date:
    """The day that is ``workdays`` working days after the day of ``start`` (Shanghai), which does
    not count.

    :raises ValueError: ``workdays`` < 1 or beyond 9999.
    """
    if not 1 <= workdays <= 9999:
        raise ValueError(f"{workdays} working days")
    day = at_zone(start).astimezone(SHANGHAI).date() if isinstance(start, datetime) else start
    while workdays:
        day = working(day + timedelta(days=1), calendar)
        workdays -= not paused(day, pauses)
    return day


def workdays_between(after: date, until: date, calendar: Calendar) -> int:
    """Working days after one day up to and including another; for years and more the calendar
    days.
    """
    days = (until - after).days
    if days > LONG_DAYS:
        return days
    return sum(calendar.is_workday(after + timedelta(days=number)) for number in range(1, days + 1))


def readable(rule: str) -> bool:
    """Whether ``rule``, a literal, can be read; for the gate of deployments."""
    try:
        due(rule, datetime(2024, 1, 1, tzinfo=UTC), Calendar())
    except ValueError:
        return False
    return True


def light(due_at: datetime | None, now: datetime, calendar: Calendar) -> Light | None:
    """How near a deadline is: green; yellow when its last day is today or the next working day; red
    when it is over.

    Without a deadline there is no light.
    """
    if due_at is None:
        return None
    if now >= due_at:
        return "red"
    return "yellow" if due_at <= yellow_until(now, calendar) else "green"


def provisional(opened_at: datetime, due_at: datetime | None, calendar: Calendar) -> bool:
    """Whether a term reaches into a year whose official calendar has not been announced."""
    years = (
        range(local_day(opened_at).year, last_day(due_at).year + 1) if due_at is not None else ()
    )
    return not all(calendar.is_official(year) for year in years)


def yellow_until(now: datetime, calendar: Calendar) -> datetime:
    """What is due up to this instant, the end of the next working day, is near its deadline."""
    return end_of(workdays_after(now, 1, calendar))
