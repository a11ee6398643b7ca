"""The official calendar of a year as a file gives it: what is read, and everything that may be
wrong with it.
"""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from service.errors import BadData, BadRequest
from service.papers.terms.calendar_file import CALENDAR_COLUMNS, calendar_template, read_calendar

NOTICE = """
year: 2027
source: 本测试的安排
holidays:
  - {name: 元旦, from: 2026-12-31, to: 2027-01-02}
  - {name: 春节, from: 2027-02-05, to: 2027-02-11}
  - {name: 劳动节, from: 2027-05-01, to: 2027-05-03}
  - {name: 国庆节, from: 2027-10-01, to: 2027-10-07}
workdays: [2027-01-03, 2027-02-13]
"""
ROWS = [
    (2027, "元旦", "放假", date(2027, 1, 1), date(2027, 1, 3)),
    ("2027", "劳动节", "放假", "2027-05-01", "2027-05-03"),
    (2027.0, "国庆节", "放假", "2027-10-01", "2027-10-07"),
    (2027, "", "上班", date(2027, 2, 13), None),
]


def workbook(
    rows: list[tuple[Any, ...]], head: tuple[str, ...] = tuple(CALENDAR_COLUMNS.values())
) -> bytes:
    book = Workbook()
    for row in [("放假调休安排",), head, *rows]:
        book.active.append(row)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def problems(content: str | bytes) -> str:
    with pytest.raises(BadData) as refused:
        read_calendar(content.encode() if isinstance(content, str) else content, "2027.yaml")
    return "；".join(refused.value.facts["problems"])


def test_a_notice_is_read_with_days_that_reach_into_the_year_before() -> None:
    (year,) = read_calendar(NOTICE.encode(), "2027.yaml")
    assert (year.year, year.source) == (2027, "本测试的安排")
    assert year.days["2026-12-31"] is False
    assert year.days["2027-02-13"] is True
    assert len(year.days) == 22


def test_several_years_stand_in_one_file() -> None:
    both = "".join(
        f"\n- {text}"
        for text in (
            NOTICE.strip().replace("\n", "\n  "),
            NOTICE.strip()
            .replace("2027", "2028")
            .replace("2026", "2027")
            .replace("2028-01-03", "2028-01-08")
            .replace("2028-02-13", "2028-02-12")
            .replace("\n", "\n  "),
        )
    )
    assert [year.year for year in read_calendar(both.encode(), "两年.yaml")] == [2027, 2028]


def test_a_workbook_is_read_whatever_its_cells_are() -> None:
    (year,) = read_calendar(workbook(ROWS), "2027.xlsx")
    assert sum(not works for works in year.days.values()) == 13
    assert year.days["2027-02-13"] is True


@pytest.mark.parametrize("kind", ["yaml", "xlsx"])
def test_the_template_itself_can_be_read_and_says_what_is_missing(kind: str) -> None:
    assert "10月1日" in problems(calendar_template(2027, kind))


def test_the_template_of_excel_says_how_it_is_filled_in() -> None:
    sheet = load_workbook(BytesIO(calendar_template(2028, "xlsx"))).active
    assert "调休上班" in str(sheet["A2"].value)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("year: 2027\n", ""), "缺少年份"),
        (("year: 2027", "year: 二〇二七"), "年份“二〇二七”无法识别"),
        (("year: 2027", "year: 27"), "无法识别"),
        (("2027-05-01, to: 2027-05-03", "2027-05-03, to: 2027-05-01"), "早于开始日期"),
        (("from: 2027-05-01", "from: 五一"), "开始日期“五一”不是日期"),
        (("from: 2027-05-01, ", ""), "开始日期“”不是日期"),
        (("2027-05-01, to: 2027-05-03", "2027-05-01, to: 2028-05-03"), "超过 30 天"),
        (
            (
                "to: 2027-10-07",
                "to: 2027-10-07}\n  - {name: 中秋, from: 2027-10-07, to: 2027-10-09",
            ),
            "10-07 已在前面列过",
        ),
        (("workdays: [2027-01-03", "workdays: [2027-02-06"), "2027-02-06 已在前面列过"),
        (("workdays: [2027-01-03", "workdays: [2027-01-04"), "2027-01-04（星期一）本来就是工作日"),
        (("workdays: [2027-01-03", "workdays: [2028-03-04"), "2028-03-04 不在 2027 年"),
        (
            ("  - {name: 国庆节, from: 2027-10-01, to: 2027-10-07}\n", ""),
            "没有 10月1日、10月2日、10月3日 放假",
        ),
        (("  - {name: 元旦, from: 2026-12-31, to: 2027-01-02}", "  - 元旦"), "holidays 第 1 项"),
        (("holidays:", "假期:"), "应写明 year、source、holidays"),
        (("source:", "来源: x\nsource:"), "不认识“来源”"),
        (("year: 2027", "year: [2027"), "不是有效的 YAML"),
    ],
)
def test_what_is_wrong_in_a_notice_is_said_with_its_place(
    change: tuple[str, str], said: str
) -> None:
    changed = NOTICE.replace(*change)
    assert changed != NOTICE
    assert said in problems(changed)


@pytest.mark.parametrize(
    "content", ["", "[]", "2027", "year: 2027", "holidays: []", "- {year: 2027, holidays: []}"]
)
def test_a_file_without_days_is_refused(content: str) -> None:
    assert problems(content)


@pytest.mark.parametrize("workdays", ["2027-02-13", "5", "'2027-02-13'", "{a: 1}"])
def test_working_days_that_are_no_list_are_one_finding(workdays: str) -> None:
    content = NOTICE.replace("[2027-01-03, 2027-02-13]", workdays)
    assert problems(content) == "workdays 应写成 [2027-01-04, …] 这样的列表"


def test_a_day_that_no_calendar_has_is_named_with_its_place() -> None:
    assert "holidays 第 2 项：开始日期“2027-02-30”不是日期" in problems(
        NOTICE.replace("2027-02-05", "2027-02-30")
    )


def test_deep_nesting_is_refused() -> None:
    assert problems("[" * 5_000)


def test_a_year_with_too_few_days_off_is_not_whole() -> None:
    assert "少于法定的" in problems("""
year: 2027
holidays: [{from: 2027-01-01}, {from: 2027-05-01, to: 2027-05-02},
           {from: 2027-10-01, to: 2027-10-03}]
""")


def test_two_years_that_say_different_things_of_a_day_are_refused() -> None:
    one = NOTICE.strip().replace(
        "to: 2027-10-07}", "to: 2027-10-07}\n  - {name: 元旦, from: 2028-01-01}"
    )
    other = (
        NOTICE.strip()
        .replace("2027", "2028")
        .replace("2026-12-31", "2028-01-02")
        .replace("to: 2028-01-02}", "to: 2028-01-02}")
        .replace("[2028-01-03, 2028-02-13]", "[2028-01-01, 2028-01-08]")
    )
    both = "".join(
        f"\n- {text}".replace("\n", "\n  ").replace("\n  -", "\n-", 1) for text in (one, other)
    )
    assert "2028-01-01：2027 年和 2028 年的安排说法不同" in problems(both)


def test_an_unknown_word_does_not_hide_what_else_is_wrong() -> None:
    said = problems(NOTICE.replace("source:", "来源: x\nsource:").replace("2027-02-05", "立春"))
    assert "不认识“来源”" in said
    assert "立春" in said


def test_everything_that_is_wrong_is_said_at_once() -> None:
    said = problems(NOTICE.replace("2027-02-05", "立春").replace("[2027-01-03", "[2027-01-04"))
    assert "立春" in said
    assert "2027-01-04" in said


def test_a_wrong_heading_is_named() -> None:
    assert "缺少“类型”列" in problems(
        workbook(ROWS, ("年份", "名称", "种类", "开始日期", "结束日期"))
    )
    assert "没有找到表头" in problems(workbook(ROWS, ("甲", "乙", "丙", "丁", "戊")))


def test_a_wrong_kind_is_named_with_its_row() -> None:
    rows = [*ROWS, (2027, "中秋节", "休", date(2027, 9, 15), None)]
    assert problems(workbook(rows)) == "第 7 行：类型“休”应为“放假”或“上班”"


def test_a_broken_workbook_is_refused() -> None:
    with pytest.raises(BadRequest):
        read_calendar(b"PK\x03\x04 no workbook", "2027.xlsx")
