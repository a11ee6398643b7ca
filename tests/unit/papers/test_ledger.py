"""附件4 as a workbook: what is written can be read, and what cannot be read is said cell by
cell.
"""

import zipfile
from collections.abc import Iterable
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from service.domain.takeover import Sheet
from service.domain.vocabulary import BACKFILL, LEDGER
from service.errors import BadRequest
from service.papers.sheets import table, workbook
from service.papers.takeover import ledger

HEADER = list(BACKFILL.values())
ROW = [
    1,
    "农社领域",
    "苜蓿草高值化加工技术",
    "高志远",
    13800000000,
    "2026年3月至2028年3月",
    "简要",
    "进展",
    "",
    "赤科榜备〔2025〕001号",
    "cf.gangbu",
    date(2026, 3, 1),
    "2028年3月",
]


def book(rows: Iterable[Iterable[Any]], above: int = 0, **sheets: Iterable[Iterable[Any]]) -> bytes:
    """A workbook with these rows; ``above`` merged rows stand over them."""
    made = Workbook()
    page = made.active
    for number in range(1, above + 1):
        page.append([f"标题 {number}"])
        page.merge_cells(start_row=number, start_column=1, end_row=number, end_column=13)
    for row in rows:
        page.append(list(row))
    for title, others in sheets.items():
        extra = made.create_sheet(title)
        for row in others:
            extra.append(list(row))
    out = BytesIO()
    made.save(out)
    return out.getvalue()


def row(**cells: Any) -> list[Any]:
    """The sample row with other cells, by key."""
    return [cells.get(key, value) for key, value in zip(BACKFILL, ROW, strict=True)]


def errors(sheet: Sheet) -> list[tuple[int | None, str]]:
    return [(remark.row, remark.column) for remark in sheet.remarks if remark.severity == "error"]


def with_parts(content: bytes, **parts: bytes) -> bytes:
    """The workbook with parts replaced or added."""
    out = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for info in old.infolist():
            if info.filename not in parts:
                new.writestr(info, old.read(info))
        for name, data in parts.items():
            new.writestr(name, data)
    return out.getvalue()


def test_the_template_has_the_nine_columns_of_the_annex_in_their_order_then_four_more() -> None:
    sheet = load_workbook(BytesIO(ledger.ledger_template())).active
    header = next(r for r in sheet.iter_rows(values_only=True) if r[0] == "序号")
    assert list(header) == HEADER
    assert list(LEDGER.values()) == HEADER[:9]
    assert len(sheet.merged_cells.ranges) == 3


def test_the_template_as_it_is_holds_no_project() -> None:
    sheet = ledger.read_ledger(ledger.ledger_template())
    assert sheet.rows == []
    assert errors(sheet) == [(None, "")]


def test_a_row_is_read_with_its_types() -> None:
    sheet = ledger.read_ledger(book([HEADER, ROW]))
    assert errors(sheet) == []
    assert sheet.rows[0].row == 2
    assert sheet.rows[0].values == {
        "project_category": "农社领域",
        "project_title": "苜蓿草高值化加工技术",
        "applicant_name": "高志远",
        "phone": "13800000000",
        "term": "2026年3月至2028年3月",
        "brief": "简要",
        "progress": "进展",
        "suggestions": None,
        "filing_number": "赤科榜备〔2025〕001号",
        "login": "cf.gangbu",
        "project_start": date(2026, 3, 1),
        "project_end": date(2028, 3, 31),
    }


def test_merged_rows_above_empty_rows_between_and_behind_and_numbers_alone_are_nothing() -> None:
    numbered = [2, *[None] * 12]
    sheet = ledger.read_ledger(
        book([HEADER, ROW, [], numbered, ROW, [], [" "] * 13, *[[]] * 50], above=3)
    )
    assert [entry.row for entry in sheet.rows] == [5, 8]


def test_headings_may_be_in_another_order_with_blanks_and_narrow_brackets() -> None:
    header = [
        "项目\n名称",
        "揭榜人(团队) 名称*",
        *[h for h in HEADER if h not in ("项目名称", "揭榜人（团队）名称")],
    ]
    cells = [ROW[2], ROW[3], *[c for index, c in enumerate(ROW) if index not in (2, 3)]]
    sheet = ledger.read_ledger(book([header, cells]))
    assert errors(sheet) == []
    assert sheet.rows[0].values["applicant_name"] == "高志远"


def test_missing_and_doubled_columns_are_named_and_nothing_is_read() -> None:
    header = [h for h in HEADER if h not in ("联系电话", "执行期止", "项目执行期")]
    sheet = ledger.read_ledger(book([[*header, "项目类别"], ROW]))
    assert sheet.rows == []
    assert set(errors(sheet)) == {(1, "联系电话"), (1, "执行期止"), (1, "项目类别")}


def test_a_column_of_their_own_is_a_warning() -> None:
    sheet = ledger.read_ledger(book([[*HEADER, "备注"], [*ROW, "x"]]))
    assert [(r.column, r.severity) for r in sheet.remarks if r.row == 1] == [("备注", "warning")]


def test_the_written_term_stands_in_for_its_ends() -> None:
    sheet = ledger.read_ledger(book([HEADER[:11], ROW[:11], [*ROW[:5], "三年", *ROW[6:11]]]))
    assert errors(sheet) == []
    ends = [(entry.values["project_start"], entry.values["project_end"]) for entry in sheet.rows]
    assert ends == [(date(2026, 3, 1), date(2028, 3, 31)), (None, None)]


def test_formulas_and_error_values_are_refused_where_they_stand_but_not_in_the_number() -> None:
    sheet = ledger.read_ledger(
        book(
            [
                HEADER,
                row(
                    serial="=ROW()-1",
                    project_title="=A1",
                    project_end="=DATE(2028,3,1)",
                    brief="#REF!",
                ),
            ]
        )
    )
    assert errors(sheet) == [(2, "项目名称"), (2, "项目简要内容"), (2, "执行期止")]


def test_an_ambiguous_date_is_said_with_its_row_and_column() -> None:
    assert errors(ledger.read_ledger(book([HEADER, row(project_start="3/1/2026")]))) == [
        (2, "执行期起")
    ]


def test_of_several_tables_the_first_is_read_and_the_others_are_named() -> None:
    sheet = ledger.read_ledger(book([HEADER, ROW], 县区=[HEADER, ROW, ROW]))
    assert len(sheet.rows) == 1
    assert any(
        "县区" in remark.message and remark.severity == "warning" for remark in sheet.remarks
    )


def test_a_table_without_its_headings_is_refused() -> None:
    with pytest.raises(BadRequest, match="表头"):
        ledger.read_ledger(book([["序号", "名称"], [1, "x"]]))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbf\xe5\xba\x8f\xe5\x8f\xb7,\xe5\x90\x8d",
        b"PK\x03\x04 not a zip",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 100,
        book([HEADER, ROW])[:3000],
    ],
)
def test_what_is_no_workbook_is_refused_with_a_sentence(content: bytes) -> None:
    with pytest.raises(BadRequest) as refused:
        ledger.read_ledger(content)
    assert "xlsx" in refused.value.sentence


def test_an_old_workbook_is_told_apart() -> None:
    with pytest.raises(BadRequest, match=r"\.xls "):
        ledger.read_ledger(b"\xd0\xcf\x11\xe0" + b"\0" * 512)


@pytest.mark.parametrize("part", [b"<not xml", b"", b"<worksheet/>"])
def test_a_damaged_sheet_is_refused(part: bytes) -> None:
    with pytest.raises(BadRequest):
        ledger.read_ledger(with_parts(book([HEADER, ROW]), **{"xl/worksheets/sheet1.xml": part}))


def test_a_zip_bomb_is_refused_before_it_is_unpacked() -> None:
    with pytest.raises(BadRequest, match="MB"):
        ledger.read_ledger(
            with_parts(
                book([HEADER, ROW]), **{"xl/media/a.bin": b"\0" * (workbook.MAX_UNPACKED_BYTES + 1)}
            )
        )


def test_declared_entities_are_refused() -> None:
    bomb = (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
        b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<si><t>&b;</t></si></sst>"
    )
    with pytest.raises(BadRequest, match="声明"):
        ledger.read_ledger(with_parts(book([HEADER, ROW]), **{"xl/sharedStrings.xml": bomb}))


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(table, "MAX_ROWS", 2)
    with pytest.raises(BadRequest, match="3 行"):
        ledger.read_ledger(book([HEADER, ROW, ROW, ROW]))


def test_what_people_entered_is_never_written_as_a_formula() -> None:
    content = ledger.write_ledger(
        LEDGER, [{"serial": 1, "project_title": "=1+1\x07"}], department="红山区科技局"
    )
    cells = {
        cell.value: cell.data_type
        for line in load_workbook(BytesIO(content)).active.iter_rows()
        for cell in line
    }
    assert cells["=1+1"] == "s"


def test_a_written_ledger_can_be_read_again() -> None:
    content = ledger.write_ledger(
        BACKFILL, [dict(zip(BACKFILL, ROW, strict=True))], department="红山区科技局"
    )
    assert ledger.read_ledger(content).rows[0].values["filing_number"] == "赤科榜备〔2025〕001号"
