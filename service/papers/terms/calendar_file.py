"""Calendar files (放假调休安排) in YAML or Excel: read, or written empty to be filled in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import yaml

from service.domain.terms.calendar_years import Entry, Year, years_of
from service.errors import BadData
from service.papers.sheets.table import Layout, write_table
from service.papers.sheets.workbook import Cell, Row, sheets

CALENDAR_COLUMNS = {
    "year": "年份",
    "name": "名称",
    "kind": "类型",
    "first": "开始日期",
    "last": "结束日期",
}
WORKS = {"放假": False, "上班": True}
"""Whether people work on days of a type."""
NOTICE_KEYS = ("year", "source", "holidays", "workdays")
ARCHIVES = (b"PK", b"\xd0\xcf")
"""How workbooks begin."""
CALENDAR_SHEET = "放假调休安排"
YAML_TEMPLATE = """\
# 某年部分节假日安排，按国务院办公厅通知填写；日期写成 {year}-01-01。
# 一个文件可以有几年，以“- ”开头逐年列出。
year: {year}
source: 国务院办公厅关于{year}年部分节假日安排的通知
holidays:    # 放假（含调休形成的连休）；只放一天时省去 to
  - {{name: 元旦, from: {year}-01-01, to: {year}-01-03}}
workdays: [] # 调休上班的周六、周日，如 [{year}-01-04]
"""


def read_calendar(content: bytes, filename: str) -> list[Year]:
    """The years of a file.

    :raises BadData: something is wrong. The error has all problems.
    :raises BadRequest: it is a workbook that cannot be opened.
    """
    problems: list[str] = []
    sources: dict[int, str] = {}
    if content.startswith(ARCHIVES):
        entries = list(_workbook_entries(content, problems))
    else:
        entries = list(_yaml_entries(content, problems, sources))
    years, problems_of_years = years_of(entries, sources)
    if entries or not problems:  # without entries, the problems of the file explain enough
        problems += problems_of_years
    if problems:
        raise BadData(filename, problems)
    return years


def calendar_template(year: int, kind: str) -> bytes:
    """An empty file for a year.

    :param kind: ``yaml`` or ``xlsx``.
    """
    if kind == "yaml":
        return YAML_TEMPLATE.format(year=year).encode()
    layout = Layout(
        title=CALENDAR_SHEET,
        columns=CALENDAR_COLUMNS,
        entry="节假日",
        known_by=("年份", "开始日期"),
        widths=[10, 16, 10, 16, 16],
    )
    example = {
        "year": str(year),
        "name": "元旦",
        "kind": "放假",
        "first": f"{year}-01-01",
        "last": f"{year}-01-03",
    }
    empty_rows: list[dict[str, str]] = [{}] * 15
    note = "类型填“放假”或“上班”（调休上班的周六、周日）；只有一天时结束日期可以不填。"
    return write_table(layout, CALENDAR_SHEET, [example, *empty_rows], [note])


class _Loader(yaml.SafeLoader):
    """A YAML loader for files from outside.

    Dates stay texts, so that an impossible date can be named with its place. Anchors, aliases and
    tags are refused, because a few lines with them can stand for millions.
    """

    def compose_node(self, parent: Any, index: Any) -> Any:
        """Read a node that is written out.

        :raises ComposerError: it is an alias, or has an anchor or a tag.
        """
        event = self.peek_event()  # type: ignore[no-untyped-call]
        written_out = not (
            isinstance(event, yaml.AliasEvent)
            or getattr(event, "anchor", None)
            or getattr(event, "tag", None)
        )
        if not written_out:
            raise yaml.composer.ComposerError(
                None, None, f"第 {event.start_mark.line + 1} 行有锚点、别名或类型标记，请逐项写明"
            )
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in forms if tag != "tag:yaml.org,2002:timestamp"]
    for first, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def _yaml_entries(content: bytes, problems: list[str], sources: dict[int, str]) -> Iterator[Entry]:
    """The entries of a YAML file. Adds the problems, and the source of each year."""
    notices = _notices(content, problems)
    for number, notice in enumerate(notices, 1):
        place = f"第 {number} 年的" if len(notices) > 1 else ""
        if not isinstance(notice, Mapping) or not isinstance(notice.get("holidays"), list):
            problems.append(
                f"{place or '文件'}：应写明 year、source、holidays 和 workdays，可下载模板对照"
            )
            continue
        unknown_keys = {str(key) for key in notice}.difference(NOTICE_KEYS)
        if unknown_keys:
            problems.append(
                f"{place}文件：不认识“{'、'.join(sorted(unknown_keys))}”，"
                "只能有 year、source、holidays 和 workdays"
            )
        year = notice.get("year")
        if isinstance(year, int):
            sources[year] = str(notice.get("source") or "")[:200]
        yield from _holidays(notice, place, problems)
        yield from _workdays(notice, place, problems)


def _notices(content: bytes, problems: list[str]) -> list[Any]:
    """The notices in a file as they were written, one for each year. None if it is no YAML."""
    try:
        document = _Loader(content.decode("utf-8-sig")).get_single_data()
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as exc:
        reason = str(exc).splitlines()[0]
        problems.append(f"不是有效的 YAML（UTF-8）文件，也不是 Excel 工作簿：{reason}")
        return []
    if isinstance(document, list):
        return document
    return [document]


def _holidays(notice: Mapping[str, Any], notice_place: str, problems: list[str]) -> Iterator[Entry]:
    for number, line in enumerate(notice["holidays"], 1):
        place = f"{notice_place} holidays 第 {number} 项".strip()
        if not isinstance(line, Mapping):
            problems.append(f"{place}：应写成 {{name: 元旦, from: 2027-01-01, to: 2027-01-03}}")
            continue
        yield Entry(
            place=place,
            year=notice.get("year"),
            name=str(line.get("name") or ""),
            works=False,
            first=_day(line.get("from")),
            last=_day(line.get("to")),
        )


def _workdays(notice: Mapping[str, Any], notice_place: str, problems: list[str]) -> Iterator[Entry]:
    workdays = notice.get("workdays") or ()
    if not isinstance(workdays, list | tuple):
        problems.append(f"{notice_place} workdays 应写成 [2027-01-04, …] 这样的列表".strip())
        return
    for number, day in enumerate(workdays, 1):
        yield Entry(
            place=f"{notice_place} workdays 第 {number} 项".strip(),
            year=notice.get("year"),
            name="",
            works=True,
            first=_day(day),
        )


def _workbook_entries(content: bytes, problems: list[str]) -> Iterator[Entry]:
    """The entries of the first worksheet that has the headings. Adds the problems."""
    columns = CALENDAR_COLUMNS.values()
    expected = f"表头应为：{'、'.join(columns)}"
    for _, rows in sheets(content):
        for index, (_, cells) in enumerate(rows):
            labels = [str(cell[1]) if cell else "" for cell in cells]
            if "年份" not in labels and "开始日期" not in labels:
                continue
            missing = [label for label in columns if label not in labels]
            if missing:
                problems.append(f"表头缺少“{'、'.join(missing)}”列，{expected}")
                return
            places = {key: labels.index(label) for key, label in CALENDAR_COLUMNS.items()}
            yield from _row_entries(rows[index + 1 :], places, problems)
            return
    problems.append(f"没有找到表头，{expected}")


def _row_entries(
    rows: list[Row], places: Mapping[str, int], problems: list[str]
) -> Iterator[Entry]:
    for number, cells in rows:
        line = {key: _value(cells, index) for key, index in places.items()}
        if all(value is None for value in line.values()):
            continue
        kind = line["kind"]
        if kind not in WORKS:
            problems.append(f"第 {number} 行：类型“{kind or ''}”应为“放假”或“上班”")
            continue
        yield Entry(
            place=f"第 {number} 行",
            year=line["year"],
            name=str(line["name"] or ""),
            works=WORKS[kind],
            first=_day(line["first"]),
            last=_day(line["last"]),
        )


def _value(cells: list[Cell], index: int) -> Any:
    """The value of a cell; None if it is empty or the row is shorter."""
    cell = cells[index] if index < len(cells) else None
    if not cell:
        return None
    return cell[1]


def _day(value: Any) -> Any:
    """A date where one can be read; otherwise the value as it was written."""
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, str):
        return value
    try:
        return date.fromisoformat(value.strip())
    except ValueError:
        return value
