"""Reminders: the stages of a term, each once and in order."""

from datetime import datetime, timedelta
from itertools import islice

import pytest

from service.domain.terms.deadlines import SHANGHAI, Calendar, due, end_of, local
from service.domain.terms.reminders import following, next_reminder, stages

CALENDAR = Calendar()
MONDAY = datetime(2026, 3, 2, 10, tzinfo=SHANGHAI)


def said(rule: str, since: datetime, count: int) -> list[tuple[str, str]]:
    found = stages(since, due(rule, since, CALENDAR), CALENDAR)
    return [(one.stage, f"{local(one.at):%m-%d %H:%M}") for one in islice(found, count)]


def test_five_working_days_are_reminded_at_half_the_day_before_and_on_the_day() -> None:
    assert said("P5WD", MONDAY, 3) == [
        ("half", "03-05 09:00"),
        ("eve", "03-06 09:00"),
        ("due", "03-09 09:00"),
    ]


def test_overdue_it_is_the_first_the_third_and_every_third_working_day() -> None:
    assert said("P5WD", MONDAY, 8)[3:] == [
        ("late:1", "03-10 09:00"),
        ("late:3", "03-12 09:00"),
        ("late:6", "03-17 09:00"),
        ("late:9", "03-20 09:00"),
        ("late:12", "03-25 09:00"),
    ]


def test_a_short_term_has_no_half_time() -> None:
    assert said("P2WD", MONDAY, 3) == [
        ("eve", "03-03 09:00"),
        ("due", "03-04 09:00"),
        ("late:1", "03-05 09:00"),
    ]


def test_what_lies_before_the_opening_is_left_out() -> None:
    assert said("P1WD", MONDAY, 2) == [("due", "03-03 09:00"), ("late:1", "03-04 09:00")]


def test_a_term_that_ends_within_the_day_is_overdue_on_the_next_working_day() -> None:
    assert said("PT2H", MONDAY, 2) == [("late:1", "03-03 09:00"), ("late:3", "03-05 09:00")]


def test_the_end_of_the_year_is_reminded_before_it_and_after_the_new_years_holiday() -> None:
    opened = datetime(2026, 11, 15, tzinfo=SHANGHAI)
    assert said("--12-31", opened, 5) == [
        ("half", "12-08 09:00"),
        ("eve", "12-30 09:00"),
        ("due", "12-31 09:00"),
        ("late:1", "01-04 09:00"),
        ("late:3", "01-06 09:00"),
    ]


def test_a_last_day_off_is_preceded_by_the_last_working_day() -> None:
    opened = datetime(2026, 9, 1, 10, tzinfo=SHANGHAI)  # 1 to 7 October 2026 are off
    assert said("2026-10-03", opened, 4)[1:] == [
        ("eve", "09-30 09:00"),
        ("due", "10-03 09:00"),
        ("late:1", "10-08 09:00"),
    ]


def test_a_long_term_has_its_half_time_on_a_working_day() -> None:
    assert said("P2Y", MONDAY, 1) == [("half", "03-02 09:00")]


@pytest.mark.parametrize("rule", ["P5WD", "P30D", "--12-31", "PT1H", "P1WD", "P400D"])
def test_stages_come_in_order_and_none_twice(rule: str) -> None:
    found = list(islice(stages(MONDAY, due(rule, MONDAY, CALENDAR), CALENDAR), 12))
    assert [one.at for one in found] == sorted({one.at for one in found})
    assert len({one.stage for one in found}) == len(found)
    assert found[0].at > MONDAY


def test_after_downtime_each_stage_still_comes_once_and_of_the_endless_ones_only_the_last() -> None:
    due_at = end_of(MONDAY.date() + timedelta(days=7))
    one, names = next_reminder(MONDAY, due_at, MONDAY, CALENDAR), []
    now = datetime(2026, 3, 31, 12, tzinfo=SHANGHAI)
    while one.at <= now:
        names.append(one.stage)
        one = following(MONDAY, due_at, one, now, CALENDAR)
    assert names == ["half", "eve", "due", "late:1", "late:3", "late:15"]
    assert one.stage == "late:18"
