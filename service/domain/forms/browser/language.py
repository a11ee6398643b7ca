"""Expressions as the browser reads them.

Some texts mean something else in the browser, or nothing, or could run for ever. They are refused
with a sentence that says how to write them instead, see :class:`BrowserBuilder`.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal
from typing import Any

from service.domain.forms.browser.functions import IN_FORMS
from service.domain.forms.browser.operations import (
    any_match,
    calculated,
    compared_in_browser,
    inside,
)
from service.domain.forms.browser.values import bounds, double, number_from
from service.feel import Expression, FeelSyntaxError, parse
from service.feel.functions import BUILTINS, invoke
from service.feel.grammar.builder import Builder, constant
from service.feel.nodes import MISSING, Node, Run, Scope, joined

Parts = list[Any]


def browser_expression(text: str) -> Expression:
    """The parsed expression of a form.

    :param text: the expression without its ``=``.
    :raises FeelSyntaxError: the text cannot be read, or a form may not use it.
    """
    return parse(text.strip(), reading=BrowserBuilder)


def truthy(value: Any) -> bool:
    """Whether a value is neither false nor null."""
    return value is not False and value is not None


def refuse(part: Any, sentence: str) -> FeelSyntaxError:
    """The error that refuses a part of a text, with the line and column of the part."""
    line = getattr(part, "line", 0) or 1
    column = getattr(part, "column", 0) or 1
    return FeelSyntaxError(sentence, line, column)


class BrowserBuilder(Builder):
    """Has a method for each rule of the grammar that the browser reads in its own way."""

    # -- literals and names

    def number(self, parts: Parts) -> Node:
        if "e" in str(parts[0]).lower():
            raise refuse(parts[0], "表单中的数字请写全，不要用科学计数法")
        value = number_from(float(parts[0]))
        return replace(constant(value), kind="number")

    def string(self, parts: Parts) -> Node:
        return replace(super().string(parts), kind="string")

    def word(self, parts: Parts) -> Node:
        kind = "nil" if str(parts[0]) == "null" else "boolean"
        return replace(super().word(parts), kind=kind)

    def at_literal(self, parts: Parts) -> Node:
        raise refuse(parts[0], '表单中的日期是文字，请不要用 @，直接写成 "2026-06-30"')

    def name(self, parts: Parts) -> Node:
        name = str(parts[0])

        def run(scope: Scope) -> Any:
            value = scope.find(name)
            return IN_FORMS.get(name) if value is MISSING else value

        return replace(super().name(parts), run=run, kind="any")

    def group(self, parts: Parts) -> Node:
        inner = next(part for part in parts if isinstance(part, Node))
        kind = "test" if inner.kind == "in" else inner.kind
        return replace(super().group(parts), kind=kind)

    def listed(self, parts: Parts) -> Node:
        return replace(super().listed(parts), kind="list")

    def context(self, parts: Parts) -> Node:
        return replace(super().context(parts), kind="list")

    # -- truth

    def any_true(self, parts: Parts) -> Node:
        return logic(parts, True)

    def all_true(self, parts: Parts) -> Node:
        return logic(parts, False)

    def choose(self, parts: Parts) -> Node:
        test, then, otherwise = parts

        def run(scope: Scope) -> Any:
            branch = then if truthy(test.run(scope)) else otherwise
            return branch.run(scope)

        kind = then.kind if then.kind == otherwise.kind else "any"
        return replace(joined(run, parts), kind=kind)

    # -- comparison

    def compare(self, parts: Parts) -> Node:
        left, sign, right = parts
        require_brackets(left)

        def run(scope: Scope) -> Any:
            return compared_in_browser(left.run(scope), sign, right.run(scope), scope.budget)

        return replace(joined(run, [left, right]), kind="test")

    def between(self, parts: Parts) -> Node:
        value, low, high = parts
        require_brackets(value)

        def run(scope: Scope) -> Any:
            first = low.run(scope)
            last = high.run(scope)
            if None in (first, last):
                return None
            return bounds(first, last).includes(value.run(scope))

        return replace(joined(run, parts), kind="test")

    def within(self, parts: Parts) -> Node:
        value, test = parts
        require_brackets(value)
        if test.test:
            raise refuse(value, "表单中请不用 in 加比较符号，直接写成比较，如 x < 5")

        def run(scope: Scope) -> Any:
            tested = value.run(scope)
            tests = test.run(scope)
            if tests is None:
                return None
            return any_match(tested, as_entries(tests), scope.budget)

        return replace(joined(run, parts), kind="in")

    def within_tests(self, parts: Parts) -> Node:
        raise refuse(parts[0], "表单中请写成 x in [a, b]，用方括号")

    def half_interval(self, parts: Parts) -> Node:
        raise refuse(parts[-1], "表单中请直接写成比较，如 x < 5")

    def operator_test(self, parts: Parts) -> Node:
        return replace(super().operator_test(parts), kind="test")

    def interval(self, parts: Parts) -> Node:
        opening, low, high, closing = parts

        def run(scope: Scope) -> Any:
            first = low.run(scope)
            last = high.run(scope)
            low_inside = first is not None and opening.type == "LSQB"
            high_inside = last is not None and closing.type == "RSQB"
            return bounds(first, last, low_inside, high_inside)

        return replace(joined(run, [low, high]), kind="interval")

    # -- arithmetic

    def chain(self, parts: Parts) -> Node:
        node: Node = parts[0]
        for sign, part in zip(parts[1::2], parts[2::2], strict=True):
            node = operation(node, str(sign), part)
        return node

    def negative(self, parts: Parts) -> Node:
        zero = replace(constant(Decimal()), kind="number")
        return replace(operation(zero, "-", parts[1]), kind=parts[1].kind)

    # -- looking inside a value

    def path(self, parts: Parts) -> Node:
        value = parts[0]
        name = str(parts[1])
        return replace(joined(lambda scope: inside(value.run(scope), name), [value]), kind="any")

    def filter(self, parts: Parts) -> Node:
        value, test = (part for part in parts if isinstance(part, Node))
        run = filtering(value, test)
        return replace(joined(run, [value, test.loosened()]), kind="any")

    # -- calls and loops

    def call(self, parts: Parts) -> Node:
        function, *given = (part for part in parts if isinstance(part, Node))
        name = function.name

        def run(scope: Scope) -> Any:
            scope.budget.spend()
            target = function.run(scope) if name else None
            arguments = [part.run(scope) for part in given]
            if target is None and name in BUILTINS and scope.find(name) is MISSING:
                return invoke(BUILTINS[name], arguments, scope.budget)
            return target(arguments) if callable(target) else None

        if not name:
            raise refuse(parts[0], "表单中只能调用有名称的函数")
        node = joined(run, given)
        called = node.calls | {name}
        line = function.line
        column = function.column
        return replace(node, calls=called, kind="any", line=line, column=column)

    def call_named(self, parts: Parts) -> Node:
        raise refuse(parts[0], "表单中调用函数时请不要写参数名称，按顺序写参数")

    def define(self, parts: Parts) -> Node:
        raise refuse(parts[0], "表单中不能定义函数")

    def collect(self, parts: Parts) -> Node:
        iterators, body = iterated_over(parts)

        def run(scope: Scope) -> Any:
            inner_scopes = scopes(iterators, scope)
            if inner_scopes is None:
                return None
            return [body.run(inner) for inner in inner_scopes]

        return looped(run, iterators, body, "list")

    def some(self, parts: Parts) -> Node:
        return quantified_in_browser(parts, any)

    def every(self, parts: Parts) -> Node:
        return quantified_in_browser(parts, all)


def require_brackets(left: Node) -> None:
    """Refuse a bare ``in`` before an operator: in the browser it would take all that follows.

    :raises FeelSyntaxError: ``left`` is a bare ``in``.
    """
    if left.kind == "in":
        raise refuse(left, "in 与其他条件连用时，请用圆括号括起来，如 (x in [1, 2]) and y")


def logic(parts: list[Node], wins: bool) -> Node:
    """``and`` and ``or``. All parts are evaluated, and a part that is no boolean counts as null.

    :param wins: the value that decides alone: True for ``or``, False for ``and``.
    """
    for part in parts[:-1]:
        require_brackets(part)

    def run(scope: Scope) -> Any:
        values = [part.run(scope) for part in parts]
        if any(value is wins for value in values):
            return wins
        loses = not wins
        return loses if all(value is loses for value in values) else None

    kind = "in" if parts[-1].kind == "in" else "test"
    return replace(joined(run, parts), kind=kind)


# -- arithmetic


def operation(left: Node, sign: str, right: Node) -> Node:
    """The node of two values with a sign between them."""

    def run(scope: Scope) -> Any:
        return calculated(left.run(scope), sign, right.run(scope), scope.budget)

    kind = left.kind if left.kind == right.kind else "any"
    return replace(joined(run, [left, right]), kind=kind)


# -- looking inside a value


def filtering(value: Node, test: Node) -> Run:
    """The function that runs ``list[…]``.

    A number in the brackets stands for the entry at that place. A comparison stands for the entries
    for which it holds, and a text for the entries that are this text.
    """
    if test.kind in ("test", "in"):
        return lambda scope: entries_passing(value.run(scope), test, scope)
    if test.kind == "string":
        return lambda scope: entries_equal_to(value.run(scope), test.run(scope))
    if test.kind in ("number", "boolean", "any"):
        return lambda scope: entry_at(value.run(scope), test, scope)
    return lambda scope: None


def as_entries(value: Any) -> list[Any]:
    """The entries of a list; a single value counts as a list of one."""
    return value if isinstance(value, list) else [value]


def entries_passing(value: Any, test: Node, scope: Scope) -> list[Any] | None:
    """The entries for which a test holds. Entries that are false or null never pass."""
    if value is None:
        return None
    passing = []
    for entry in as_entries(value):
        scope.budget.spend()
        names = {"item": entry, **entry} if isinstance(entry, dict) else {"item": entry}
        if test.run(scope.inner(names)) is True and truthy(entry):
            passing.append(entry)
    return passing


def entries_equal_to(value: Any, text: Any) -> list[Any] | None:
    """The entries that are this text."""
    if value is None:
        return None
    return [entry for entry in as_entries(value) if entry == text]


def entry_at(value: Any, test: Node, scope: Scope) -> Any:
    """The entry at a place, counted from 1, or backwards from -1.

    If the test is no number, true gives the whole value and anything else an empty list.
    """
    if value is None:
        return None
    place = test.run(scope)
    if isinstance(place, bool) or not isinstance(place, Decimal):
        return value if place is True else []
    entries = as_entries(value)
    index = double(place)
    index += len(entries) if index < 0 else -1
    is_inside = 0 <= index < len(entries) and index.is_integer()
    return entries[int(index)] if is_inside else None


# -- loops

Iterators = list[tuple[str, Node]]


def iterated_over(parts: Parts) -> tuple[Iterators, Node]:
    """The iterators and the body of a loop.

    :raises FeelSyntaxError: an iterator counts instead of going through a list.
    """
    for name, sources in parts[:-1]:
        if len(sources) != 1 or sources[0].kind == "interval":
            raise refuse(sources[0], f"表单中 {name} 只能逐个取列表中的项，不能从一数到几")
    return [(name, sources[0]) for name, sources in parts[:-1]], parts[-1]


def scopes(iterators: Iterators, scope: Scope) -> list[Scope] | None:
    """A scope for each combination of entries; None if an iterator has no list to go through."""
    outer_scopes = [scope]
    for name, source in iterators:
        inner_scopes: list[Scope] = []
        for outer in outer_scopes:
            entries = source.run(outer)
            if not isinstance(entries, list):
                return None
            scope.budget.spend(len(entries) + 1)
            inner_scopes += [outer.inner({name: entry}) for entry in entries]
        outer_scopes = inner_scopes
    return outer_scopes


def looped(run: Run, iterators: Iterators, body: Node, kind: str) -> Node:
    """The node of a loop. Each iterator binds its name in what comes after it."""
    bound: list[str] = []
    parts = []
    for name, part in [*iterators, ("", body)]:
        parts.append(part.without(*bound))
        bound.append(name)
    return replace(joined(run, parts), kind=kind)


def quantified_in_browser(parts: Parts, combined: Callable[[Iterable[Any]], bool]) -> Node:
    """The node of ``some … satisfies`` or ``every … satisfies``.

    An entry satisfies the condition if its value is neither false nor null.

    :param combined: ``any`` or ``all``.
    """
    iterators, body = iterated_over(parts)

    def run(scope: Scope) -> Any:
        inner_scopes = scopes(iterators, scope)
        if inner_scopes is None:
            return None
        return combined(truthy(body.run(inner)) for inner in inner_scopes)

    return looped(run, iterators, body, "test")
