"""The official working calendar."""

from datetime import date

import pytest

from service.domain.calendar import Calendar


@pytest.mark.parametrize(
    "day",
    [date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)],
)
def test_a_shifted_workday_at_a_weekend_is_worked(day):
    assert day.weekday() >= 5
    assert Calendar().is_workday(day)


@pytest.mark.parametrize("day", [date(2026, 1, 1), date(2026, 2, 17), date(2026, 10, 7), date(2026, 11, 21)])
def test_holidays_and_weekends_are_off(day):
    assert not Calendar().is_workday(day)


def test_a_year_nobody_has_announced_falls_back_to_weekdays_and_fixed_holidays():
    calendar = Calendar()
    assert calendar.is_official(2026)
    assert not calendar.is_official(2031)
    assert [calendar.is_workday(date(2031, 10, day)) for day in (1, 2, 3, 4, 6)] == [False, False, False, False, True]
    assert not calendar.is_workday(date(2031, 1, 1))


def test_a_loaded_calendar_replaces_the_fallback():
    calendar = Calendar({date(2031, 10, 6): False, date(2031, 10, 11): True}, frozenset({2031}))
    assert calendar.is_official(2031)
    assert not calendar.is_workday(date(2031, 10, 6))
    assert calendar.is_workday(date(2031, 10, 11))
    assert calendar.is_workday(date(2031, 10, 1))


def test_a_single_override_wins_over_the_official_calendar():
    assert not Calendar({date(2026, 3, 2): False}).is_workday(date(2026, 3, 2))
