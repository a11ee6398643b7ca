"""The border of the language: a text becomes an expression once, and is evaluated often."""

import re
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
from service.feel.nodes import Expression, Node, TooDeep, UnaryTests

LONG_BUILTINS = frozenset(name for name in BUILTINS if " " in name)
NEGATED = re.compile(r"\s*not\s*\(")


class Ready(Lexer):
    """Hands tokens that are already cut to the parser."""

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Any:
        return iter(lexer_state)


@lru_cache(maxsize=2)
def parser(reading: type[Builder] = Builder) -> Lark:
    """The parser for one reading of the language, made at first use."""
    grammar = (Path(__file__).parent / "grammar" / "grammar.lark").read_text(encoding="utf-8")
    return Lark(
        grammar,
        parser="lalr",
        lexer=Ready,
        start=["start_expression", "start_tests"],
        transformer=reading(),
    )


def node_of(tokens: list[Token], start: str, reading: type[Builder] = Builder) -> Node:
    """Parse. :raises FeelSyntaxError: with the place and a sentence."""
    if not tokens:
        raise FeelSyntaxError("表达式为空", 1, 1)
    try:
        node: Node = parser(reading).parse(tokens, start=start)  # type: ignore[assignment]
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


@lru_cache(maxsize=4096)
def parse(
    text: str, names: frozenset[str] = frozenset(), reading: type[Builder] = Builder
) -> Expression:
    """An expression. ``names`` are names with blanks or signs that it may use; ``reading`` says
    what the syntax means.

    :raises FeelSyntaxError: it is not an expression; a Chinese sentence with line and column.
    """
    tokens = words(text, LONG_BUILTINS | names, names)
    return Expression(text, node_of(tokens, "start_expression", reading))


@lru_cache(maxsize=4096)
def parse_unary(text: str, names: frozenset[str] = frozenset()) -> UnaryTests:
    """Unary tests of one value. :raises FeelSyntaxError: as for an expression."""
    tokens = words(text, LONG_BUILTINS | names, names)
    if NEGATED.match(text) and closes_at_end(tokens):
        tokens[0] = Token.new_borrow_pos("_UNARYNOT", "not", tokens[0])
    return UnaryTests(text, node_of(tokens, "start_tests"))


def closes_at_end(tokens: list[Token]) -> bool:
    """Whether the bracket that follows the first word is closed by the last."""
    depth = 0
    for index, token in enumerate(tokens[1:], 1):
        depth += (token.type == "LPAR") - (token.type == "RPAR")
        if not depth:
            return index == len(tokens) - 1
    return False
