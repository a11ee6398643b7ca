"""The values of the language: how they are taken in from the program, compared and ordered.

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

DIGITS = Context(prec=34, Emax=6144, Emin=-6143, traps=[InvalidOperation, Overflow])
MAX_DEPTH = 100
MAX_OPEN_CALLS = 150
"""The sum of the depths of all function bodies that are running."""
Test = Callable[[Any], bool | None]


class Budget:
    """What one evaluation may use: the steps that are left, and the size of each string or list."""

    __slots__ = ("depth", "size", "steps")

    def __init__(self, steps: int = 100_000, size: int = 100_000) -> None:
        self.steps = steps
        self.size = size
        self.depth = 0

    def spend(self, steps: int = 1) -> None:
        """Use up ``steps``. :raises FeelError: not so many are left."""
        self.steps -= steps
        if self.steps < 0:
            raise FeelError("计算步骤过多，已中止，请简化表达式")

    def hold(self, size: int) -> None:
        """Allow a string or list of ``size``. :raises FeelError: it is too large."""
        if size > self.size:
            raise FeelError(f"计算结果过大（超过 {self.size}），已中止，请简化表达式")

    def descend(self, depth: int) -> None:
        """Go into a function body of ``depth``. :raises FeelError: too many calls are open."""
        self.spend()
        self.depth += depth
        if self.depth > MAX_OPEN_CALLS:
            raise FeelError("函数相互调用的层数过多，已中止")

    def ascend(self, depth: int) -> None:
        """Come back out of a function body of ``depth``."""
        self.depth -= depth


@dataclass(frozen=True, slots=True, order=True)
class YearsMonths:
    """A duration of whole months (年月时长)."""

    months: int

    def __str__(self) -> str:
        years, months = divmod(abs(self.months), 12)
        text = "-P" if self.months < 0 else "P"
        if years:
            text += f"{years}Y"
        if months or not years:
            text += f"{months}M"
        return text


@dataclass(frozen=True, slots=True)
class Range:
    """An interval.

    ``half`` marks the interval of a single comparison such as ``(> 5)``. Its missing bound sets no
    limit.
    """

    start: Any
    end: Any
    start_included: bool = True
    end_included: bool = True
    half: bool = False

    def contains(self, value: Any) -> bool | None:
        """Whether ``value`` lies inside; None if it cannot be compared with the bounds."""
        after_start: bool | None = True
        before_end: bool | None = True
        if self.start is not None or not self.half:
            after_start = ordered(self.start, value, self.start_included)
        if self.end is not None or not self.half:
            before_end = ordered(value, self.end, self.end_included)
        if after_start is None or before_end is None:
            return None
        return after_start and before_end


def ordered(low: Any, high: Any, included: bool) -> bool | None:
    """Whether ``low`` < ``high``, or equal if ``included``; None if they have no common order."""
    order = compare(low, high)
    if order is None:
        return None
    return order < 0 or (included and order == 0)


def feel(value: Any, depth: int = 0) -> Any:
    """A value of the program as a value of the language.

    Integers and floats become ``Decimal``, also inside lists and contexts.

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
    name = KINDS.get(type(value))
    if name is not None:
        return name
    for python_type, name in KINDS.items():
        if isinstance(value, python_type):
            return name
    return "function"


def same_zone(left: Any, right: Any) -> tuple[Any, Any]:
    """Two times made comparable: if only one has a zone, the other is read in that zone."""
    if left.tzinfo is None and right.tzinfo is not None:
        return left.replace(tzinfo=right.tzinfo), right
    if right.tzinfo is None and left.tzinfo is not None:
        return left, right.replace(tzinfo=left.tzinfo)
    return left, right


def seconds_of(moment: time) -> timedelta:
    """The time since midnight of a time of day; since midnight UTC if it has an offset."""
    since_midnight = timedelta(
        hours=moment.hour,
        minutes=moment.minute,
        seconds=moment.second,
        microseconds=moment.microsecond,
    )
    return since_midnight - (moment.utcoffset() or timedelta())


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
    """-1 if ``left`` < ``right``, 0 if they are equal, 1 if ``left`` > ``right``.

    None where the language gives null: unlike types, or types without an order.
    """
    common = kind(left)
    if common != kind(right) or common not in ORDERED:
        return None
    if common in ("time", "date and time"):
        left, right = same_zone(left, right)
    if common == "time":
        left, right = seconds_of(left), seconds_of(right)
    return int(left > right) - int(left < right)


def equal(left: Any, right: Any, budget: Budget, depth: int = 0) -> bool | None:
    """Whether two values are equal; None for unlike types. Null is only equal to null."""
    budget.spend()
    if left is None or right is None:
        return left is right
    common = kind(left)
    if common != kind(right):
        return None
    if common in ORDERED:
        return compare(left, right) == 0
    if depth > MAX_DEPTH:
        raise FeelError("数据嵌套层数过多")
    if common not in ("list", "context"):
        return bool(left == right)
    items = pairs(left, right)
    if items is None:
        return False
    return all(equal(one, other, budget, depth + 1) is True for one, other in items)


def pairs(left: Any, right: Any) -> Iterable[tuple[Any, Any]] | None:
    """The items of two lists or contexts that have to be equal for the two to be equal.

    None if the lists differ in length, or the contexts in their keys.
    """
    if isinstance(left, list):
        return zip(left, right, strict=True) if len(left) == len(right) else None
    if left.keys() != right.keys():
        return None
    return ((value, right[key]) for key, value in left.items())


def among(value: Any, tests: Sequence[Any], budget: Budget) -> bool:
    """Whether ``value`` is equal to one of ``tests``."""
    return any(equal(value, test, budget) is True for test in tests)
