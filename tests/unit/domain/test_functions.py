"""What diagrams write for people: numbers and days."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from service.domain.functions import written
from service.domain.terms.deadlines import SHANGHAI


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (Decimal(2800000), "2,800,000"),
        (Decimal("1234.50"), "1,234.50"),
        (date(2026, 4, 9), "2026年4月9日"),
        (datetime(2026, 4, 10, 0, 0, tzinfo=SHANGHAI), "2026年4月9日"),
        (datetime(2026, 4, 10, 17, 30, tzinfo=SHANGHAI), "2026年4月10日"),
        ("面议", "面议"),
        (None, None),
    ],
)
def test_numbers_and_days_are_written_as_people_write_them(value: Any, text: str | None) -> None:
    assert written(value) == text
