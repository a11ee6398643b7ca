"""Functions that tell something about a list (number, sum, whether), and sorting."""

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from service.feel import arithmetic
from service.feel.functions.numbers import total
from service.feel.functions.registry import Items, builtin, invoke
from service.feel.operators import all_true, any_true
from service.feel.values import ORDERED, Budget, among, compare, equal, kind


def one_list(arguments: tuple[Any, ...]) -> list[Any]:
    """The items of ``f([a, b])`` or ``f(a, b)``, which mean the same."""
    if len(arguments) == 1 and isinstance(arguments[0], list):
        return arguments[0]
    return list(arguments)


@builtin()
def count(list: Items) -> Decimal:
    """The number of items."""
    return Decimal(len(list))


@builtin("sum")
def sum_(budget: Budget, *list: Any) -> Any:
    """The sum of numbers or durations; null for an empty list."""
    items = one_list(list)
    return total(budget, items) if items else None


@builtin()
def mean(budget: Budget, *list: Any) -> Any:
    """The arithmetic mean; null for an empty list."""
    items = one_list(list)
    if not items:
        return None
    item_count = Decimal(len(items))
    return arithmetic.divide(total(budget, items), item_count, budget)


def extreme(budget: Budget, items: list[Any], direction: int) -> Any:
    """The largest (1) or smallest (-1) item; null if the items have no common order."""
    if not items or kind(items[0]) not in ORDERED:
        return None
    budget.spend(len(items))
    best = items[0]
    for item in items[1:]:
        order = compare(item, best)
        if order is None:
            return None
        if order == direction:
            best = item
    return best


@builtin("max")
def max_(budget: Budget, *list: Any) -> Any:
    """The largest item."""
    return extreme(budget, one_list(list), 1)


@builtin("min")
def min_(budget: Budget, *list: Any) -> Any:
    """The smallest item."""
    return extreme(budget, one_list(list), -1)


@builtin("all", "and")
def all_(*list: Any) -> bool | None:
    """Whether all items are true."""
    return all_true(one_list(list)) if list else None


@builtin("any", "or")
def any_(*list: Any) -> bool | None:
    """Whether any item is true."""
    return any_true(one_list(list)) if list else None


@builtin("not", parameters="negand")
def not_(value: Any) -> bool | None:
    """The opposite of a boolean; null for any other value."""
    return not value if isinstance(value, bool) else None


@builtin()
def list_contains(budget: Budget, list: Items, element: Any) -> bool:
    """Whether the list has an item that is equal to ``element``."""
    return among(element, list, budget)


@builtin(parameters="list, match")
def index_of(budget: Budget, items: Items, match: Any) -> list[Decimal]:
    """The places, from 1, of the items that are equal to ``match``."""
    places = []
    for place, item in enumerate(items, 1):
        if equal(item, match, budget) is True:
            places.append(Decimal(place))
    return places


@builtin()
def sort(budget: Budget, list: Items, precedes: Any = None) -> Items | None:
    """The items in order.

    :param precedes: a function that tells whether its first argument comes before its second;
        without it the items are compared.
    """

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
