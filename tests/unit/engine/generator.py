"""Random block-structured processes: the diagram in test notation and the same thing for the
reference interpreter.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.unit.engine import reference as ref

KINDS = (
    "user",
    "seq",
    "seq",
    "and",
    "xor",
    "or",
    "loop",
    "sub",
    "mi",
    "misub",
    "side",
    "guard",
    "race",
)


@dataclass
class Piece:
    """First node, last node, and the block that the reference interpreter runs."""

    first: str
    last: str
    block: ref.Block


@dataclass
class Generator:
    """Makes one process. ``variables`` are the case's data: name -> how to draw a new value."""

    rnd: random.Random
    variables: dict[str, Callable[[], Any]] = field(default_factory=dict)
    count: int = 0

    def process(self, depth: int) -> tuple[str, ref.Block]:
        """The notation and the block of a whole process."""
        out: list[str] = []
        piece = self.piece(depth, out)
        text = "\n".join(["start s", *out, "end e", f"s > {piece.first}", f"{piece.last} > e"])
        return text, ref.Subprocess(piece.block)

    def piece(self, depth: int, out: list[str]) -> Piece:
        """Write nodes and flows into ``out``."""
        kind = "user" if depth == 0 else self.rnd.choice(KINDS)
        return getattr(self, f"_{kind}")(depth - 1, out)

    def _id(self, letter: str) -> str:
        self.count += 1
        return f"{letter}{self.count}"

    def _variable(self, letter: str, draw: Callable[[], Any]) -> str:
        name = self._id(letter)
        self.variables[name] = draw
        return name

    def _list(self) -> str:
        return self._variable("n", lambda: list(range(self.rnd.randint(0, 3))))

    def _user(self, depth: int, out: list[str]) -> Piece:
        ident = self._id("u")
        out.append(f"user {ident}")
        return Piece(ident, ident, ref.User(ident))

    def _seq(self, depth: int, out: list[str]) -> Piece:
        parts = [self.piece(depth, out) for _ in range(self.rnd.randint(2, 3))]
        out += [f"{a.last} > {b.first}" for a, b in zip(parts, parts[1:], strict=False)]
        return Piece(parts[0].first, parts[-1].last, ref.Sequence([p.block for p in parts]))

    def _and(self, depth: int, out: list[str], kind: str = "and") -> Piece:
        split, join = self._id("f"), self._id("j")
        out += [f"{kind} {split}", f"{kind} {join}"]
        parts: list[tuple[ref.Block, str | None]] = []
        for _ in range(self.rnd.randint(2, 3)):
            name = self._variable("o", lambda: self.rnd.random() < 0.6) if kind == "or" else None
            block = self._way(depth, out, split, join, f" if {name} = true" if name else "")
            parts.append((block, name))
        default = None
        if kind == "or":  # so that something always happens
            part = self._user(0, out)
            default = part.block
            out += [f"{split} > {part.first} default", f"{part.last} > {join}"]
        return Piece(split, join, ref.Parallel(parts, default))

    def _way(self, depth: int, out: list[str], split: str, join: str, condition: str) -> ref.Block:
        """A branch; one in six leads straight to the join."""
        if self.rnd.random() < 0.17:
            out.append(f"{split} > {join}{condition}")
            return ref.Nothing()
        part = self.piece(depth, out)
        out += [f"{split} > {part.first}{condition}", f"{part.last} > {join}"]
        return part.block

    def _or(self, depth: int, out: list[str]) -> Piece:
        return self._and(depth, out, "or")

    def _xor(self, depth: int, out: list[str]) -> Piece:
        split, merge, ways = self._id("x"), self._id("m"), self.rnd.randint(2, 3)
        name = self._variable("v", lambda: self.rnd.randrange(ways))
        out += [f"xor {split}", f"xor {merge}"]
        blocks = []
        for i in range(ways):
            blocks.append(
                self._way(depth, out, split, merge, f" if {name} = {i}" if i else " default")
            )
        return Piece(split, merge, ref.Exclusive(blocks, name))

    def _loop(self, depth: int, out: list[str]) -> Piece:
        merge, split, after = self._id("m"), self._id("x"), self._id("m")
        name = self._variable("l", lambda: self.rnd.random() < 0.55)
        out += [f"xor {merge}", f"xor {split}", f"xor {after}"]
        user, part = self._user(0, out), self.piece(depth, out)
        out += [
            f"{user.last} > {part.first}",
            f"{merge} > {user.first}",
            f"{part.last} > {split}",
            f"{split} > {merge} if {name} = true",
            f"{split} > {after} default",
        ]
        return Piece(merge, after, ref.Repeat(ref.Sequence([user.block, part.block]), name))

    def _mi(self, depth: int, out: list[str]) -> Piece:
        ident, name, in_order = self._id("u"), self._list(), self.rnd.random() < 0.3
        out.append(f"user {ident} each='= {name}' as=it {'seq' if in_order else ''}")
        return Piece(ident, ident, ref.Each(ref.User(ident), name, in_order))

    def _sub(self, depth: int, out: list[str], options: str = "") -> Piece:
        ident, start, end = self._id("p"), self._id("s"), self._id("e")
        inner: list[str] = []
        part = self.piece(depth, inner)
        out += [
            f"sub {ident} {options} {{",
            *inner,
            f"start {start}",
            f"end {end}",
            f"{start} > {part.first}",
            f"{part.last} > {end}",
            "}",
        ]
        return Piece(ident, ident, ref.Subprocess(part.block))

    def _misub(self, depth: int, out: list[str]) -> Piece:
        name, in_order = self._list(), self.rnd.random() < 0.3
        piece = self._sub(depth, out, f"each='= {name}' as=it {'seq' if in_order else ''}")
        return Piece(piece.first, piece.last, ref.Each(piece.block, name, in_order))

    def _side(self, depth: int, out: list[str]) -> Piece:
        piece = self._misub(depth, out) if self.rnd.random() < 0.3 else self._sub(depth, out)
        event, user, end = self._id("b"), self._user(0, out), self._id("e")
        out += [
            f"boundary {event} on={piece.first} msg={event} non",
            f"end {end}",
            f"{event} > {user.first} > {end}",
        ]
        return Piece(piece.first, piece.last, ref.Side(piece.block, event, user.first))

    def _guard(self, depth: int, out: list[str]) -> Piece:
        piece = self._misub(depth, out) if self.rnd.random() < 0.3 else self._sub(depth, out)
        event, user, merge = self._id("b"), self._user(0, out), self._id("m")
        out += [
            f"boundary {event} on={piece.first} msg={event}",
            f"xor {merge}",
            f"{piece.last} > {merge}",
            f"{event} > {user.first} > {merge}",
        ]
        return Piece(piece.first, merge, ref.Guarded(piece.block, event, user.first))

    def _race(self, depth: int, out: list[str]) -> Piece:
        split, merge = self._id("g"), self._id("m")
        out += [f"race {split}", f"xor {merge}"]
        parts: dict[str, ref.Block] = {}
        for _ in range(2):
            event, part = self._id("c"), self.piece(depth, out)
            parts[event] = part.block
            out += [
                f"catch {event} msg={event}",
                f"{split} > {event} > {part.first}",
                f"{part.last} > {merge}",
            ]
        return Piece(split, merge, ref.Race(parts))
