"""A reference interpreter for block-structured processes: what should be open, computed without
tokens or trees.

Every block is told to ``go`` in a world, at a place, and calls ``done`` when it is over. The world
knows only what work is open (``open``) and what can be heard (``ears``), by (element, loop
indices).
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

Done = Callable[[], None]
Key = tuple[str, tuple[int, ...]]


@dataclass(frozen=True)
class Entry:
    """Something waited for: what follows it, and the regions that can be cut off around it."""

    done: Done
    regions: frozenset[object]


@dataclass
class World:
    """What is open and audible, and the data that conditions read."""

    data: dict[str, Any]
    open: dict[Key, list[Entry]] = field(default_factory=dict)
    ears: dict[Key, list[Entry]] = field(default_factory=dict)

    def keys(self) -> list[Key]:
        """All that is waited for, sorted."""
        return sorted(
            key for known in (self.open, self.ears) for key, all_of in known.items() for _ in all_of
        )

    def work(self, ident: str, at: "At", done: Done) -> None:
        """Open some work."""
        self.open.setdefault((ident, at.path), []).append(Entry(done, at.regions))

    def listen(self, ident: str, at: "At", done: Done) -> Entry:
        """Begin to listen."""
        entry = Entry(done, at.regions)
        self.ears.setdefault((ident, at.path), []).append(entry)
        return entry

    def cut_off(self, region: object) -> None:
        """End all that stands in a region."""
        for known in (self.open, self.ears):
            for entries in known.values():
                entries[:] = [e for e in entries if region not in e.regions]


class Scope:
    """The case or one subprocess instance: over when its main path and all its side work are."""

    def __init__(self, done: Done) -> None:
        self.count, self.done = 1, done

    def leave(self) -> None:
        """One path less; the last one ends the scope."""
        self.count -= 1
        if not self.count:
            self.done()


@dataclass(frozen=True)
class At:
    """Loop indices, outermost first; the scope around; the regions around."""

    path: tuple[int, ...]
    scope: Scope
    regions: frozenset[object] = frozenset()


class Block(Protocol):
    """A part of a process with one way in and one way out."""

    def go(self, world: World, at: At, done: Done) -> None: ...


@dataclass
class User:
    ident: str

    def go(self, world: World, at: At, done: Done) -> None:
        world.work(self.ident, at, done)


@dataclass
class Nothing:
    def go(self, world: World, at: At, done: Done) -> None:
        done()


@dataclass
class Sequence:
    parts: list[Block]

    def go(self, world: World, at: At, done: Done) -> None:
        self._from(0, world, at, done)

    def _from(self, i: int, world: World, at: At, done: Done) -> None:
        last = i == len(self.parts) - 1
        self.parts[i].go(world, at, done if last else lambda: self._from(i + 1, world, at, done))


@dataclass
class Parallel:
    """AND, or OR when the parts have variables: those go whose variable is true, else the
    default.
    """

    parts: list[tuple[Block, str | None]]
    default: Block | None

    def go(self, world: World, at: At, done: Done) -> None:
        chosen = [part for part, name in self.parts if name is None or world.data[name]]
        if not chosen and self.default:
            chosen = [self.default]
        left = [len(chosen)]

        def one() -> None:
            left[0] -= 1
            if not left[0]:
                done()

        for part in chosen:
            part.go(world, at, one)


@dataclass
class Exclusive:
    parts: list[Block]
    name: str

    def go(self, world: World, at: At, done: Done) -> None:
        self.parts[world.data[self.name]].go(world, at, done)


@dataclass
class Repeat:
    """Do, and again while the variable is true."""

    part: Block
    name: str

    def go(self, world: World, at: At, done: Done) -> None:
        self.part.go(
            world, at, lambda: self.go(world, at, done) if world.data[self.name] else done()
        )


@dataclass
class Each:
    """Multi-instance: once per item of a list."""

    part: Block
    name: str
    in_order: bool

    def go(self, world: World, at: At, done: Done) -> None:
        count = len(world.data[self.name])
        left = [count]
        if not count:
            done()
            return

        def one() -> None:
            left[0] -= 1
            if not left[0]:
                done()
            elif self.in_order:
                begin(count - left[0])

        def begin(i: int) -> None:
            self.part.go(world, replace(at, path=(*at.path, i)), one)

        for i in range(1 if self.in_order else count):
            begin(i)


@dataclass
class Subprocess:
    part: Block

    def go(self, world: World, at: At, done: Done) -> None:
        inner = At(at.path, Scope(done), at.regions)
        self.part.go(world, inner, inner.scope.leave)


@dataclass
class Side:
    """A block with a non-interrupting message on it that begins side work, any number of times."""

    part: Block
    event: str
    work: str

    def go(self, world: World, at: At, done: Done) -> None:
        def heard() -> None:
            at.scope.count += 1
            world.work(self.work, at, at.scope.leave)

        def over() -> None:
            world.ears[self.event, at.path].remove(ear)
            done()

        ear = world.listen(self.event, at, heard)
        self.part.go(world, at, over)


@dataclass
class Guarded:
    """A block with an interrupting message on it: hearing it ends the block, and other work is done
    instead.
    """

    part: Block
    event: str
    work: str

    def go(self, world: World, at: At, done: Done) -> None:
        region = object()

        def heard() -> None:
            world.ears[self.event, at.path].remove(ear)
            world.cut_off(region)
            world.work(self.work, at, done)

        def over() -> None:
            world.ears[self.event, at.path].remove(ear)
            done()

        ear = world.listen(self.event, at, heard)
        self.part.go(world, replace(at, regions=at.regions | {region}), over)


@dataclass
class Race:
    """Several messages at once; the first one heard decides."""

    parts: dict[str, Block]

    def go(self, world: World, at: At, done: Done) -> None:
        ears = {}

        def choose(event: str) -> None:
            for other, ear in ears.items():
                world.ears[other, at.path].remove(ear)
            self.parts[event].go(world, at, done)

        for event in self.parts:
            ears[event] = world.listen(event, at, lambda event=event: choose(event))
