"""Searches along arrows between names.

There is no recursion here, because a diagram may be a chain of thousands of nodes.
"""

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

Arrows = Mapping[str, Collection[str]]


def reach(starts: Iterable[str], arrows: Arrows) -> set[str]:
    """All names that can be reached, the starts included."""
    reached = set(starts)
    todo = list(reached)
    while todo:
        targets = arrows.get(todo.pop(), ())
        new = set(targets) - reached
        reached |= new
        todo.extend(new)
    return reached


def turned(arrows: Arrows) -> dict[str, list[str]]:
    """The same arrows in the other direction."""
    back: dict[str, list[str]] = {}
    for source, targets in arrows.items():
        back.setdefault(source, [])
        for target in targets:
            back.setdefault(target, []).append(source)
    return back


def in_cycle(arrows: Arrows) -> list[str]:
    """The names on circles, one circle after the other.

    Circles that share a name with an earlier one are left out.
    """
    rest = dict(arrows)
    names: list[str] = []
    while circle := _circle(rest):
        names += circle
        for name in circle:
            del rest[name]
    return names


def _circle(arrows: Arrows) -> list[str]:
    """The names of one circle; empty if there is none. Arrows to unknown names do not count."""
    known_arrows = {}
    for name, targets in arrows.items():
        known_arrows[name] = set(targets) & arrows.keys()
    try:
        TopologicalSorter(known_arrows).prepare()
    except CycleError as problem:
        circle = problem.args[1]
        return list(circle[1:])
    return []
