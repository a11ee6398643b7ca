"""The official working calendar (法定节假日、调休).

Decided: the calendar that ships with the program (chinesecalendar), with single days overridden by
what an administrator loads. Because the State Council announces the next year each November,
between two releases of any library. A year that nobody has announced yet falls back to Monday to
Friday minus the statutory days whose date is fixed, and says so.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import chinese_calendar

FIXED_HOLIDAYS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days are working days.

    ``overrides`` say of single days whether they are; ``loaded`` are years whose official calendar
    they contain. Source of the fixed days: 《全国年节及纪念日放假办法》 as of 2025-01-01.
    """

    overrides: Mapping[date, bool] = field(default_factory=dict)
    loaded: frozenset[int] = frozenset()

    def is_workday(self, day: date) -> bool:
        """Whether people work on ``day``, weekends and shifted days considered."""
        if day in self.overrides:
            return self.overrides[day]
        if day.year in self.loaded:
            return day.weekday() < 5
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return day.weekday() < 5 and (day.month, day.day) not in FIXED_HOLIDAYS

    def is_holiday(self, day: date) -> bool:
        """Whether it is off as a holiday (放假), be it on a weekend, and not as a weekend only."""
        named = day in self.overrides or (day.month, day.day) in FIXED_HOLIDAYS
        if not named and day.year not in self.loaded and self.is_official(day.year):
            named = chinese_calendar.get_holiday_detail(day)[1] is not None
        return not self.is_workday(day) and (named or day.weekday() < 5)

    def is_official(self, year: int) -> bool:
        """Whether the calendar of ``year`` has been announced and is known here; without it, days
        are provisional.
        """
        if year in self.loaded:
            return True
        try:
            chinese_calendar.is_workday(date(year, 1, 1))
        except NotImplementedError:
            return False
        return True
