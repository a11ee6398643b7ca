"""Decision tables: which rules hit, and which answer the hit policy makes of them.

Decided: where the standard says that a table is wrong for an input (two rules of a unique table,
different answers of an "any" table), it is an error with the numbers of the rules and not null.
Because a process owner must see it; a null would travel on silently.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from service.feel.errors import FeelError
from service.feel.functions import BUILTINS, invoke
from service.feel.nodes import Node, Scope, joined
from service.feel.values import Budget, equal

POLICIES = {
    "UNIQUE": "U",
    "ANY": "A",
    "PRIORITY": "P",
    "FIRST": "F",
    "RULE ORDER": "R",
    "OUTPUT ORDER": "O",
    "COLLECT": "C",
}
AGGREGATIONS = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}


@dataclass(frozen=True, slots=True)
class Output:
    """An output column.

    ``ranking`` lists its values from best to worst. ``default`` is the answer when no rule hits.
    """

    name: str
    ranking: Node | None
    default: Node | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one test for each input and one expression for each output."""

    tests: tuple[Node, ...]
    answers: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """An input column: the expression that gives its value, and the tests of allowed values."""

    value: Node
    allowed: Node | None
    label: str


@dataclass(frozen=True, slots=True)
class Table:
    """A whole table."""

    policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]

    def node(self) -> Node:
        """The table as an expression."""
        parts: list[Node | None] = []
        for column in self.inputs:
            parts += [column.value, column.allowed]
        for rule in self.rules:
            parts += [*rule.tests, *rule.answers]
        for output in self.outputs:
            parts += [output.ranking, output.default]
        return joined(self.run, [part.without("?") for part in parts if part is not None])

    def run(self, scope: Scope) -> Any:
        """The answer of the table.

        :raises FeelError: the input is not allowed, or the rules contradict each other.
        """
        values = [checked_input(column, scope) for column in self.inputs]
        hits = []
        for index, rule in enumerate(self.rules):
            if hit(rule, values, scope):
                hits.append(index)
        if not hits:
            return self.default_answer(scope)
        apply_policy = HIT_POLICIES[self.policy]
        return apply_policy(self, hits, scope)

    def answer(self, index: int, scope: Scope) -> Any:
        """The answer of one row: a value, or a context if there are several outputs."""
        rule = self.rules[index]
        values = [answer.run(scope) for answer in rule.answers]
        return self.combined(values)

    def answers(self, hits: Sequence[int], scope: Scope) -> list[Any]:
        """The answers of several rows."""
        return [self.answer(index, scope) for index in hits]

    def combined(self, values: list[Any]) -> Any:
        """The values of all outputs as one answer."""
        if len(self.outputs) == 1:
            return values[0]
        names = [column.name for column in self.outputs]
        return dict(zip(names, values, strict=True))

    def default_answer(self, scope: Scope) -> Any:
        """The answer when no row hits: the default values, or null without any."""
        values = []
        for column in self.outputs:
            value = column.default.run(scope) if column.default else None
            values.append(value)
        if any(value is not None for value in values):
            return self.combined(values)
        if self.aggregation == "COUNT":
            return Decimal(0)
        return None

    def rank(self, index: int, scope: Scope) -> list[int]:
        """How good the answers of a row are by the ranking of each output; 0 is best."""
        places = []
        for column, answer in zip(self.outputs, self.rules[index].answers, strict=True):
            ranking = column.ranking.run(scope) if column.ranking else None
            if isinstance(ranking, list):
                value = answer.run(scope)
                places.append(place_in(ranking, value, scope.budget))
        return places

    def ranked(self, hits: list[int], scope: Scope) -> list[int]:
        """The rows from the best answer to the worst."""
        return sorted(hits, key=lambda index: self.rank(index, scope))

    def collected(self, hits: list[int], scope: Scope) -> Any:
        """All answers, or their sum, smallest, largest or number."""
        answers = self.answers(hits, scope)
        if not self.aggregation:
            return answers
        if len(self.outputs) == 1:
            return self.aggregated(answers, scope.budget)
        aggregates = {}
        for column in self.outputs:
            values = [answer[column.name] for answer in answers]
            aggregates[column.name] = self.aggregated(values, scope.budget)
        return aggregates

    def aggregated(self, values: list[Any], budget: Budget) -> Any:
        """The sum, smallest, largest or number of values, as the table says."""
        function = BUILTINS[AGGREGATIONS[self.aggregation]]
        return invoke(function, [values], budget)


def checked_input(column: Input, scope: Scope) -> Any:
    """The value of an input. :raises FeelError: the value is not allowed."""
    value = column.value.run(scope)
    if column.allowed is None or value is None:
        return value
    if not passes(column.allowed, value, scope):
        raise FeelError(f"决策表的输入“{column.label}”不在允许的取值之内")
    return value


def hit(rule: Rule, values: Sequence[Any], scope: Scope) -> bool:
    """Whether all tests of a row pass."""
    tests = zip(rule.tests, values, strict=True)
    return all(passes(test, value, scope) for test, value in tests)


def place_in(ranking: list[Any], value: Any, budget: Budget) -> int:
    """The place of a value in a ranking, from 0; behind the end if the ranking lacks the value."""
    for place, candidate in enumerate(ranking):
        if equal(candidate, value, budget):
            return place
    return len(ranking)


def passes(test: Node, value: Any, scope: Scope) -> bool:
    """Whether a unary test holds for a value."""
    scope.budget.spend()
    return test.run(scope.inner({"?": value})) is True


def row_numbers(hits: list[int]) -> str:
    """The numbers of rows as people count them."""
    return "、".join(str(index + 1) for index in hits)


def unique(table: Table, hits: list[int], scope: Scope) -> Any:
    """U: exactly one row may hit."""
    if len(hits) > 1:
        raise FeelError(f"决策表要求只命中一条规则，现在第 {row_numbers(hits)} 条同时命中")
    return table.answer(hits[0], scope)


def agreeing(table: Table, hits: list[int], scope: Scope) -> Any:
    """A: several rows may hit if they give the same answer."""
    first, *others = table.answers(hits, scope)
    for other in others:
        if first is None and other is None:
            continue
        if equal(first, other, scope.budget) is not True:
            raise FeelError(f"决策表第 {row_numbers(hits)} 条规则同时命中，但结果不同")
    return first


def first_hit(table: Table, hits: list[int], scope: Scope) -> Any:
    """F: the first row that hits."""
    return table.answer(hits[0], scope)


def best_hit(table: Table, hits: list[int], scope: Scope) -> Any:
    """P: the row with the best answer."""
    return table.answer(table.ranked(hits, scope)[0], scope)


def in_ranking_order(table: Table, hits: list[int], scope: Scope) -> Any:
    """O: all answers, the best first."""
    return table.answers(table.ranked(hits, scope), scope)


HitPolicy = Callable[[Table, list[int], Scope], Any]
HIT_POLICIES: dict[str, HitPolicy] = {
    "U": unique,
    "A": agreeing,
    "F": first_hit,
    "P": best_hit,
    "R": Table.answers,
    "O": in_ranking_order,
    "C": Table.collected,
}
