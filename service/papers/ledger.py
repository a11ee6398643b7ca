"""The “跟榜”服务台账 (附件4) as a workbook: the empty one to fill in for 补录, and what was filled in.

The nine columns of 附件4 in their order, then the four that a case needs besides. Source: CF-附4.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from service.domain.backfill import Remark, Sheet, SheetEntry
from service.domain.vocabulary import BACKFILL, LEDGER
from service.errors import BadRequest
from service.papers.terms import is_month, read_date, read_term
from service.papers.workbook import Cell, Row, sheets

TITLE = "赤峰市激励干部科技突围“揭榜挂帅”科技项目“跟榜”服务台账"
HEAD = "归口管理部门：{department}    填报人：{reporter}    电话：{phone}    填报时间：{on}"
SHEET = "跟榜服务台账"
ASKED = {"bottleneck": "技术瓶颈", "suggestions": "意见建议", "coordination_matters": "需协调事项"}
WIDTHS = (6, 12, 30, 18, 16, 24, 40, 40, 30, 24, 16, 14, 14)
DATES = {"project_start": False, "project_end": True}
FREE = {"serial", "term", *DATES}  # columns that may be missing: the number says nothing, the term stands once
NOTE = (
    "填写说明：一行一个项目；备案编号不得重复；揭榜人账号为揭榜人在本系统的登录名，须事先开通；"
    "执行期起、止写成 2026-03-01 或 2026年3月1日，也可以只填“项目执行期”（如 2026年3月至2028年3月）；请勿使用公式。"
)
HEADER_WITHIN = 20
MAX_ROWS = 20_000
KEYS = {label: key for key, label in BACKFILL.items()}
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no workbook can hold these
THIN = Border(*[Side(style="thin")] * 4)


# -- writing

def template() -> bytes:
    """The empty workbook: title, header line, the columns, twenty numbered rows, and how to fill it in."""
    rows = [{"serial": number} for number in range(1, 21)]
    return write(BACKFILL, rows, department="", note=NOTE)


def tracking(ledgers: Mapping[str, Sequence[Mapping[str, Any]]], on: date) -> bytes:
    """The ledgers of departments, a worksheet each. ``ledgers``: rows of form values by department."""
    book = Workbook(write_only=True)
    for department, rows in (ledgers or {"": []}).items():
        numbered = [_printed(number, values) for number, values in enumerate(rows, start=1)]
        _write(book, department or SHEET, LEDGER, numbered,
               HEAD.format(department=department, reporter="", phone="", on=_day_text(on)))
    return _saved(book)


def _printed(number: int, values: Mapping[str, Any]) -> dict[str, Any]:
    """A row as the annex shows it: the term in one column, what is asked for in another."""
    ends = [_day_text(date.fromisoformat(str(values[key]))) for key in DATES if values.get(key)]
    asked = [f"{word}：{values[key]}" for key, word in ASKED.items() if values.get(key)]
    return {**values, "serial": number, "term": "至".join(ends), "suggestions": "\n".join(asked)}


def _day_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def write(columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]], *, department: str, note: str = "") -> bytes:
    """One ledger as a workbook."""
    book = Workbook(write_only=True)
    _write(book, SHEET, columns, rows, HEAD.format(department=department, reporter="", phone="", on=""), note)
    return _saved(book)


def _write(book: Any, name: str, columns: Mapping[str, str], rows: Iterable[Mapping[str, Any]], head: str,
           note: str = "") -> None:
    """A worksheet, ready to be printed: landscape, the headings on every page."""
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "", name)[:31])
    for position, width in zip(range(1, len(columns) + 1), WIDTHS, strict=False):
        sheet.column_dimensions[get_column_letter(position)].width = width
    above = [TITLE, head, *([note] if note else [])]
    sheet.freeze_panes = f"A{len(above) + 2}"
    for number, text in enumerate(above, start=1):
        sheet.merged_cells.ranges.add(f"A{number}:{get_column_letter(len(columns))}{number}")
        sheet.append([_styled(sheet, text, font=Font(bold=number == 1, size=16 if number == 1 else 11),
                              alignment=Alignment(horizontal="center" if number == 1 else "left", wrap_text=True))])
    sheet.append([_styled(sheet, label, font=Font(bold=True), border=THIN, fill=PatternFill("solid", "FFE8EDF5"),
                          alignment=Alignment(horizontal="center", vertical="center", wrap_text=True))
                  for label in columns.values()])
    sheet.print_title_rows = f"{len(above) + 1}:{len(above) + 1}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight = "landscape", 9, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    looks = {key: _styled(sheet, None, border=THIN, number_format=_format(key),
                          alignment=Alignment(vertical="top", wrap_text=True)) for key in columns}
    for row in rows:
        sheet.append([_like(looks[key], row.get(key)) for key in columns])


def _styled(sheet: Any, value: Any, **style: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    for name, given in style.items():
        setattr(cell, name, given)
    return cell


def _like(look: Any, value: Any) -> Any:
    """A cell that looks like another. What somebody entered is text, never a formula."""
    cell = WriteOnlyCell(look.parent, value=CONTROL.sub("", value) if isinstance(value, str) else value)
    cell._style = look._style
    if cell.data_type == "f":
        cell.data_type = "s"
    return cell


def _format(key: str) -> str:
    """Dates are entered as dates; everything else stays as it was written."""
    return "yyyy-mm-dd" if key in DATES else "General" if key == "serial" else "@"


def _saved(book: Any) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# -- reading

def read(content: bytes) -> Sheet:
    """The rows of the first worksheet that has the table, and a remark for every cell that cannot be read.

    :raises BadRequest: not a workbook that can be read, or no worksheet has the table.
    """
    found = [(title, rows, head) for title, rows in sheets(content) if (head := _head(rows)) is not None]
    if not found:
        raise BadRequest("没有找到表头：工作表前 20 行内应有一行写有“项目名称”和“备案编号”，请下载模板，按模板的列填写")
    title, rows, head = found[0]
    places, remarks = _places(rows[head])
    if any(remark.severity == "error" for remark in remarks):
        return Sheet(rows=[], remarks=remarks)
    for other, _, _ in found[1:]:
        remarks.append(_warning(None, "", f"只读取了工作表“{title}”，工作表“{other}”请另存为单独的文件后上传"))
    read_rows = [_row(number, cells, places, remarks) for number, cells in rows[head + 1:] if _filled(cells, places)]
    if len(read_rows) > MAX_ROWS:
        raise BadRequest(f"表中有 {len(read_rows)} 行，一次最多 {MAX_ROWS} 行，请拆成几个文件")
    if not read_rows:
        remarks.append(_error(None, "", "表头下面没有填写任何项目，请填写后再上传"))
    return Sheet(rows=read_rows, remarks=remarks)


def _label(cell: Cell) -> str:
    """A heading without blanks, line breaks, marks, and with full-width brackets."""
    text = re.sub(r"[\s*＊]", "", str(cell[1])) if cell else ""
    return text.replace("(", "（").replace(")", "）")


def _head(rows: Sequence[Row]) -> int | None:
    """Which of the rows holds the headings."""
    wanted = {BACKFILL["project_title"], BACKFILL["filing_number"]}
    return next((index for index, (number, cells) in enumerate(rows)
                 if number <= HEADER_WITHIN and wanted <= {_label(cell) for cell in cells}), None)


def _places(header: Row) -> tuple[dict[str, int], list[Remark]]:
    """Where each column stands, and what is wrong with the headings."""
    number, cells = header
    places: dict[str, int] = {}
    remarks: list[Remark] = []
    for index, label in enumerate(map(_label, cells)):
        key = KEYS.get(label)
        if key in places:
            remarks.append(_error(number, label, f"列“{label}”出现了两次，请只保留一列"))
        elif key is not None:
            places[key] = index
        elif label:
            remarks.append(_warning(number, label[:30], f"列“{label[:30]}”不在模板中，不读取"))
    missing = [BACKFILL[key] for key in BACKFILL if key not in places and key not in FREE]
    if "term" not in places:
        missing += [BACKFILL[key] for key in DATES if key not in places]
    remarks += [_error(number, label, f"缺少列“{label}”，请按模板补上该列（列名须完全一致）") for label in missing]
    return places, remarks


def _filled(cells: Sequence[Cell], places: Mapping[str, int]) -> bool:
    """Whether a row says anything besides its number."""
    return any(cells[index] for key, index in places.items() if key != "serial")


def _row(number: int, cells: Sequence[Cell], places: Mapping[str, int], remarks: list[Remark]) -> SheetEntry:
    raw = {key: _value(number, key, cells[index], remarks) for key, index in places.items() if key != "serial"}
    ends = read_term(str(raw["term"])) if raw.get("term") and not any(raw.get(key) for key in DATES) else None
    if ends:
        raw |= dict(zip(DATES, ends, strict=True))
    values = {key: value if value is None or key in DATES else _text(value) for key, value in raw.items()}
    for key, end in DATES.items():
        values[key] = _day(number, key, raw.get(key), end, remarks)
    return SheetEntry(row=number, values=values)


def _value(number: int, key: str, cell: Cell, remarks: list[Remark]) -> Any:
    if cell is None:
        return None
    kind, value = cell
    if kind in {"f", "e"}:
        what = "公式" if kind == "f" else f"错误值 {value}"
        remarks.append(_error(number, BACKFILL[key], f"单元格中是{what}，请复制后“选择性粘贴”为数值或直接填写内容"))
        return None
    return value


def _day(number: int, key: str, value: Any, end: bool, remarks: list[Remark]) -> Any:
    if value is None:
        return None
    day, wrong = read_date(value, end=end)
    if wrong:
        remarks.append(_error(number, BACKFILL[key], wrong))
    elif is_month(value):
        remarks.append(_warning(number, BACKFILL[key], f"“{value}”只到月份，按 {day} 读取"))
    return day


def _text(value: Any) -> str:
    """A number as it looks: a telephone number typed as a number has no decimals."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def _error(row: int | None, column: str, message: str) -> Remark:
    return Remark(row=row, column=column, severity="error", message=message)


def _warning(row: int | None, column: str, message: str) -> Remark:
    return Remark(row=row, column=column, severity="warning", message=message)
