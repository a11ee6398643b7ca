"""Functions that make new lists from lists."""

from decimal import Decimal
from typing import Any

from service.feel.errors import FeelError
from service.feel.functions.registry import Items, builtin, whole
from service.feel.values import MAX_DEPTH, Budget, among


@builtin()
def append(list: Items, *items: Any) -> Items:
    """The list with items behind it."""
    return [*list, *items]


@builtin()
def concatenate(budget: Budget, *lists: Items) -> Items:
    """Several lists one after the other."""
    budget.hold(sum(map(len, lists)))
    return [item for items in lists for item in items]


@builtin(parameters="list, position, newItem")
def insert_before(list: Items, position: Decimal, item: Any) -> Items | None:
    """The list with one more item at that place."""
    at = index(list, position)
    if at is None:
        return None
    return [*list[:at], item, *list[at:]]


@builtin()
def remove(list: Items, position: Decimal) -> Items | None:
    """The list without the item at that place."""
    at = index(list, position)
    if at is None:
        return None
    return list[:at] + list[at + 1 :]


def index(items: Items, position: Decimal) -> int | None:
    """A place of the language as an index of Python; None outside the list."""
    number = whole(position)
    if not number or abs(number) > len(items):
        return None
    if number > 0:
        return number - 1
    return len(items) + number


@builtin()
def reverse(list: Items) -> Items:
    """Backwards."""
    return list[::-1]


@builtin()
def sublist(list: Items, start_position: Decimal, length: Decimal | None = None) -> Items | None:
    """A part of the list."""
    first = index(list, start_position)
    many = len(list) if length is None else whole(length)
    if (
        first is None
        or many is None
        or many < 1
        or (length is not None and first + many > len(list))
    ):
        return None
    return list[first : first + many]


@builtin()
def union(budget: Budget, *lists: Items) -> Items:
    """All items of several lists, each once."""
    return distinct_values(budget, concatenate(budget, *lists))


@builtin()
def distinct_values(budget: Budget, list: Items) -> Items:
    """Each item once, in the order of their first appearance."""
    distinct: Items = []
    for item in list:
        if not among(item, distinct, budget):
            distinct.append(item)
    return distinct


@builtin()
def flatten(budget: Budget, list: Items) -> Items:
    """Lists within lists made one list."""
    flat: Items = []
    gather(budget, list, flat, 0)
    return flat


def gather(budget: Budget, items: Items, flat: Items, depth: int) -> None:
    """Collect what is no list. :raises FeelError: too deep or too many."""
    if depth > MAX_DEPTH:
        raise FeelError("列表嵌套层数过多")
    for item in items:
        budget.spend()
        if isinstance(item, list):
            gather(budget, item, flat, depth + 1)
        else:
            flat.append(item)
    budget.hold(len(flat))
