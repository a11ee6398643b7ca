"""A table in a workbook: headings under a title, a row for each entry; written to be printed, read
cell by cell.

Decided: a layout says what the columns are, one writer and one reader serve all of them, because an
office returns its tables with the same mistakes whatever they are about.
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
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")  # no workbook can hold these
THIN = Border(*[Side(style="thin")] * 4)
SERIAL = "serial"
Raw = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Layout:
    """What a table looks like. ``columns``: heading by key; ``marks``: the headings by which a
    table is known; ``free``: columns that may be missing; ``dates`` and ``numbers``: columns that
    are entered as such; ``what``: what a row is.
    """

    title: str
    columns: Mapping[str, str]
    marks: tuple[str, ...]
    what: str
    widths: Sequence[int] = ()
    free: frozenset[str] = field(default_factory=frozenset)
    dates: frozenset[str] = field(default_factory=frozenset)
    numbers: frozenset[str] = field(default_factory=frozenset)

    def missing(self, places: Mapping[str, int]) -> list[str]:
        """The columns that must be there and are not."""
        return [key for key in self.columns if key not in places and key not in self.free]


# -- writing


def write_table(
    layout: Layout, name: str, rows: Iterable[Mapping[str, Any]], above: Sequence[str] = ()
) -> bytes:
    """One table as a workbook; ``above``: lines between title and headings."""
    book = Workbook(write_only=True)
    write_sheet(book, layout, name, rows, above)
    return saved(book)


def write_sheet(
    book: Any,
    layout: Layout,
    name: str,
    rows: Iterable[Mapping[str, Any]],
    above: Sequence[str] = (),
) -> None:
    """A worksheet, ready to be printed: landscape, the headings on every page."""
    sheet = book.create_sheet(re.sub(r"[\[\]:*?/\\]", "", name)[:31])
    for position, width in zip(range(1, len(layout.columns) + 1), layout.widths, strict=False):
        sheet.column_dimensions[get_column_letter(position)].width = width
    lines = [layout.title, *above]
    _set_up(
        sheet, len(lines) + 1
    )  # before the first row: a sheet that is only written sends its settings first
    sheet.freeze_panes = f"A{len(lines) + 2}"
    for number, text in enumerate(lines, start=1):
        sheet.merged_cells.ranges.add(f"A{number}:{get_column_letter(len(layout.columns))}{number}")
        sheet.append(
            [
                _styled(
                    sheet,
                    text,
                    font=Font(bold=number == 1, size=16 if number == 1 else 11),
                    alignment=Alignment(
                        horizontal="center" if number == 1 else "left", wrap_text=True
                    ),
                )
            ]
        )
    sheet.append(
        [
            _styled(
                sheet,
                label,
                font=Font(bold=True),
                border=THIN,
                fill=PatternFill("solid", "FFE8EDF5"),
                alignment=Alignment(horizontal="center", vertical="center", wrap_text=True),
            )
            for label in layout.columns.values()
        ]
    )
    looks = {
        key: _styled(
            sheet,
            None,
            border=THIN,
            number_format=_format(layout, key),
            alignment=Alignment(vertical="top", wrap_text=True),
        )
        for key in layout.columns
    }
    for row in rows:
        sheet.append([_like(looks[key], row.get(key)) for key in layout.columns])


def _set_up(sheet: Any, head: int) -> None:
    sheet.print_title_rows = f"{head}:{head}"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = 9
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True


def _styled(sheet: Any, value: Any, **style: Any) -> Any:
    cell = WriteOnlyCell(sheet, value=value)
    for name, given in style.items():
        setattr(cell, name, given)
    return cell


def _like(look: Any, value: Any) -> Any:
    """A cell that looks like another. What somebody entered is text, never a formula."""
    cell = WriteOnlyCell(
        look.parent, value=CONTROL.sub("", value) if isinstance(value, str) else value
    )
    cell._style = look._style
    if cell.data_type == "f":
        cell.data_type = "s"
    return cell


def _format(layout: Layout, key: str) -> str:
    """Dates are entered as dates, numbers as numbers; everything else stays as it was written."""
    return (
        "yyyy-mm-dd"
        if key in layout.dates
        else "General"
        if key == SERIAL or key in layout.numbers
        else "@"
    )


def saved(book: Any) -> bytes:
    """A workbook's bytes."""
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# -- reading


def read_table(
    content: bytes,
    layout: Layout,
    finish: Callable[[int, Raw, list[Remark]], Raw],
    missing: Callable[[Mapping[str, int]], list[str]] | None = None,
) -> Sheet:
    """The rows of the first worksheet that has the table, and a remark for every cell that cannot
    be read.

    :param finish: what becomes of a row's cells: number, values by key, where to put remarks.
    :param missing: the keys of columns that must be there and are not; unless given as the layout
        says.
    :raises BadRequest: not a workbook that can be read, or no worksheet has the table.
    """
    tables = [
        (title, rows, head)
        for title, rows in sheets(content)
        if (head := _head(rows, layout)) is not None
    ]
    if not tables:
        marks = "和".join(f"“{mark}”" for mark in layout.marks)
        raise BadRequest(
            f"没有找到表头：工作表前 {HEADER_WITHIN} "
            f"行内应有一行写有{marks}，请下载模板，按模板的列填写"
        )
    title, rows, head = tables[0]
    places, remarks = _places(rows[head], layout, missing or layout.missing)
    if any(remark.severity == "error" for remark in remarks):
        return Sheet(rows=[], remarks=remarks)
    for other, _, _ in tables[1:]:
        remarks.append(
            warning(None, "", f"只读取了工作表“{title}”，工作表“{other}”请另存为单独的文件后上传")
        )
    entries = [
        SheetEntry(
            row=number, values=finish(number, _raw(number, cells, places, layout, remarks), remarks)
        )
        for number, cells in rows[head + 1 :]
        if _filled(cells, places)
    ]
    if len(entries) > MAX_ROWS:
        raise BadRequest(f"表中有 {len(entries)} 行，一次最多 {MAX_ROWS} 行，请拆成几个文件")
    if not entries:
        remarks.append(error(None, "", f"表头下面没有填写任何{layout.what}，请填写后再上传"))
    return Sheet(rows=entries, remarks=remarks)


def _label(cell: Cell) -> str:
    """A heading without blanks, line breaks, marks, and with full-width brackets."""
    if not cell:
        return ""
    return plain_label(str(cell[1]))


def plain_label(text: str) -> str:
    """What two ways of writing a heading have in common."""
    return re.sub(r"[\s*＊]", "", text).replace("(", "（").replace(")", "）")


def _head(rows: Sequence[Row], layout: Layout) -> int | None:
    """Which of the rows holds the headings."""
    headings = {plain_label(mark) for mark in layout.marks}
    return next(
        (
            index
            for index, (number, cells) in enumerate(rows)
            if number <= HEADER_WITHIN and headings <= {_label(cell) for cell in cells}
        ),
        None,
    )


def _places(
    header: Row, layout: Layout, missing: Callable[[Mapping[str, int]], list[str]]
) -> tuple[dict[str, int], list[Remark]]:
    """Where each column stands, and what is wrong with the headings."""
    number, cells = header
    keys = {plain_label(label): key for key, label in layout.columns.items()}
    places: dict[str, int] = {}
    remarks: list[Remark] = []
    for index, label in enumerate(map(_label, cells)):
        key = keys.get(label)
        if key in places:
            remarks.append(error(number, label, f"列“{label}”出现了两次，请只保留一列"))
        elif key is not None:
            places[key] = index
        elif label:
            remarks.append(warning(number, label[:30], f"列“{label[:30]}”不在模板中，不读取"))
    for key in missing(places):
        label = layout.columns[key]
        remarks.append(error(number, label, f"缺少列“{label}”，请按模板补上该列（列名须完全一致）"))
    return places, remarks


def _filled(cells: Sequence[Cell], places: Mapping[str, int]) -> bool:
    """Whether a row says anything besides its number."""
    return any(cells[index] for key, index in places.items() if key != SERIAL)


def _raw(
    number: int,
    cells: Sequence[Cell],
    places: Mapping[str, int],
    layout: Layout,
    remarks: list[Remark],
) -> Raw:
    return {
        key: _value(number, layout.columns[key], cells[index], remarks)
        for key, index in places.items()
        if key != SERIAL
    }


def _value(number: int, label: str, cell: Cell, remarks: list[Remark]) -> Any:
    if cell is None:
        return None
    kind, value = cell
    if kind in {"f", "e"}:
        content = "公式" if kind == "f" else f"错误值 {value}"
        remarks.append(
            error(number, label, f"单元格中是{content}，请复制后“选择性粘贴”为数值或直接填写内容")
        )
        return None
    return value


def as_text(value: Any) -> str | None:
    """A number as it looks: a telephone number typed as a number has no decimals."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def error(row: int | None, column: str, message: str) -> Remark:
    """What stops an import."""
    return Remark(
        row=row,
        column=column,
        severity="error",
        message=message,
    )


def warning(row: int | None, column: str, message: str) -> Remark:
    """What does not."""
    return Remark(
        row=row,
        column=column,
        severity="warning",
        message=message,
    )
