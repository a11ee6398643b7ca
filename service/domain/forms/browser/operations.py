"""The operators as the browser has them: comparing, calculating, and looking inside a value."""

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
    """A budget for trying an expression. It also notes the pairs of values that are compared."""

    __slots__ = ("compared",)

    def __init__(self) -> None:
        super().__init__()
        self.compared: list[tuple[Any, Any]] = []


def note(left: Any, right: Any, budget: Budget) -> None:
    """Note the two values that are compared, if the expression is only tried."""
    if isinstance(budget, Trial):
        budget.compared.append((left, right))


def compared_in_browser(left: Any, sign: str, right: Any, budget: Budget) -> bool | None:
    """The result of a comparison; null if the two sides cannot be compared.

    :raises FeelError: the right side is of a type that has no order.
    """
    budget.spend()
    note(left, right, budget)
    if sign == "=":
        return same(left, right)
    if sign == "!=":
        return same(left, right) is not True
    included = sign.endswith("=")
    if sign.startswith("<"):
        return bounds(None, right, False, included).includes(left)
    return bounds(right, None, included, False).includes(left)


def any_match(value: Any, tests: list[Any], budget: Budget) -> bool:
    """Whether the value is one of the tests, or lies in an interval among them."""
    for test in tests:
        budget.spend()
        note(value, test, budget)
    return any(
        (test.includes(value) if isinstance(test, Bounds) else same(test, value)) is True
        for test in tests
    )


def unlike_pairs(trial: Trial) -> Iterator[Unlike]:
    """The pairs of types that were compared on trial although they have nothing in common."""
    for left, right in trial.compared:
        sorts = sort_of(left), sort_of(right)
        if sorts[0] != sorts[1] and not {"nil", "range"} & {*sorts}:
            yield sorts


# -- arithmetic


def calculated(left: Any, sign: str, right: Any, budget: Budget) -> Any:
    """The result of a calculation; null if the sign does not fit the types."""
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
    """A calculation with binary fractions. Division by zero or by NaN is null."""
    if sign == "/":
        if right == 0 or math.isnan(right):
            return None
        return number_from(left / right)
    return number_from(SIGNS_OF_NUMBERS[sign](left, right))


def raised(left: float, right: float) -> float:
    """``left`` to the power of ``right``, as JavaScript counts it."""
    try:
        return math.pow(left, right)
    except OverflowError:
        return math.inf
    except ValueError:
        if not left:
            return math.inf
        return math.nan


SIGNS_OF_NUMBERS: Mapping[str, Callable[[float, float], float]] = {
    "+": lambda left, right: left + right,
    "-": lambda left, right: left - right,
    "*": lambda left, right: left * right,
    "**": raised,
}


def in_time(left: date | Span, sign: str, right: date | Span) -> date | Span | None:
    """The sum or difference of days and durations; null if there is none."""
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
    """The day that is later by a duration; None if it is out of range.

    :raises FeelError: the result is not a whole day.
    """
    try:
        moment = datetime.combine(plus_months(day, by.months), time(), UTC) + by.rest
    except (ValueError, OverflowError):
        return None
    if moment.time() != time():
        raise FeelError("日期只能加减整天、整月或整年")
    return moment.date()


# -- looking inside a value


def inside(value: Any, name: str) -> Any:
    """The part of a value that ``value.name`` stands for.

    This is an entry of a context, the entries of each context in a list, or a part of a day.

    :raises FeelError: the value is a duration.
    """
    if isinstance(value, list):
        return [inside(entry, name) for entry in value]
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, Span):
        raise FeelError('时长不能再取天数等部分，请直接比较时长，如 > duration("P30D")')
    part = None
    if isinstance(value, date):
        part = DAY_PARTS.get(name)
    if not part:
        return None
    return part(value)


# -- leaving the browser


def result(value: Any) -> Any:
    """A value as it leaves the browser. What JSON cannot hold becomes null."""
    if isinstance(value, Decimal):
        if not value.is_finite():
            return None
        return value
    if isinstance(value, list):
        return [result(entry) for entry in value]
    if isinstance(value, dict):
        return {key: result(entry) for key, entry in value.items()}
    if value is None or isinstance(value, (str, bool, date)):
        return value
    return None
