"""Values as the browser's engine has them: when they are the same, which comes first, how they are
written.

Numbers are kept as ``Decimal`` like everywhere in the language, but each is the shortest writing of
a binary fraction, and every sum is made with binary fractions.
"""

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
    """What JavaScript has where nothing is: the entry of an empty list, a missing argument."""


UNDEFINED = Undefined()


@dataclass(frozen=True, slots=True)
class Span:
    """A duration: months, the rest, and how long that is taken to be, in milliseconds."""

    months: int
    rest: timedelta
    length: float

    def turned(self) -> "Span":
        """The same backwards."""
        return Span(-self.months, -self.rest, -self.length)


def double(value: Decimal) -> float:
    """A number as JavaScript has it."""
    return float(value)


def number_from(value: float) -> Decimal:
    """A number of JavaScript in the language: its shortest writing."""
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
    """An interval, as a comparison makes one too. :func:`bounds` makes it."""

    low: Any
    high: Any
    low_inside: bool
    high_inside: bool

    def includes(self, value: Any) -> bool | None:
        """Whether a value lies inside. Turned bounds are turned back; two single letters enclose
        single letters only.

        :raises FeelError: something else than a duration between durations.
        """
        low, high = self.low, self.high
        if low is None and high is None:
            return None
        if is_letter(low) and is_letter(high):
            return isinstance(value, str) and value in self.letters()
        if value is None:
            return None
        return self.encloses(of_length(value) if Span in (type(low), type(high)) else value)

    def encloses(self, value: Any) -> bool:
        """The same for a value that can be compared."""
        low, high = (self.low, self.low_inside), (self.high, self.high_inside)
        if None not in (self.low, self.high) and less(self.high, self.low):
            low, high = high, low
        above = low[0] is None or beyond(low[0], value, low[1])
        return above and (high[0] is None or beyond(value, high[0], high[1]))

    def letters(self) -> list[str]:
        """The letters between two letters."""
        first, last = ALPHABET.index(self.low), ALPHABET.index(self.high)
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


def of_length(value: Any) -> Any:
    """What is compared with a duration. :raises FeelError: it has no length."""
    if isinstance(value, (Span, Decimal)):
        return value
    if value:
        raise FeelError("时长只能与时长比较")
    return Decimal()


def is_letter(value: Any) -> bool:
    """Whether it is one letter of the alphabet."""
    return isinstance(value, str) and len(value) == 1 and value in ALPHABET


def bounds(low: Any, high: Any, low_inside: bool = True, high_inside: bool = True) -> Bounds:
    """An interval. :raises FeelError: nothing of that type, or of two types, can be one."""
    sorts = {sort_of(one) for one in (low, high)} - {"nil"}
    if len(sorts) > 1 or sorts - {"string", "number", "duration", "date"}:
        raise FeelError("比较大小的两边应为文字、数字或日期，且类型相同")
    return Bounds(low, high, low_inside, high_inside)


def beyond(low: Any, high: Any, included: bool) -> bool:
    """Whether ``low`` < ``high``, or not above it when ``included``."""
    return less(low, high) or (included and level(low, high))


def less(left: Any, right: Any) -> bool:
    """``<`` of JavaScript."""
    one, other = primitive(left), primitive(right)
    if isinstance(one, str) and isinstance(other, str):
        return in_units(one) < in_units(other)
    return number_in(one) < number_in(other)


def level(left: Any, right: Any) -> bool:
    """Whether ``<=`` of JavaScript holds where ``<`` does not."""
    one, other = primitive(left), primitive(right)
    if isinstance(one, str) and isinstance(other, str):
        return one == other
    return number_in(one) == number_in(other)


def in_units(text: str) -> bytes:
    """A text in the order of JavaScript: by its UTF-16 units."""
    return text.encode("utf-16-be", "surrogatepass")


def primitive(value: Any) -> str | float | bool | None:
    """What JavaScript compares instead of an object."""
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
    """What JavaScript takes a simple value for where it needs a number."""
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
    """``String(value)`` of JavaScript."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_written(double(value))
    if isinstance(value, list):
        return ",".join("" if one is None else script_text(one) for one in value)
    return "[object Object]"


def number_written(value: float) -> str:
    """A number as JavaScript writes it."""
    if value != value or value in (float("inf"), float("-inf")):
        return "NaN" if value != value else "Infinity" if value > 0 else "-Infinity"
    sign, digits, exponent = number_from(value).normalize().as_tuple()
    shown, point = "".join(map(str, digits)), len(digits) + int(exponent)
    if 0 < point <= 21:
        text = shown.ljust(point, "0")
        text = f"{text[:point]}.{text[point:]}".rstrip(".")
    elif -6 < point <= 0:
        text = f"0.{'0' * -point}{shown}"
    else:
        text = f"{shown[0]}.{shown[1:]}".rstrip(".") + f"e{point - 1:+d}"
    return f"-{text}" if sign and value else text if value else "0"


def same(left: Any, right: Any) -> bool | None:
    """``=``: None for unlike types. A list of one is its entry; null is the same as null alone."""
    if (left is None) != (right is None):
        return False
    left, right = single(left), single(right)
    sort = sort_of(left)
    if sort != sort_of(right):
        return None
    return SAME_OF[sort](left, right) if sort in SAME_OF else bool(left == right)


SAME_OF: Mapping[str, Callable[[Any, Any], bool]] = {
    "nil": lambda left, right: True,
    "number": lambda left, right: double(left) == double(right),
    "list": lambda left, right: len(left) == len(right) and all(map(same, left, right)),
    "context": lambda left, right: (
        left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    ),
}


def single(value: Any) -> Any:
    """The only entry of a list; anything else as it is."""
    if isinstance(value, list) and len(value) < 2:
        return value[0] if value else UNDEFINED
    return value
