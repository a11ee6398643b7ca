"""The State Council's notice of a year's holidays (节假日安排通知), as a file that an administrator loads.

A YAML file reads like the notice itself::

    year: 2027
    source: 国办发明电〔2026〕8号
    holidays: [2027-01-01 至 2027-01-03, 2027-02-05]
    workdays: [2027-02-14]
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import yaml

from service.errors import BadData

SPAN = "至"
LONGEST_SPAN = 31
KINDS: Mapping[str, bool] = {"放假": False, "休": False, "上班": True, "班": True}
HEADER = ("日期", "安排")
SATURDAY = 5


@dataclass(frozen=True, kw_only=True)
class Announcement:
    """One year as announced: for each day the notice names whether people work. ``source`` is the notice's number."""

    year: int
    source: str
    days: Mapping[date, bool]


def read_yaml(file: str, content: bytes) -> Announcement:
    """The announcement in a YAML file.

    :raises BadData: with everything that is wrong in it.
    """
    try:
        said = yaml.safe_load(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError) as exc:
        raise BadData(file, ["不是可读的 YAML 文件（UTF-8 编码），请对照示例检查缩进和标点"]) from exc
    if not isinstance(said, dict) or not isinstance(said.get("year"), int):
        raise BadData(file, ["缺少年份，请在第一行写明，例如 year: 2027"])
    problems = [f"不认识的项目“{key}”，只能有 year、source、holidays、workdays"
                for key in said if key not in ("year", "source", "holidays", "workdays")]
    named = [(day, works) for key, works in (("holidays", False), ("workdays", True))
             for entry in _entries(said.get(key), key, problems) for day in _days(entry, problems)]
    return _checked(file, said["year"], str(said.get("source") or ""), named, problems)


def read_rows(file: str, rows: Sequence[Sequence[Any]]) -> Announcement:
    """The announcement in a worksheet with the columns 日期 and 安排 (放假 or 上班); the year is that of its days.

    :raises BadData: with everything that is wrong in it.
    """
    if not rows or tuple(str(cell).strip() for cell in rows[0][:2]) != HEADER:
        raise BadData(file, [f"第一行应为表头“{'”“'.join(HEADER)}”，请对照示例修改"])
    problems: list[str] = []
    named = []
    for number, row in enumerate(rows[1:], start=2):
        kind = str(row[1] if len(row) > 1 else "").strip()
        if kind not in KINDS:
            problems.append(f"第 {number} 行的安排“{kind}”应为“放假”或“上班”")
            continue
        named += [(day, KINDS[kind]) for day in _days(row[0], problems)]
    years = [day.year for day, _ in named]
    return _checked(file, max(set(years), key=years.count, default=0), "", named, problems)


def _entries(value: Any, key: str, problems: list[str]) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        problems.append(f"{key} 应为日期的列表")
        return []
    return value


def _days(entry: Any, problems: list[str]) -> Iterator[date]:
    """The days of an entry: one date, or two with 至 between."""
    try:
        ends = [_day(part) for part in (entry.split(SPAN) if isinstance(entry, str) else [entry])]
    except ValueError:
        problems.append(f"“{entry}”不是日期，请写成 2027-02-05 或 2027-02-05 至 2027-02-11")
        return
    first, last = ends[0], ends[-1]
    if len(ends) > 2 or last < first or (last - first).days > LONGEST_SPAN:
        problems.append(f"“{entry}”不是一段日期，起止应在 {LONGEST_SPAN} 天以内且先后有序")
        return
    yield from (first + timedelta(days=step) for step in range((last - first).days + 1))


def _day(value: Any) -> date:
    return value if type(value) is date else date.fromisoformat(str(value).strip()[:10])


def _checked(
    file: str, year: int, source: str, named: Iterable[tuple[date, bool]], problems: list[str]
) -> Announcement:
    days: dict[date, bool] = {}
    for day, works in named:
        if day in days:
            problems.append(f"{day} 出现了两次" + ("，既放假又上班" if days[day] is not works else ""))
        if day.year != year:
            problems.append(f"{day} 不在 {year} 年")
        if works and day.weekday() < SATURDAY:
            problems.append(f"{day} 本来就是工作日，不必列为调休上班，请核对日期")
        days[day] = works
    if True not in days.values() and False not in days.values():
        problems.append("没有列出任何放假或调休的日期")
    if problems:
        raise BadData(file, problems)
    return Announcement(year=year, source=source, days=days)
