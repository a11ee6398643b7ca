"""Opening an Excel workbook from outside: within limits, row by row."""

from collections.abc import Iterator
from io import BytesIO
from itertools import islice
from typing import Any

from openpyxl import load_workbook

from service.domain.archives import UNREADABLE, hazard
from service.errors import BadRequest

MAX_UNPACKED_BYTES, MAX_PART_BYTES = 48_000_000, 32_000_000
MAX_PARTS = 500
MAX_COLUMNS = 40
MAX_PHYSICAL_ROWS = 100_000
OLD_FORMAT = b"\xd0\xcf\x11\xe0"
Cell = tuple[str, Any] | None
"""Kind and value of a cell; None if it is empty.

The kind is ``f`` for a formula, ``e`` for an error value, or ``n``, ``s``, ``d``, ``b``.
"""
Row = tuple[int, list[Cell]]
"""Number and cells of a row."""


def sheets(content: bytes) -> Iterator[tuple[str, list[Row]]]:
    """The title and the non-empty rows of each worksheet that is visible.

    :raises BadRequest: this is no .xlsx workbook, it is damaged or too large, or it has
        declarations that no workbook has.
    """
    if content.startswith(OLD_FORMAT):
        raise BadRequest(
            "这是旧版 .xls 工作簿或加了密码的工作簿，"
            "请在 Excel 或 WPS 中取消密码、另存为 .xlsx 后再上传"
        )
    if not content.startswith(b"PK"):
        raise BadRequest("上传的不是 Excel 工作簿，请使用模板填写并上传 .xlsx 文件")
    try:
        _inspect(content)
        worksheets = _read(content)
    except UNREADABLE as exc:
        raise BadRequest(
            "工作簿已损坏或不是 .xlsx 格式，请在 Excel 或 WPS 中打开后另存为 .xlsx 再上传"
        ) from exc
    yield from worksheets


def _inspect(content: bytes) -> None:
    """Refuse a workbook before anything is unpacked as a whole."""
    danger = hazard(content, parts=MAX_PARTS, unpacked=MAX_UNPACKED_BYTES, largest=MAX_PART_BYTES)
    if danger == "large":
        raise BadRequest(
            f"工作簿展开后超过 {MAX_UNPACKED_BYTES // 1_000_000} MB，"
            f"或单个工作表超过 {MAX_PART_BYTES // 1_000_000} MB，或多于 {MAX_PARTS} 个部件，"
            "请删去图片、多余的工作表和格式，或拆成几个文件"
        )
    if danger == "doctype":
        raise BadRequest(
            "工作簿中含有文档类型声明，不是正常保存的文件，请在 Excel 或 WPS 中另存为 .xlsx 再上传"
        )


def _read(content: bytes) -> list[tuple[str, list[Row]]]:
    book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
    try:
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        return [(sheet.title, list(_rows(sheet))) for sheet in visible]
    finally:
        book.close()


def _rows(sheet: Any) -> Iterator[Row]:
    sheet.reset_dimensions()  # the dimensions that a file declares can be wrong
    physical_rows = islice(sheet.iter_rows(max_col=MAX_COLUMNS), MAX_PHYSICAL_ROWS)
    for number, physical_cells in enumerate(physical_rows, start=1):
        cells = [_cell(cell) for cell in physical_cells]
        if any(cells):
            yield number, cells


def _cell(cell: Any) -> Cell:
    value = cell.value
    if isinstance(value, str):
        value = value.strip()
    if value is None or value == "":
        return None
    return (cell.data_type, value)
