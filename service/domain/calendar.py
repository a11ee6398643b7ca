"""The official working calendar (工作日、法定节假日、调休).

Decided: ``chinesecalendar`` for the years it knows, overrides of a jurisdiction above it, and for years without an
official calendar Monday to Friday without the statutory days that have a fixed date. The fallback is said on screen.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import chinese_calendar

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""Statutory days of fixed date, since 2025 (全国年节及纪念日放假办法); those of the lunar calendar are not among them."""


@dataclass(frozen=True)
class Calendar:
    """Working days. ``overrides``: day -> whether it is worked, above all else."""

    overrides: Mapping[date, bool] = field(default_factory=dict)

    def is_workday(self, day: date) -> bool:
        """Whether offices work on this day."""
        if day in self.overrides:
            return self.overrides[day]
        return _official(day) if self.is_official(day.year) else _fallback(day)

    def is_official(self, year: int) -> bool:
        """Whether the year's official calendar is known; otherwise working days are a forecast."""
        return _known(year)


@lru_cache(maxsize=64)
def _known(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 6, 1))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=4096)
def _official(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def _fallback(day: date) -> bool:
    return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS
