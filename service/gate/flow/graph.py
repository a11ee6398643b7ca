"""Questions about arrows between names. No recursion: a diagram may be a chain of thousands."""

from collections.abc import Collection, Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

Arrows = Mapping[str, Collection[str]]


def reach(starts: Iterable[str], arrows: Arrows) -> set[str]:
    """Everything that can be reached, the starts included."""
    seen = set(starts)
    todo = list(seen)
    while todo:
        new = set(arrows.get(todo.pop(), ())) - seen
        seen |= new
        todo.extend(new)
    return seen


def turned(arrows: Arrows) -> dict[str, list[str]]:
    """The same arrows in the other direction."""
    back: dict[str, list[str]] = {name: [] for name in arrows}
    for source, targets in arrows.items():
        for target in targets:
            back.setdefault(target, []).append(source)
    return back


def in_cycle(arrows: Arrows) -> list[str]:
    """The names on circles, one circle after the other, none of which shares a name with
    another.
    """
    left = dict(arrows)
    on_circles = list[str]()
    while circle := _circle(left):
        on_circles += circle
        left = {name: targets for name, targets in left.items() if name not in circle}
    return on_circles


def _circle(arrows: Arrows) -> list[str]:
    try:
        TopologicalSorter(
            {name: set(targets) & arrows.keys() for name, targets in arrows.items()}
        ).prepare()
    except CycleError as problem:
        return list(problem.args[1][1:])
    return []
