"""A text cut into the words of the language, each with its place.

Decided: our own lexer before lark's LALR parser. Because what a name is depends on what is known: a
name may contain blanks, signs and keywords (``date and time``, ``Approved/Declined``) when it is a
function's or was declared, and a bracket opens or closes an interval by what stands beside it.
Instead of an ambiguous grammar, which would need a slow parser.
"""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from lark import Token

from service.feel.errors import FeelSyntaxError

MAX_TEXT = 20_000
KEYWORDS = {
    word: f"_{word.upper()}"
    for word in (
        "and",
        "or",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "function",
    )
}
KEYWORDS |= {word: word.upper() for word in ("true", "false", "null")}
PROPERTIES = ("time offset", "start included", "end included")
PIECE = re.compile(
    r"""
    (?P<blank>(?:\s|//[^\n]*|/\*.*?\*/)+)
  | (?P<NUMBER>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)
  | (?P<STRING>"(?:[^"\\]|\\.)*")
  | (?P<AT>@"[^"\n]*")
  | (?P<word>(?:[^\W\d]|[?_])[\w?·]*)
  | (?P<sign>\*\*|\.\.|!=|<=|>=|[-+*/=<>()\[\]{},.:])
""",
    re.VERBOSE | re.DOTALL,
)
NAMES = {
    "(": "LPAR",
    ")": "RPAR",
    "[": "LSQB",
    "]": "RSQB",
    "{": "_LBRACE",
    "}": "_RBRACE",
    ",": "_COMMA",
    ".": "_DOT",
    ":": "_COLON",
    "..": "_DOTS",
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "SLASH",
    "**": "POWER",
    "=": "EQUAL",
    "!=": "ORDER",
    "<": "LESS",
    ">": "MORE",
    "<=": "ORDER",
    ">=": "ORDER",
}
OPERANDS = frozenset(
    {
        "NAME",
        "NUMBER",
        "STRING",
        "AT",
        "RPAR",
        "RSQB",
        "_RBRACE",
        "TRUE",
        "FALSE",
        "NULL",
        "OPENEND",
    }
)
STARTS = frozenset(
    {
        "NAME",
        "NUMBER",
        "STRING",
        "AT",
        "LPAR",
        "LSQB",
        "_LBRACE",
        "MINUS",
        "TRUE",
        "FALSE",
        "NULL",
        "_IF",
        "_FOR",
        "_SOME",
        "_EVERY",
        "_FUNCTION",
        "LESS",
        "MORE",
        "ORDER",
        "EQUAL",
    }
)


@lru_cache(maxsize=256)
def known_names(functions: frozenset[str], names: frozenset[str]) -> re.Pattern[str]:
    """One pattern for all names that need help: those of functions only where a bracket follows."""
    called = [f"{spaced(name)}(?=\\s*\\()" for name in longest_first(functions)]
    free = [
        spaced(name) + (r"(?![\w?])" if name[-1].isalnum() else "") for name in longest_first(names)
    ]
    return re.compile("|".join(free + called) or r"(?!)")


def longest_first(names: Iterable[str]) -> list[str]:
    """Only names that are more than one word, the longest first."""
    return sorted(
        (name for name in names if not re.fullmatch(r"\w+", name)),
        key=lambda name: (-len(name), name),
    )


def spaced(name: str) -> str:
    """A pattern for ``name`` with any blanks between its words."""
    return r"\s+".join(re.escape(word) for word in name.split())


def place(text: str, at: int) -> tuple[int, int]:
    """Line and column, from 1, of the position ``at``."""
    return text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at)


def fail(text: str, at: int, sentence: str) -> FeelSyntaxError:
    """The error at a position."""
    return FeelSyntaxError(sentence, *place(text, at))


def words(text: str, functions: frozenset[str], names: frozenset[str]) -> list[Token]:
    """All tokens of ``text``. :raises FeelSyntaxError: a character or a length that the language
    does not allow.
    """
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(f"表达式过长，最多 {MAX_TEXT} 个字符", 1, 1)
    reader = Reader(text, functions, names | frozenset(PROPERTIES))
    return intervals(list(reader.tokens()))


class Reader:
    """One pass over a text. Names with blanks that a context in the text declares are known from
    there on.
    """

    def __init__(self, text: str, functions: frozenset[str], names: frozenset[str]) -> None:
        self.text = text
        self.functions = functions
        self.names = names

    def tokens(self) -> Iterator[Token]:
        """The tokens in order; intervals are not yet told from lists."""
        at = 0
        while at < len(self.text):
            if self.text[at].isalpha() or self.text[at] in "?_":
                token = self.name(at)
            elif (piece := PIECE.match(self.text, at)) is None:
                raise self.unknown(at)
            elif piece.lastgroup == "blank":
                at = piece.end()
                continue
            else:
                token = self.token(self.type_of(piece), piece.group(), at)
            yield token
            at = token.end_pos or at + 1

    def name(self, at: int) -> Token:
        """The name or keyword that begins here: a known long name, or words that can only be one
        name together.
        """
        if long_name := known_names(self.functions, self.names).match(self.text, at):
            return self.token("NAME", long_name.group(), at)
        piece = PIECE.match(self.text, at)
        if piece is None:
            raise self.unknown(at)
        if piece.group() in KEYWORDS:
            return self.token(KEYWORDS[piece.group()], piece.group(), at)
        if run := self.run(at):
            return self.token("NAME", run, at)
        return self.token("NAME", piece.group(), at)

    def run(self, at: int) -> str:
        """Several plain words before a bracket or a colon: the name of a function, a parameter or
        an entry.
        """
        words = RUN.match(self.text, at)
        if words is None or KEYWORDS.keys() & set(words.group().split()):
            return ""
        if self.text[words.end() :].lstrip().startswith(":"):
            self.names |= {" ".join(words.group().split())}
        return words.group()

    def token(self, kind: str, text: str, at: int) -> Token:
        """One token with its place."""
        line, column = place(self.text, at)
        value = " ".join(text.split()) if kind == "NAME" else text
        return Token(
            kind,
            value,
            start_pos=at,
            line=line,
            column=column,
            end_pos=at + len(text),
        )

    @staticmethod
    def type_of(piece: re.Match[str]) -> str:
        """The terminal of a piece that is no word."""
        if piece.lastgroup == "sign":
            return NAMES[piece.group()]
        return str(piece.lastgroup)

    def unknown(self, at: int) -> FeelSyntaxError:
        """Something that begins no word."""
        if self.text[at] == '"':
            return fail(self.text, at, "字符串缺少右引号")
        if self.text.startswith("/*", at):
            return fail(self.text, at, "注释缺少结尾 */")
        return fail(self.text, at, f"不认识的字符“{self.text[at]}”")


RUN = re.compile(r"(?:[^\W\d]|_)\w*(?:[ \t\r\n]+(?:[^\W\d]|_)\w*)+(?=\s*[(:])")


def intervals(tokens: list[Token]) -> list[Token]:
    """Brackets that stand the wrong way round belong to open intervals: ``]1..5[``."""
    before = ""
    for index, token in enumerate(tokens):
        after = tokens[index + 1].type if index + 1 < len(tokens) else ""
        if token.type == "RSQB" and before not in OPERANDS and before != "LSQB":
            token.type = "OPENSTART"
        elif token.type == "LSQB" and before in OPERANDS and after not in STARTS:
            token.type = "OPENEND"
        before = token.type
    return tokens
