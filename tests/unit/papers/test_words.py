"""Values as an office writes them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from jinja2 import Undefined

from service.papers.word.filling import BLANK, capital, day, filters, moment, money, month, printed


@pytest.mark.parametrize(
    ("amount", "figures", "capitals"),
    [
        ("0", "0.00", "零元整"),
        ("0.05", "0.05", "伍分"),
        ("0.5", "0.50", "伍角整"),
        ("0.55", "0.55", "伍角伍分"),
        ("1", "1.00", "壹元整"),
        ("1.05", "1.05", "壹元零伍分"),
        ("10", "10.00", "壹拾元整"),
        ("10.5", "10.50", "壹拾元伍角整"),
        ("1234.5", "1,234.50", "壹仟贰佰叁拾肆元伍角整"),
        ("1010", "1,010.00", "壹仟零壹拾元整"),
        ("1000001", "1,000,001.00", "壹佰万零壹元整"),
        ("105000", "105,000.00", "壹拾万零伍仟元整"),
        ("1000000", "1,000,000.00", "壹佰万元整"),
        ("100000000", "100,000,000.00", "壹亿元整"),
        ("100010000", "100,010,000.00", "壹亿零壹万元整"),
        ("123456789.99", "123,456,789.99", "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元玖角玖分"),
        (
            "999999999999.99",
            "999,999,999,999.99",
            "玖仟玖佰玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分",
        ),
        ("-20.3", "-20.30", "负贰拾元叁角整"),
        ("0.005", "0.01", "壹分"),
        ("1.995", "2.00", "贰元整"),
    ],
)
def test_an_amount_in_figures_and_in_capitals(amount, figures, capitals):
    assert money(Decimal(amount)) == figures
    assert capital(Decimal(amount)) == capitals


@pytest.mark.parametrize("speak", [money, capital, day, month, moment])
def test_what_is_no_amount_or_day_stays_as_it_is(speak):
    assert [speak(value) for value in (None, "面议", True)] == [None, "面议", True]


def test_more_than_a_bill_can_hold_stays_a_figure():
    assert capital(Decimal(10) ** 12) == Decimal(10) ** 12


def test_days_are_those_of_shanghai():
    late = datetime(2026, 3, 1, 17, 30, tzinfo=UTC)
    assert (day(late), moment(late), month(late)) == (
        "2026年3月2日",
        "2026年3月2日 01:30",
        "2026年3月",
    )
    assert day(date(2026, 3, 2)) == day("2026-03-02") == "2026年3月2日"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, BLANK),
        (Undefined(), BLANK),
        ([], BLANK),
        (False, "否"),
        (True, "是"),
        (Decimal("1E+3"), "1000"),
        (0, "0"),
        (date(2026, 3, 2), "2026年3月2日"),
        ([1, None], f"1、{BLANK}"),
        ({"a": 1, "b": "c"}, "1，c"),
        ("一\r\n二\n", "一\a二"),
        ("a\x00\x07b\ufffe", "ab"),
        ("", ""),
    ],
)
def test_a_value_as_text(value, text):
    assert printed(value) == text


def test_codes_become_words():
    said = filters({"kind": {"a": "甲", True: "是"}}, {"linze": "临泽县"})
    assert said["label"]("a", "kind") == "甲"
    assert said["label"](["a", "b"], "kind") == ["甲", "b"]
    assert said["label"]("a", "other") == "a"
    assert said["label"]({"x": 1}, "kind") == {"x": 1}
    assert said["unit"]("linze") == "临泽县"
    assert said["unit"](["linze", "gone"]) == ["临泽县", "gone"]
    assert said["bare"](None) == said["bare"](Undefined()) == ""
