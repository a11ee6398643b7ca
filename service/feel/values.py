"""The values of the language and what holds for all of them: coming in, being equal, being ordered.

Decided: numbers are ``Decimal`` with 34 digits, contexts are ``dict``, lists are ``list``; Python's
own date, time, datetime and timedelta serve; only ranges and years-months durations need a class.
Because every other room of the program already speaks these types, instead of wrapping each value
in a class of the language.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Context, Decimal, InvalidOperation, Overflow
from typing import Any

from service.feel.errors import FeelError

DIGITS = Context(
    prec=34,
    Emax=6144,
    Emin=-6143,
    traps=[InvalidOperation, Overflow],
)
MAX_DEPTH = 100
Test = Callable[[Any], bool | None]


class Budget:
    """What one evaluation may still use: steps in all, and the size of any one string or list."""

    __slots__ = ("depth", "size", "steps")

    def __init__(self, steps: int = 100_000, size: int = 100_000) -> None:
        self.steps = steps
        self.size = size
        self.depth = 0

    def spend(self, steps: int = 1) -> None:
        """Use up ``steps``. :raises FeelError: none are left."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelError("计算步骤过多，已中止，请简化表达式")

    def hold(self, size: int) -> None:
        """Allow a string or list of ``size``. :raises FeelError: it is too large."""
        if size > self.size:
            raise FeelError(f"计算结果过大（超过 {self.size}），已中止，请简化表达式")

    def descend(self, depth: int) -> None:
        """Go into a function body of ``depth``. :raises FeelError: too many are open."""
        self.spend()
        self.depth += depth
        if self.depth > 150:
            raise FeelError("函数相互调用的层数过多，已中止")

    def ascend(self, depth: int) -> None:
        """Come back out of it."""
        self.depth -= depth


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A duration of whole months (年月时长)."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if self.months < 0 else "") + "P" + (text or "0M")


@dataclass(frozen=True, slots=True)
class Range:
    """An interval. ``half`` is one of a single comparison such as ``(> 5)``: its missing bound is
    open for ever.
    """

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True
    half: bool = False

    def contains(self, value: Any) -> bool | None:
        """Whether ``value`` lies inside; None when it cannot be compared with the bounds."""
        low = (
            True
            if self.start is None and self.half
            else ordered(self.start, value, self.start_included)
        )
        high = (
            True if self.end is None and self.half else ordered(value, self.end, self.end_included)
        )
        if low is None or high is None:
            return None
        return low and high


def ordered(low: Any, high: Any, included: bool) -> bool | None:
    """Whether ``low`` < ``high``, or equal when ``included``."""
    order = compare(low, high)
    if order is None:
        return None
    return order < 0 or (included and order == 0)


def feel(value: Any, depth: int = 0) -> Any:
    """A value of the program as a value of the language: whole numbers and floats become
    ``Decimal``, deeply.

    :raises FeelError: the value is nested too deeply.
    """
    if value is None or isinstance(value, (str, bool, Decimal)):
        return value
    if isinstance(value, (int, float)):
        return Decimal(str(value))
    if depth > MAX_DEPTH:
        raise FeelError("数据嵌套层数过多")
    if isinstance(value, Mapping):
        return {str(key): feel(item, depth + 1) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [feel(item, depth + 1) for item in value]
    return value


KINDS: dict[type, str] = {
    type(None): "null",
    bool: "boolean",
    Decimal: "number",
    str: "string",
    datetime: "date and time",
    date: "date",
    time: "time",
    timedelta: "days and time duration",
    YearsMonths: "years and months duration",
    list: "list",
    dict: "context",
    Range: "range",
}


def kind(value: Any) -> str:
    """The language's name for the type of ``value``."""
    name_of_kind = KINDS.get(type(value))
    if name_of_kind is None:
        name_of_kind = next(
            (name for of, name in KINDS.items() if isinstance(value, of)), "function"
        )
    return name_of_kind


def same_zone(left: Any, right: Any) -> tuple[Any, Any]:
    """Two times made comparable: one without a zone is read in the zone of the other."""
    if left.tzinfo is None and right.tzinfo is not None:
        return left.replace(tzinfo=right.tzinfo), right
    if right.tzinfo is None and left.tzinfo is not None:
        return left, right.replace(tzinfo=left.tzinfo)
    return left, right


def seconds_of(moment: time) -> timedelta:
    """A time of day as the time since midnight, UTC when it has an offset."""
    since = timedelta(
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return since - (moment.utcoffset() or timedelta())


ORDERED = frozenset(
    {
        "number",
        "string",
        "date",
        "time",
        "date and time",
        "days and time duration",
        "years and months duration",
    }
)


def compare(left: Any, right: Any) -> int | None:
    """-1, 0 or 1; None where the language gives null: unlike types, or types without an order."""
    of = kind(left)
    if of != kind(right) or of not in ORDERED:
        return None
    if of in ("time", "date and time"):
        left, right = same_zone(left, right)
    if of == "time":
        left = seconds_of(left)
        right = seconds_of(right)
    return int(left > right) - int(left < right)


def equal(left: Any, right: Any, budget: Budget, depth: int = 0) -> bool | None:
    """Whether two values are the same; None for unlike types. Null is only the same as null."""
    budget.spend()
    if left is None or right is None:
        return left is right
    of = kind(left)
    if of != kind(right):
        return None
    if of in ORDERED:
        return compare(left, right) == 0
    if depth > MAX_DEPTH:
        raise FeelError("数据嵌套层数过多")
    if of not in ("list", "context"):
        return bool(left == right)
    inside = pairs(left, right)
    return inside is not None and all(
        equal(first, second, budget, depth + 1) is True for first, second in inside
    )


def pairs(left: Any, right: Any) -> Iterable[tuple[Any, Any]] | None:
    """What has to be equal inside two lists or two contexts. None where one has what the other
    lacks.
    """
    if isinstance(left, list):
        if len(left) == len(right):
            return zip(left, right, strict=True)
        return None
    if left.keys() != right.keys():
        return None
    return ((value, right[key]) for key, value in left.items())


def among(value: Any, tests: Sequence[Any], budget: Budget) -> bool:
    """Whether ``value`` is equal to one of ``tests``."""
    return any(equal(value, test, budget) is True for test in tests)
