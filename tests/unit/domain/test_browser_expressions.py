"""Expressions of forms as the browser's engine reads them. ``browser_values.jsonl`` was written by
that engine itself (feelin 6.1.1); ``tests/web/test_both_sides.py`` asks it anew.
"""

import json
import math
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from service.domain.forms.browser.language import browser_expression
from service.domain.forms.browser.operations import result
from service.domain.forms.browser.settings import kept_number
from service.domain.forms.browser.values import less, number_in, number_written, same
from service.feel import FeelError, FeelSyntaxError

D = Decimal
RECORDED = [
    json.loads(line)
    for line in Path(__file__).with_name("browser_values.jsonl").read_text("utf-8").splitlines()
]


def value(text: str, **data: Any) -> Any:
    return result(browser_expression(text).evaluate(data))


def bare(found: Any) -> Any:
    """Numbers as the browser has them; what is no number there is null in JSON."""
    if isinstance(found, (list, tuple)):
        return [bare(one) for one in found]
    if isinstance(found, dict):
        return {key: bare(one) for key, one in found.items()}
    if isinstance(found, (int, float, Decimal)) and not isinstance(found, bool):
        number = float(found)
        return number if math.isfinite(number) else None
    return found


def test_what_the_engine_recorded_is_what_we_compute():
    assert len(RECORDED) > 400
    for one in RECORDED:
        if one.get("fails"):
            with pytest.raises(FeelError):
                value(one["text"], **one["data"])
        else:
            assert bare(value(one["text"], **one["data"])) == bare(one["value"]), one


@pytest.mark.parametrize(
    ("text", "data", "found"),
    [
        ("a + b = 0.3", {"a": 0.1, "b": 0.2}, False),
        ('"a" != 1', {}, True),
        ('"a" = 1', {}, None),
        ("x = 1", {"x": [1]}, True),
        ("x = null", {"x": []}, False),
        ("5 between 9 and 1", {}, True),
        ('"bb" between "a" and "d"', {}, False),
        ("if 0 then 1 else 2", {}, D(1)),
        ("count(5)", {}, D(1)),
        ("rows.n", {"rows": [{"n": 1}, {}]}, [D(1), None]),
        ("rows[n > 1].n", {"rows": [{"n": 1}, {"n": 2}]}, [D(2)]),
        ("x[-1]", {"x": [1, 2]}, D(2)),
        ("x[1.5]", {"x": [1, 2]}, None),
        ("0 ** -1", {}, None),
        ("decimal(2.345, 2)", {}, D("2.35")),
        ("string(1000000 * 1000000 * 1000000 * 1000)", {}, "1e+21"),
        ('number("0x10")', {}, D(16)),
        ('substring("abcd", 0)', {}, "d"),
        ('substring("abcd", -2, 1)', {}, "c"),
        ('string length("𠮷")', {}, D(1)),
        ("some x in rows satisfies x", {"rows": 5}, None),
        ("count", {"count": 5}, D(5)),
        ("count(rows)", {"count": 5, "rows": []}, None),
    ],
)
def test_the_engines_own_ways(text, data, found):
    assert value(text, **data) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("date(d) > date(e)", False),
        ('date(d) + duration("P1M") = date(e)', True),
        ('date(e) - date(d) > duration("P30D")', False),
        ('date(e) - date(d) >= duration("P30D")', True),
        ("date(d).year", D(2026)),
        ('date("2026-02-30")', None),
        ('date("2026-06-01T07:30+08:00") < date(d)', True),
        ('d > date("2026-05-01")', False),
        ("string(date(d))", "2026-06-01"),
    ],
)
def test_days_are_made_of_texts(text, found):
    assert value(text, d="2026-06-01", e="2026-07-01") == found


def test_a_day_plus_hours_is_no_day():
    with pytest.raises(FeelError):
        value('date("2026-06-01") + duration("PT5H")')


@pytest.mark.parametrize(
    "text",
    [
        "x in [1, 2] and y",
        "x in [1..5] = true",
        "x in (1, 2)",
        "x in (< 5)",
        "(< 5)",
        '@"2026-06-01"',
        "1e3",
        "for i in 1..3 return i",
        "some i in [1..3] satisfies i > 1",
        "function(a) a",
        "count(list: x)",
        "x.y(1)",
        "x +",
    ],
)
def test_what_means_something_else_in_the_browser_cannot_be_written(text):
    with pytest.raises(FeelSyntaxError):
        browser_expression(text)


def test_a_bare_in_may_stand_last_or_in_brackets():
    assert value("y and x in [1, 2]", x=1, y=True) is True
    assert value("(x in [1, 2]) and y", x=1, y=True) is True


def test_javascript_compares_texts_by_units_and_takes_texts_for_numbers():
    assert less("\U00020bb7", "！")
    assert less("9", D(10))
    assert not less("x", D(10))
    assert less([D(5)], D(10))
    assert number_in(" 12 ") == 12
    assert number_in("") == 0
    assert math.isnan(number_in("12 元"))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0.1 + 0.2, "0.30000000000000004"),
        (1e21, "1e+21"),
        (1e20, "100000000000000000000"),
        (1.5e-7, "1.5e-7"),
        (0.000001, "0.000001"),
        (-0.0, "0"),
        (-2.5, "-2.5"),
        (100.0, "100"),
        (math.inf, "Infinity"),
    ],
)
def test_numbers_are_written_as_javascript_writes_them(number, text):
    assert number_written(number) == text


def test_a_computed_number_is_kept_without_its_rounding():
    assert kept_number(D("0.30000000000000004")) == D("0.3")
    assert kept_number([D("246913.57799999998")]) == [D("246913.578")]
    assert kept_number(D(2**53 - 1)) == D(2**53 - 1)
    assert kept_number("0.30000000000000004") == "0.30000000000000004"


def test_like_is_compared_with_like():
    assert same(date(2026, 6, 1), date(2026, 6, 1)) is True
    assert same(date(2026, 6, 1), "2026-06-01") is None
    assert same({"a": D(1)}, {"a": D("1.0")}) is True
    assert same([D(1), D(2)], [D(1), "2"]) is False
