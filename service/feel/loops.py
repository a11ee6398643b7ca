"""The parts of the syntax that bind names: loops, quantifiers, contexts."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from service.feel.nodes import Node, Scope, joined
from service.feel.operators import iterated, steps_between
from service.feel.values import ORDERED, Range, compare, kind

Iteration = tuple[str, list[Node]]


def interval(low: Any, high: Any, first: bool, last: bool) -> Range | None:
    """``[low..high]``; null when the bounds have no common order or stand the wrong way round."""
    if low is None and high is None:
        return None
    if any(bound is not None and kind(bound) not in ORDERED for bound in (low, high)):
        return None
    if low is not None and high is not None and compare(low, high) not in (-1, 0):
        return None
    return Range(low, high, first, last)


def between(value: Any, low: Any, high: Any) -> bool | None:
    """``value between low and high``: null as soon as one is null."""
    if low is None or high is None:
        return None
    return Range(low, high).contains(value)


def context(entries: list[tuple[str, Node]]) -> Node:
    """``{a: 1, b: a + 1}``: a later entry sees the earlier ones."""

    def run(scope: Scope) -> Any:
        values: dict[str, Any] = {}
        inside = scope.inner(values)
        for name, part in entries:
            values[name] = part.run(inside)
        if len(values) == len(entries):
            return dict(values)
        return None

    return joined(run, bound_in_turn(entries))


def result_of(entries: list[tuple[str, Node]], result: Node) -> Node:
    """A boxed context that ends in a result."""
    inner = context(entries)

    def run(scope: Scope) -> Any:
        return result.run(scope.inner(inner.run(scope)))

    return joined(run, bound_in_turn([*entries, ("", result)]))


def bound_in_turn(entries: list[tuple[str, Node]]) -> list[Node]:
    """The nodes without the names that stand before them."""
    before: list[str] = []
    parts = []
    for name, part in entries:
        parts.append(part.without(*before))
        before.append(name)
    return parts


def collect(iterations: list[Iteration], body: Node) -> Node:
    """``for … return``: a list of what the body gives; ``partial`` is the list so far."""

    def run(scope: Scope) -> Any:
        results: list[Any] = []
        inside = scope.inner({"partial": results})
        for names in rounds(iterations, inside):
            if names is None:
                return None
            results.append(body.run(names))
            scope.budget.hold(len(results))
            if "partial" in body.names:
                scope.budget.spend(len(results))
                inside.names["partial"] = list(results)
        return list(results)

    return loop(run, iterations, body)


def quantified(
    iterations: list[Iteration], body: Node, together: Callable[[Iterable[Any]], bool | None]
) -> Node:
    """``some`` and ``every … satisfies``."""

    def run(scope: Scope) -> Any:
        return together(
            None if names is None else body.run(names) for names in rounds(iterations, scope)
        )

    return loop(run, iterations, body)


def loop(run: Callable[[Scope], Any], iterations: list[Iteration], body: Node) -> Node:
    """A node whose iterators bind their names in what follows."""
    entries = [(name, joined(run, parts)) for name, parts in iterations]
    return joined(run, bound_in_turn([*entries, ("", body.without("partial"))]))


def rounds(iterations: list[Iteration], scope: Scope) -> Iterator[Scope | None]:
    """A scope for each combination of the iterators; None once where one of them has nothing to run
    over.
    """
    name, parts = iterations[0]
    rest = iterations[1:]
    values = list_of(parts, scope)
    if values is None:
        yield None
        return
    for value in values:
        scope.budget.spend()
        inside = scope.inner({name: value})
        if rest:
            yield from rounds(rest, inside)
        else:
            yield inside


def list_of(parts: list[Node], scope: Scope) -> Iterable[Any] | None:
    """What one iterator runs over."""
    if len(parts) == 2:
        return steps_between(parts[0].run(scope), parts[1].run(scope), scope.budget)
    items = parts[0].run(scope)
    if isinstance(items, Range):
        return steps_between(items.start, items.end, scope.budget)
    return iterated(items)
