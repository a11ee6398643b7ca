"""From the rules of the grammar to nodes: one method for each rule."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from lark import Token, Transformer

from service.feel import loops
from service.feel.arithmetic import OPERATORS, negate, number
from service.feel.errors import FeelError
from service.feel.functions import BUILTINS, invoke
from service.feel.nodes import MISSING, Function, Node, Run, Scope, joined, place_error
from service.feel.operators import (
    all_true,
    any_true,
    called,
    compared,
    filtered,
    half_range,
    path,
    within,
)
from service.feel.temporal import read_at
from service.feel.texts import unescaped
from service.feel.values import DIGITS

Parts = list[Any]
WORDS = {"true": True, "false": False, "null": None}


def constant(value: Any) -> Node:
    """A node that always gives the same value."""
    return Node(lambda scope: value)


def call_with(function: Node, argument_nodes: list[Node], arguments: Run) -> Node:
    """The node of a function call.

    If ``function`` is a name, the name counts as a call and not as a use of a variable.

    :param arguments: evaluates the arguments, as a list or by name.
    """
    name = function.name

    def run(scope: Scope) -> Any:
        scope.budget.spend()
        try:
            target = called(name, scope, BUILTINS) if name else function.run(scope)
            return invoke(target, arguments(scope), scope.budget)
        except FeelError as error:
            raise place_error(error, function) from error

    if not name:
        return joined(run, [function, *argument_nodes])
    node = joined(run, argument_nodes)
    return replace(
        node,
        calls=node.calls | {name},
        line=function.line,
        column=function.column,
    )


def call_by_name(function: Node, nodes_by_name: dict[str, Node]) -> Node:
    """The node of a function call with named arguments."""

    def arguments(scope: Scope) -> dict[str, Any]:
        return {name: node.run(scope) for name, node in nodes_by_name.items()}

    return call_with(function, list(nodes_by_name.values()), arguments)


def list_node(items: list[Node]) -> Node:
    """The node of a list with these items."""

    def run(scope: Scope) -> Any:
        return [item.run(scope) for item in items]

    return joined(run, items)


def function_node(names: tuple[str, ...], body: Node) -> Node:
    """The node of a function definition; ``names`` are its parameters."""

    def run(scope: Scope) -> Any:
        return Function(names, body.run, scope, body.depth)

    return joined(run, [body.without(*names)])


def nodes_in(parts: Parts) -> list[Node]:
    """The nodes among the parts of a rule, without the tokens between them."""
    return [part for part in parts if isinstance(part, Node)]


class Builder(Transformer[Token, Node]):
    """The parser calls one method for each rule as soon as it recognises the rule."""

    def number(self, parts: Parts) -> Node:
        literal = Decimal(str(parts[0]))
        return constant(number(DIGITS.create_decimal, literal))

    def string(self, parts: Parts) -> Node:
        literal = str(parts[0])
        return constant(unescaped(literal))

    def at_literal(self, parts: Parts) -> Node:
        literal = str(parts[0])
        return constant(read_at(literal.removeprefix('@"').removesuffix('"')))

    def word(self, parts: Parts) -> Node:
        return constant(WORDS[str(parts[0])])

    def name(self, parts: Parts) -> Node:
        token = parts[0]
        name = str(token)

        def run(scope: Scope) -> Any:
            value = scope.find(name)
            if value is MISSING:
                return scope.functions.get(name) or BUILTINS.get(name)
            return value

        return Node(
            run,
            names=frozenset({name}),
            name=name,
            line=token.line,
            column=token.column,
        )

    def group(self, parts: Parts) -> Node:
        inner = nodes_in(parts)[0]
        return joined(inner.run, [inner])

    def order(self, parts: Parts) -> str:
        return str(parts[0])

    def any_true(self, parts: Parts) -> Node:
        def run(scope: Scope) -> Any:
            return any_true(part.run(scope) for part in parts)

        return joined(run, parts)

    def all_true(self, parts: Parts) -> Node:
        def run(scope: Scope) -> Any:
            return all_true(part.run(scope) for part in parts)

        return joined(run, parts)

    def compare(self, parts: Parts) -> Node:
        left, sign, right = parts

        def run(scope: Scope) -> Any:
            return compared(left.run(scope), sign, right.run(scope), scope.budget)

        return joined(run, [left, right])

    def between(self, parts: Parts) -> Node:
        value, low, high = parts

        def run(scope: Scope) -> Any:
            return loops.between(value.run(scope), low.run(scope), high.run(scope))

        return joined(run, parts)

    def operator_test(self, parts: Parts) -> Node:
        sign, bound = parts

        def run(scope: Scope) -> Any:
            tested = scope.find("?")
            return compared(tested, sign, bound.run(scope), scope.budget)

        return joined(run, [bound], test=True)

    def value_test(self, parts: Parts) -> Node:
        part: Node = parts[0]

        def is_true(scope: Scope) -> Any:
            return part.run(scope) is True

        def contains_tested(scope: Scope) -> Any:
            tested = scope.find("?")
            return within(tested, part.run(scope), scope.budget)

        run = is_true if part.tested else contains_tested
        return joined(run, parts, test=True)

    def within(self, parts: Parts) -> Node:
        value, test = parts
        if test.test:
            return self.within_tests(parts)

        def run(scope: Scope) -> Any:
            return within(value.run(scope), test.run(scope), scope.budget)

        return joined(run, parts)

    def within_tests(self, parts: Parts) -> Node:
        value, *tests = nodes_in(parts)

        def run(scope: Scope) -> Any:
            inner_scope = scope.inner({"?": value.run(scope)})
            return any_true(test.run(inner_scope) for test in tests)

        return joined(run, [value, *(test.without("?") for test in tests)])

    def half_interval(self, parts: Parts) -> Node:
        sign, bound = parts[1], parts[2]
        if sign == "!=":
            return self.operator_test([sign, bound])

        def run(scope: Scope) -> Any:
            return half_range(sign, bound.run(scope))

        return joined(run, [bound])

    def interval(self, parts: Parts) -> Node:
        opening, low, high, closing = parts
        low_included = opening.type == "LSQB"
        high_included = closing.type == "RSQB"

        def run(scope: Scope) -> Any:
            return loops.interval(low.run(scope), high.run(scope), low_included, high_included)

        return joined(run, [low, high])

    def chain(self, parts: Parts) -> Node:
        first = parts[0]
        operations = [OPERATORS[str(sign)] for sign in parts[1::2]]
        steps = list(zip(operations, parts[2::2], strict=True))

        def run(scope: Scope) -> Any:
            value = first.run(scope)
            for operation, part in steps:
                value = operation(value, part.run(scope), scope.budget)
            return value

        return joined(run, parts[::2])

    def negative(self, parts: Parts) -> Node:
        part = parts[1]

        def run(scope: Scope) -> Any:
            return negate(part.run(scope))

        return joined(run, [part])

    def path(self, parts: Parts) -> Node:
        value, name = parts[0], str(parts[1])

        def run(scope: Scope) -> Any:
            return path(value.run(scope), name)

        return joined(run, [value])

    def filter(self, parts: Parts) -> Node:
        value, test = nodes_in(parts)

        def run(scope: Scope) -> Any:
            return filtered(value.run(scope), test, scope)

        return joined(run, [value, test.loosened()])

    def listed(self, parts: Parts) -> Node:
        return list_node(nodes_in(parts))

    def call(self, parts: Parts) -> Node:
        function, *argument_nodes = nodes_in(parts)

        def arguments(scope: Scope) -> list[Any]:
            return [node.run(scope) for node in argument_nodes]

        return call_with(function, argument_nodes, arguments)

    def call_named(self, parts: Parts) -> Node:
        names = [str(part) for part in parts if is_name(part)]
        function, *argument_nodes = nodes_in(parts)
        return call_by_name(function, dict(zip(names, argument_nodes, strict=True)))

    def choose(self, parts: Parts) -> Node:
        test, then, otherwise = parts

        def run(scope: Scope) -> Any:
            if test.run(scope) is True:
                return then.run(scope)
            return otherwise.run(scope)

        return joined(run, parts)

    def entry(self, parts: Parts) -> tuple[str, Node]:
        key, value = parts
        if key.type == "STRING":
            return unescaped(str(key)), value
        return str(key), value

    def context(self, parts: Parts) -> Node:
        return loops.context(parts)

    def iterator(self, parts: Parts) -> tuple[str, list[Node]]:
        return str(parts[0]), parts[1:]

    def collect(self, parts: Parts) -> Node:
        return loops.collect(parts[:-1], parts[-1])

    def some(self, parts: Parts) -> Node:
        return loops.quantified(parts[:-1], parts[-1], any_true)

    def every(self, parts: Parts) -> Node:
        return loops.quantified(parts[:-1], parts[-1], all_true)

    def parameter(self, parts: Parts) -> str:
        return str(parts[0])

    def define(self, parts: Parts) -> Node:
        body: Node = parts[-1]
        names = tuple(part for part in parts[:-1] if is_parameter(part))
        return function_node(names, body)

    def tests(self, parts: Parts) -> Node:
        def run(scope: Scope) -> Any:
            return any_true(part.run(scope) for part in parts)

        return joined(run, parts)

    def any_value(self, parts: Parts) -> Node:
        return constant(True)

    def no_match(self, parts: Parts) -> Node:
        tests = nodes_in(parts)[0]

        def run(scope: Scope) -> Any:
            return tests.run(scope) is not True

        return joined(run, [tests])


def is_name(part: Any) -> bool:
    """Whether a part of a rule is the token of a name."""
    return isinstance(part, Token) and part.type == "NAME"


def is_parameter(part: Any) -> bool:
    """Whether a part of a definition is a parameter. The brackets around them are tokens."""
    return isinstance(part, str) and not isinstance(part, Token)
