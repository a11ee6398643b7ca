"""The browser's reading of an expression.

Some texts mean something else there, or nothing, or could go on for ever. They are refused with
the sentence that says how to write them: see :class:`BrowserBuilder`.
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
    """An expression of a form, without its ``=``.

    :raises FeelSyntaxError: it cannot be read, or means nothing sure in the browser.
    """
    return parse(text.strip(), reading=BrowserBuilder)


def truthy(value: Any) -> bool:
    """Neither false nor null."""
    return value is not False and value is not None


def refuse(part: Any, sentence: str) -> FeelSyntaxError:
    """The refusal of a text, where it stands."""
    return FeelSyntaxError(sentence, getattr(part, "line", 0) or 1, getattr(part, "column", 0) or 1)


class BrowserBuilder(Builder):
    """One method for each rule of the grammar that the browser reads in its own way."""

    # -- what stands for itself

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
            found = scope.find(name)
            return IN_FORMS.get(name) if found is MISSING else found

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
            return (then if truthy(test.run(scope)) else otherwise).run(scope)

        kind = then.kind if then.kind == otherwise.kind else "any"
        return replace(joined(run, parts), kind=kind)

    # -- comparison

    def compare(self, parts: Parts) -> Node:
        left, sign, right = parts
        bracketed(left)

        def run(scope: Scope) -> Any:
            return compared_in_browser(left.run(scope), sign, right.run(scope), scope.budget)

        return replace(joined(run, [left, right]), kind="test")

    def between(self, parts: Parts) -> Node:
        value, low, high = parts
        bracketed(value)

        def run(scope: Scope) -> Any:
            ends = low.run(scope), high.run(scope)
            return None if None in ends else bounds(*ends).includes(value.run(scope))

        return replace(joined(run, parts), kind="test")

    def within(self, parts: Parts) -> Node:
        value, test = parts
        bracketed(value)
        if test.test:
            raise refuse(value, "表单中请不用 in 加比较符号，直接写成比较，如 x < 5")

        def run(scope: Scope) -> Any:
            found, wanted = value.run(scope), test.run(scope)
            if wanted is None:
                return None
            tests = wanted if isinstance(wanted, list) else [wanted]
            return any_match(found, tests, scope.budget)

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
            first, last = low.run(scope), high.run(scope)
            return bounds(
                first,
                last,
                first is not None and opening.type == "LSQB",
                last is not None and closing.type == "RSQB",
            )

        return replace(joined(run, [low, high]), kind="interval")

    # -- arithmetic

    def chain(self, parts: Parts) -> Node:
        found: Node = parts[0]
        for sign, part in zip(parts[1::2], parts[2::2], strict=True):
            found = operation(found, str(sign), part)
        return found

    def negative(self, parts: Parts) -> Node:
        zero = replace(constant(Decimal()), kind="number")
        return replace(operation(zero, "-", parts[1]), kind=parts[1].kind)

    # -- what is inside something

    def path(self, parts: Parts) -> Node:
        value, name = parts[0], str(parts[1])
        return replace(joined(lambda scope: inside(value.run(scope), name), [value]), kind="any")

    def filter(self, parts: Parts) -> Node:
        value, test = (part for part in parts if isinstance(part, Node))
        run = chooser(value, test)
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
        line, column = function.line, function.column
        return replace(node, calls=called, kind="any", line=line, column=column)

    def call_named(self, parts: Parts) -> Node:
        raise refuse(parts[0], "表单中调用函数时请不要写参数名称，按顺序写参数")

    def define(self, parts: Parts) -> Node:
        raise refuse(parts[0], "表单中不能定义函数")

    def collect(self, parts: Parts) -> Node:
        iterators, body = iterated_over(parts)

        def run(scope: Scope) -> Any:
            found = scopes(iterators, scope)
            return None if found is None else [body.run(one) for one in found]

        return looped(run, iterators, body, "list")

    def some(self, parts: Parts) -> Node:
        return quantified_in_browser(parts, any)

    def every(self, parts: Parts) -> Node:
        return quantified_in_browser(parts, all)


def bracketed(left: Node) -> None:
    """What stands before a sign is no bare ``in``, which there takes all that follows.

    :raises FeelSyntaxError: it is.
    """
    if left.kind == "in":
        raise refuse(left, "in 与其他条件连用时，请用圆括号括起来，如 (x in [1, 2]) and y")


def logic(parts: list[Node], wins: bool) -> Node:
    """``and`` and ``or``: all parts are looked at, and what is no boolean counts as null."""
    for part in parts[:-1]:
        bracketed(part)

    def run(scope: Scope) -> Any:
        found = [part.run(scope) for part in parts]
        if any(one is wins for one in found):
            return wins
        return None if any(one is not (not wins) for one in found) else not wins

    kind = "in" if parts[-1].kind == "in" else "test"
    return replace(joined(run, parts), kind=kind)


# -- arithmetic


def operation(left: Node, sign: str, right: Node) -> Node:
    """Two values and a sign."""

    def run(scope: Scope) -> Any:
        return calculated(left.run(scope), sign, right.run(scope), scope.budget)

    kind = left.kind if left.kind == right.kind else "any"
    return replace(joined(run, [left, right]), kind=kind)


# -- what is inside something


def chooser(value: Node, test: Node) -> Run:
    """``list[…]``: by a number the entry there, by a comparison those for which it holds."""
    if test.kind in ("test", "in"):
        return lambda scope: kept(value.run(scope), test, scope)
    if test.kind == "string":
        return lambda scope: with_text(value.run(scope), test.run(scope))
    if test.kind in ("number", "boolean", "any"):
        return lambda scope: entry_at(value.run(scope), test, scope)
    return lambda scope: None


def kept(value: Any, test: Node, scope: Scope) -> list[Any] | None:
    """The entries for which a test holds; entries that are false or null themselves are lost."""
    if value is None:
        return None
    found = []
    for one in value if isinstance(value, list) else [value]:
        scope.budget.spend()
        names = {"item": one, **one} if isinstance(one, dict) else {"item": one}
        if test.run(scope.inner(names)) is True and truthy(one):
            found.append(one)
    return found


def with_text(value: Any, text: Any) -> list[Any] | None:
    """The entries that are this text."""
    if value is None:
        return None
    return [one for one in (value if isinstance(value, list) else [value]) if one == text]


def entry_at(value: Any, test: Node, scope: Scope) -> Any:
    """The entry at a place, counted from 1 or backwards from -1; all of them by true."""
    if value is None:
        return None
    place = test.run(scope)
    if isinstance(place, bool) or not isinstance(place, Decimal):
        return value if place is True else []
    items = value if isinstance(value, list) else [value]
    index = double(place)
    index += len(items) if index < 0 else -1
    return items[int(index)] if 0 <= index < len(items) and index.is_integer() else None


# -- loops

Iterators = list[tuple[str, Node]]


def iterated_over(parts: Parts) -> tuple[Iterators, Node]:
    """The iterators and the body. :raises FeelSyntaxError: one counts instead of going through a
    list.
    """
    for name, sources in parts[:-1]:
        if len(sources) != 1 or sources[0].kind == "interval":
            raise refuse(sources[0], f"表单中 {name} 只能逐个取列表中的项，不能从一数到几")
    return [(name, sources[0]) for name, sources in parts[:-1]], parts[-1]


def scopes(iterators: Iterators, scope: Scope) -> list[Scope] | None:
    """A scope for each combination; None as soon as one has no list to go through."""
    found = [scope]
    for name, source in iterators:
        inner: list[Scope] = []
        for outer in found:
            items = source.run(outer)
            if not isinstance(items, list):
                return None
            scope.budget.spend(len(items) + 1)
            inner += [outer.inner({name: one}) for one in items]
        found = inner
    return found


def looped(run: Run, iterators: Iterators, body: Node, kind: str) -> Node:
    """A node whose iterators bind their names in what follows."""
    bound: list[str] = []
    parts = []
    for name, part in [*iterators, ("", body)]:
        parts.append(part.without(*bound))
        bound.append(name)
    return replace(joined(run, parts), kind=kind)


def quantified_in_browser(parts: Parts, together: Callable[[Iterable[Any]], bool]) -> Node:
    """``some`` and ``every … satisfies``: what is neither false nor null satisfies."""
    iterators, body = iterated_over(parts)

    def run(scope: Scope) -> Any:
        found = scopes(iterators, scope)
        return None if found is None else together(truthy(body.run(one)) for one in found)

    return looped(run, iterators, body, "test")
