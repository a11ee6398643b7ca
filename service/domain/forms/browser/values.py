"""Values as the browser's engine has them: their equality, their order and their text.

Numbers are kept as ``Decimal``, like everywhere in the language. But each is the shortest text of a
binary fraction, and all arithmetic is done with binary fractions.
"""

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from service.feel import FeelError
from service.feel.patterns import SPACES

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
WRITTEN_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
WRITTEN_IN_BASE = re.compile(r"0(?:[xX][0-9a-fA-F]+|[oO][0-7]+|[bB][01]+)", re.ASCII)
MONTH_MS, YEAR_MS = 30 * 86_400_000, 365 * 86_400_000


class Undefined:
    """``undefined`` of JavaScript: the entry of an empty list, or a missing argument."""


UNDEFINED = Undefined()


@dataclass(frozen=True, slots=True)
class Span:
    """A duration: its months, the rest, and the length of both in milliseconds.

    The length is what durations are compared by; a month counts as 30 days, a year as 365.
    """

    months: int
    rest: timedelta
    length: float

    def turned(self) -> "Span":
        """The same duration backwards."""
        return Span(-self.months, -self.rest, -self.length)


def double(value: Decimal) -> float:
    """A number of the language as JavaScript has it: a binary fraction."""
    return float(value)


def number_from(value: float) -> Decimal:
    """A number of JavaScript as a number of the language: its shortest text."""
    return Decimal(repr(value))


def sort_of(value: Any) -> str:
    """The engine's name for the type of a value."""
    if value is None or value is UNDEFINED:
        return "nil"
    for kind, name in SORTS:
        if isinstance(value, kind):
            return name
    return "function"


@dataclass(frozen=True, slots=True)
class Bounds:
    """An interval. A comparison is one too, open at one end. Made by :func:`bounds`."""

    low: Any
    high: Any
    low_inside: bool
    high_inside: bool

    def includes(self, value: Any) -> bool | None:
        """Whether a value lies inside; null if that cannot be said.

        Bounds in the wrong order are swapped. Two single letters include single letters only.

        :raises FeelError: a value that is no duration is compared with durations.
        """
        low = self.low
        high = self.high
        if low is None and high is None:
            return None
        if is_letter(low) and is_letter(high):
            return isinstance(value, str) and value in self.letters()
        if value is None:
            return None
        has_durations = Span in (type(low), type(high))
        return self.encloses(checked_duration(value) if has_durations else value)

    def encloses(self, value: Any) -> bool:
        """:meth:`includes` for a value that can be compared with the bounds."""
        (low, low_inside), (high, high_inside) = self.in_order()
        is_above = low is None or comes_before(low, value, low_inside)
        return is_above and (high is None or comes_before(value, high, high_inside))

    def in_order(self) -> tuple[tuple[Any, bool], tuple[Any, bool]]:
        """The lower and the higher bound, each with whether it belongs to the interval."""
        low = (self.low, self.low_inside)
        high = (self.high, self.high_inside)
        is_turned = None not in (self.low, self.high) and less(self.high, self.low)
        if is_turned:
            return (high, low)
        return (low, high)

    def letters(self) -> list[str]:
        """The letters between two letters."""
        first = ALPHABET.index(self.low)
        last = ALPHABET.index(self.high)
        step = -1 if first > last else 1
        first += 0 if self.low_inside else step
        last -= 0 if self.high_inside else step
        return list(ALPHABET[first : last + 1])


SORTS: tuple[tuple[Any, str], ...] = (
    (bool, "boolean"),
    (Decimal, "number"),
    (str, "string"),
    (Mapping, "context"),
    (list, "list"),
    (Span, "duration"),
    (date, "date"),
    (Bounds, "range"),
)


def checked_duration(value: Any) -> Any:
    """A value that can be compared with a duration. Empty values count as 0.

    :raises FeelError: the value has no length.
    """
    if isinstance(value, (Span, Decimal)):
        return value
    if value:
        raise FeelError("时长只能与时长比较")
    return Decimal()


def is_letter(value: Any) -> bool:
    """Whether a value is one letter of the alphabet."""
    return isinstance(value, str) and len(value) == 1 and value in ALPHABET


def bounds(low: Any, high: Any, low_inside: bool = True, high_inside: bool = True) -> Bounds:
    """An interval. A bound that is null is open.

    :raises FeelError: the bounds are of two types, or of a type without an order.
    """
    sorts = {sort_of(low), sort_of(high)} - {"nil"}
    if len(sorts) > 1 or sorts - {"string", "number", "duration", "date"}:
        raise FeelError("比较大小的两边应为文字、数字或日期，且类型相同")
    return Bounds(low, high, low_inside, high_inside)


def comes_before(low: Any, high: Any, included: bool) -> bool:
    """Whether ``low`` < ``high``, or ``low`` <= ``high`` if the bound is included."""
    return less(low, high) or (included and is_level(low, high))


def less(left: Any, right: Any) -> bool:
    """Whether ``left < right`` in JavaScript."""
    low = primitive(left)
    high = primitive(right)
    if isinstance(low, str) and isinstance(high, str):
        return in_units(low) < in_units(high)
    return number_in(low) < number_in(high)


def is_level(left: Any, right: Any) -> bool:
    """Whether ``left <= right`` but not ``left < right`` in JavaScript."""
    low = primitive(left)
    high = primitive(right)
    if isinstance(low, str) and isinstance(high, str):
        return low == high
    return number_in(low) == number_in(high)


def in_units(text: str) -> bytes:
    """The UTF-16 units of a text, by which JavaScript orders texts."""
    return text.encode("utf-16-be", "surrogatepass")


def primitive(value: Any) -> str | float | bool | None:
    """The simple value that JavaScript compares instead of an object."""
    if isinstance(value, Span):
        return value.length
    if isinstance(value, date):
        return datetime.combine(value, time(), UTC).timestamp() * 1000
    if isinstance(value, Decimal):
        return double(value)
    if value is None or isinstance(value, (str, bool)):
        return value
    return script_text(value)


def number_in(value: str | float | bool | None) -> float:
    """The number that JavaScript takes a simple value for; NaN if it is none."""
    if not isinstance(value, str):
        return float(value or 0)
    text = value.strip(SPACES)
    if WRITTEN_IN_BASE.fullmatch(text):
        return float(int(text, 0))
    if WRITTEN_NUMBER.fullmatch(text):
        return float(text)
    endless = {"": "0", "Infinity": "inf", "+Infinity": "inf", "-Infinity": "-inf"}
    return float(endless.get(text, "nan"))


def script_text(value: Any) -> str:
    """A value as a text, by ``String(value)`` of JavaScript."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        if value:
            return "true"
        return "false"
    if isinstance(value, Decimal):
        return number_written(double(value))
    if isinstance(value, list):
        return ",".join("" if entry is None else script_text(entry) for entry in value)
    return "[object Object]"


def number_written(value: float) -> str:
    """A number as JavaScript writes it."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if not value:
        return "0"
    sign, digit_values, exponent = number_from(value).normalize().as_tuple()
    digits = "".join(map(str, digit_values))
    point = len(digits) + int(exponent)
    if 0 < point <= 21:
        padded = digits.ljust(point, "0")
        text = f"{padded[:point]}.{padded[point:]}".rstrip(".")
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{digits}"
    else:
        text = f"{digits[0]}.{digits[1:]}".rstrip(".") + f"e{point - 1:+d}"
    if sign:
        return f"-{text}"
    return text


def same(left: Any, right: Any) -> bool | None:
    """Whether ``left = right`` in the browser; None for unlike types.

    A list of one entry equals that entry. Null equals nothing but null.
    """
    if (left is None) != (right is None):
        return False
    left = single(left)
    right = single(right)
    sort = sort_of(left)
    if sort != sort_of(right):
        return None
    if sort in EQUALITY_BY_SORT:
        return EQUALITY_BY_SORT[sort](left, right)
    return bool(left == right)


EQUALITY_BY_SORT: Mapping[str, Callable[[Any, Any], bool]] = {
    "nil": lambda left, right: True,
    "number": lambda left, right: double(left) == double(right),
    "list": lambda left, right: len(left) == len(right) and all(map(same, left, right)),
    "context": lambda left, right: (
        left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    ),
}


def single(value: Any) -> Any:
    """The entry of a list of one, UNDEFINED for an empty list, and any other value as it is."""
    if isinstance(value, list) and len(value) < 2:
        if value:
            return value[0]
        return UNDEFINED
    return value
