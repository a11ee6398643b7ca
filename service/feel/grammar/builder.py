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


def constant(value: Any) -> Node:
    """A node that is always the same value."""
    return Node(lambda scope: value)


def call_with(function: Node, given: list[Node], arguments: Run) -> Node:
    """A call: of a name, which then counts as a call and not as a use of a variable, or of a
    value.
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
        return joined(run, [function, *given])
    node = joined(run, given)
    return replace(node, calls=node.calls | {name}, line=function.line, column=function.column)


class Builder(Transformer[Token, Node]):
    """Called by the parser for each rule as it is recognised."""

    def number(self, parts: Parts) -> Node:
        return constant(number(DIGITS.create_decimal, Decimal(str(parts[0]))))

    def string(self, parts: Parts) -> Node:
        return constant(unescaped(str(parts[0])))

    def at_literal(self, parts: Parts) -> Node:
        return constant(read_at(str(parts[0])[2:-1]))

    def word(self, parts: Parts) -> Node:
        return constant({"true": True, "false": False}.get(str(parts[0])))

    def name(self, parts: Parts) -> Node:
        token = parts[0]
        name = str(token)

        def run(scope: Scope) -> Any:
            value = scope.find(name)
            if value is MISSING:
                return scope.functions.get(name) or BUILTINS.get(name)
            return value

        return Node(run, frozenset({name}), name=name, line=token.line, column=token.column)

    def group(self, parts: Parts) -> Node:
        return next(joined(part.run, [part]) for part in parts if isinstance(part, Node))

    def order(self, parts: Parts) -> str:
        return str(parts[0])

    def any_true(self, parts: Parts) -> Node:
        return joined(lambda scope: any_true(part.run(scope) for part in parts), parts)

    def all_true(self, parts: Parts) -> Node:
        return joined(lambda scope: all_true(part.run(scope) for part in parts), parts)

    def compare(self, parts: Parts) -> Node:
        left, sign, right = parts
        return joined(
            lambda scope: compared(left.run(scope), sign, right.run(scope), scope.budget),
            [left, right],
        )

    def between(self, parts: Parts) -> Node:
        value, low, high = parts
        return joined(
            lambda scope: loops.between(value.run(scope), low.run(scope), high.run(scope)), parts
        )

    def operator_test(self, parts: Parts) -> Node:
        sign, bound = parts
        return joined(
            lambda scope: compared(scope.find("?"), sign, bound.run(scope), scope.budget),
            [bound],
            test=True,
        )

    def value_test(self, parts: Parts) -> Node:
        part: Node = parts[0]
        if part.tested:
            return joined(lambda scope: part.run(scope) is True, parts, test=True)
        return joined(
            lambda scope: within(scope.find("?"), part.run(scope), scope.budget), parts, test=True
        )

    def within(self, parts: Parts) -> Node:
        value, test = parts
        if test.test:
            return self.within_tests(parts)
        return joined(lambda scope: within(value.run(scope), test.run(scope), scope.budget), parts)

    def within_tests(self, parts: Parts) -> Node:
        value, *tests = (part for part in parts if isinstance(part, Node))

        def run(scope: Scope) -> Any:
            inside = scope.inner({"?": value.run(scope)})
            return any_true(test.run(inside) for test in tests)

        return joined(run, [value, *(test.without("?") for test in tests)])

    def half_interval(self, parts: Parts) -> Node:
        sign = parts[1]
        bound = parts[2]
        if sign == "!=":
            return self.operator_test([sign, bound])
        return joined(lambda scope: half_range(sign, bound.run(scope)), [bound])

    def interval(self, parts: Parts) -> Node:
        opening, low, high, closing = parts
        first = opening.type == "LSQB"
        last = closing.type == "RSQB"
        return joined(
            lambda scope: loops.interval(low.run(scope), high.run(scope), first, last), [low, high]
        )

    def chain(self, parts: Parts) -> Node:
        first = parts[0]
        rest = [
            (OPERATORS[str(sign)], part)
            for sign, part in zip(parts[1::2], parts[2::2], strict=True)
        ]

        def run(scope: Scope) -> Any:
            value = first.run(scope)
            for operation, part in rest:
                value = operation(value, part.run(scope), scope.budget)
            return value

        return joined(run, parts[::2])

    def negative(self, parts: Parts) -> Node:
        part = parts[1]
        return joined(lambda scope: negate(part.run(scope)), [part])

    def path(self, parts: Parts) -> Node:
        value = parts[0]
        name = str(parts[1])
        return joined(lambda scope: path(value.run(scope), name), [value])

    def filter(self, parts: Parts) -> Node:
        value, test = (part for part in parts if isinstance(part, Node))
        return joined(
            lambda scope: filtered(value.run(scope), test, scope), [value, test.loosened()]
        )

    def listed(self, parts: Parts) -> Node:
        items = [part for part in parts if isinstance(part, Node)]
        return joined(lambda scope: [item.run(scope) for item in items], items)

    def call(self, parts: Parts) -> Node:
        function, *given = (part for part in parts if isinstance(part, Node))
        return call_with(function, given, lambda scope: [part.run(scope) for part in given])

    def call_named(self, parts: Parts) -> Node:
        function, *rest = (
            part for part in parts if not isinstance(part, Token) or part.type == "NAME"
        )
        given = dict(zip((str(name) for name in rest[::2]), rest[1::2], strict=True))
        return call_with(
            function,
            list(given.values()),
            lambda scope: {name: part.run(scope) for name, part in given.items()},
        )

    def choose(self, parts: Parts) -> Node:
        test, then, otherwise = parts
        return joined(
            lambda scope: (then if test.run(scope) is True else otherwise).run(scope), parts
        )

    def entry(self, parts: Parts) -> tuple[str, Node]:
        key = parts[0]
        return (unescaped(str(key)) if key.type == "STRING" else str(key)), parts[1]

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
        names = tuple(
            part for part in parts[:-1] if isinstance(part, str) and not isinstance(part, Token)
        )

        def run(scope: Scope) -> Any:
            return Function(names, body.run, scope, body.depth)

        return joined(run, [body.without(*names)])

    def tests(self, parts: Parts) -> Node:
        return joined(lambda scope: any_true(part.run(scope) for part in parts), parts)

    def any_value(self, parts: Parts) -> Node:
        return constant(True)

    def no_match(self, parts: Parts) -> Node:
        part: Node = next(part for part in parts if isinstance(part, Node))
        return joined(lambda scope: all_true([part.run(scope) is not True]), [part])
