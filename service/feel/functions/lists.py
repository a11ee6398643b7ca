"""Functions of lists that ask something of them: how many, how much, whether."""

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from service.feel import arithmetic
from service.feel.functions.numbers import total
from service.feel.functions.registry import Items, builtin, invoke
from service.feel.operators import all_true, any_true
from service.feel.values import ORDERED, Budget, among, compare, equal, kind


def one_list(given: tuple[Any, ...]) -> list[Any]:
    """``f([a, b])`` and ``f(a, b)`` are the same."""
    if len(given) == 1 and isinstance(given[0], list):
        return given[0]
    return list(given)


@builtin()
def count(list: Items) -> Decimal:
    """How many items."""
    return Decimal(len(list))


@builtin("sum")
def sum_(budget: Budget, *list: Any) -> Any:
    """The sum of numbers or durations; of nothing null."""
    items = one_list(list)
    if not items:
        return None
    return total(budget, items)


@builtin()
def mean(budget: Budget, *list: Any) -> Any:
    """The arithmetic mean."""
    items = one_list(list)
    if not items:
        return None
    return arithmetic.divide(total(budget, items), Decimal(len(items)), budget)


def extreme(budget: Budget, items: list[Any], sign: int) -> Any:
    """The largest (1) or smallest (-1) of values with one order."""
    if not items or kind(items[0]) not in ORDERED:
        return None
    budget.spend(len(items))
    best = items[0]
    for item in items[1:]:
        order = compare(item, best)
        if order is None:
            return None
        best = item if order == sign else best
    return best


@builtin("max")
def max_(budget: Budget, *list: Any) -> Any:
    """The largest."""
    return extreme(budget, one_list(list), 1)


@builtin("min")
def min_(budget: Budget, *list: Any) -> Any:
    """The smallest."""
    return extreme(budget, one_list(list), -1)


@builtin("all", "and")
def all_(*list: Any) -> bool | None:
    """Whether all are true."""
    if not list:
        return None
    return all_true(one_list(list))


@builtin("any", "or")
def any_(*list: Any) -> bool | None:
    """Whether any is true."""
    if not list:
        return None
    return any_true(one_list(list))


@builtin("not", parameters="negand")
def not_(value: Any) -> bool | None:
    """The contrary; of anything but a boolean null."""
    if not isinstance(value, bool):
        return None
    return not value


@builtin()
def list_contains(budget: Budget, list: Items, element: Any) -> bool:
    """Whether ``element`` is one of the items."""
    return among(element, list, budget)


@builtin(parameters="list, match")
def index_of(budget: Budget, items: Items, match: Any) -> list[Decimal]:
    """The places where ``match`` stands."""
    return [Decimal(at) for at, item in enumerate(items, 1) if equal(item, match, budget) is True]


@builtin()
def sort(budget: Budget, list: Items, precedes: Any = None) -> Items | None:
    """In the order a function of two items tells, or in their own."""

    def order(left: Any, right: Any) -> int:
        budget.spend(2)
        if not callable(precedes):
            return compare(left, right) or 0
        if invoke(precedes, [left, right], budget) is True:
            return -1
        if invoke(precedes, [right, left], budget) is True:
            return 1
        return 0

    return sorted(list, key=cmp_to_key(order))
