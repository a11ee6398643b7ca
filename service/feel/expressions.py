"""The entrance to the language. A text is parsed once, and its expression is evaluated often."""

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


class ReadyTokens(Lexer):
    """A lexer for lark that receives ready tokens and passes them on to the parser."""

    def __init__(self, conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any = None) -> Any:
        return iter(lexer_state)


@lru_cache(maxsize=2)
def parser(reading: type[Builder] = Builder) -> Lark:
    """The parser for one reading of the language. It is made at first use."""
    grammar_file = Path(__file__).parent / "grammar" / "grammar.lark"
    return Lark(
        grammar_file.read_text(encoding="utf-8"),
        parser="lalr",
        lexer=ReadyTokens,
        start=["start_expression", "start_tests"],
        transformer=reading(),
    )


def node_of(tokens: list[Token], start: str, reading: type[Builder] = Builder) -> Node:
    """The node that the tokens stand for.

    :param start: the rule of the grammar that they must fit.
    :raises FeelSyntaxError: they do not fit it; a Chinese sentence with line and column.
    """
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
    """The error for a token that may not stand at its place.

    :param last: the last token of the text.
    """
    if token.type == "$END":
        end_column = (last.column or 0) + len(last)
        sentence = "表达式没有写完，缺少后半部分或右括号"
        return FeelSyntaxError(sentence, last.line or 0, end_column)
    return FeelSyntaxError(f"此处不应出现“{token}”", token.line or 0, token.column or 0)


@lru_cache(maxsize=4096)
def parse(
    text: str, names: frozenset[str] = frozenset(), reading: type[Builder] = Builder
) -> Expression:
    """The expression that a text stands for.

    :param names: names with blanks or signs that the text may use.
    :param reading: gives the syntax its meaning.
    :raises FeelSyntaxError: it is not an expression; a Chinese sentence with line and column.
    """
    tokens = words(text, LONG_BUILTINS | names, names)
    return Expression(text, node_of(tokens, "start_expression", reading))


@lru_cache(maxsize=4096)
def parse_unary(text: str, names: frozenset[str] = frozenset()) -> UnaryTests:
    """The unary tests that a text stands for. :raises FeelSyntaxError: as for an expression."""
    tokens = words(text, LONG_BUILTINS | names, names)
    if NEGATED.match(text) and closes_at_end(tokens):
        tokens[0] = Token.new_borrow_pos("_UNARYNOT", "not", tokens[0])
    return UnaryTests(text, node_of(tokens, "start_tests"))


def closes_at_end(tokens: list[Token]) -> bool:
    """Whether the bracket after the first token is closed by the last token."""
    depth = 0
    for index, token in enumerate(tokens[1:], 1):
        if token.type == "LPAR":
            depth += 1
        elif token.type == "RPAR":
            depth -= 1
        if not depth:
            return index == len(tokens) - 1
    return False
