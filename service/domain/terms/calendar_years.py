"""The check of an official calendar (放假调休安排) that an administrator loads.

Decided: a notice is about one year. Like the notices of the State Council it may reach into the
last days of December before the year or the first of January after it, and such days are kept with
the notice. All errors are told at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.domain.terms.deadlines import FIXED_HOLIDAYS

WEEKDAYS = "一二三四五六日"
LONGEST = 30
"""The largest number of days in one holiday."""
LEAST_OFF = 11
"""The smallest number of days off in a year."""
NEIGHBOURS = timedelta(days=7)
"""How far a notice may reach beyond its year."""
EARLIEST, LATEST = 2004, 2100
"""The years that can be loaded."""


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a notice: days that are off (放假) or on which people work (调休上班).

    ``place`` says where the line stands in the file.
    """

    place: str
    year: Any
    name: str
    works: bool
    first: Any
    last: Any = None


@dataclass(frozen=True, kw_only=True)
class Year:
    """The calendar of a year.

    ``days`` says by ISO day whether people work. It has the holidays and the days that differ from
    Monday to Friday.
    """

    year: int
    source: str
    days: Mapping[str, bool]


def years_of(entries: Iterable[Entry], sources: Mapping[int, str]) -> tuple[list[Year], list[str]]:
    """The years in the lines of a file, and a sentence for each error.

    :param sources: the name of the notice, by year.
    """
    problems: list[str] = []
    days_by_year: dict[int, dict[str, bool]] = {}
    for entry in entries:
        for problem in _add(entry, days_by_year):
            problems.append(f"{entry.place}：{problem}")
    calendars = sorted(days_by_year.items())
    problems += _contradictions(calendars)
    for year, days in calendars:
        if not problems:
            problems += _missing(year, days)
    if not calendars and not problems:
        problems.append("文件中没有任何放假安排")
    years = [Year(year=year, source=sources.get(year, ""), days=days) for year, days in calendars]
    return years, problems


def _add(entry: Entry, days_by_year: dict[int, dict[str, bool]]) -> list[str]:
    """Add the days of a line to its year. Returns the errors of the line."""
    year = _year(entry.year)
    problems = list(_problems_of(entry))
    if problems or year is None:
        return problems
    days = days_by_year.setdefault(year, {})
    for day in _days(entry):
        if day.isoformat() in days:
            problems.append(f"{day} 已在前面列过，每一天只能列一次，请核对")
        days[day.isoformat()] = entry.works
    return problems


def _year(value: Any) -> int | None:
    """The year in a cell; None if it is none that can be loaded."""
    text = str(value).removesuffix(".0").strip()
    if not text.isascii() or not text.isdigit():
        return None
    year = int(text)
    if EARLIEST <= year <= LATEST:
        return year
    return None


def _problems_of(entry: Entry) -> Iterator[str]:
    """A sentence for each error of a line."""
    if entry.year in (None, ""):
        yield "缺少年份，请填写，如 2027"
    elif _year(entry.year) is None:
        yield f"年份“{entry.year}”无法识别，请填 {EARLIEST} 到 {LATEST} 之间的年份"
    first = entry.first
    last = entry.last or entry.first
    for label, day in (("开始日期", first), ("结束日期", last)):
        if not isinstance(day, date):
            yield f"{label}“{'' if day is None else day}”不是日期，请写成 2027-01-01"
            return
    if last < first:
        yield f"结束日期 {last} 早于开始日期 {first}，请核对"
    elif (last - first).days >= LONGEST:
        yield f"从 {first} 到 {last} 有 {(last - first).days + 1} 天，超过 {LONGEST} 天，请核对"
    else:
        yield from _misplaced(entry)


def _misplaced(entry: Entry) -> Iterator[str]:
    """A sentence for each day that is not in the year, or a working day by itself."""
    year = _year(entry.year)
    for day in _days(entry):
        if year is not None and not _is_near(day, year):
            yield f"{day} 不在 {year} 年，请核对年份和日期"
        if entry.works and day.weekday() < 5:
            weekday = WEEKDAYS[day.weekday()]
            yield f"{day}（星期{weekday}）本来就是工作日，不需要列为调休上班，请核对"


def _is_near(day: date, year: int) -> bool:
    """Whether a day lies in a year, or so near to it that a notice may have it."""
    return date(year, 1, 1) - NEIGHBOURS <= day <= date(year, 12, 31) + NEIGHBOURS


def _days(entry: Entry) -> Sequence[date]:
    """The days of a line."""
    last = entry.last or entry.first
    return [entry.first + timedelta(days=number) for number in range((last - entry.first).days + 1)]


def _contradictions(calendars: Iterable[tuple[int, Mapping[str, bool]]]) -> list[str]:
    """A sentence for each day on which the notices of two years differ."""
    first_notice: dict[str, tuple[int, bool]] = {}
    problems = []
    for year, days in calendars:
        for day, works in days.items():
            first_year, worked = first_notice.setdefault(day, (year, works))
            if worked != works:
                problems.append(f"{day}：{first_year} 年和 {year} 年的安排说法不同，请核对")
    return problems


def _missing(year: int, days: Mapping[str, bool]) -> list[str]:
    """A sentence if the statutory holidays are not complete."""
    fixed = [date(year, month, day) for month, day in sorted(FIXED_HOLIDAYS)]
    absent = [day for day in fixed if days.get(day.isoformat()) is not False]
    if absent:
        names = "、".join(f"{day.month}月{day.day}日" for day in absent)
        return [f"{year} 年的安排里没有 {names} 放假，请核对是否漏了节日"]
    off = sum(not works for works in days.values())
    if off < LEAST_OFF:
        return [f"{year} 年的安排只有 {off} 天放假，少于法定的 {LEAST_OFF} 天，请核对是否漏了节日"]
    return []
