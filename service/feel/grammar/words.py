"""Cuts a text into tokens, each with its place.

Decided: our own lexer before lark's LALR parser. Because a text alone does not tell where a name
ends: a name may contain blanks, signs and keywords (``date and time``, ``Approved/Declined``) if it
is the name of a function or was declared, and whether a bracket opens or closes an interval depends
on its neighbours. Instead of an ambiguous grammar, which would need a slow parser.
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
def long_names(functions: frozenset[str], names: frozenset[str]) -> re.Pattern[str]:
    """One pattern for all names of more than one word.

    The name of a function only matches before a bracket.
    """
    patterns = []
    for name in longest_first(names):
        end_of_word = r"(?![\w?])" if name[-1].isalnum() else ""
        patterns.append(spaced(name) + end_of_word)
    for name in longest_first(functions):
        patterns.append(spaced(name) + r"(?=\s*\()")
    matches_nothing = r"(?!)"
    return re.compile("|".join(patterns) or matches_nothing)


def longest_first(names: Iterable[str]) -> list[str]:
    """Only the names that are more than one word, the longest first."""
    several_words = [name for name in names if not re.fullmatch(r"\w+", name)]
    return sorted(several_words, key=lambda name: (-len(name), name))


def spaced(name: str) -> str:
    """A pattern for ``name`` with any blanks between its words."""
    return r"\s+".join(re.escape(word) for word in name.split())


def place(text: str, position: int) -> tuple[int, int]:
    """Line and column, from 1, of a position in a text."""
    line = text.count("\n", 0, position) + 1
    column = position - text.rfind("\n", 0, position)
    return line, column


def fail(text: str, position: int, sentence: str) -> FeelSyntaxError:
    """The error at a position in a text."""
    line, column = place(text, position)
    return FeelSyntaxError(sentence, line, column)


def words(text: str, functions: frozenset[str], names: frozenset[str]) -> list[Token]:
    """All tokens of a text.

    :param functions: names of functions, which may contain blanks.
    :param names: other names that may contain blanks or signs.
    :raises FeelSyntaxError: the text is too long or contains an unknown character.
    """
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(f"表达式过长，最多 {MAX_TEXT} 个字符", 1, 1)
    reader = Reader(text, functions, names | frozenset(PROPERTIES))
    return intervals(list(reader.tokens()))


class Reader:
    """One pass over a text.

    If a context in the text declares a name with blanks, the name is known from there on.
    """

    def __init__(self, text: str, functions: frozenset[str], names: frozenset[str]) -> None:
        self.text = text
        self.functions = functions
        self.names = names

    def tokens(self) -> Iterator[Token]:
        """The tokens in order. Brackets of intervals are not yet told from those of lists."""
        position = 0
        while position < len(self.text):
            if self.text[position].isalpha() or self.text[position] in "?_":
                token = self.name(position)
            else:
                piece = self.piece(position)
                if piece.lastgroup == "blank":
                    position = piece.end()
                    continue
                token = self.token(self.type_of(piece), piece.group(), position)
            yield token
            position = token.end_pos or position + 1

    def piece(self, position: int) -> re.Match[str]:
        """The match of ``PIECE`` at a position.

        :raises FeelSyntaxError: there is none.
        """
        piece = PIECE.match(self.text, position)
        if piece is None:
            raise self.unknown(position)
        return piece

    def name(self, position: int) -> Token:
        """The name or keyword that begins at a position.

        It is the longest of these: a known name of several words, several words that can only be
        one name, a single word.
        """
        long_name = long_names(self.functions, self.names).match(self.text, position)
        if long_name:
            return self.token("NAME", long_name.group(), position)
        word = self.piece(position).group()
        if word in KEYWORDS:
            return self.token(KEYWORDS[word], word, position)
        return self.token("NAME", self.several_words(position) or word, position)

    def several_words(self, position: int) -> str:
        """Several plain words before a bracket or a colon; "" if there are none.

        They are the name of a function, a parameter or an entry.
        """
        match = SEVERAL_WORDS.match(self.text, position)
        if match is None:
            return ""
        name = match.group()
        if KEYWORDS.keys() & set(name.split()):
            return ""
        if self.text[match.end() :].lstrip().startswith(":"):
            self.names |= {" ".join(name.split())}
        return name

    def token(self, kind: str, text: str, position: int) -> Token:
        """One token with its place."""
        line, column = place(self.text, position)
        return Token(
            kind,
            " ".join(text.split()) if kind == "NAME" else text,
            start_pos=position,
            line=line,
            column=column,
            end_pos=position + len(text),
        )

    @staticmethod
    def type_of(piece: re.Match[str]) -> str:
        """The terminal of a piece that is not a word."""
        if piece.lastgroup == "sign":
            return NAMES[piece.group()]
        return str(piece.lastgroup)

    def unknown(self, position: int) -> FeelSyntaxError:
        """The error for characters that begin no token."""
        if self.text[position] == '"':
            return fail(self.text, position, "字符串缺少右引号")
        if self.text.startswith("/*", position):
            return fail(self.text, position, "注释缺少结尾 */")
        return fail(self.text, position, f"不认识的字符“{self.text[position]}”")


SEVERAL_WORDS = re.compile(r"(?:[^\W\d]|_)\w*(?:[ \t\r\n]+(?:[^\W\d]|_)\w*)+(?=\s*[(:])")


def intervals(tokens: list[Token]) -> list[Token]:
    """Give square brackets that belong to an open interval such as ``]1..5[`` their own type."""
    before = ""
    for index, token in enumerate(tokens):
        after = tokens[index + 1].type if index + 1 < len(tokens) else ""
        if token.type == "RSQB" and before not in OPERANDS and before != "LSQB":
            token.type = "OPENSTART"
        elif token.type == "LSQB" and before in OPERANDS and after not in STARTS:
            token.type = "OPENEND"
        before = token.type
    return tokens
