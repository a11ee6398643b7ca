"""What diagrams write for people: numbers and days."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from service.domain.functions import amount, written, written_term
from service.domain.terms.deadlines import SHANGHAI


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal(2800000), "2,800,000"),
        (Decimal("1234.50"), "1,234.50"),
        (Decimal("12345.5"), "12,345.50"),
        (Decimal("12.5"), "12.5"),
        (Decimal("12345.125"), "12,345.125"),
        (date(2026, 4, 9), "2026年4月9日"),
        (datetime(2026, 4, 10, 0, 0, tzinfo=SHANGHAI), "2026年4月9日"),
        (datetime(2026, 4, 10, 17, 30, tzinfo=SHANGHAI), "2026年4月10日"),
        ("面议", "面议"),
        (None, None),
    ],
)
def test_numbers_and_days_are_written_as_people_write_them(value: Any, text: str | None) -> None:
    assert written(value) == text


@pytest.mark.parametrize(
    ("due_at", "text"),
    [
        (datetime(2026, 4, 2, 0, 0, tzinfo=SHANGHAI), "2026年4月1日"),
        (datetime(2026, 4, 1, 17, 30, tzinfo=SHANGHAI), "2026年4月1日 17:30"),
    ],
)
def test_a_term_that_ends_within_its_day_says_the_hour(due_at: datetime, text: str) -> None:
    assert written_term(due_at) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [("500", "500"), ("5000.5", "5,000.50"), ("5000.50", "5,000.50"), ("12345.125", "12,345.125")],
)
def test_an_amount_has_no_decimals_or_two(number: str, text: str) -> None:
    assert amount(Decimal(number)) == text
