"""Calendar files (放假调休安排): YAML or Excel, and the empty ones to fill in."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import yaml

from service.domain.terms.calendar_years import Entry, Year, years_of
from service.errors import BadData
from service.papers.sheets.table import Layout, write_table
from service.papers.sheets.workbook import Cell, sheets

CALENDAR_COLUMNS = {
    "year": "年份",
    "name": "名称",
    "kind": "类型",
    "first": "开始日期",
    "last": "结束日期",
}
WORKS = {"放假": False, "上班": True}
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

    :raises BadData: with everything that is wrong. :raises BadRequest: a workbook that cannot be
        opened.
    """
    problems: list[str] = []
    sources: dict[int, str] = {}
    entries = [
        *(
            _workbook(content, problems)
            if content.startswith((b"PK", b"\xd0\xcf"))
            else _yaml(content, problems, sources)
        )
    ]
    years, wrong = years_of(entries, sources)
    if problems or wrong:
        raise BadData(
            filename, [*problems, *(problem for problem in wrong if entries or not problems)]
        )
    return years


def calendar_template(year: int, kind: str) -> bytes:
    """An empty file of a year: ``yaml``, or ``xlsx``."""
    if kind == "yaml":
        return YAML_TEMPLATE.format(year=year).encode()
    layout = Layout(
        title=CALENDAR_SHEET,
        columns=CALENDAR_COLUMNS,
        what="节假日",
        marks=("年份", "开始日期"),
        widths=[10, 16, 10, 16, 16],
    )
    first = {
        "year": str(year),
        "name": "元旦",
        "kind": "放假",
        "first": f"{year}-01-01",
        "last": f"{year}-01-03",
    }
    note = "类型填“放假”或“上班”（调休上班的周六、周日）；只有一天时结束日期可以不填。"
    return write_table(layout, CALENDAR_SHEET, [first, *({} for _ in range(15))], [note])


class _Loader(yaml.SafeLoader):
    """Dates stay text: an impossible one is then named with its place. Anchors, aliases and tags
    are refused: a few lines of them can stand for millions.
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


def _yaml(content: bytes, problems: list[str], sources: dict[int, str]) -> Iterator[Entry]:
    notices = _notices(content, problems)
    for number, notice in enumerate(notices, 1):
        place = f"第 {number} 年的" if len(notices) > 1 else ""
        if not isinstance(notice, Mapping) or not isinstance(notice.get("holidays"), list):
            problems.append(
                f"{place or '文件'}：应写明 year、source、holidays 和 workdays，可下载模板对照"
            )
            continue
        if unknown := sorted(set(map(str, notice)) - {"year", "source", "holidays", "workdays"}):
            problems.append(
                f"{place}文件：不认识“{'、'.join(unknown)}”，"
                "只能有 year、source、holidays 和 workdays"
            )
        if isinstance(notice.get("year"), int):
            sources[notice["year"]] = str(notice.get("source") or "")[:200]
        yield from _notice(notice, place, problems)


def _notices(content: bytes, problems: list[str]) -> list[Any]:
    """The notices of a file, one a year, as they were written; none when it is no YAML."""
    try:
        read = _Loader(content.decode("utf-8-sig")).get_single_data()
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError) as exc:
        problems.append(
            f"不是有效的 YAML（UTF-8）文件，也不是 Excel 工作簿：{str(exc).splitlines()[0]}"
        )
        return []
    if isinstance(read, list):
        return read
    return [read]


def _notice(notice: Mapping[str, Any], of: str, problems: list[str]) -> Iterator[Entry]:
    year = notice.get("year")
    workdays = notice.get("workdays") or ()
    for number, line in enumerate(notice["holidays"], 1):
        place = f"{of} holidays 第 {number} 项".strip()
        if isinstance(line, Mapping):
            yield Entry(
                place=place,
                year=year,
                name=str(line.get("name") or ""),
                works=False,
                first=_day(line.get("from")),
                last=_day(line.get("to")),
            )
        else:
            problems.append(f"{place}：应写成 {{name: 元旦, from: 2027-01-01, to: 2027-01-03}}")
    if not isinstance(workdays, list | tuple):
        problems.append(f"{of} workdays 应写成 [2027-01-04, …] 这样的列表".strip())
        return
    for number, day in enumerate(workdays, 1):
        yield Entry(
            place=f"{of} workdays 第 {number} 项".strip(),
            year=year,
            name="",
            works=True,
            first=_day(day),
        )


def _workbook(content: bytes, problems: list[str]) -> Iterator[Entry]:
    for _, rows in sheets(content):
        for position, (_, cells) in enumerate(rows):
            labels = [str(cell[1]) if cell else "" for cell in cells]
            if "年份" in labels or "开始日期" in labels:
                missing = [label for label in CALENDAR_COLUMNS.values() if label not in labels]
                if missing:
                    problems.append(
                        f"表头缺少“{'、'.join(missing)}”列，表头应为：{'、'.join(CALENDAR_COLUMNS.values())}"
                    )
                    return
                yield from _rows(
                    rows[position + 1 :],
                    {key: labels.index(label) for key, label in CALENDAR_COLUMNS.items()},
                    problems,
                )
                return
    problems.append(f"没有找到表头，表头应为：{'、'.join(CALENDAR_COLUMNS.values())}")


def _rows(
    rows: list[tuple[int, list[Cell]]], at: Mapping[str, int], problems: list[str]
) -> Iterator[Entry]:
    for number, cells in rows:
        texts = [cell[1] if cell else None for cell in cells]
        line = {key: texts[place] if place < len(texts) else None for key, place in at.items()}
        if all(value is None for value in line.values()):
            continue
        if line["kind"] not in WORKS:
            problems.append(f"第 {number} 行：类型“{line['kind'] or ''}”应为“放假”或“上班”")
            continue
        yield Entry(
            place=f"第 {number} 行",
            year=line["year"],
            name=str(line["name"] or ""),
            works=WORKS[line["kind"]],
            first=_day(line["first"]),
            last=_day(line["last"]),
        )


def _day(value: Any) -> Any:
    """A date where one can be read; otherwise what was written."""
    if isinstance(value, datetime):
        return value.date()
    try:
        if isinstance(value, str):
            return date.fromisoformat(value.strip())
        return value
    except ValueError:
        return value
