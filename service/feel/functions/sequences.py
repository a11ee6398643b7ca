"""Functions that make new lists from lists."""

from decimal import Decimal
from itertools import chain
from typing import Any

from service.feel.errors import FeelError
from service.feel.functions.registry import Items, builtin, whole
from service.feel.values import MAX_DEPTH, Budget, among


@builtin()
def append(list: Items, *items: Any) -> Items:
    """The list with more items at its end."""
    return [*list, *items]


@builtin()
def concatenate(budget: Budget, *lists: Items) -> Items:
    """Several lists one after the other."""
    budget.hold(sum(map(len, lists)))
    return [*chain.from_iterable(lists)]


@builtin(parameters="list, position, newItem")
def insert_before(list: Items, position: Decimal, item: Any) -> Items | None:
    """The list with one more item, which stands at ``position``."""
    at = index(list, position)
    if at is None:
        return None
    return [*list[:at], item, *list[at:]]


@builtin()
def remove(list: Items, position: Decimal) -> Items | None:
    """The list without the item at ``position``."""
    at = index(list, position)
    if at is None:
        return None
    return list[:at] + list[at + 1 :]


def index(items: Items, position: Decimal) -> int | None:
    """A place of the language as an index of Python; None outside the list.

    :param position: counts from 1, or backwards from -1.
    """
    number = whole(position)
    if not number or abs(number) > len(items):
        return None
    return number - 1 if number > 0 else len(items) + number


@builtin()
def reverse(list: Items) -> Items:
    """The items in the opposite order."""
    return list[::-1]


@builtin()
def sublist(list: Items, start_position: Decimal, length: Decimal | None = None) -> Items | None:
    """A part of the list, to its end if there is no ``length``. Null if the list is too short."""
    first = index(list, start_position)
    if first is None:
        return None
    if length is None:
        return list[first:]
    size = whole(length)
    if size is None or size < 1 or first + size > len(list):
        return None
    return list[first : first + size]


@builtin()
def union(budget: Budget, *lists: Items) -> Items:
    """All items of several lists, each once."""
    return distinct_values(budget, concatenate(budget, *lists))


@builtin()
def distinct_values(budget: Budget, list: Items) -> Items:
    """Each item once, in the order of first appearance."""
    distinct: Items = []
    for item in list:
        if not among(item, distinct, budget):
            distinct.append(item)
    return distinct


@builtin()
def flatten(budget: Budget, list: Items) -> Items:
    """The items of all lists within lists, as one list."""
    flat: Items = []
    gather(budget, list, flat, 0)
    return flat


def gather(budget: Budget, items: Items, flat: Items, depth: int) -> None:
    """Add all items that are not lists to ``flat``, also those inside lists.

    :raises FeelError: the lists are nested too deeply, or there are too many items.
    """
    if depth > MAX_DEPTH:
        raise FeelError("列表嵌套层数过多")
    for item in items:
        budget.spend()
        if isinstance(item, list):
            gather(budget, item, flat, depth + 1)
        else:
            flat.append(item)
    budget.hold(len(flat))
