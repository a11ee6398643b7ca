"""Unary tests: the cells of decision tables."""

from decimal import Decimal

import pytest

from service.feel import FeelSyntaxError, parse_unary


@pytest.mark.parametrize(
    ("text", "value", "passes"),
    [
        ("-", None, True),
        ("-", 5, True),
        ("> 100", 101, True),
        ("> 100", 100, False),
        ("> 100", None, False),
        ("> 100", "a", False),
        ("> 100, null", None, True),
        ('"甲", "乙"', "乙", True),
        ('"甲", "乙"', "丙", False),
        ("[1..5]", 5, True),
        ("[1..5)", 5, False),
        ("not(1, 2)", 3, True),
        ("not(1, 2)", 2, False),
        ('not("a")', "b", True),
        ("not(> 5)", 7, False),
        ("null", None, True),
        ("true", True, True),
        ("true", False, False),
        ("limit", 7, True),
        ("< limit + 1", 7, True),
        ("[1, 2, 3]", 2, True),
        ("? > 3 and ? < 9", 5, True),
        ("? > 3 and ? < 9", 9, False),
        ('contains(?, "帅")', "挂帅", True),
        ("(1)", 1, True),
        ("not(not(false))", True, False),
        ("not(true) or true", True, True),
        ("= 5", 5, True),
        ("!= 5", 6, True),
        ("-5", -5, True),
    ],
)
def test_a_test_of_a_value(text, value, passes):
    assert parse_unary(text).matches(value, {"limit": Decimal(7)}) is passes


def test_the_value_under_test_is_no_name_that_a_form_must_supply():
    assert parse_unary("? > limit").names == {"limit"}


def test_tests_that_cannot_be_read_are_refused():
    with pytest.raises(FeelSyntaxError):
        parse_unary("> ")
