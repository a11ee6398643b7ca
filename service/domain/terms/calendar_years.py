"""The official calendar of a year (放假调休安排), as an administrator gives it: what must hold of
it.

Decided: a notice speaks of one year, and may reach into the last days of December before it or the
first of January after it, as the State Council's do; such days are kept with the notice. Everything
that is wrong is said at once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.domain.terms.deadlines import FIXED_HOLIDAYS

WEEKDAYS = "一二三四五六日"
LONGEST, LEAST_OFF, NEIGHBOURS = 30, 11, 7
"""Days of one holiday at most; days off in a year at least; days that a notice may reach beyond its
year.
"""
EARLIEST, LATEST = 2004, 2100


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a notice: days off (放假) or worked (调休上班). ``place`` says where it stands in
    the file.
    """

    place: str
    year: Any
    name: str
    works: bool
    first: Any
    last: Any = None


@dataclass(frozen=True, kw_only=True)
class Year:
    """A year's calendar: ISO day -> whether people work, where that differs from Monday to Friday
    or is a holiday.
    """

    year: int
    source: str
    days: Mapping[str, bool]


def years_of(entries: Iterable[Entry], sources: Mapping[int, str]) -> tuple[list[Year], list[str]]:
    """The years that the lines make, and all that is wrong with them."""
    problems: list[str] = []
    found: dict[int, dict[str, bool]] = {}
    for entry in entries:
        problems += [f"{entry.place}：{wrong}" for wrong in _entered(entry, found)]
    problems += _contradictions(found)
    for year, days in sorted(found.items()):
        problems += [] if problems else _missing(year, days)
    if not found and not problems:
        problems.append("文件中没有任何放假安排")
    return [
        Year(year=year, source=sources.get(year, ""), days=days)
        for year, days in sorted(found.items())
    ], problems


def _entered(entry: Entry, found: dict[int, dict[str, bool]]) -> list[str]:
    """Add a line's days to its year; gives what is wrong with the line."""
    year, problems = _year(entry.year), [*_wrong(entry)]
    if problems or year is None:
        return problems
    days = found.setdefault(year, {})
    for day in _days(entry):
        if day.isoformat() in days:
            problems.append(f"{day} 已在前面列过，每一天只能列一次，请核对")
        days[day.isoformat()] = entry.works
    return problems


def _year(said: Any) -> int | None:
    text = str(said).removesuffix(".0").strip()
    return (
        int(text) if text.isascii() and text.isdigit() and EARLIEST <= int(text) <= LATEST else None
    )


def _wrong(entry: Entry) -> Iterator[str]:
    if entry.year in (None, ""):
        yield "缺少年份，请填写，如 2027"
    elif _year(entry.year) is None:
        yield f"年份“{entry.year}”无法识别，请填 {EARLIEST} 到 {LATEST} 之间的年份"
    first, last = entry.first, entry.last or entry.first
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
    year = _year(entry.year)
    for day in _days(entry):
        near = timedelta(days=NEIGHBOURS)
        if year is not None and not date(year, 1, 1) - near <= day <= date(year, 12, 31) + near:
            yield f"{day} 不在 {year} 年，请核对年份和日期"
        if entry.works and day.weekday() < 5:
            yield (
                f"{day}（星期{WEEKDAYS[day.weekday()]}）本来就是工作日，不需要列为调休上班，请核对"
            )


def _days(entry: Entry) -> Sequence[date]:
    last = entry.last or entry.first
    return [entry.first + timedelta(days=number) for number in range((last - entry.first).days + 1)]


def _contradictions(found: Mapping[int, Mapping[str, bool]]) -> list[str]:
    """Days of which the notices of two years say different things."""
    said: dict[str, tuple[int, bool]] = {}
    problems = []
    for year, days in sorted(found.items()):
        for day, works in days.items():
            other, before = said.setdefault(day, (year, works))
            if before != works:
                problems.append(f"{day}：{other} 年和 {year} 年的安排说法不同，请核对")
    return problems


def _missing(year: int, days: Mapping[str, bool]) -> list[str]:
    """A notice without the days that the law fixes is not whole."""
    fixed = [date(year, month, day) for month, day in sorted(FIXED_HOLIDAYS)]
    gone = [f"{day.month}月{day.day}日" for day in fixed if days.get(day.isoformat()) is not False]
    if gone:
        return [f"{year} 年的安排里没有 {'、'.join(gone)} 放假，请核对是否漏了节日"]
    off = sum(not works for works in days.values())
    few = off < LEAST_OFF
    return (
        [f"{year} 年的安排只有 {off} 天放假，少于法定的 {LEAST_OFF} 天，请核对是否漏了节日"]
        if few
        else []
    )
