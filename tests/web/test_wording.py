"""Dates and terms in words."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from service.domain.terms.deadlines import SHANGHAI, Calendar, last_day
from service.queries.cases.lines import JournalLine
from service.queries.processes.lines import NextLine
from service.web.site.wording import (
    figure,
    gathered,
    moment,
    remaining,
    rule_words,
    size,
    term,
    usual_term,
    whose_term,
)

NOW = datetime(2026, 9, 18, 10, 30, tzinfo=SHANGHAI)  # a Friday; Sunday the 20th is a working day


def midnight_after(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, tzinfo=SHANGHAI) + timedelta(days=1)


def test_a_moment_is_short_and_its_title_whole() -> None:
    assert ">9月18日 10:30</time>" in moment(NOW, NOW)
    assert 'title="2026年9月18日 10:30:00"' in moment(NOW, NOW)


def test_another_year_is_written_out() -> None:
    assert ">2025年9月18日 10:30</time>" in moment(NOW.replace(year=2025), NOW)


def test_a_term_that_ends_at_midnight_ends_with_the_day_before() -> None:
    assert last_day(midnight_after(9, 24)).day == 24
    assert ">9月24日（周四）</time>" in term(midnight_after(9, 24), NOW)
    assert "24:00" in term(midnight_after(9, 24), NOW)


@pytest.mark.parametrize(
    ("due", "text"),
    [
        (midnight_after(9, 18), "今天到期"),
        (midnight_after(9, 20), "还剩 1 个工作日"),
        (midnight_after(9, 21), "还剩 2 个工作日"),
        (midnight_after(9, 19), "下一个工作日前到期"),
        (midnight_after(9, 17), "已逾期 1 个工作日"),
        (datetime(2026, 9, 18, 9, tzinfo=SHANGHAI), "已逾期"),
        (midnight_after(12, 31), "还有 104 天"),
        (None, ""),
    ],
)
def test_what_is_left_counts_working_days(due: datetime | None, text: str) -> None:
    assert remaining(due, NOW, Calendar()) == text


def test_a_term_years_away_is_said_without_counting_days_one_by_one() -> None:
    assert remaining(NOW - timedelta(days=4000), NOW, Calendar()) == "已逾期 4000 个工作日"


@pytest.mark.parametrize(
    ("octets", "text"), [(12, "12 字节"), (4096, "4 KB"), (3_500_000, "3.3 MB")]
)
def test_sizes(octets: int, text: str) -> None:
    assert size(octets) == text


def said(verb: str, text: str, minute: int = 0) -> JournalLine:
    at = NOW + timedelta(minutes=minute)
    return JournalLine(at=at, person=None, verb=verb, text=text, element=None, item_id=None)


def test_a_record_says_once_what_happened_to_many_units_at_once() -> None:
    lines = [
        said("open", "到达“评榜”"),
        said("complete", "办结“选榜”"),
        said("open", "到达“评榜”"),
        said("open", "到达“评榜”", 1),
        said("comment", "批注"),
        said("comment", "批注"),
    ]
    assert [(line.text, times) for line, times in gathered(lines)] == [
        ("到达“评榜”", 2),
        ("办结“选榜”", 1),
        ("到达“评榜”", 1),
        ("批注", 1),
        ("批注", 1),
    ]


@pytest.mark.parametrize(
    ("kind", "rule", "basis", "text"),
    [
        ("step", "P5WD", "ours", "一般 5 个工作日（系统默认）"),
        ("step", "P5WD", "text", "一般 5 个工作日（依文件）"),
        ("step", "P5WD;P2WD", "ours", "配合单位期限后 2 个工作日（系统默认）"),
        ("step", "--12-31", "ours", "每年 12 月 31 日前（系统默认）"),
        ("step", None, "ours", "无期限"),
        ("step", "", "ours", "期限届时确定"),
        ("lead", "P10WD", "ours", "一般 10 个工作日（系统默认）"),
        ("wait", "R/P3M", "ours", "每季度一轮（系统默认）"),
        ("wait", "R/P2M", "text", "每 2 个月一轮（依文件）"),
        ("wait", "R/--11-15", "ours", "每年 11 月 15 日一轮（系统默认）"),
        ("wait", "", "ours", "等待"),
        ("case", None, "ours", "另立案件办理"),
        ("end", None, "ours", ""),
        ("phase", None, "ours", ""),
    ],
)
def test_how_long_something_usually_takes(
    kind: str, rule: str | None, basis: str, text: str
) -> None:
    line = NextLine(
        element="a",
        name="审核",
        kind=kind,
        who="市科技局",
        term=rule,
        term_basis=basis,
        when="",
        decided=False,
        after_all=False,
    )
    assert usual_term(line) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal("2400000.50"), "2,400,000.50"),
        (-12000, "-12,000"),
        (2026, "2026"),
        (True, True),
        ("1200000", "1200000"),
        (None, None),
    ],
)
def test_a_figure_of_five_digits_has_separators_and_a_year_has_none(
    value: object, text: object
) -> None:
    assert figure(value) == text


@pytest.mark.parametrize(
    ("rule", "text"),
    [("R/P3M", "每 3 个月"), ("R/--11-15", "每年 11 月 15 日"), ("=x", ""), ("2026-12-31", "")],
)
def test_what_repeats_is_told_as_often_as_it_comes(rule: str, text: str) -> None:
    assert rule_words(rule) == text


def test_whose_term_it_is_is_short_with_the_whole_behind_it() -> None:
    assert whose_term("") == whose_term("else") == ""
    assert 'title="期限为本系统默认">系统默认<' in whose_term("ours")
    assert 'title="期限依文件">依文件<' in whose_term("text")
