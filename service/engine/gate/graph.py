"""Questions about arrows between names. No recursion: a diagram may be a chain of thousands."""

from collections.abc import Collection, Iterable, Mapping

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
    """Names on some circle or between two circles' remains: what is left when ends are peeled off from both sides.

    A name without incoming or without outgoing arrows lies on no circle; neither does one that loses its last arrow
    so. What remains contains every circle and is empty exactly when there is none.
    """
    left = {name: {t for t in targets if t in arrows} for name, targets in arrows.items()}
    for _ in range(2):
        left = _peeled(left)
        left = {n: set(t) for n, t in turned(left).items()}
    return [name for name in arrows if name in left]


def _peeled(arrows: dict[str, set[str]]) -> dict[str, set[str]]:
    """Without the names that have no arrows out, again and again."""
    back = turned(arrows)
    count = {name: len(targets) for name, targets in arrows.items()}
    todo = [name for name, n in count.items() if n == 0]
    gone = set(todo)
    while todo:
        for source in back[todo.pop()]:
            count[source] -= 1
            if count[source] == 0 and source not in gone:
                gone.add(source)
                todo.append(source)
    return {name: targets - gone for name, targets in arrows.items() if name not in gone}
