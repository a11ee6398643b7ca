"""The border of the language: a text becomes an expression once, and is evaluated often."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from lark import Lark, Token
from lark.exceptions import UnexpectedToken
from lark.lexer import Lexer

from service.feel.errors import FeelSyntaxError
from service.feel.functions import BUILTINS
from service.feel.grammar.builder import Builder
from service.feel.grammar.words import words
from service.feel.nodes import Node, Scope, TooDeep, evaluated
from service.feel.values import Budget

Functions = Mapping[str, Callable[..., Any]]
NO_FUNCTIONS: Functions = {}
LONG_BUILTINS = frozenset(name for name in BUILTINS if " " in name)
NEGATED = re.compile(r"\s*not\s*\(")


class Ready(Lexer):
    """Hands tokens that are already cut to the parser."""

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Any:
        return iter(lexer_state)


@lru_cache(maxsize=1)
def parser() -> Lark:
    """The parser, made at first use."""
    grammar = (Path(__file__).parent / "grammar" / "grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=Ready,
        start=["start_expression", "start_tests"],
        transformer=Builder(),
    )


def node_of(text: str, tokens: list[Token], start: str) -> Node:
    """Parse. :raises FeelSyntaxError: with the place and a sentence."""
    if not tokens:
        raise FeelSyntaxError("表达式为空", 1, 1)
    try:
        node: Node = parser().parse(tokens, start=start)  # type: ignore[assignment]
    except UnexpectedToken as problem:
        raise unexpected(problem.token, tokens[-1]) from problem
    except TooDeep as problem:
        raise FeelSyntaxError("表达式嵌套层数过多，请拆成几步", 1, 1) from problem
    return node


def unexpected(token: Token, last: Token) -> FeelSyntaxError:
    """The sentence for a word that cannot stand where it stands."""
    if token.type == "$END":
        return FeelSyntaxError(
            "表达式没有写完，缺少后半部分或右括号", last.line or 0, (last.column or 0) + len(last)
        )
    return FeelSyntaxError(f"此处不应出现“{token}”", token.line or 0, token.column or 0)


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


@lru_cache(maxsize=4096)
def parse(text: str, names: frozenset[str] = frozenset()) -> Expression:
    """An expression. ``names`` are names with blanks or signs that it may use.

    :raises FeelSyntaxError: it is not an expression; a Chinese sentence with line and column.
    """
    return Expression(
        text, node_of(text, words(text, LONG_BUILTINS | names, names), "start_expression")
    )


@lru_cache(maxsize=4096)
def parse_unary(text: str, names: frozenset[str] = frozenset()) -> UnaryTests:
    """Unary tests of one value. :raises FeelSyntaxError: as for an expression."""
    tokens = words(text, LONG_BUILTINS | names, names)
    if NEGATED.match(text) and closes_at_end(tokens):
        tokens[0] = Token.new_borrow_pos("_UNARYNOT", "not", tokens[0])
    return UnaryTests(text, node_of(text, tokens, "start_tests"))


def closes_at_end(tokens: list[Token]) -> bool:
    """Whether the bracket that follows the first word is closed by the last."""
    depth = 0
    for index, token in enumerate(tokens[1:], 1):
        depth += (token.type == "LPAR") - (token.type == "RPAR")
        if not depth:
            return index == len(tokens) - 1
    return False
