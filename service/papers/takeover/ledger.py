"""The “跟榜”服务台账 (附件4) as a workbook: the empty one to fill in for 补录, and what was filled
in.

The nine columns of 附件4 in their order, then the four that a case needs besides. Source: CF-附4.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from openpyxl import Workbook

from service.domain.takeover import Remark, Sheet
from service.domain.vocabulary import BACKFILL, LEDGER
from service.papers.sheets import table
from service.papers.sheets.table import Layout, Raw, as_text, error, warning
from service.papers.takeover.dates import is_month, read_date, read_term

HEAD = "归口管理部门：{department}    填报人：{reporter}    电话：{phone}    填报时间：{on}"
LEDGER_SHEET, TEMPLATE_FILE = "跟榜服务台账", "补录模板.xlsx"
ASKED = {"bottleneck": "技术瓶颈", "suggestions": "意见建议", "coordination_matters": "需协调事项"}
DATES = {"project_start": False, "project_end": True}
LAYOUT = Layout(
    title="赤峰市激励干部科技突围“揭榜挂帅”科技项目“跟榜”服务台账",
    columns=BACKFILL,
    what="项目",
    marks=(BACKFILL["project_title"], BACKFILL["filing_number"]),
    dates=frozenset(DATES),
    widths=(6, 12, 30, 18, 16, 24, 40, 40, 30, 24, 16, 14, 14),
    free=frozenset({"serial", "term", *DATES}),  # the number says nothing, the term stands once
)
LEDGER_NOTE = (
    "填写说明：一行一个项目；备案编号不得重复；揭榜人账号为揭榜人在本系统的登录名，须事先开通；"
    "执行期起、止写成 2026-03-01 或 2026年3月1日，"
    "也可以只填“项目执行期”（如 2026年3月至2028年3月）；请勿使用公式。"
)


# -- writing


def ledger_template() -> bytes:
    """The empty workbook: title, header line, the columns, twenty numbered rows, and how to fill it
    in.
    """
    rows = [{"serial": number} for number in range(1, 21)]
    return write_ledger(BACKFILL, rows, department="", note=LEDGER_NOTE)


def tracking(ledgers: Mapping[str, Sequence[Mapping[str, Any]]], on: date) -> bytes:
    """The ledgers of departments, a worksheet each. ``ledgers``: rows of form values by
    department.
    """
    book = Workbook(write_only=True)
    for department, rows in (ledgers or {"": []}).items():
        numbered = [_printed(number, values) for number, values in enumerate(rows, start=1)]
        table.write_sheet(
            book,
            _with(LEDGER),
            department or LEDGER_SHEET,
            numbered,
            [
                HEAD.format(
                    department=department,
                    reporter="",
                    phone="",
                    on=_day_text(on),
                )
            ],
        )
    return table.saved(book)


def _with(columns: Mapping[str, str]) -> Layout:
    return Layout(**{**vars(LAYOUT), "columns": columns})


def _printed(number: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the annex shows it: the term in one column, what is asked for in another."""
    days = [date.fromisoformat(str(values[key])) for key in DATES if values.get(key)]
    requests = [f"{word}：{values[key]}" for key, word in ASKED.items() if values.get(key)]
    return {
        **values,
        "serial": number,
        "term": "至".join(map(_day_text, days)),
        "suggestions": "\n".join(requests),
    }


def _day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def write_ledger(
    columns: Mapping[str, str],
    rows: Iterable[Mapping[str, Any]],
    *,
    department: str,
    note: str = "",
) -> bytes:
    """One ledger as a workbook."""
    head = HEAD.format(
        department=department,
        reporter="",
        phone="",
        on="",
    )
    return table.write_table(_with(columns), LEDGER_SHEET, rows, [head, *([note] if note else [])])


# -- reading


def read_ledger(content: bytes) -> Sheet:
    """The rows of the first worksheet that has the table, and a remark for every cell that cannot
    be read.

    :raises BadRequest: not a workbook that can be read, or no worksheet has the table.
    """
    return table.read_table(content, LAYOUT, _finished, _missing)


def _missing(places: Mapping[str, int]) -> list[str]:
    """The term stands in a column of its own, or its two ends do."""
    return [
        *LAYOUT.missing(places),
        *(key for key in DATES if key not in places and "term" not in places),
    ]


def _finished(number: int, raw: Raw, remarks: list[Remark]) -> Raw:
    ends = None
    if raw.get("term") and not any(raw.get(key) for key in DATES):
        ends = read_term(str(raw["term"]))
    if ends:
        raw |= dict(zip(DATES, ends, strict=True))
    values = {key: value if key in DATES else as_text(value) for key, value in raw.items()}
    for key, end in DATES.items():
        values[key] = _day(number, key, raw.get(key), end, remarks)
    return values


def _day(number: int, key: str, value: Any, end: bool, remarks: list[Remark]) -> Any:
    if value is None:
        return None
    day, wrong = read_date(value, end=end)
    if wrong:
        remarks.append(error(number, BACKFILL[key], wrong))
    elif is_month(value):
        remarks.append(warning(number, BACKFILL[key], f"“{value}”只到月份，按 {day} 读取"))
    return day
