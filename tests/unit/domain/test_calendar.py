"""The official working calendar."""

from datetime import date

import pytest

from service.domain.terms.deadlines import Calendar


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 1, 4),
        date(2026, 2, 14),
        date(2026, 2, 28),
        date(2026, 5, 9),
        date(2026, 9, 20),
        date(2026, 10, 10),
    ],
)
def test_a_shifted_workday_at_a_weekend_is_worked(day):
    assert day.weekday() >= 5
    assert Calendar().is_workday(day)


@pytest.mark.parametrize(
    "day", [date(2026, 1, 1), date(2026, 2, 17), date(2026, 10, 7), date(2026, 11, 21)]
)
def test_holidays_and_weekends_are_off(day):
    assert not Calendar().is_workday(day)


def test_a_year_nobody_has_announced_falls_back_to_weekdays_and_fixed_holidays():
    calendar = Calendar()
    assert calendar.is_official(2026)
    assert not calendar.is_official(2031)
    assert [calendar.is_workday(date(2031, 10, day)) for day in (1, 2, 3, 4, 6)] == [
        False,
        False,
        False,
        False,
        True,
    ]
    assert not calendar.is_workday(date(2031, 1, 1))


def test_a_loaded_calendar_replaces_the_fallback():
    calendar = Calendar({date(2031, 10, 6): False, date(2031, 10, 11): True}, frozenset({2031}))
    assert calendar.is_official(2031)
    assert not calendar.is_workday(date(2031, 10, 6))
    assert calendar.is_workday(date(2031, 10, 11))
    assert calendar.is_workday(date(2031, 10, 1))


def test_a_single_override_wins_over_the_official_calendar():
    assert not Calendar({date(2026, 3, 2): False}).is_workday(date(2026, 3, 2))


@pytest.mark.parametrize(
    ("day", "holiday"),
    [
        (date(2026, 10, 3), True),  # a Saturday within the National Day of the notice
        (date(2026, 10, 10), False),  # a Saturday that people work
        (date(2026, 3, 7), False),
        (date(2026, 3, 9), False),
        (date(2026, 2, 16), True),
        (date(2099, 5, 2), True),
        (date(2099, 5, 9), False),  # Saturdays of a year that nobody has announced
    ],
)
def test_a_holiday_is_one_on_a_weekend_too_and_a_weekend_alone_is_none(day, holiday):
    assert Calendar().is_holiday(day) is holiday


def test_a_loaded_holiday_on_a_weekend_is_one():
    calendar = Calendar(
        overrides={date(2099, 2, 7): False, date(2099, 2, 14): True}, loaded=frozenset({2099})
    )
    assert [calendar.is_holiday(date(2099, 2, day)) for day in (7, 8, 14)] == [True, False, False]
