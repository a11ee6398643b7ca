"""Decision tables: which rules hit, and what the hit policy makes of them.

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
    """A column of answers: its name, its values from best to worst, and what it is when no rule
    hits.
    """

    name: str
    ranking: Node | None
    default: Node | None


@dataclass(frozen=True, slots=True)
class Rule:
    """A row: one test for each input, one expression for each output."""

    tests: tuple[Node, ...]
    answers: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Input:
    """A column of questions: what is asked, and which values are allowed."""

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
        parts = [
            cell
            for column in self.inputs
            for cell in (column.value, column.allowed)
            if cell is not None
        ]
        parts += [cell for rule in self.rules for cell in (*rule.tests, *rule.answers)]
        parts += [
            cell
            for column in self.outputs
            for cell in (column.ranking, column.default)
            if cell is not None
        ]
        return joined(self.run, [part.without("?") for part in parts])

    def run(self, scope: Scope) -> Any:
        """The answer. :raises FeelError: the input is not allowed, or the rules contradict each
        other.
        """
        values = [self.asked(column, scope) for column in self.inputs]
        hits = [at for at, rule in enumerate(self.rules) if self.hit(rule, values, scope)]
        if not hits:
            return self.otherwise(scope)
        return HIT_POLICIES[self.policy](self, hits, scope)

    @staticmethod
    def asked(column: Input, scope: Scope) -> Any:
        """The value of an input. :raises FeelError: it is not among the allowed ones."""
        value = column.value.run(scope)
        if (
            column.allowed is not None
            and value is not None
            and not passes(column.allowed, value, scope)
        ):
            raise FeelError(f"决策表的输入“{column.label}”不在允许的取值之内")
        return value

    @staticmethod
    def hit(rule: Rule, values: Sequence[Any], scope: Scope) -> bool:
        """Whether all tests of a row pass."""
        return all(
            passes(test, value, scope) for test, value in zip(rule.tests, values, strict=True)
        )

    def answer(self, at: int, scope: Scope) -> Any:
        """What one row answers: a value, or a context for several outputs."""
        values = [answer.run(scope) for answer in self.rules[at].answers]
        if len(self.outputs) == 1:
            return values[0]
        return {column.name: value for column, value in zip(self.outputs, values, strict=True)}

    def otherwise(self, scope: Scope) -> Any:
        """What the table answers when no row hits: its default; else nothing."""
        defaults = [
            column.default.run(scope) if column.default else None for column in self.outputs
        ]
        if all(value is None for value in defaults):
            if self.aggregation == "COUNT":
                return Decimal(0)
            return None
        if len(defaults) == 1:
            return defaults[0]
        return {column.name: value for column, value in zip(self.outputs, defaults, strict=True)}

    def rank(self, at: int, scope: Scope) -> list[int]:
        """How good the answers of a row are, by the listed output values; 0 is best."""
        places = []
        for column, answer in zip(self.outputs, self.rules[at].answers, strict=True):
            ranking = column.ranking.run(scope) if column.ranking else None
            if isinstance(ranking, list):
                value = answer.run(scope)
                places.append(
                    next(
                        (
                            place
                            for place, listed in enumerate(ranking)
                            if equal(listed, value, scope.budget)
                        ),
                        len(ranking),
                    )
                )
        return places

    def collected(self, hits: list[int], scope: Scope) -> Any:
        """All answers, or their sum, smallest, largest or number."""
        answers = [self.answer(at, scope) for at in hits]
        if not self.aggregation:
            return answers
        if len(self.outputs) > 1:
            return {
                column.name: self.together(
                    [answer[column.name] for answer in answers], scope.budget
                )
                for column in self.outputs
            }
        return self.together(answers, scope.budget)

    def together(self, values: list[Any], budget: Budget) -> Any:
        """One value out of many."""
        return invoke(BUILTINS[AGGREGATIONS[self.aggregation]], [values], budget)


def passes(test: Node, value: Any, scope: Scope) -> bool:
    """Whether a unary test holds for a value."""
    scope.budget.spend()
    return test.run(scope.inner({"?": value})) is True


def rows(hits: list[int]) -> str:
    """The numbers of rows as people count them."""
    return "、".join(str(at + 1) for at in hits)


def unique(table: Table, hits: list[int], scope: Scope) -> Any:
    """U: exactly one row may hit."""
    if len(hits) > 1:
        raise FeelError(f"决策表要求只命中一条规则，现在第 {rows(hits)} 条同时命中")
    return table.answer(hits[0], scope)


def agreeing(table: Table, hits: list[int], scope: Scope) -> Any:
    """A: several rows may hit if they answer alike."""
    answers = [table.answer(at, scope) for at in hits]
    if any(
        equal(answers[0], other, scope.budget) is not True
        for other in answers[1:]
        if (answers[0], other) != (None, None)
    ):
        raise FeelError(f"决策表第 {rows(hits)} 条规则同时命中，但结果不同")
    return answers[0]


HIT_POLICIES: dict[str, Callable[[Table, list[int], Scope], Any]] = {
    "U": unique,
    "A": agreeing,
    "F": lambda table, hits, scope: table.answer(hits[0], scope),
    "P": lambda table, hits, scope: table.answer(
        min(hits, key=lambda at: table.rank(at, scope)), scope
    ),
    "R": lambda table, hits, scope: [table.answer(at, scope) for at in hits],
    "O": lambda table, hits, scope: [
        table.answer(at, scope) for at in sorted(hits, key=lambda at: table.rank(at, scope))
    ],
    "C": lambda table, hits, scope: table.collected(hits, scope),
}
