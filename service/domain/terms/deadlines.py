"""Working days and deadlines: the instant at which something is due, and how near it is.

Diagrams write rules in these forms:

- ``P5WD``: working days
- ``P30D``, ``P2W``, ``P3M``, ``P1Y``: calendar terms
- ``PT2H``: exact times
- ``--12-31``: a day of each year
- an ISO date, or a date and time

A rule with ``R/`` or ``R3/`` in front repeats. Rules with ``;`` between them follow one another:
``P5WD;P2WD`` is two working days after the fifth working day.

Decided: a term of days is over at midnight in Shanghai after its last day, and the opening day does
not count. A calendar term that would end on a day off ends on the next working day; a date does not
move (《民法典》第二百零一条至第二百零三条). A repeating term never moves, because every move would
shift all later rounds. A rule that repeats on a day of the year is due when that day begins,
because it opens work instead of ending it. While a case rests, working and calendar days do not
run; a fixed date does not move, because only its owner can move it.

Decided: the official calendar (法定节假日、调休) is the one that ships with the program
(chinesecalendar), and an administrator can load other rules for single days. Because the State
Council announces the next year each November, between two releases of any library. A year that has
not been announced falls back to Monday to Friday without the statutory days whose date is fixed,
and the pages say so.
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any, Literal

import chinese_calendar

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
DAYS_REMEMBERED = 10_000


@lru_cache(DAYS_REMEMBERED)
def _is_workday_by_library(day: date) -> bool:
    """Whether ``day`` is a working day by the official calendar that ships with the program.

    The library looks for the first and the last year that it knows at each call, so answers are
    remembered. A year that it does not know has Monday to Friday without the fixed days.
    """
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days.

    ``overrides`` say for single days whether they are working days. ``loaded`` are the years whose
    official calendar is among the overrides. Source of the fixed days: 《全国年节及纪念日放假办法》
    as of 2025-01-01.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    loaded: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Whether people work on ``day``. Weekends and shifted days are considered."""
        if day in self.overrides:
            return self.overrides[day]
        if day.year in self.loaded:
            return day.weekday() < 5
        return _is_workday_by_library(day)

    def is_holiday(self, day: date) -> bool:
        """Whether ``day`` is off as a holiday (放假). A weekend alone is no holiday."""
        if self.is_workday(day):
            return False
        if day.weekday() < 5 or day in self.overrides or (day.month, day.day) in FIXED_HOLIDAYS:
            return True
        if day.year in self.loaded or not self.is_official(day.year):
            return False
        return chinese_calendar.get_holiday_detail(day)[1] is not None

    def is_official(self, year: int) -> bool:
        """Whether the official calendar of ``year`` is known. Without it, terms are provisional."""
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
"""The days on which a term does not run: from one day up to another, which is not included."""


def due(
    rule: str | date | datetime, since: datetime, calendar: Calendar, pauses: Pauses = ()
) -> datetime:
    """The instant at which something that began at ``since`` is due. Returns UTC.

    :param rule: a rule as above, or the value of an expression. A date is due when it is over.
    :param pauses: days that do not count because the case rested.
    :raises ValueError: the rule cannot be read, or ``since`` is naive.
    """
    if since.tzinfo is None:
        raise ValueError("since must be aware")
    if isinstance(rule, datetime):
        return at_zone(rule).astimezone(UTC)
    if isinstance(rule, date):
        return end_of(rule)
    try:
        if repeated := REPEATED.fullmatch(rule):
            return next_round(repeated[2], since, calendar)
        return due_of_chain(rule, since, calendar, pauses)
    except OverflowError as problem:
        raise ValueError(f"unreadable rule {rule!r}") from problem


def due_of_chain(rule: str, since: datetime, calendar: Calendar, pauses: Pauses) -> datetime:
    """The due instant of rules that follow one another.

    The opening day of each rule is the last day of the one before.
    """
    for number, part in enumerate(rule.split(";")):
        opened_at = since - INSTANT if number else since
        since = due_once(part, opened_at, calendar, pauses)
    return since


def due_once(rule: str, since: datetime, calendar: Calendar, pauses: Pauses) -> datetime:
    """The due instant of a single rule that does not repeat."""
    opened = local_day(since)
    if workdays := WORKDAYS.fullmatch(rule):
        return end_of(workdays_after(opened, int(workdays[1]), calendar, pauses))
    if rule.startswith("P") and "T" not in rule:
        last = with_pauses(opened, term_after(opened, rule), pauses)
        return end_of(next_workday(last, calendar))
    if rule.startswith("P"):
        return (since + exact_time(rule)).astimezone(UTC)
    if yearly := YEARLY.fullmatch(rule):
        month = int(yearly[1])
        day = int(yearly[2])
        this_year = day_of_year(opened.year, month, day)
        return end_of(
            this_year if this_year >= opened else day_of_year(opened.year + 1, month, day)
        )
    return due_by_date(rule)


def next_round(rule: str, since: datetime, calendar: Calendar) -> datetime:
    """The due instant of the next round of a repeating rule.

    A round begins at the end of the day of the last round, not on the next day.
    """
    opened = (since.astimezone(SHANGHAI) - INSTANT).date()
    if yearly := YEARLY.fullmatch(rule):
        month = int(yearly[1])
        day = int(yearly[2])
        this_year = start_of(day_of_year(opened.year, month, day))
        if this_year > since:
            return this_year
        return start_of(day_of_year(opened.year + 1, month, day))
    if workdays := WORKDAYS.fullmatch(rule):
        return end_of(workdays_after(opened, int(workdays[1]), calendar))
    if not rule.startswith("P"):
        raise ValueError(f"unreadable rule {rule!r}")
    if "T" in rule:
        return (since + exact_time(rule)).astimezone(UTC)
    return end_of(term_after(opened, rule))


def term_after(day: date, rule: str) -> date:
    """``day`` plus the years, months, weeks and days of a calendar term.

    :raises ValueError: the rule is no calendar term, or a term of no days.
    """
    years, months, weeks, days = _parts(TERM, rule)
    return months_after(day, years * 12 + months) + timedelta(weeks=weeks, days=days)


def _parts(pattern: re.Pattern[str], rule: str) -> list[int]:
    """The numbers in the four parts of a rule; a part that is missing is 0.

    :raises ValueError: the rule does not fit the pattern, or all parts are 0.
    """
    written = pattern.fullmatch(rule)
    numbers = [int(part or 0) for part in written.groups()] if written else []
    if not any(numbers):
        raise ValueError(f"unreadable rule {rule!r}")
    return numbers


def months_after(day: date, months: int) -> date:
    """The same day ``months`` later, or the last day of that month if it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def exact_time(rule: str) -> timedelta:
    """The length of an exact time in days, hours, minutes and seconds.

    :raises ValueError: the rule is no exact time, or no time at all.
    """
    days, hours, minutes, seconds = _parts(EXACT, rule)
    return timedelta(
        days=days,
        hours=hours,
        minutes=minutes,
        seconds=seconds,
    )


def day_of_year(year: int, month: int, day: int) -> date:
    """The day with this month and day. 29 February is the 28th in years without a 29th."""
    if (month, day) == (2, 29):
        return date(year, 2, monthrange(year, 2)[1])
    return date(year, month, day)


def due_by_date(rule: str) -> datetime:
    """The due instant of an ISO date, or of an ISO date and time.

    A date is due when it is over. A time without a time zone is Shanghai's. Returns UTC.

    :raises ValueError: the rule is neither.
    """
    if DAY.fullmatch(rule):
        return end_of(date.fromisoformat(rule))
    if not DAY.match(rule):
        raise ValueError(f"unreadable rule {rule!r}")
    return at_zone(datetime.fromisoformat(rule)).astimezone(UTC)


def at_zone(moment: datetime) -> datetime:
    """The moment with a time zone: without one it is Shanghai's."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=SHANGHAI)
    return moment


def start_of(day: date) -> datetime:
    """The midnight in Shanghai at which ``day`` begins. Returns UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def end_of(day: date) -> datetime:
    """The midnight in Shanghai at which ``day`` is over. Returns UTC."""
    return start_of(day + timedelta(days=1))


def local(at: datetime) -> datetime:
    """The instant in the time zone of Shanghai."""
    return at.astimezone(SHANGHAI)


def local_day(at: datetime) -> date:
    """The day in Shanghai at an instant."""
    return local(at).date()


def last_day(due_at: datetime) -> date:
    """The last day of a term. A term that ends at midnight ends with the day before."""
    return local_day(due_at - INSTANT)


def hour_of(due_at: datetime) -> str:
    """When a term ends within its day, in Shanghai: 17:30; "" where it ends with the day."""
    here = local(due_at)
    if here.date() == last_day(due_at):
        return f"{here:%H:%M}"
    return ""


def term_basis(declared: str, rule: str | None) -> str:
    """Who set a term (期限依据).

    - ``text``: the document
    - ``ours``: this system, by default
    - ``case``: the case itself, like the closing of a posting or a granted extension
    - "": there is no rule

    :param declared: ``termBasis`` of the diagram, "" if it has none.
    :param rule: the rule, or the expression in the diagram that gives it.
    """
    if not rule:
        return ""
    if declared:
        return declared
    is_set_in_case = rule[0] == "=" or rule[0].isdigit()
    if is_set_in_case:
        return "case"
    return "ours"


def rule_text(rule: Any) -> str:
    """The text under which a rule is stored. Dates and instants are written in ISO form."""
    if isinstance(rule, date):
        return rule.isoformat()
    return str(rule)


def paused(day: date, pauses: Pauses) -> bool:
    """Whether a term does not run on ``day``."""
    return any(first <= day < until for first, until in pauses)


def with_pauses(opened: date, last: date, pauses: Pauses) -> date:
    """The last day of a term of calendar days, later by the days on which it did not run."""
    day = opened
    while pauses and day < last:
        day += timedelta(days=1)
        last += timedelta(days=paused(day, pauses))
    return last


def next_workday(day: date, calendar: Calendar) -> date:
    """``day`` if it is a working day, or else the next working day."""
    while not calendar.is_workday(day):
        day += timedelta(days=1)
    return day


def workdays_after(
    start: date | datetime, workdays: int, calendar: Calendar, pauses: Pauses = ()
) -> date:
    """The day that is ``workdays`` working days after the day of ``start`` in Shanghai.

    The day of ``start`` itself does not count.

    :raises ValueError: ``workdays`` is less than 1 or more than 9999.
    """
    if not 1 <= workdays <= 9999:
        raise ValueError(f"{workdays} working days")
    day = at_zone(start).astimezone(SHANGHAI).date() if isinstance(start, datetime) else start
    while workdays:
        day = next_workday(day + timedelta(days=1), calendar)
        workdays -= not paused(day, pauses)
    return day


def workdays_between(after: date, until: date, calendar: Calendar) -> int:
    """The number of working days after one day up to and including another.

    For more than ``LONG_DAYS`` days it is the number of calendar days.
    """
    days = (until - after).days
    if days > LONG_DAYS:
        return days
    return sum(calendar.is_workday(after + timedelta(days=number)) for number in range(1, days + 1))


def readable(rule: str) -> bool:
    """Whether a literal rule can be read. The gate for deployments asks this."""
    try:
        due(rule, datetime(2024, 1, 1, tzinfo=UTC), Calendar())
    except ValueError:
        return False
    return True


def light(due_at: datetime | None, now: datetime, calendar: Calendar) -> Light | None:
    """The light that shows how near a deadline is; None without a deadline.

    It is red once the deadline is over, yellow if the last day is today or the next working day,
    and green otherwise.
    """
    if due_at is None:
        return None
    if now >= due_at:
        return "red"
    if due_at <= yellow_until(now, calendar):
        return "yellow"
    return "green"


def provisional(opened_at: datetime, due_at: datetime | None, calendar: Calendar) -> bool:
    """Whether a term reaches into a year whose official calendar has not been announced."""
    if due_at is None:
        return False
    years = range(local_day(opened_at).year, last_day(due_at).year + 1)
    return not all(map(calendar.is_official, years))


def yellow_until(now: datetime, calendar: Calendar) -> datetime:
    """The end of the next working day. Items that are due by then have a yellow light."""
    return end_of(workdays_after(now, 1, calendar))
