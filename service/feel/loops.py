"""The parts of the syntax that bind names (loops, quantifiers, contexts), and intervals."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from service.feel.nodes import Node, Run, Scope, joined
from service.feel.operators import iterated, steps_between
from service.feel.values import ORDERED, Range, compare, kind

Entry = tuple[str, Node]
Iteration = tuple[str, list[Node]]
Combination = Callable[[Iterable[Any]], bool | None]


def interval(low: Any, high: Any, low_included: bool, high_included: bool) -> Range | None:
    """``[low..high]``; null if the bounds have no common order or are in the wrong order."""
    bounds = [bound for bound in (low, high) if bound is not None]
    if not bounds:
        return None
    if any(kind(bound) not in ORDERED for bound in bounds):
        return None
    if len(bounds) == 2 and compare(low, high) not in (-1, 0):
        return None
    return Range(low, high, low_included, high_included)


def between(value: Any, low: Any, high: Any) -> bool | None:
    """``value between low and high``; null if one of them is null."""
    if low is None or high is None:
        return None
    return Range(low, high).contains(value)


def context(entries: list[Entry]) -> Node:
    """``{a: 1, b: a + 1}``: a later entry sees the earlier ones. Null if a name stands twice."""

    def run(scope: Scope) -> Any:
        values: dict[str, Any] = {}
        inner_scope = scope.inner(values)
        for name, part in entries:
            values[name] = part.run(inner_scope)
        if len(values) < len(entries):
            return None
        return dict(values)

    return joined(run, bound_in_turn(entries))


def result_of(entries: list[Entry], result: Node) -> Node:
    """A boxed context that ends in a result."""
    entries_node = context(entries)

    def run(scope: Scope) -> Any:
        values = entries_node.run(scope)
        return result.run(scope.inner(values))

    return joined(run, bound_in_turn([*entries, ("", result)]))


def bound_in_turn(entries: list[Entry]) -> list[Node]:
    """The nodes of the entries, each without the names of the entries before it."""
    bound_names: list[str] = []
    nodes = []
    for name, part in entries:
        nodes.append(part.without(*bound_names))
        bound_names.append(name)
    return nodes


def collect(iterations: list[Iteration], body: Node) -> Node:
    """``for … return``: the list of the values of the body.

    Inside the body, ``partial`` is the list so far.
    """

    def run(scope: Scope) -> Any:
        results: list[Any] = []
        outer_scope = scope.inner({"partial": results})
        for round_scope in rounds(iterations, outer_scope):
            if round_scope is None:
                return None
            results.append(body.run(round_scope))
            scope.budget.hold(len(results))
            if "partial" in body.names:
                scope.budget.spend(len(results))
                outer_scope.names["partial"] = list(results)
        return list(results)

    return loop(run, iterations, body)


def quantified(iterations: list[Iteration], body: Node, combined: Combination) -> Node:
    """``some`` and ``every … satisfies``.

    :param combined: makes one answer of the answers of all rounds.
    """

    def answers(scope: Scope) -> Iterator[Any]:
        for round_scope in rounds(iterations, scope):
            yield None if round_scope is None else body.run(round_scope)

    def run(scope: Scope) -> Any:
        return combined(answers(scope))

    return loop(run, iterations, body)


def loop(run: Run, iterations: list[Iteration], body: Node) -> Node:
    """The node of a loop. Each iterator binds its name in all that follows it."""
    entries: list[Entry] = []
    for name, parts in iterations:
        entries.append((name, joined(run, parts)))
    entries.append(("", body.without("partial")))
    return joined(run, bound_in_turn(entries))


def rounds(iterations: list[Iteration], scope: Scope) -> Iterator[Scope | None]:
    """A scope for each combination of the iterators; None where one of them has no values."""
    first, *others = iterations
    name, parts = first
    values = iterator_values(parts, scope)
    if values is None:
        yield None
        return
    for value in values:
        scope.budget.spend()
        inner_scope = scope.inner({name: value})
        if others:
            yield from rounds(others, inner_scope)
        else:
            yield inner_scope


def iterator_values(parts: list[Node], scope: Scope) -> Iterable[Any] | None:
    """The values that an iterator goes through; None if its list is null.

    :param parts: the list, or the two ends of ``start .. end``.
    """
    first = parts[0].run(scope)
    if len(parts) == 2:
        return steps_between(first, parts[1].run(scope), scope.budget)
    if isinstance(first, Range):
        return steps_between(first.start, first.end, scope.budget)
    return iterated(first)
