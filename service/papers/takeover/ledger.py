"""The “跟榜”服务台账 (附件4) as a workbook, written and read for 补录.

It has the nine columns of 附件4 in their order, then the four others that a case needs.
Source: CF-附4.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from openpyxl import Workbook

from service.domain.takeover import Remark, Sheet
from service.domain.vocabulary import BACKFILL, LEDGER
from service.papers.sheets import table
from service.papers.sheets.table import Cells, Layout, Places, Rows, as_text, error, warning
from service.papers.takeover.dates import is_month, read_date, read_term

HEADER = "归口管理部门：{department}    填报人：{reporter}    电话：{phone}    填报时间：{on}"
LEDGER_SHEET = "跟榜服务台账"
TEMPLATE_FILE = "补录模板.xlsx"
MATTERS = {
    "bottleneck": "技术瓶颈",
    "suggestions": "意见建议",
    "coordination_matters": "需协调事项",
}
DATES = {"project_start": False, "project_end": True}
"""The columns with dates, and whether each is the end of the term."""
LAYOUT = Layout(
    title="赤峰市激励干部科技突围“揭榜挂帅”科技项目“跟榜”服务台账",
    columns=BACKFILL,
    entry="项目",
    known_by=(BACKFILL["project_title"], BACKFILL["filing_number"]),
    dates=frozenset(DATES),
    widths=(6, 12, 30, 18, 16, 24, 40, 40, 30, 24, 16, 14, 14),
    # The serial number is not read. The term stands in one column or in two.
    optional=frozenset({"serial", "term", *DATES}),
)
LEDGER_NOTE = (
    "填写说明：一行一个项目；备案编号不得重复；揭榜人账号为揭榜人在本系统的登录名，须事先开通；"
    "执行期起、止写成 2026-03-01 或 2026年3月1日，"
    "也可以只填“项目执行期”（如 2026年3月至2028年3月）；请勿使用公式。"
)


# -- writing


def ledger_template() -> bytes:
    """The empty workbook to fill in: the title, a note, the headings and twenty numbered rows."""
    rows = [{"serial": number} for number in range(1, 21)]
    return write_ledger(BACKFILL, rows, department="", note=LEDGER_NOTE)


def tracking(ledgers: Mapping[str, Rows], on: date) -> bytes:
    """The ledgers of departments as a workbook, with a worksheet for each department.

    :param ledgers: rows of form values, by department.
    :param on: the date in the header.
    """
    book = Workbook(write_only=True)
    layout = _with_columns(LEDGER)
    for department, rows in (ledgers or {"": ()}).items():
        numbered = [_printed(number, values) for number, values in enumerate(rows, start=1)]
        header = _header(department, on=_day_text(on))
        table.write_sheet(book, layout, department or LEDGER_SHEET, numbered, [header])
    return table.saved(book)


def _with_columns(columns: Mapping[str, str]) -> Layout:
    return replace(LAYOUT, columns=columns)


def _header(department: str, on: str = "") -> str:
    return HEADER.format(
        department=department,
        reporter="",
        phone="",
        on=on,
    )


def _printed(number: int, values: Mapping[str, Any]) -> Cells:
    """A row as the annex has it: the term in one column, and all suggestions in another."""
    dates = [str(values[key]) for key in DATES if values.get(key)]
    term = "至".join(_day_text(date.fromisoformat(text)) for text in dates)
    suggestions = []
    for key, word in MATTERS.items():
        if values.get(key):
            suggestions.append(f"{word}：{values[key]}")
    return {
        **values,
        "serial": number,
        "term": term,
        "suggestions": "\n".join(suggestions),
    }


def _day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def write_ledger(
    columns: Mapping[str, str],
    rows: Rows,
    *,
    department: str,
    note: str = "",
) -> bytes:
    """One ledger as a workbook.

    :param note: a line below the header; "" for none.
    """
    above = [_header(department)]
    if note:
        above.append(note)
    return table.write_table(_with_columns(columns), LEDGER_SHEET, rows, above)


# -- reading


def read_ledger(content: bytes) -> Sheet:
    """The rows of the first worksheet that has the table.

    Every cell that cannot be read has a remark.

    :raises BadRequest: this is no workbook that can be read, or no worksheet has the table.
    """
    return table.read_table(content, LAYOUT, _finished, _missing)


def _missing(places: Places) -> list[str]:
    """The missing columns. The term needs a column of its own, or one for each end."""
    missing = LAYOUT.missing(places)
    if "term" not in places:
        missing += [key for key in DATES if key not in places]
    return missing


def _finished(number: int, raw: Cells, remarks: list[Remark]) -> Cells:
    """The values of a row: dates and texts."""
    term = raw.get("term")
    if term and not any(raw.get(key) for key in DATES):
        ends = read_term(str(term))
        if ends:
            raw |= dict(zip(DATES, ends, strict=True))
    values: Cells = {}
    for key, value in raw.items():
        values[key] = value if key in DATES else as_text(value)
    for key, is_end in DATES.items():
        values[key] = _day(number, key, raw.get(key), is_end, remarks)
    return values


def _day(number: int, key: str, value: Any, is_end: bool, remarks: list[Remark]) -> Any:
    """The date in a cell; None if it is empty or cannot be read."""
    if value is None:
        return None
    day, problem = read_date(value, end=is_end)
    if problem:
        remarks.append(error(number, BACKFILL[key], problem))
    elif is_month(value):
        text = f"“{value}”只到月份，按 {day} 读取"
        remarks.append(warning(number, BACKFILL[key], text))
    return day
