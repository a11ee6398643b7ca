"""The functions that diagrams may call beside FEEL's own."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from service.domain.people.units import Unit
from service.domain.terms.deadlines import SHANGHAI, Calendar, hour_of, last_day, workdays_after
from service.domain.vocabulary import WRITTEN_DAY

GROUPED_FROM = 10_000
NAMES = frozenset(
    {"now", "today", "workdays after", "next date", "unit name", "managing unit", "written"}
)


def functions(
    now: datetime, calendar: Calendar, unit: Callable[[str], Unit | None]
) -> Mapping[str, Callable[..., Any]]:
    """FEEL functions bound to one moment: ``now``, ``today``, ``workdays after``, ``next date``,
    ``unit name``, ``managing unit`` (the code of the unit that manages one), ``written`` (a number
    or a day as people write it).
    """
    today = now.astimezone(SHANGHAI).date()

    def after(start: Any, workdays: Any) -> Any:
        if not isinstance(start, date) or not isinstance(workdays, Decimal | int):
            return None
        return workdays_after(start, int(workdays), calendar)

    def next_date(month: Any, day: Any) -> Any:
        if not isinstance(month, Decimal | int) or not isinstance(day, Decimal | int):
            return None
        found = date(today.year, int(month), int(day))
        return found if found > today else found.replace(year=today.year + 1)

    def unit_name(code: Any) -> Any:
        found = unit(str(code)) if code is not None else None
        return None if found is None else found.name

    def managing_unit(code: Any) -> Any:
        found = unit(str(code)) if code is not None else None
        return None if found is None else found.managed_by

    return {
        "now": lambda: now.astimezone(SHANGHAI),
        "today": lambda: today,
        "workdays after": after,
        "next date": next_date,
        "unit name": unit_name,
        "managing unit": managing_unit,
        "written": written,
    }


def amount(number: Decimal) -> str:
    """An amount with its thousands apart; one decimal is written as two: 1,234.50."""
    return f"{number:,.2f}" if number.as_tuple().exponent == -1 else f"{number:,f}"


def figure(number: Decimal) -> str:
    """A number of five digits or more as an amount; smaller ones as they are: they may be years."""
    return amount(number) if abs(number) >= GROUPED_FROM else f"{number:f}"


def written_term(due_at: datetime) -> str:
    """The end of a term in words: 2026年4月1日, with the hour where it ends within that day."""
    return f"{WRITTEN_DAY.format(last_day(due_at))} {hour_of(due_at)}".rstrip()


def written(value: Any) -> Any:
    """A number with its thousands apart; of a moment the last day it covers, so that midnight ends
    the day before.
    """
    match value:
        case Decimal():
            return amount(value) if abs(value) >= GROUPED_FROM else f"{value:,f}"
        case datetime():
            return written((value.astimezone(SHANGHAI) - timedelta(microseconds=1)).date())
        case date():
            return WRITTEN_DAY.format(value)
    return value
