"""The nodes of a parsed expression. A node can be run in a scope and gives a value.

Decided: each rule of the grammar becomes one closure. Because it is the shortest way from text to
value and needs no visitor; what a gate must know beforehand (names, calls, depth) is collected
while building. Instead of a tree that is walked again for every question.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.feel.errors import FeelError
from service.feel.values import Budget, feel

MAX_NODE_DEPTH = 100
MISSING = object()
NONE: frozenset[str] = frozenset()
Functions = Mapping[str, Callable[..., Any]]
NO_FUNCTIONS: Functions = {}


class Scope:
    """Names and their values. An inner scope is searched before the scope around it.

    The outermost scope is the caller's context; its values are converted when they are used.
    """

    __slots__ = ("budget", "functions", "names", "outer", "raw")

    def __init__(
        self,
        raw: Mapping[str, Any],
        functions: Functions,
        budget: Budget,
    ) -> None:
        self.raw: Mapping[str, Any] | None = raw
        self.functions = functions
        self.budget = budget
        self.names: dict[str, Any] = {}
        self.outer: Scope | None = None

    def inner(self, names: dict[str, Any]) -> "Scope":
        """A scope within this one."""
        scope = Scope({}, self.functions, self.budget)
        scope.raw, scope.names, scope.outer = None, names, self
        return scope

    def find(self, name: str) -> Any:
        """The value of ``name``, or MISSING."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.names:
                return scope.names[name]
            if scope.raw is not None and name in scope.raw:
                value = feel(scope.raw[name])
                scope.names[name] = value
                return value
            scope = scope.outer
        return MISSING


Run = Callable[[Scope], Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A part of an expression.

    ``run`` gives its value in a scope. ``names`` are the variables it needs and ``calls`` the
    functions. ``loose`` are names inside a filter, which may be entries of the items instead.
    ``depth`` is how many nodes it nests. ``test`` marks a unary test. ``kind`` is what is known of
    its value beforehand; only the browser's reading sets it.
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
        """The same node, where the expression around it supplies the names ``bound``."""
        bound_names = frozenset(bound)
        return replace(
            self,
            names=self.names - bound_names,
            calls=self.calls - bound_names,
            loose=self.loose - bound_names,
        )

    def loosened(self) -> "Node":
        """The same node inside a filter, where each name may be an entry of the item."""
        loose = self.loose | self.names
        return replace(self, names=NONE, loose=loose - {"item"})

    @property
    def tested(self) -> bool:
        """Whether it uses the value under test (?)."""
        return "?" in self.names or "?" in self.loose


class TooDeep(Exception):
    """The nesting is too deep. It becomes a syntax error where the text is known."""


def joined(run: Run, parts: Sequence[Node], test: bool = False) -> Node:
    """A node over ``parts``. It needs what they need.

    :raises TooDeep: the nesting is too deep.
    """
    if not parts:
        return Node(run, test=test)
    depth = 1 + max(part.depth for part in parts)
    if depth > MAX_NODE_DEPTH:
        raise TooDeep
    first = parts[0]
    return Node(
        run,
        names=NONE.union(*(part.names for part in parts)),
        calls=NONE.union(*(part.calls for part in parts)),
        loose=NONE.union(*(part.loose for part in parts)),
        depth=depth,
        test=test,
        line=first.line,
        column=first.column,
    )


@dataclass(frozen=True, slots=True)
class Function:
    """A function made by an expression or a decision model.

    ``scope`` is the scope in which it was made. ``depth`` is the depth of its body.
    """

    parameters: tuple[str, ...]
    body: Run
    scope: Scope
    depth: int = 10

    def __call__(self, *arguments: Any) -> Any:
        """Run the body; null for a wrong number of arguments.

        :raises FeelError: too many calls are open.
        """
        if len(arguments) != len(self.parameters):
            return None
        names = dict(zip(self.parameters, arguments, strict=True))
        budget = self.scope.budget
        budget.descend(self.depth)
        value = self.body(self.scope.inner(names))
        budget.ascend(self.depth)
        return value

    def named(self, arguments: Mapping[str, Any]) -> Any:
        """Call with named arguments. A missing one is null; an unknown one gives null."""
        if arguments.keys() - set(self.parameters):
            return None
        return self(*(arguments.get(name) for name in self.parameters))


def evaluated(run: Run, scope: Scope) -> Any:
    """The value in an outermost scope. :raises FeelError: the nesting is too deep."""
    try:
        return run(scope)
    except RecursionError as problem:
        raise FeelError("表达式嵌套层数过多") from problem


def place_error(error: FeelError, node: Node) -> FeelError:
    """The error with the place of the node, if it has none yet."""
    if error.line:
        return error
    return type(error)(error.sentence, node.line, node.column)


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
        scope = Scope(context, functions, budget or Budget())
        return evaluated(self.node.run, scope)


@dataclass(frozen=True, slots=True)
class UnaryTests:
    """The tests of a decision table's cell.

    For example ``> 100``, ``"a", "b"``, ``[1..5]``, ``not(…)`` or ``-``.
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
        names = {**context, "?": value}
        scope = Scope(names, functions, budget or Budget())
        return evaluated(self.node.run, scope) is True
