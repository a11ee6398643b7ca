"""What the signs between values do in the browser: compare, calculate, look inside."""

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from service.domain.forms.browser.functions import milliseconds
from service.domain.forms.browser.values import (
    Bounds,
    Span,
    bounds,
    double,
    number_from,
    same,
    sort_of,
)
from service.feel import FeelError
from service.feel.temporal import DAY_PARTS, plus_months
from service.feel.values import Budget

Unlike = tuple[str, str]


class Trial(Budget):
    """A budget that notes what an expression compares."""

    __slots__ = ("compared",)

    def __init__(self) -> None:
        super().__init__()
        self.compared: list[tuple[Any, Any]] = []


def note(left: Any, right: Any, budget: Budget) -> None:
    """Remember, on trial, that these two were compared."""
    if isinstance(budget, Trial):
        budget.compared.append((left, right))


def compared_in_browser(left: Any, sign: str, right: Any, budget: Budget) -> bool | None:
    """A comparison. :raises FeelError: the right side has no order."""
    budget.spend()
    note(left, right, budget)
    if sign == "=":
        return same(left, right)
    if sign == "!=":
        return same(left, right) is not True
    inside = sign.endswith("=")
    if sign.startswith("<"):
        return bounds(None, right, False, inside).includes(left)
    return bounds(right, None, inside, False).includes(left)


def any_match(value: Any, tests: list[Any], budget: Budget) -> bool:
    """Whether one of the tests is the value, or encloses it."""
    for one in tests:
        budget.spend()
        note(value, one, budget)
    return any(
        (one.includes(value) if isinstance(one, Bounds) else same(one, value)) is True
        for one in tests
    )


def unlike_pairs(trial: Trial) -> Iterator[Unlike]:
    """The sorts of things that were compared on trial and have nothing in common."""
    for left, right in trial.compared:
        sorts = sort_of(left), sort_of(right)
        if sorts[0] != sorts[1] and not {"nil", "range"} & {*sorts}:
            yield sorts


# -- arithmetic


def calculated(left: Any, sign: str, right: Any, budget: Budget) -> Any:
    """The result; null for what does not go together."""
    budget.spend()
    match left, right:
        case Decimal(), Decimal():
            return binary(double(left), sign, double(right))
        case str(), str() if sign == "+":
            budget.hold(len(left) + len(right))
            return left + right
        case Span(), date() if sign == "+":
            return in_time(right, sign, left)
        case ((date() | Span()), (date() | Span())) if sign in "+-":
            return in_time(left, sign, right)
    return None


def binary(left: float, sign: str, right: float) -> Decimal | None:
    """Numbers, with binary fractions; divided by zero is null, what is no number stays one."""
    if sign == "/":
        return number_from(left / right) if right and right == right else None
    return number_from(SIGNS_OF_NUMBERS[sign](left, right))


def raised(left: float, right: float) -> float:
    """``**``."""
    try:
        return math.pow(left, right)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.inf if not left else math.nan


SIGNS_OF_NUMBERS: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "**": raised,
}


def in_time(left: date | Span, sign: str, right: date | Span) -> date | Span | None:
    """Days and durations together."""
    if isinstance(right, date):
        if isinstance(left, Span) or sign == "+":
            return None
        rest = left - right
        return Span(0, rest, milliseconds(rest))
    by = right if sign == "+" else right.turned()
    if isinstance(left, Span):
        return Span(left.months + by.months, left.rest + by.rest, left.length + by.length)
    return later(left, by)


def later(day: date, by: Span) -> date | None:
    """So much later. :raises FeelError: no longer a whole day."""
    try:
        moment = datetime.combine(plus_months(day, by.months), time(), UTC) + by.rest
    except (ValueError, OverflowError):
        return None
    if moment.time() != time():
        raise FeelError("日期只能加减整天、整月或整年")
    return moment.date()


# -- what is inside something


def inside(value: Any, name: str) -> Any:
    """An entry of a context, of each context of a list, or a part of a day.

    :raises FeelError: of a duration.
    """
    if isinstance(value, list):
        return [inside(one, name) for one in value]
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, Span):
        raise FeelError('时长不能再取天数等部分，请直接比较时长，如 > duration("P30D")')
    part = DAY_PARTS.get(name) if isinstance(value, date) else None
    return part(value) if part else None


# -- at the border


def result(value: Any) -> Any:
    """A value as it leaves the browser: what JSON cannot hold is null."""
    if isinstance(value, Decimal):
        return value if value.is_finite() else None
    if isinstance(value, list):
        return [result(one) for one in value]
    if isinstance(value, dict):
        return {key: result(one) for key, one in value.items()}
    return value if value is None or isinstance(value, (str, bool, date)) else None
