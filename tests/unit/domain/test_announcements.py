"""The notice of a year's holidays as a file."""

from datetime import date

import pytest

from service.domain.announcements import read_rows, read_yaml
from service.errors import BadData

NOTICE = """
year: 2027
source: 国办发明电〔2026〕8号
holidays: [2027-01-01 至 2027-01-03, 2027-02-05]
workdays: [2027-02-14]
"""


def test_a_notice_names_single_days_and_spans():
    found = read_yaml("2027.yaml", NOTICE.encode())
    assert (found.year, found.source) == (2027, "国办发明电〔2026〕8号")
    assert found.days == {
        date(2027, 1, 1): False, date(2027, 1, 2): False, date(2027, 1, 3): False, date(2027, 2, 5): False,
        date(2027, 2, 14): True,
    }


def test_a_worksheet_says_the_same():
    rows = [["日期", "安排"], ["2027-01-01 至 2027-01-03", "放假"], [date(2027, 2, 5), "休"], ["2027-02-14", "上班"]]
    assert read_rows("2027.xlsx", rows).days == read_yaml("2027.yaml", NOTICE.encode()).days


@pytest.mark.parametrize("text", [
    "holidays: [2027-01-01]", "year: 2027", "year: 2027\nholidays: 2027-01-01", "year: 2027\nholidays: [元旦]",
    "year: 2027\nholidays: [2027-01-03 至 2027-01-01]", "year: 2027\nholidays: [2026-12-31 至 2027-01-01]",
    "year: 2027\nholidays: [2027-01-01, 2027-01-01]", "year: 2027\nholidays: [2027-02-14]\nworkdays: [2027-02-14]",
    "year: 2027\nworkdays: [2027-02-15]", "year: 2027\nfeasts: [2027-01-01]", "year: [", "2027",
])
def test_a_file_that_is_no_notice_is_refused(text):
    with pytest.raises(BadData):
        read_yaml("2027.yaml", text.encode())


def test_all_that_is_wrong_is_said_at_once():
    with pytest.raises(BadData) as refused:
        read_yaml("2027.yaml", "year: 2027\nholidays: [元旦, 2026-12-31]\nworkdays: [2027-02-15]".encode())
    assert len(refused.value.facts["problems"]) == 3


@pytest.mark.parametrize("rows", [
    [], [["时间", "安排"], ["2027-01-01", "放假"]], [["日期", "安排"]], [["日期", "安排"], ["2027-01-01", "加班"]],
    [["日期", "安排"], ["2027-01-01"]],
])
def test_a_sheet_that_is_no_notice_is_refused(rows):
    with pytest.raises(BadData):
        read_rows("2027.xlsx", rows)
