"""Dates as people write them."""

from datetime import date, datetime

import pytest

from service.papers.takeover.dates import read_date, read_term


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-01",
        "2026.3.1",
        "2026/3/1",
        "2026年3月1日",
        "2026 年 3 月 1 日",
        "20260301",
        "2026-03-01 00:00:00",
    ],
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read_date(text, end=False) == (date(2026, 3, 1), "")


@pytest.mark.parametrize("text", ["2028年2月", "2028.2", "2028-02", "2028/2"])
def test_a_month_begins_with_its_first_and_ends_with_its_last_day(text: str) -> None:
    assert read_date(text, end=False)[0] == date(2028, 2, 1)
    assert read_date(text, end=True)[0] == date(2028, 2, 29)


def test_a_date_of_the_workbook_is_taken_as_it_is() -> None:
    assert read_date(datetime(2026, 3, 1), end=True) == (date(2026, 3, 1), "")


@pytest.mark.parametrize(
    "value",
    [
        "3/1/2026",
        "26.3.1",
        "明年春天",
        "2026年",
        "2026-13-01",
        "2026-02-30",
        "2026年13月",
        "2026-03-01至2027",
        46082,
        2026.1,
        "0000-01-01",
        "２０２６年",
        True,
    ],
)
def test_what_can_be_read_in_two_ways_or_none_is_refused_with_the_wanted_form(
    value: object,
) -> None:
    day, wrong = read_date(value, end=False)
    assert day is None
    assert "2026-03-01" in wrong


@pytest.mark.parametrize(
    "text",
    ["2026年3月至2028年3月", "2026年3月—2028年3月", "2026年3月 - 2028年3月", "2026年3月~2028年3月"],
)
def test_a_written_term_has_two_ends(text: str) -> None:
    assert read_term(text) == ("2026年3月", "2028年3月")


@pytest.mark.parametrize(
    "text", ["两年", "2026年3月起", "2026-03-01", "至2028年3月", "2026至2027至2028"]
)
def test_a_term_without_two_ends_is_not_guessed(text: str) -> None:
    assert read_term(text) is None
