"""The functions that diagrams may call in addition to those of FEEL."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from service.domain.people.units import Unit
from service.domain.terms.deadlines import SHANGHAI, Calendar, hour_of, last_day, workdays_after
from service.domain.vocabulary import WRITTEN_DAY

GROUPED_FROM = 10_000
"""A number of five digits or more is written as an amount. A smaller one may be a year."""
NAMES = frozenset(
    {"now", "today", "workdays after", "next date", "unit name", "managing unit", "written"}
)


def functions(
    now: datetime, calendar: Calendar, unit: Callable[[str], Unit | None]
) -> Mapping[str, Callable[..., Any]]:
    """The functions by name, bound to one moment.

    - ``now`` and ``today``: the moment and its day in Shanghai
    - ``workdays after``: the day that is some working days after another
    - ``next date``: the next day with this month and day
    - ``unit name``: the name of the unit with a code
    - ``managing unit``: the code of the unit that manages the unit with a code
    - ``written``: a number or a day as people write it

    :param unit: gives the unit with a code, None if there is none.
    """
    today = now.astimezone(SHANGHAI).date()

    def days_after(start: Any, workdays: Any) -> Any:
        if not isinstance(start, date) or not isinstance(workdays, Decimal | int):
            return None
        return workdays_after(start, int(workdays), calendar)

    def next_date(month: Any, day: Any) -> Any:
        if not isinstance(month, Decimal | int) or not isinstance(day, Decimal | int):
            return None
        this_year = date(today.year, int(month), int(day))
        return this_year if this_year > today else this_year.replace(year=today.year + 1)

    def unit_name(code: Any) -> Any:
        named = unit(str(code)) if code is not None else None
        return None if named is None else named.name

    def managing_unit(code: Any) -> Any:
        managed = unit(str(code)) if code is not None else None
        return None if managed is None else managed.managed_by

    return {
        "now": lambda: now.astimezone(SHANGHAI),
        "today": lambda: today,
        "workdays after": days_after,
        "next date": next_date,
        "unit name": unit_name,
        "managing unit": managing_unit,
        "written": written,
    }


def amount(number: Decimal) -> str:
    """An amount with commas between its thousands.

    An amount with one decimal is written with two: 1,234.50.
    """
    if number.as_tuple().exponent == -1:
        return f"{number:,.2f}"
    return f"{number:,f}"


def figure(number: Decimal) -> str:
    """A number of five digits or more as an amount, a smaller one as it is: it may be a year."""
    if abs(number) >= GROUPED_FROM:
        return amount(number)
    return f"{number:f}"


def written_term(due_at: datetime) -> str:
    """The end of a term in words, like 2026年4月1日.

    If the term ends within that day, the hour follows.
    """
    return f"{WRITTEN_DAY.format(last_day(due_at))} {hour_of(due_at)}".rstrip()


def written(value: Any) -> Any:
    """A value as people write it.

    A number has commas between its thousands. A day is like 2026年4月1日. A moment is written as
    the last day that it covers, so midnight is the day before. Anything else stays as it is.
    """
    match value:
        case Decimal():
            if abs(value) >= GROUPED_FROM:
                return amount(value)
            return f"{value:,f}"
        case datetime():
            return written((value.astimezone(SHANGHAI) - timedelta(microseconds=1)).date())
        case date():
            return WRITTEN_DAY.format(value)
    return value
