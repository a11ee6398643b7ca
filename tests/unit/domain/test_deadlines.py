"""Deadlines: rules, lights, and the golden cases of practice."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.terms.deadlines import (
    SHANGHAI,
    Calendar,
    due,
    light,
    readable,
    term_basis,
    workdays_after,
)

CALENDAR = Calendar()


def shanghai(text):
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("rule", "since", "expected"),
    [
        # 荣成市 2023: five working days from the day after 04-26,
        # the make-up Saturday 05-06 included
        ("P5WD", "2023-04-26T10:00", "2023-05-07T00:00"),
        ("P1WD", "2026-11-20T23:59:59", "2026-11-24T00:00"),
        ("P1WD", "2026-11-20T00:00", "2026-11-24T00:00"),
        ("P5WD", "2026-09-29T09:00", "2026-10-13T00:00"),
        ("P30D", "2026-07-01T10:00", "2026-08-01T00:00"),
        ("P1D", "2026-11-20T10:00", "2026-11-24T00:00"),
        ("P3M", "2026-07-01T10:00", "2026-10-09T00:00"),
        ("P1M", "2026-01-30T10:00", "2026-03-01T00:00"),
        ("P2W", "2026-11-06T10:00", "2026-11-21T00:00"),
        ("P1Y", "2024-02-29T10:00", "2025-03-01T00:00"),
        ("PT2H", "2026-07-01T23:00", "2026-07-02T01:00"),
        ("P1DT1H", "2026-07-03T23:00", "2026-07-05T00:00"),
        # chained: Wednesday; 2, 3, 6, 7, 8 July, then from its end 9 and 10 July
        ("P5WD;P2WD", "2026-07-01T10:00", "2026-07-11T00:00"),
        ("--12-31", "2026-07-01T10:00", "2027-01-01T00:00"),
        ("--12-31", "2026-12-31T10:00", "2027-01-01T00:00"),
        ("--01-31", "2026-07-01T10:00", "2027-02-01T00:00"),
        ("--02-29", "2026-07-01T10:00", "2027-03-01T00:00"),
        ("2026-10-01", "2026-07-01T10:00", "2026-10-02T00:00"),
        ("2026-10-01T09:00:00", "2026-07-01T10:00", "2026-10-01T09:00"),
        ("2026-10-01T01:00:00Z", "2026-07-01T10:00", "2026-10-01T09:00"),
        (date(2026, 10, 1), "2026-07-01T10:00", "2026-10-02T00:00"),
        (datetime(2026, 10, 1, 9), "2026-07-01T10:00", "2026-10-01T09:00"),
        ("R/P3M", "2026-07-01T10:00", "2026-10-02T00:00"),
        ("R3/P1D", "2026-11-20T10:00", "2026-11-22T00:00"),
        ("R/PT1H", "2026-11-20T10:00", "2026-11-20T11:00"),
        ("R/P3WD", "2026-11-20T10:00", "2026-11-26T00:00"),
        ("R/--11-15", "2026-07-01T10:00", "2026-11-15T00:00"),
        ("R/--11-15", "2026-11-15T00:00", "2027-11-15T00:00"),
    ],
)
def test_a_rule_is_due(rule, since, expected):
    found = due(rule, shanghai(since), CALENDAR)
    assert found.tzinfo is UTC
    assert found == shanghai(expected)


@pytest.mark.parametrize(
    ("rule", "rest", "expected"),
    [
        ("P5WD", (date(2026, 7, 2), date(2026, 7, 4)), "2026-07-11T00:00"),  # 6 to 10 July count
        (
            "P30D",
            (date(2026, 7, 10), date(2026, 7, 15)),
            "2026-08-06T00:00",
        ),  # 31 July and five days more
        (
            "P5WD;P2WD",
            (date(2026, 7, 9), date(2026, 7, 12)),
            "2026-07-15T00:00",
        ),  # to 8 July, then 13 and 14
        (
            "2026-07-20",
            (date(2026, 7, 9), date(2026, 7, 12)),
            "2026-07-21T00:00",
        ),  # a date does not move
    ],
)
def test_the_days_a_case_rests_do_not_count(rule, rest, expected):
    assert due(rule, shanghai("2026-07-01T10:00"), CALENDAR, [rest]) == shanghai(expected)


def test_the_day_is_shanghais_and_not_utcs():
    assert due("P1WD", datetime(2026, 11, 18, 17, tzinfo=UTC), CALENDAR) == shanghai(
        "2026-11-21T00:00"
    )


@pytest.mark.parametrize(
    ("rule", "rounds"),
    [
        ("R/P3M", ["2026-04-16", "2026-07-16", "2026-10-16", "2027-01-16"]),
        ("R/P1D", ["2026-01-17", "2026-01-18", "2026-01-19", "2026-01-20"]),
        ("R/P5WD", ["2026-01-23", "2026-01-30", "2026-02-06", "2026-02-13"]),
    ],
)
def test_rounds_do_not_drift(rule, rounds):
    since, found = shanghai("2026-01-15T10:00"), []
    for _ in rounds:
        since = due(rule, since, CALENDAR)
        found.append(since.astimezone(SHANGHAI).date().isoformat())
    assert found == rounds


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "P",
        "PT",
        "P0D",
        "P0WD",
        "PT0S",
        "P-1D",
        "P1.5D",
        "5WD",
        "P99999Y",
        "P9999999D",
        "R/",
        "R/R/P1D",
        "R/2026-01-01",
        "R-1/P1D",
        "--13-01",
        "--02-30",
        "--1-1",
        "2026-02-30",
        "20261001",
        "2026-10-01x",
        "=x",
        "P１D",
        "P1WDT1H",
        "P900Y" * 9,
        "P999Y",
        "P9999WD" * 2,
    ],
)
def test_what_cannot_be_read_is_refused(rule):
    assert readable(rule) is (rule == "P999Y")
    if rule != "P999Y":
        with pytest.raises(ValueError, match=r".*"):
            due(rule, shanghai("2026-01-01T00:00"), CALENDAR)


@pytest.mark.parametrize(
    "rule", ["P5WD", "P30D", "P3M", "R/P3M", "R3/P1D", "--12-31", "R/--11-15", "2026-12-31", "PT2H"]
)
def test_rules_that_diagrams_use_can_be_read(rule):
    assert readable(rule)


def test_a_naive_begin_is_refused():
    with pytest.raises(ValueError, match="aware"):
        due("P1D", datetime(2026, 1, 1), CALENDAR)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2028, 1, 1)), st.integers(1, 60))
def test_working_days_count_only_working_days(moment, days):
    since = moment.replace(tzinfo=SHANGHAI)
    last = workdays_after(since, days, CALENDAR)
    between = [
        date.fromordinal(day) for day in range(since.date().toordinal() + 1, last.toordinal() + 1)
    ]
    assert sum(map(CALENDAR.is_workday, between)) == days
    assert CALENDAR.is_workday(last)
    assert due(f"P{days}WD", since, CALENDAR) > since


@pytest.mark.parametrize("workdays", [0, -1, 10_000])
def test_a_term_of_no_working_days_is_refused(workdays):
    with pytest.raises(ValueError, match="working days"):
        workdays_after(date(2026, 1, 1), workdays, CALENDAR)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-24T23:59", "green"),
        ("2026-11-25T00:00", "yellow"),
        ("2026-11-26T23:59", "yellow"),
        ("2026-11-27T00:00", "red"),
        ("2026-12-30T00:00", "red"),
    ],
)
def test_the_light_of_something_due_at_the_end_of_a_thursday(now, expected):
    assert light(shanghai("2026-11-27T00:00"), shanghai(now), CALENDAR) == expected


def test_before_a_weekend_monday_is_near():
    assert light(shanghai("2026-11-24T00:00"), shanghai("2026-11-20T09:00"), CALENDAR) == "yellow"


def test_without_a_deadline_there_is_no_light():
    assert light(None, shanghai("2026-11-20T09:00"), CALENDAR) is None


@pytest.mark.parametrize(
    ("declared", "rule", "whose"),
    [
        ("", "P5WD", "ours"),
        ("", "P5WD;P2WD", "ours"),
        ("", "--12-31", "ours"),
        ("", "R/P3M", "ours"),
        ("", "2026-12-31", "case"),
        ("", "2026-12-31T18:00:00+08:00", "case"),
        ("", "=bids_close_at", "case"),
        ("text", "2026-12-31", "text"),
        ("ours", "2026-12-31", "ours"),
        ("text", None, ""),
        ("", "", ""),
    ],
)
def test_a_length_is_ours_and_a_date_is_the_cases_own_unless_the_diagram_says(
    declared: str, rule: str | None, whose: str
) -> None:
    assert term_basis(declared, rule) == whose
