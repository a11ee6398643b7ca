"""Patterns (regular expressions) as JavaScript reads them, in bounded time.

Decided: a matcher of our own that never visits a state twice at one place. Because patterns stand in forms and diagrams
and texts come from anybody: Python's ``re`` can be made to run for ever. Instead of back-references, which cannot be
bounded and are refused; look-ahead is there. ``\\d`` and ``\\w`` are ASCII, ``$`` is the very end.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from service.feel.errors import FeelError
from service.feel.pattern_syntax import BadPattern, Syntax, is_word

__all__ = ["BadPattern", "Pattern", "compiled"]
MAX_PROGRAM = 5_000
MAX_VISITS = 500_000
Groups = tuple[tuple[int, int] | None, ...]
Step = tuple[Any, ...]


@dataclass(slots=True)
class Program:
    """The steps of a matcher: set, at, look (tests), split, jump, save, end."""

    steps: list[Step] = field(default_factory=list)

    def add(self, *step: Any) -> int:
        """One more step; its number. :raises BadPattern: the pattern has grown too large."""
        if len(self.steps) >= MAX_PROGRAM:
            raise BadPattern("模式过于复杂")
        self.steps.append(step)
        return len(self.steps) - 1

    def compile(self, node: Step) -> None:
        """Append the steps of a node."""
        getattr(self, f"on_{node[0]}")(*node[1:])

    def on_set(self, test: Callable[[str], bool]) -> None:
        self.add("set", test)

    def on_at(self, test: Callable[[str, int], bool]) -> None:
        self.add("at", test)

    def on_all(self, parts: list[Step]) -> None:
        for part in parts:
            self.compile(part)

    def on_either(self, parts: list[Step]) -> None:
        ends = []
        for part in parts[:-1]:
            split = self.add("split", 0, 0)
            self.compile(part)
            ends.append(self.add("jump", 0))
            self.steps[split] = ("split", split + 1, len(self.steps))
        self.compile(parts[-1])
        for end in ends:
            self.steps[end] = ("jump", len(self.steps))

    def on_group(self, number: int, inner: Step) -> None:
        self.add("save", number * 2)
        self.compile(inner)
        self.add("save", number * 2 + 1)

    def on_look(self, inner: Step, wanted: bool) -> None:
        ahead = Program()
        ahead.compile(inner)
        ahead.add("end")
        self.add("look", ahead.steps, wanted)

    def on_repeat(self, inner: Step, low: int, high: int | None, lazy: bool) -> None:
        for _ in range(low):
            self.compile(inner)
        if high is None:
            again = self.add("split", 0, 0)
            self.compile(inner)
            self.add("jump", again)
            self.fork(again, lazy)
            return
        splits = []
        for _ in range(high - low):
            splits.append(self.add("split", 0, 0))
            self.compile(inner)
        for split in splits:
            self.fork(split, lazy)

    def fork(self, split: int, lazy: bool) -> None:
        """Let a split go on or leave to what comes next."""
        inside, outside = split + 1, len(self.steps)
        self.steps[split] = ("split", outside, inside) if lazy else ("split", inside, outside)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern ready to search."""

    steps: list[Step]
    groups: int

    def search(self, text: str, start: int = 0, visits: Iterator[int] | None = None) -> Groups | None:
        """The first match from ``start`` on: begin and end of the whole and of each group. None without one.

        :raises FeelError: text and pattern together are too large.
        """
        seen: set[int] = set()
        limit = visits or iter(range(MAX_VISITS))
        for at in range(start, len(text) + 1):
            if found := run(self.steps, text, at, self.groups, seen, limit):
                return tuple(
                    (found[slot], found[slot + 1]) if found[slot] >= 0 and found[slot + 1] >= 0 else None
                    for slot in range(0, len(found), 2))
        return None

    def every(self, text: str) -> Iterator[Groups]:
        """All matches that do not overlap."""
        at, visits = 0, iter(range(MAX_VISITS))
        while at <= len(text) and (found := self.search(text, at, visits)):
            yield found
            start, end = found[0] or (at, at)
            at = end if end > start else end + 1

    def filled(self, replacement: str, text: str, groups: Groups) -> str:
        """A replacement with ``$1`` and ``$0`` put in."""
        pieces = replacement.split("$")
        out = [pieces[0]]
        for piece in pieces[1:]:
            number = int(piece[0]) if piece[:1].isascii() and piece[:1].isdigit() else -1
            if 0 <= number < len(groups):
                span = groups[number]
                out += [text[span[0]:span[1]] if span else "", piece[1:]]
            else:
                out += ["$", piece]
        return "".join(out)


def run(steps: list[Step], text: str, start: int, groups: int, seen: set[int],
        visits: Iterator[int]) -> tuple[int, ...] | None:
    """Try at one place, the preferred way first; ``seen`` holds states that are known to fail.

    :raises FeelError: ``visits`` are used up.
    """
    todo = [(0, start, (-1,) * (2 * groups))]
    while todo:
        step, at, slots = todo.pop()
        key = at * MAX_PROGRAM + step
        if key in seen:
            continue
        seen.add(key)
        if next(visits, None) is None:
            raise FeelError("文本过长或模式过于复杂，无法匹配")
        what = steps[step]
        if what[0] == "end":
            return slots
        if what[0] in ("split", "jump"):
            todo += [(target, at, slots) for target in reversed(what[1:])]
        elif what[0] == "save":
            todo.append((step + 1, at, (*slots[:what[1]], at, *slots[what[1] + 1:])))
        elif passes(what, text, at, groups, visits):
            todo.append((step + 1, at + (what[0] == "set"), slots))
    return None


def passes(what: Step, text: str, at: int, groups: int, visits: Iterator[int]) -> bool:
    """Whether a step that tests the text holds at this place."""
    if what[0] == "set":
        return at < len(text) and what[1](text[at]) is True
    if what[0] == "at":
        return what[1](text, at) is True
    return (run(what[1], text, at, groups, set(), visits) is not None) is what[2]


def edge(text: str, at: int) -> bool:
    """Whether a word begins or ends here."""
    return (at > 0 and is_word(text[at - 1])) != (at < len(text) and is_word(text[at]))


@lru_cache(maxsize=512)
def compiled(text: str, flags: str = "") -> Pattern:
    """A pattern; flags i, m, s, x, and u, which allows Unicode categories.

    :raises BadPattern: it cannot be read, or uses what is not supported; a Chinese sentence.
    """
    syntax = Syntax(text, flags, edge)
    tree = syntax.read()
    program = Program()
    program.on_group(0, tree)
    program.add("end")
    return Pattern(program.steps, syntax.groups + 1)
