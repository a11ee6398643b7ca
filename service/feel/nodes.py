"""What a parsed expression is made of: nodes that can be run in a scope.

Decided: each rule of the grammar becomes one closure. Because it is the shortest way from text to
value and needs no visitor; what a gate must know beforehand (names, calls, depth) is collected
while building. Instead of a tree that is walked again for every question.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.feel.errors import FeelError
from service.feel.values import Budget, feel

MAX_NODE_DEPTH = 100
MISSING = object()
NONE: frozenset[str] = frozenset()


class Scope:
    """Names and what they stand for, inner before outer; the outermost is the caller's context,
    converted when used.
    """

    __slots__ = ("budget", "functions", "names", "outer", "raw")

    def __init__(
        self, raw: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]], budget: Budget
    ) -> None:
        self.raw: Mapping[str, Any] | None = raw
        self.functions = functions
        self.budget = budget
        self.names: dict[str, Any] = {}
        self.outer: Scope | None = None

    def inner(self, names: dict[str, Any]) -> "Scope":
        """A scope within this one."""
        scope = Scope({}, self.functions, self.budget)
        scope.raw = None
        scope.names = names
        scope.outer = self
        return scope

    def find(self, name: str) -> Any:
        """The value of ``name``, or MISSING."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            if scope.raw is not None and name in scope.raw:
                scope.names[name] = feel(scope.raw[name])
                return scope.names[name]
            scope = scope.outer
        return MISSING


Run = Callable[[Scope], Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression: how it is run, what it needs, how deep it is. ``kind`` is what is
    known of its value beforehand, where somebody has to know; see the browser's reading.
    """

    run: Run
    names: frozenset[str] = NONE
    calls: frozenset[str] = NONE
    loose: frozenset[str] = NONE
    depth: int = 1
    name: str = ""
    test: bool = False
    line: int = 0
    column: int = 0
    kind: str = ""

    def without(self, *bound: str) -> "Node":
        """The same with ``bound`` supplied from inside the expression."""
        taken = frozenset(bound)
        return replace(
            self, names=self.names - taken, calls=self.calls - taken, loose=self.loose - taken
        )

    def loosened(self) -> "Node":
        """The same inside a filter, where a name may be an entry of the item: its names are no
        longer certain.
        """
        return replace(self, names=NONE, loose=(self.loose | self.names) - {"item"})

    @property
    def tested(self) -> bool:
        """Whether the value under test (?) is spoken of."""
        return "?" in self.names or "?" in self.loose


class TooDeep(Exception):
    """Nested beyond what can be meant; translated where the text is known."""


def joined(run: Run, parts: Iterable[Node], test: bool = False) -> Node:
    """A node over ``parts``. :raises TooDeep: the nesting has no end."""
    parts = tuple(parts)
    depth = 1 + max((part.depth for part in parts), default=0)
    if depth > MAX_NODE_DEPTH:
        raise TooDeep
    first = parts[0] if parts else None
    return Node(
        run,
        NONE.union(*(part.names for part in parts)),
        NONE.union(*(part.calls for part in parts)),
        NONE.union(*(part.loose for part in parts)),
        depth,
        "",
        test,
        first.line if first else 0,
        first.column if first else 0,
    )


@dataclass(frozen=True, slots=True)
class Function:
    """A function made by an expression or a decision model; it remembers where it was made."""

    parameters: tuple[str, ...]
    body: Run
    scope: Scope
    depth: int = 10

    def __call__(self, *given: Any) -> Any:
        """Run the body. A wrong number of arguments gives null. :raises FeelError: calls without
        end.
        """
        if len(given) != len(self.parameters):
            return None
        budget = self.scope.budget
        budget.descend(self.depth)
        result = self.body(self.scope.inner(dict(zip(self.parameters, given, strict=True))))
        budget.ascend(self.depth)
        return result

    def named(self, given: Mapping[str, Any]) -> Any:
        """The same with named arguments; missing ones are null, unknown ones make it null."""
        if given.keys() - set(self.parameters):
            return None
        return self(*(given.get(name) for name in self.parameters))


def evaluated(run: Run, scope: Scope) -> Any:
    """The value in an outermost scope. :raises FeelError: the nesting has no end."""
    try:
        return run(scope)
    except RecursionError as problem:
        raise FeelError("表达式嵌套层数过多") from problem


def place_error(error: FeelError, node: Node) -> FeelError:
    """The error with the node's place, when it has none yet."""
    if error.line:
        return error
    return type(error)(error.sentence, node.line, node.column)


Functions = Mapping[str, Callable[..., Any]]
NO_FUNCTIONS: Functions = {}


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression.

    ``names`` are the variables it needs from the context; ``loose`` those used inside a filter,
    which may be entries of the items instead; ``calls`` the functions it calls.
    """

    text: str
    node: Node

    @property
    def names(self) -> frozenset[str]:
        return self.node.names

    @property
    def loose(self) -> frozenset[str]:
        return self.node.loose

    @property
    def calls(self) -> frozenset[str]:
        return self.node.calls

    def evaluate(
        self,
        context: Mapping[str, Any],
        functions: Functions = NO_FUNCTIONS,
        budget: Budget | None = None,
    ) -> Any:
        """The value. :raises FeelError: the budget is used up, or a function is not known."""
        return evaluated(self.node.run, Scope(context, functions, budget or Budget()))


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """The tests of a decision table's cell: ``> 100``, ``"a", "b"``, ``[1..5]``, ``not(…)``,
    ``-``.
    """

    text: str
    node: Node

    @property
    def names(self) -> frozenset[str]:
        return self.node.names - {"?"}

    @property
    def calls(self) -> frozenset[str]:
        return self.node.calls

    def matches(
        self,
        value: Any,
        context: Mapping[str, Any],
        functions: Functions = NO_FUNCTIONS,
        budget: Budget | None = None,
    ) -> bool:
        """Whether ``value`` passes. :raises FeelError: as for an expression."""
        return (
            evaluated(self.node.run, Scope({**context, "?": value}, functions, budget or Budget()))
            is True
        )
