"""A table in a workbook: a title, headings, and a row for each entry.

Tables are written to be printed, and read cell by cell.

Decided: a layout says what the columns are, and one writer and one reader serve all layouts.
Because an office returns its tables with the same mistakes whatever they are about.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from service.domain.takeover import Remark, Sheet, SheetEntry
from service.errors import BadRequest
from service.papers.sheets.workbook import Cell, Row, sheets

HEADER_WITHIN = 20
MAX_ROWS = 20_000
# Characters that no workbook can hold, and those that the name of a worksheet cannot have.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
NOT_IN_SHEET_NAMES = re.compile(r"[\[\]:*?/\\]")
LONGEST_SHEET_NAME = 31
A4 = 9
THIN = Border(*[Side(style="thin")] * 4)
SHADED = PatternFill("solid", "FFE8EDF5")
SERIAL = "serial"
Cells = dict[str, Any]
"""The values of a row by the keys of the columns."""
Rows = Iterable[Mapping[str, Any]]
Places = Mapping[str, int]
"""The index of each column by its key."""
Finish = Callable[[int, Cells, list[Remark]], Cells]
MissingColumns = Callable[[Places], list[str]]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The looks of a table.

    - ``columns`` are the headings by key.
    - ``known_by`` are the headings by which the table is found in a worksheet.
    - ``entry`` is the word for what stands in a row.
    - ``optional`` are the keys of the columns that may be missing.
    - ``dates`` and ``numbers`` are the keys of the columns that are entered as such.
    """

    title: str
    columns: Mapping[str, str]
    known_by: tuple[str, ...] = ()
    entry: str = ""
    widths: Sequence[int] = ()
    optional: frozenset[str] = field(default_factory=frozenset)
    dates: frozenset[str] = field(default_factory=frozenset)
    numbers: frozenset[str] = field(default_factory=frozenset)

    def missing(self, places: Places) -> list[str]:
        """The keys of the columns that must be there and have no place."""
        return [key for key in self.columns if key not in places and key not in self.optional]


# -- writing


def write_table(layout: Layout, name: str, rows: Rows, above: Sequence[str] = ()) -> bytes:
    """A workbook with one table.

    :param name: the name of the worksheet.
    :param above: lines between the title and the headings.
    """
    book = Workbook(write_only=True)
    write_sheet(book, layout, name, rows, above)
    return saved(book)


def write_sheet(
    book: Any,
    layout: Layout,
    name: str,
    rows: Rows,
    above: Sequence[str] = (),
) -> None:
    """Add a worksheet that is ready to be printed: landscape, with the headings on every page.

    :param above: lines between the title and the headings.
    """
    sheet = book.create_sheet(NOT_IN_SHEET_NAMES.sub("", name)[:LONGEST_SHEET_NAME])
    lines = [layout.title, *above]
    # The settings come before the first row: a sheet that is only written sends them first.
    _set_up(sheet, layout, heading_row=len(lines) + 1)
    for number, text in enumerate(lines, start=1):
        _append_line(sheet, number, text, width=len(layout.columns))
    sheet.append([_heading(sheet, label) for label in layout.columns.values()])
    models = {key: _model_cell(sheet, layout, key) for key in layout.columns}
    for row in rows:
        sheet.append([_cell_like(models[key], row.get(key)) for key in layout.columns])


def _set_up(sheet: Any, layout: Layout, heading_row: int) -> None:
    """Set the widths, the page, and the rows that stay in sight."""
    for position, width in enumerate(layout.widths[: len(layout.columns)], start=1):
        letter = get_column_letter(position)
        sheet.column_dimensions[letter].width = width
    sheet.print_title_rows = f"{heading_row}:{heading_row}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.freeze_panes = f"A{heading_row + 1}"


def _append_line(sheet: Any, number: int, text: str, width: int) -> None:
    """Append a line above the headings. It spans all columns; the first one is the title."""
    sheet.merged_cells.ranges.add(f"A{number}:{get_column_letter(width)}{number}")
    cell = WriteOnlyCell(sheet, value=text)
    if number == 1:
        cell.font = Font(bold=True, size=16)
        cell.alignment = Alignment(horizontal="center", wrap_text=True)
    else:
        cell.font = Font(bold=False, size=11)
        cell.alignment = Alignment(horizontal="left", wrap_text=True)
    sheet.append([cell])


def _heading(sheet: Any, label: str) -> Any:
    cell = WriteOnlyCell(sheet, value=label)
    cell.font = Font(bold=True)
    cell.border = THIN
    cell.fill = SHADED
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cell


def _model_cell(sheet: Any, layout: Layout, key: str) -> Any:
    """An empty cell that has the style of a column."""
    cell = WriteOnlyCell(sheet)
    cell.border = THIN
    cell.number_format = _number_format(layout, key)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    return cell


def _cell_like(model: Any, value: Any) -> Any:
    """A cell in the style of another. What somebody entered is text, never a formula."""
    if isinstance(value, str):
        value = CONTROL.sub("", value)
    cell = WriteOnlyCell(model.parent, value=value)
    cell._style = model._style
    if cell.data_type == "f":
        cell.data_type = "s"
    return cell


def _number_format(layout: Layout, key: str) -> str:
    """Dates are entered as dates, numbers as numbers. Everything else stays as it was written."""
    if key in layout.dates:
        return "yyyy-mm-dd"
    if key == SERIAL or key in layout.numbers:
        return "General"
    return "@"


def saved(book: Any) -> bytes:
    """The workbook as bytes."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# -- reading


def read_table(
    content: bytes,
    layout: Layout,
    finish: Finish,
    missing: MissingColumns | None = None,
) -> Sheet:
    """The rows of the first worksheet that has the table.

    Every cell that cannot be read has a remark.

    :param finish: makes the values of an entry out of the number of its row and its cells by key.
        It adds its remarks to the list.
    :param missing: gives the keys of the columns that must be there and have no place. Without it,
        the layout says which.
    :raises BadRequest: this is no workbook that can be read, or no worksheet has the table.
    """
    tables = _tables(content, layout)
    title, heading, rows = tables[0]
    places, remarks = _places(heading, layout, missing or layout.missing)
    if _stops(remarks):
        return Sheet(rows=[], remarks=remarks)
    for other_title, _, _ in tables[1:]:
        text = f"只读取了工作表“{title}”，工作表“{other_title}”请另存为单独的文件后上传"
        remarks.append(warning(None, "", text))
    entries = []
    for row in rows:
        if not _is_filled(row, places):
            continue
        raw = _raw_values(row, places, layout, remarks)
        values = finish(row[0], raw, remarks)
        entries.append(SheetEntry(row=row[0], values=values))
    if len(entries) > MAX_ROWS:
        raise BadRequest(f"表中有 {len(entries)} 行，一次最多 {MAX_ROWS} 行，请拆成几个文件")
    if not entries:
        remarks.append(error(None, "", f"表头下面没有填写任何{layout.entry}，请填写后再上传"))
    return Sheet(rows=entries, remarks=remarks)


def _stops(remarks: list[Remark]) -> bool:
    return any(remark.severity == "error" for remark in remarks)


def _tables(content: bytes, layout: Layout) -> list[tuple[str, Row, list[Row]]]:
    """Each worksheet that has the table: its title, the headings, and the rows below them.

    :raises BadRequest: no worksheet has the table.
    """
    tables = []
    for title, rows in sheets(content):
        index = _heading_index(rows, layout)
        if index is None:
            continue
        heading = rows[index]
        entries = rows[index + 1 :]
        tables.append((title, heading, entries))
    if not tables:
        marks = "和".join(f"“{label}”" for label in layout.known_by)
        raise BadRequest(
            f"没有找到表头：工作表前 {HEADER_WITHIN} "
            f"行内应有一行写有{marks}，请下载模板，按模板的列填写"
        )
    return tables


def _label(cell: Cell) -> str:
    """The plain label in a cell of the headings."""
    if not cell:
        return ""
    return plain_label(str(cell[1]))


def plain_label(text: str) -> str:
    """A heading without blanks and asterisks, and with full-width brackets."""
    return re.sub(r"[\s*＊]", "", text).replace("(", "（").replace(")", "）")


def _heading_index(rows: Sequence[Row], layout: Layout) -> int | None:
    """The index of the row that has the headings."""
    expected = {plain_label(label) for label in layout.known_by}
    for index, (number, cells) in enumerate(rows):
        if number > HEADER_WITHIN:
            return None
        if expected <= {_label(cell) for cell in cells}:
            return index
    return None


def _places(
    heading: Row, layout: Layout, missing: MissingColumns
) -> tuple[dict[str, int], list[Remark]]:
    """The index of each column by key, and remarks on the headings."""
    number, cells = heading
    keys_by_label = {plain_label(label): key for key, label in layout.columns.items()}
    places: dict[str, int] = {}
    remarks: list[Remark] = []
    for index, label in enumerate(map(_label, cells)):
        key = keys_by_label.get(label)
        if key in places:
            remarks.append(error(number, label, f"列“{label}”出现了两次，请只保留一列"))
        elif key is not None:
            places[key] = index
        elif label:
            shown = label[:30]
            remarks.append(warning(number, shown, f"列“{shown}”不在模板中，不读取"))
    for key in missing(places):
        label = layout.columns[key]
        text = f"缺少列“{label}”，请按模板补上该列（列名须完全一致）"
        remarks.append(error(number, label, text))
    return places, remarks


def _is_filled(row: Row, places: Places) -> bool:
    """Whether a row has any value besides its number."""
    _, cells = row
    return any(cells[index] for key, index in places.items() if key != SERIAL)


def _raw_values(row: Row, places: Places, layout: Layout, remarks: list[Remark]) -> Cells:
    """The values of a row by key, as they stand in the cells."""
    number, cells = row
    return {
        key: _value(number, layout.columns[key], cells[index], remarks)
        for key, index in places.items()
        if key != SERIAL
    }


def _value(number: int, label: str, cell: Cell, remarks: list[Remark]) -> Any:
    """The value of a cell. A formula or an error value has none, and gets a remark."""
    if cell is None:
        return None
    kind, value = cell
    if kind not in {"f", "e"}:
        return value
    content = "公式" if kind == "f" else f"错误值 {value}"
    text = f"单元格中是{content}，请复制后“选择性粘贴”为数值或直接填写内容"
    remarks.append(error(number, label, text))
    return None


def as_text(value: Any) -> str | None:
    """A value as text. A telephone number that was typed as a number has no decimals."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value)


def error(row: int | None, column: str, message: str) -> Remark:
    """A remark that stops an import."""
    return Remark(
        row=row,
        column=column,
        severity="error",
        message=message,
    )


def warning(row: int | None, column: str, message: str) -> Remark:
    """A remark that does not stop an import."""
    return Remark(
        row=row,
        column=column,
        severity="warning",
        message=message,
    )
