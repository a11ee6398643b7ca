"""Functions of points and intervals: before, after, during and so on."""

from collections.abc import Callable
from typing import Any

from service.feel.functions.registry import builtin
from service.feel.values import Range, compare


def as_range(value: Any) -> Range:
    """A point is an interval of one."""
    return value if isinstance(value, Range) else Range(value, value)


def relation(test: Callable[[Range, Range], bool | None]) -> Callable[[Any, Any], bool | None]:
    """A function of two points or intervals; null when they cannot be compared."""
    def asked(left: Any, right: Any) -> bool | None:
        one, other = as_range(left), as_range(right)
        return None if compare(one.start, other.start) is None else test(one, other)
    return asked


def ends_before(one: Range, other: Range) -> bool:
    """Whether ``one`` lies wholly before ``other``."""
    found = compare(one.end, other.start) or 0
    return found < 0 or (found == 0 and not (one.end_included and other.start_included))


def starts_first(one: Range, other: Range) -> bool:
    """Whether ``one`` begins no later than ``other``."""
    found = compare(one.start, other.start) or 0
    return found < 0 or (found == 0 and (one.start_included or not other.start_included))


def ends_last(one: Range, other: Range) -> bool:
    """Whether ``one`` ends no earlier than ``other``."""
    found = compare(one.end, other.end) or 0
    return found > 0 or (found == 0 and (one.end_included or not other.end_included))


def same_start(one: Range, other: Range) -> bool:
    """Whether both begin alike."""
    return compare(one.start, other.start) == 0 and one.start_included == other.start_included


def same_end(one: Range, other: Range) -> bool:
    """Whether both end alike."""
    return compare(one.end, other.end) == 0 and one.end_included == other.end_included


def touches(one: Range, other: Range) -> bool:
    """Whether ``one`` ends exactly where ``other`` begins."""
    return compare(one.end, other.start) == 0 and one.end_included and other.start_included


def covers(one: Range, other: Range) -> bool:
    """Whether ``other`` lies within ``one``."""
    return starts_first(one, other) and ends_last(one, other)


def overlap(one: Range, other: Range) -> bool:
    """Whether they have a point in common."""
    return not ends_before(one, other) and not ends_before(other, one)


def juts(one: Range, other: Range) -> bool:
    """Whether ``one`` begins before ``other`` and ends within it."""
    return overlap(one, other) and not starts_first(other, one) and ends_last(other, one)


RELATIONS: dict[str, Callable[[Range, Range], bool | None]] = {
    "before": ends_before,
    "after": lambda one, other: ends_before(other, one),
    "meets": touches,
    "met by": lambda one, other: touches(other, one),
    "overlaps": overlap,
    "overlaps before": juts,
    "overlaps after": lambda one, other: (
        overlap(one, other) and not starts_first(one, other) and ends_last(one, other)),
    "finishes": lambda one, other: same_end(one, other) and starts_first(other, one),
    "finished by": lambda one, other: same_end(one, other) and starts_first(one, other),
    "includes": covers,
    "during": lambda one, other: covers(other, one),
    "starts": lambda one, other: same_start(one, other) and ends_last(other, one),
    "started by": lambda one, other: same_start(one, other) and ends_last(one, other),
    "coincides": lambda one, other: same_start(one, other) and same_end(one, other),
}
for feel_name, test in RELATIONS.items():
    builtin(feel_name)(relation(test))
