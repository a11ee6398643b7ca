"""The functions that forms may call. Each behaves exactly as in the browser's engine."""

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from service.domain.forms.browser.values import (
    MONTH_MS,
    UNDEFINED,
    YEAR_MS,
    Span,
    double,
    in_units,
    number_from,
    number_in,
    number_written,
    same,
    sort_of,
)
from service.domain.terms.deadlines import SHANGHAI
from service.feel.temporal import YEARS_AND_MONTHS, read_date, read_duration

MISFIT = object()
"""Stands for an argument of the wrong type."""
MOST_DIGITS = 300
Call = Callable[[list[Any]], Any]
IN_FORMS: dict[str, Call] = {}
"""The functions that a form may call, by name."""


def argument(value: Any, expected: str) -> Any:
    """An argument as the engine hands it to a function, or MISFIT if it has the wrong type.

    :param expected: the name of a type; with ``?`` at its end the argument may be missing.
    """
    optional = expected.endswith("?")
    sort = expected.removesuffix("?")
    if sort == "list":
        return as_list(value, optional)
    if sort != "any" and isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is UNDEFINED or (value is None and sort != "any"):
        return value if optional else MISFIT
    return value if sort in ("any", sort_of(value)) else MISFIT


def as_list(value: Any, optional: bool) -> Any:
    """An argument that should be a list. A single value counts as a list of one, null does not."""
    if isinstance(value, list) or (optional and value is UNDEFINED):
        return value
    return MISFIT if value is None else [value]


def takes(*expected: str, name: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function whose arguments have these types. Arguments that do not fit give null.

    :param expected: the type of each argument, see :func:`argument`.
    :param name: the name in the language, if it is not the name of the Python function.
    """

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(given: list[Any]) -> Any:
            if len(given) > len(expected):
                return None
            padded = given + [UNDEFINED] * (len(expected) - len(given))
            arguments = list(map(argument, padded, expected))
            return None if MISFIT in arguments else function(*arguments)

        IN_FORMS[name or name_in_language(function)] = call
        return function

    return declare


def takes_many(expected: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function of any number of arguments of one type, or of one list of them."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(given: list[Any]) -> Any:
            if not given:
                return None
            items = given[0] if len(given) == 1 and isinstance(given[0], list) else given
            arguments = [argument(item, expected) for item in items]
            return None if MISFIT in arguments else function(arguments)

        IN_FORMS[name_in_language(function)] = call
        return function

    return declare


def name_in_language(function: Callable[..., Any]) -> str:
    """The name of a function in the language: ``list_contains`` is called ``list contains``."""
    return function.__name__.rstrip("_").replace("_", " ")


# -- truth and lists


@takes("any")
def not_(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


@takes("list")
def count(items: list[Any]) -> Decimal:
    return Decimal(len(items))


@takes_many("any?")
def all_(items: list[Any]) -> bool | None:
    if any(item is False for item in items):
        return False
    return True if all(item is True for item in items) else None


@takes_many("any?")
def any_(items: list[Any]) -> bool | None:
    if any(item is True for item in items):
        return True
    return False if all(item is False for item in items) else None


@takes("list", "any?")
def list_contains(items: list[Any], value: Any) -> bool:
    return any(identical(item, value) for item in items)


@takes("list")
def distinct_values(items: list[Any]) -> list[Any]:
    distinct: list[Any] = []
    for item in items:
        if not any(same(item, earlier) for earlier in distinct):
            distinct.append(item)
    return distinct


def identical(left: Any, right: Any) -> bool:
    """Whether two values are the same by ``===`` of JavaScript."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return double(left) == double(right)
    if isinstance(left, (list, dict)) or sort_of(left) != sort_of(right):
        return left is right
    return bool(left == right)


# -- numbers


def total(items: list[Any]) -> float | None:
    """The sum as JavaScript counts it: added up from the left. None if there are no items."""
    return reduce(lambda left, right: left + right, map(double, items)) if items else None


def number_or_null(value: float | None) -> Decimal | None:
    """A number of JavaScript in the language; None stays None."""
    return None if value is None else number_from(value)


@takes_many("number")
def sum_(items: list[Any]) -> Decimal | None:
    return number_or_null(total(items))


@takes_many("number")
def mean(items: list[Any]) -> Decimal | None:
    sum_of_items = total(items)
    return None if sum_of_items is None else number_or_null(sum_of_items / len(items))


@takes_many("number")
def min_(items: list[Any]) -> Decimal | None:
    return number_or_null(min(map(double, items), default=None))


@takes_many("number")
def max_(items: list[Any]) -> Decimal | None:
    return number_or_null(max(map(double, items), default=None))


@takes("number")
def abs_(value: Decimal) -> Decimal:
    return number_from(abs(double(value)))


@takes("number", "number?")
def floor(value: Decimal, scale: Any) -> Decimal | None:
    return scaled(math.floor, value, scale)


@takes("number", "number?")
def ceiling(value: Decimal, scale: Any) -> Decimal | None:
    return scaled(math.ceil, value, scale)


@takes("number", "number")
def decimal(value: Decimal, scale: Decimal) -> Decimal | None:
    return scaled(to_even, value, scale)


@takes("number", "number")
def round_half_up(value: Decimal, scale: Decimal) -> Decimal | None:
    return scaled(half_away, value, scale)


def scaled(rounding: Callable[[float], float], value: Decimal, scale: Any) -> Decimal | None:
    """A number rounded at ``scale`` digits behind the point.

    Like the engine, this multiplies the number, rounds it, and divides it again. So it has the same
    errors. A number that becomes infinite on the way is not rounded.
    """
    if scale is None:
        return None
    digits = 0.0 if scale is UNDEFINED else double(scale)
    factor = 10.0**digits if abs(digits) < MOST_DIGITS else math.inf
    shifted = double(value) * factor
    if not math.isfinite(shifted):
        return value
    return number_from(float(rounding(shifted)) / factor)


def to_even(value: float) -> float:
    """The nearest whole number; half goes to the even neighbour."""
    below = math.floor(value)
    if value - below == 0.5:
        return below if below % 2 == 0 else below + 1
    return nearest(value)


def half_away(value: float) -> float:
    """The nearest whole number; half goes away from zero."""
    if abs(math.fmod(value, 1)) == 0.5:
        return math.ceil(value) if value > 0 else math.floor(value)
    return nearest(value)


def nearest(value: float) -> float:
    """The nearest whole number by ``Math.round``: half goes up."""
    below = math.floor(value)
    return below if value - below < 0.5 else below + 1


@takes("number", "number")
def modulo(value: Decimal, divisor: Decimal) -> Decimal | None:
    by = double(divisor)
    if not by:
        return None
    rest = math.fmod(math.fmod(double(value), by) + by, by)
    return number_from(nearest(rest * 1_000_000_000) / 1_000_000_000)


@takes("string", "string?", "string?")
def number(text: str, grouping: Any, point: Any) -> Decimal | None:
    if isinstance(grouping, str) and grouping:
        text = text.replace(grouping, "")
    if isinstance(point, str) and point not in ("", "."):
        text = text.replace(".", "#").replace(point, ".")
    value = number_in(text)
    return None if math.isnan(value) else number_from(value)


# -- texts


@takes("any")
def string(value: Any) -> str | None:
    return None if value is None else text_in_browser(value)


def text_in_browser(value: Any, inside: bool = False) -> str:
    """A value as the engine writes it.

    :param inside: the value stands in a list or context, where texts are quoted.
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return number_written(double(value))
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"' if inside else value
    if isinstance(value, list):
        entries = (text_in_browser(entry, True) for entry in value)
        return f"[{', '.join(entries)}]"
    if isinstance(value, dict):
        pairs = (f"{key}: {text_in_browser(entry, True)}" for key, entry in value.items())
        return f"{{{', '.join(pairs)}}}"
    return value.isoformat() if isinstance(value, date) else ""


@takes("string")
def string_length(text: str) -> Decimal:
    return Decimal(len(text))


@takes("string")
def upper_case(text: str) -> str:
    return text.upper()


@takes("string")
def lower_case(text: str) -> str:
    return text.lower()


@takes("string", "string")
def contains(text: str, part: str) -> bool:
    return part in text


@takes("string", "string")
def starts_with(text: str, part: str) -> bool:
    return text.startswith(part)


@takes("string", "string")
def ends_with(text: str, part: str) -> bool:
    return text.endswith(part)


@takes("string", "string")
def substring_before(text: str, mark: str) -> str:
    return text.partition(mark)[0] if mark and mark in text else ""


@takes("string", "string")
def substring_after(text: str, mark: str) -> str:
    return (text.partition(mark)[2] if mark else text) if mark in text else ""


@takes("string", "number", "number?")
def substring(text: str, start: Decimal, length: Any) -> str:
    first = double(start) + (len(in_units(text)) // 2 if start < 0 else -1)
    after = math.inf if length is UNDEFINED else first + double(length or Decimal())
    return text[slice_end(first, len(text)) : slice_end(after, len(text))]


def slice_end(place: float, size: int) -> int:
    """A place in a text of ``size`` signs, as ``slice`` of JavaScript counts it.

    A place below zero counts from the end.
    """
    whole = math.trunc(min(place, float(size)))
    return max(size + whole, 0) if whole < 0 else whole


@takes("list", "string?")
def string_join(items: list[Any], between: Any) -> str | None:
    texts = [item for item in items if item is not None]
    if not all(isinstance(text, str) for text in texts):
        return None
    separator = between if isinstance(between, str) else ""
    return separator.join(texts)


# -- days


@takes("any?", name="date")
def day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    return day_of_moment(value) if "T" in value else read_date(value)


def day_of_moment(text: str) -> date | None:
    """The day of an instant in UTC, where the engine looks at it. None if it cannot be read."""
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)
        return zoned.astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None


@takes("string")
def duration(text: str) -> Span | None:
    if (written := YEARS_AND_MONTHS.fullmatch(text)) and not text.endswith("P"):
        sign = -1 if written[1] else 1
        years = int(written[2] or 0)
        months = int(written[3] or 0)
        length = sign * (years * YEAR_MS + months * MONTH_MS)
        return Span(sign * (years * 12 + months), timedelta(), float(length))
    rest = read_duration(text)
    return Span(0, rest, milliseconds(rest)) if isinstance(rest, timedelta) else None


def milliseconds(rest: timedelta) -> float:
    """The length of a time in milliseconds."""
    return rest / timedelta(milliseconds=1)
