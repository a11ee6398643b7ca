"""The operators of the syntax on values: logic with three values, comparison, membership, paths
and filters.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from service.feel.errors import FeelError
from service.feel.nodes import MISSING, Node, Scope
from service.feel.temporal import PARTS
from service.feel.values import ORDERED, Budget, Range, compare, equal, kind

ORDERS: dict[str, Callable[[int], bool]] = {
    "<": lambda order: order < 0,
    "<=": lambda order: order <= 0,
    ">": lambda order: order > 0,
    ">=": lambda order: order >= 0,
}
"""What each sign accepts of -1, 0 and 1, see :func:`compare`."""


def all_true(values: Iterable[Any]) -> bool | None:
    """Conjunction: one false gives false, else one null gives null, else true.

    A value that is no boolean counts as null.
    """
    answer: bool | None = True
    for value in values:
        if value is False:
            return False
        if value is not True:
            answer = None
    return answer


def any_true(values: Iterable[Any]) -> bool | None:
    """Disjunction: one true gives true, else one null gives null, else false.

    A value that is no boolean counts as null.
    """
    answer: bool | None = False
    for value in values:
        if value is True:
            return True
        if value is not False:
            answer = None
    return answer


def compared(left: Any, sign: str, right: Any, budget: Budget) -> bool | None:
    """Whether ``left`` compares to ``right`` as ``sign`` says; null for unlike types.

    :param sign: one of = != < <= > >=.
    """
    if sign == "=":
        return equal(left, right, budget)
    if sign == "!=":
        is_equal = equal(left, right, budget)
        return None if is_equal is None else not is_equal
    order = compare(left, right)
    return None if order is None else ORDERS[sign](order)


def within(value: Any, test: Any, budget: Budget) -> bool | None:
    """Whether ``value`` satisfies ``test``.

    It satisfies an interval that contains it, a list with an item that it satisfies, and a value
    that is equal to it. Items of a list that are lists are only compared.
    """
    budget.spend()
    if isinstance(test, Range):
        return test.contains(value)
    if not isinstance(test, list):
        return equal(value, test, budget)
    if isinstance(value, list) and equal(value, test, budget):
        return True
    return any(satisfies_item(value, item, budget) for item in test)


def satisfies_item(value: Any, item: Any, budget: Budget) -> bool:
    """Whether ``value`` satisfies one item of a list of tests."""
    if isinstance(item, Range):
        return within(value, item, budget) is True
    return equal(value, item, budget) is True


def half_range(sign: str, bound: Any) -> Any:
    """The value of ``(< 5)`` and the like: an interval that is open to one side.

    ``(= x)`` is an interval that contains only x, or x itself if x has no order.
    """
    included = sign in ("=", "<=", ">=")
    if sign == "=":
        return Range(bound, bound, half=True) if kind(bound) in ORDERED else bound
    if sign in ("<", "<="):
        return Range(
            start=None,
            end=bound,
            start_included=False,
            end_included=included,
            half=True,
        )
    return Range(
        start=bound,
        end=None,
        start_included=included,
        end_included=False,
        half=True,
    )


def path(value: Any, name: str) -> Any:
    """The entry or property ``name`` of a value; for a list, that of each item."""
    if isinstance(value, list):
        return [path(item, name) for item in value]
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, Range):
        return range_part(value, name)
    parts = PARTS.get(kind(value), {})
    if name not in parts:
        return None
    return parts[name](value)


def range_part(interval: Range, name: str) -> Any:
    """The property ``name`` of an interval; null if it has no such property."""
    properties = {
        "start": interval.start,
        "end": interval.end,
        "start included": interval.start_included,
        "end included": interval.end_included,
    }
    return properties.get(name)


def filtered(value: Any, test: Node, scope: Scope) -> Any:
    """``list[number]`` is one item, ``list[test]`` are the items that pass the test.

    The number counts from 1, or backwards from -1. A value that is no list counts as a list of
    one; null counts as an empty list.
    """
    items = iterated(value) or []
    if not items:
        answer = test.run(scope.inner({"item": None}))
        return None if isinstance(answer, Decimal) else []
    passing = []
    for item in items:
        scope.budget.spend()
        answer = test.run(item_scope(item, scope))
        if isinstance(answer, Decimal):
            return item_at(items, answer)
        if answer is True:
            passing.append(item)
    return passing


def item_scope(item: Any, scope: Scope) -> Scope:
    """The scope of a filter: ``item``, and the entries of an item that is a context."""
    names = {"item": item}
    if isinstance(item, dict):
        names |= item
    return scope.inner(names)


def item_at(items: list[Any], position: Decimal) -> Any:
    """The item at a position; null outside the list."""
    if position != position.to_integral_value():
        return None
    if not 0 < abs(position) <= len(items):
        return None
    index = int(position) - 1 if position > 0 else int(position)
    return items[index]


def steps_between(start: Any, end: Any, budget: Budget) -> Iterator[Any]:
    """``start .. end`` of a loop over whole numbers or days, upwards or downwards.

    :raises FeelError: a bound is neither, or there are too many steps.
    """
    if kind(start) == kind(end) == "date":
        first, last = start.toordinal(), end.toordinal()
    elif is_whole(start) and is_whole(end):
        step_count = min(abs(end - start), Decimal(10**9))
        budget.hold(int(step_count))
        first, last = int(start), int(end)
    else:
        raise FeelError("循环范围的两端应为整数或日期")
    budget.hold(abs(last - first))
    direction = 1 if first <= last else -1
    for step in range(first, last + direction, direction):
        yield Decimal(step) if isinstance(start, Decimal) else date.fromordinal(step)


def is_whole(value: Any) -> bool:
    """Whether a value is a whole number."""
    return kind(value) == "number" and value == value.to_integral_value()


def iterated(value: Any) -> list[Any] | None:
    """The items of a list; a single value counts as a list of one. None for null."""
    if value is None:
        return None
    return value if isinstance(value, list) else [value]


def called(name: str, scope: Scope, builtins: Any) -> Any:
    """The function of that name.

    One made in the expression comes before one that the program registered, and both come before
    a built-in one.

    :raises FeelError: there is no such function.
    """
    value = scope.find(name)
    if value is not MISSING and callable(value):
        return value
    if name in scope.functions:
        return scope.functions[name]
    if name in builtins:
        return builtins[name]
    raise FeelError(f"没有名为“{name}”的函数")
