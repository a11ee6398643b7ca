"""The functions that expressions of forms may call, each exactly as the browser's engine has it."""

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
MOST_DIGITS = 300
Call = Callable[[list[Any]], Any]
IN_FORMS: dict[str, Call] = {}
"""What may be called, by name."""


def fitting(value: Any, wanted: str) -> Any:
    """An argument as the engine hands it on, or MISFIT. ``wanted`` ends with ? where nothing will
    do as well.
    """
    optional, sort = wanted.endswith("?"), wanted.removesuffix("?")
    if sort == "list":
        return as_list(value, optional)
    if sort != "any" and isinstance(value, list) and len(value) == 1:
        value = value[0]
    if value is UNDEFINED or (value is None and sort != "any"):
        return value if optional else MISFIT
    return value if sort in ("any", sort_of(value)) else MISFIT


def as_list(value: Any, optional: bool) -> Any:
    """One value counts as a list of one, null does not."""
    if isinstance(value, list) or (optional and value is UNDEFINED):
        return value
    return MISFIT if value is None else [value]


def takes(*wanted: str, name: str = "") -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function with so many arguments of these types; what does not fit gives null."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(given: list[Any]) -> Any:
            if len(given) > len(wanted):
                return None
            padded = given + [UNDEFINED] * (len(wanted) - len(given))
            found = [fitting(*pair) for pair in zip(padded, wanted, strict=True)]
            return None if MISFIT in found else function(*found)

        IN_FORMS[name or function.__name__.rstrip("_").replace("_", " ")] = call
        return function

    return declare


def takes_many(wanted: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a function of any number of arguments of one type, or of one list of them."""

    def declare(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(given: list[Any]) -> Any:
            if not given:
                return None
            items = given[0] if len(given) == 1 and isinstance(given[0], list) else given
            found = [fitting(one, wanted) for one in items]
            return None if MISFIT in found else function(found)

        IN_FORMS[function.__name__.rstrip("_").replace("_", " ")] = call
        return function

    return declare


# -- truth and lists


@takes("any")
def not_(value: Any) -> bool | None:
    return not value if isinstance(value, bool) else None


@takes("list")
def count(items: list[Any]) -> Decimal:
    return Decimal(len(items))


@takes_many("any?")
def all_(items: list[Any]) -> bool | None:
    if any(one is False for one in items):
        return False
    return True if all(one is True for one in items) else None


@takes_many("any?")
def any_(items: list[Any]) -> bool | None:
    if any(one is True for one in items):
        return True
    return False if all(one is False for one in items) else None


@takes("list", "any?")
def list_contains(items: list[Any], wanted: Any) -> bool:
    return any(identical(one, wanted) for one in items)


@takes("list")
def distinct_values(items: list[Any]) -> list[Any]:
    found: list[Any] = []
    for one in items:
        if not any(same(one, other) for other in found):
            found.append(one)
    return found


def identical(left: Any, right: Any) -> bool:
    """``===`` of JavaScript."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return double(left) == double(right)
    if isinstance(left, (list, dict)) or sort_of(left) != sort_of(right):
        return left is right
    return bool(left == right)


# -- numbers


def total(items: list[Any]) -> float | None:
    """The sum, added up from the left."""
    return reduce(lambda sum_, one: sum_ + one, map(double, items)) if items else None


def numbered(value: float | None) -> Decimal | None:
    """A result in the language."""
    return None if value is None else number_from(value)


@takes_many("number")
def sum_(items: list[Any]) -> Decimal | None:
    return numbered(total(items))


@takes_many("number")
def mean(items: list[Any]) -> Decimal | None:
    added = total(items)
    return None if added is None else numbered(added / len(items))


@takes_many("number")
def min_(items: list[Any]) -> Decimal | None:
    return numbered(min(map(double, items), default=None))


@takes_many("number")
def max_(items: list[Any]) -> Decimal | None:
    return numbered(max(map(double, items), default=None))


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
    """Rounded at so many digits behind the point, the way the engine shifts it there and back."""
    if scale is None:
        return None
    digits = 0.0 if scale is UNDEFINED else double(scale)
    factor = 10.0**digits if abs(digits) < MOST_DIGITS else math.inf
    shifted = double(value) * factor
    return number_from(float(rounding(shifted)) / factor) if math.isfinite(shifted) else value


def to_even(value: float) -> float:
    """Half to the even neighbour."""
    below = math.floor(value)
    if value - below == 0.5:
        return below if below % 2 == 0 else below + 1
    return nearest(value)


def half_away(value: float) -> float:
    """Half away from zero."""
    if abs(math.fmod(value, 1)) == 0.5:
        return math.ceil(value) if value > 0 else math.floor(value)
    return nearest(value)


def nearest(value: float) -> float:
    """``Math.round``."""
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
    found = number_in(text)
    return None if found != found else number_from(found)


# -- texts


@takes("any")
def string(value: Any) -> str | None:
    return None if value is None else text_in_browser(value)


def text_in_browser(value: Any, inside: bool = False) -> str:
    """A value as the engine writes it; texts inside lists and contexts are quoted."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Decimal):
        return number_written(double(value))
    if isinstance(value, str):
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        return f'"{quoted}"' if inside else value
    if isinstance(value, list):
        return f"[{', '.join(text_in_browser(one, True) for one in value)}]"
    if isinstance(value, dict):
        pairs = (f"{key}: {text_in_browser(one, True)}" for key, one in value.items())
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
    """A place as ``slice`` of JavaScript takes it: from the end when below zero."""
    whole = math.trunc(min(place, float(size)))
    return max(size + whole, 0) if whole < 0 else whole


@takes("list", "string?")
def string_join(items: list[Any], between: Any) -> str | None:
    if any(one is not None and not isinstance(one, str) for one in items):
        return None
    return (between if isinstance(between, str) else "").join(
        one for one in items if one is not None
    )


# -- days


@takes("any?", name="date")
def day(value: Any) -> date | None:
    if isinstance(value, date):
        return value
    if not isinstance(value, str):
        return None
    return day_of_moment(value) if "T" in value else read_date(value)


def day_of_moment(text: str) -> date | None:
    """The day of an instant where the engine looks at it: in Greenwich."""
    try:
        moment = datetime.fromisoformat(text)
        zoned = moment if moment.tzinfo is not None else moment.replace(tzinfo=SHANGHAI)
        return zoned.astimezone(UTC).date()
    except (ValueError, OverflowError):
        return None


@takes("string")
def duration(text: str) -> Span | None:
    if (found := YEARS_AND_MONTHS.fullmatch(text)) and not text.endswith("P"):
        sign, years, months = -1 if found[1] else 1, int(found[2] or 0), int(found[3] or 0)
        length = sign * (years * YEAR_MS + months * MONTH_MS)
        return Span(sign * (years * 12 + months), timedelta(), float(length))
    rest = read_duration(text)
    return Span(0, rest, milliseconds(rest)) if isinstance(rest, timedelta) else None


def milliseconds(rest: timedelta) -> float:
    """How long it is."""
    return rest / timedelta(milliseconds=1)
