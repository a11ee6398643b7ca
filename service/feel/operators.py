"""What the syntax means for values: logic with three values, comparison, membership, paths,
filters.
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
    "<": lambda found: found < 0,
    "<=": lambda found: found <= 0,
    ">": lambda found: found > 0,
    ">=": lambda found: found >= 0,
}


def all_true(truths: Iterable[Any]) -> bool | None:
    """Conjunction: false wins, then null (and whatever is no boolean), then true."""
    answer: bool | None = True
    for truth in truths:
        if truth is False:
            return False
        if truth is not True:
            answer = None
    return answer


def any_true(truths: Iterable[Any]) -> bool | None:
    """Disjunction: true wins, then null, then false."""
    answer: bool | None = False
    for truth in truths:
        if truth is True:
            return True
        if truth is not False:
            answer = None
    return answer


def compared(left: Any, sign: str, right: Any, budget: Budget) -> bool | None:
    """``left`` against ``right`` by one of = != < <= > >=; null for unlike types."""
    if sign in ("=", "!="):
        same = equal(left, right, budget)
        if sign == "=" or same is None:
            return same
        return not same
    order = compare(left, right)
    if order is None:
        return None
    return ORDERS[sign](order)


def within(value: Any, test: Any, budget: Budget) -> bool | None:
    """Whether ``value`` satisfies ``test``: equal to it, inside the interval, one of the list, or
    matched in it.
    """
    budget.spend()
    if isinstance(test, Range):
        return test.contains(value)
    if not isinstance(test, list):
        return equal(value, test, budget)
    if isinstance(value, list) and equal(value, test, budget):
        return True
    return any_true(
        within(value, entry, budget) is True
        if isinstance(entry, Range)
        else equal(value, entry, budget) is True
        for entry in test
    )


def half_range(sign: str, bound: Any) -> Any:
    """What ``(< 5)`` and its like mean as a value: an interval open to one side; ``(= x)`` is x and
    nothing else.
    """
    if sign == "=":
        if kind(bound) in ORDERED:
            return Range(bound, bound, True, True, True)
        return bound
    if sign == "<" or sign == "<=":
        return Range(None, bound, False, sign == "<=", True)
    return Range(bound, None, sign == ">=", False, True)


def path(value: Any, name: str) -> Any:
    """The entry or property ``name`` of a value; of a list, that of each item."""
    if isinstance(value, list):
        if value is None:
            return None
        return [path(item, name) for item in value]
    if isinstance(value, dict):
        return value.get(name)
    if isinstance(value, Range):
        return range_part(value, name)
    part = PARTS.get(kind(value), {}).get(name)
    if not part:
        return None
    return part(value)


def range_part(value: Range, name: str) -> Any:
    """The properties of an interval."""
    return {
        "start": value.start,
        "end": value.end,
        "start included": value.start_included,
        "end included": value.end_included,
    }.get(name)


def filtered(value: Any, node: Node, scope: Scope) -> Any:
    """``list[number]`` is the item at that place, counted from 1 or backwards from -1;
    ``list[test]`` those that pass.

    A value that is no list counts as a list of one; null as an empty one.
    """
    items = value if isinstance(value, list) else [] if value is None else [value]
    if not items:
        result = node.run(scope.inner({"item": None}))
        if isinstance(result, Decimal):
            return None
        return []
    passing = []
    for item in items:
        scope.budget.spend()
        result = node.run(item_scope(item, scope))
        if isinstance(result, Decimal):
            return item_at(items, result)
        if result is True:
            passing.append(item)
    return passing


def item_scope(item: Any, scope: Scope) -> Scope:
    """The scope of a filter: ``item``, and the entries of an item that is a context."""
    return scope.inner({"item": item, **item} if isinstance(item, dict) else {"item": item})


def item_at(items: list[Any], position: Decimal) -> Any:
    """The item at a position, null outside the list."""
    if position != position.to_integral_value() or not 0 < abs(position) <= len(items):
        return None
    return items[int(position) - 1 if position > 0 else int(position)]


def steps_between(start: Any, end: Any, budget: Budget) -> Iterator[Any]:
    """``start .. end`` of a loop over whole numbers or days, upwards or downwards.

    :raises FeelError: a bound is neither, or there are too many steps.
    """
    if kind(start) == kind(end) == "date":
        first = start.toordinal()
        last = end.toordinal()
    elif all(
        kind(bound) == "number" and bound == bound.to_integral_value() for bound in (start, end)
    ):
        budget.hold(int(min(abs(end - start), Decimal(10**9))))
        first = int(start)
        last = int(end)
    else:
        raise FeelError("循环范围的两端应为整数或日期")
    budget.hold(abs(last - first))
    for step in range(first, last + 1) if first <= last else range(first, last - 1, -1):
        yield Decimal(step) if isinstance(start, Decimal) else date.fromordinal(step)


def iterated(value: Any) -> Iterable[Any] | None:
    """What a loop runs over: a list, a single value as a list of one, a closed interval of whole
    numbers; else None.
    """
    return value if isinstance(value, list) else None if value is None else [value]


def called(name: str, scope: Scope, builtins: Any) -> Any:
    """The function of that name: one made in the expression, one the program registered, or a
    built-in one.

    :raises FeelError: there is none.
    """
    function = scope.find(name)
    if function is not MISSING and callable(function):
        return function
    if name in scope.functions:
        return scope.functions[name]
    if name in builtins:
        return builtins[name]
    raise FeelError(f"没有名为“{name}”的函数")
