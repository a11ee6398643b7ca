r"""Patterns (regular expressions) as JavaScript reads them, in bounded time.

Decided: the library ``regex`` does the matching, because it can be given a time limit: patterns
stand in forms and diagrams, texts come from anybody, and a match may be made to run for ever. Only
what JavaScript reads differently is translated: ``\d``, ``\w`` and ``\b`` are ASCII, ``$`` is the
very end, a brace without a number is an ordinary brace, and the signs of other dialects are
refused. Back-references are refused too. Instead of a matcher of our own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from service.feel.errors import FeelError

__all__ = ["SPACES", "BadPattern", "Pattern", "compiled"]
SECONDS = 0.5
"""Processor time that one search may take."""
MAX_SIZE = 4_000
MAX_NESTING = 40
SPACES = (
    "\t\n\v\f\r "
    "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f"
    "\u205f\u3000\ufeff"
)
LINE_ENDS = r"\n\r\u2028\u2029"
WORD = "A-Za-z0-9_"
CLASSES = {"d": "0-9", "w": WORD, "s": SPACES}
INVERSES = {
    "D": r"\x00-/:-\U0010ffff",
    "W": r"\x00-/:-@\[-\^`\{-\U0010ffff",
    "S": r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e"
    r"\u2030-\u205e\u2060-\u2fff"
    r"\u3001-\ufefe\uff00-\U0010ffff",
}
EDGES = {
    "b": f"(?:(?<=[{WORD}])(?![{WORD}])|(?<![{WORD}])(?=[{WORD}]))",
    "B": f"(?:(?<=[{WORD}])(?=[{WORD}])|(?<![{WORD}])(?![{WORD}]))",
}
CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
ESCAPE = (
    r"\\(?:u\{(?P<wide>[0-9A-Fa-f]{1,6})\}|u(?P<unit>[0-9A-Fa-f]{4})|x(?P<byte>[0-9A-Fa-f]{2})"
    r"|(?P<property>[pP]\{\w+(?:=\w+)?\})|(?P<char>.))"
)
SHORT_CLASSES = CLASSES.keys() | INVERSES.keys()
MEMBER = re.compile(ESCAPE + "|(?P<plain>.)", re.DOTALL)
TOKEN = re.compile(
    r"(?P<repeat>(?:[*+?]|\{(?P<low>\d{1,6})(?:,(?P<high>\d{0,6}))?\})\??)"
    r"|(?P<open>\((?:\?(?:<?[=!]|:|<[A-Za-z_]\w*>)|(?!\?)))|(?P<close>\))"
    r"|\[(?P<inverse>\^?)(?P<set>(?:\\.|[^\]\\])*)\]|" + MEMBER.pattern,
    re.DOTALL | re.ASCII,
)


class BadPattern(ValueError):
    """A pattern cannot be read. The sentence gives the reason, in Chinese."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern that is ready to search."""

    matcher: "regex.Pattern[str]"

    def search(self, text: str) -> "regex.Match[str] | None":
        """The first match, or None. :raises FeelError: the search takes too long."""
        return next(self.every(text), None)

    def every(self, text: str) -> Iterator["regex.Match[str]"]:
        """All matches that do not overlap. :raises FeelError: the search takes too long."""
        try:
            yield from self.matcher.finditer(text, timeout=SECONDS)
        except TimeoutError as problem:
            raise FeelError("文本过长或模式过于复杂，无法匹配") from problem


class Translation:
    """One pass over a pattern, which writes it again for the library.

    ``group_sizes`` has a number for each open group, the outermost first: how many characters the
    group matches when all repetitions are written out. ``last_size`` is the same for what a
    repetition would repeat; it is 0 where no repetition can stand.
    """

    def __init__(self, flags: str) -> None:
        self.flags = flags
        self.group_sizes = [0]
        self.last_size = 0

    def translated(self, text: str) -> str:
        """The whole pattern.

        :raises BadPattern: JavaScript would not read it, or it is too large.
        """
        translated = "".join(self.token(token) for token in TOKEN.finditer(text))
        if len(self.group_sizes) > 1:
            raise BadPattern("模式缺少右括号")
        return translated

    def token(self, token: re.Match[str]) -> str:
        """One sign, repetition or bracket."""
        if token["repeat"]:
            return self.repeat(token)
        if token["open"]:
            return self.open(token["open"])
        if token["close"]:
            return self.close()
        translated, self.last_size = self.single(token)
        self.grow(self.last_size)
        return translated

    def repeat(self, token: re.Match[str]) -> str:
        """A repetition."""
        if not self.last_size:
            raise BadPattern(f"“{token[0]}”前面没有可重复的内容")
        times = max(int(token["low"] or 1), int(token["high"] or 0), 1)
        self.grow(self.last_size * (times - 1))
        self.last_size = 0
        return token[0]

    def open(self, bracket: str) -> str:
        """The begin of a group."""
        self.group_sizes.append(0)
        self.last_size = 0
        if len(self.group_sizes) > MAX_NESTING:
            raise BadPattern("模式的括号嵌套过深")
        return bracket

    def close(self) -> str:
        """The end of a group."""
        if len(self.group_sizes) == 1:
            raise BadPattern("模式中多出一个右括号")
        self.last_size = self.group_sizes.pop() + 1
        self.grow(self.last_size)
        return ")"

    def grow(self, size: int) -> None:
        """Add to the size of the innermost open group.

        The size is limited because the library writes repetitions out.

        :raises BadPattern: the group is too large.
        """
        self.group_sizes[-1] += size
        if self.group_sizes[-1] > MAX_SIZE:
            raise BadPattern("模式过于复杂")

    def single(self, token: re.Match[str]) -> tuple[str, int]:
        """A character, class or position, and its size. A position has the size 0."""
        if token["set"] is not None:
            return self.bracketed(token["inverse"], token["set"]), 1
        sign = token["plain"]
        if sign in ("^", "$", "|"):
            return self.position(sign), 0
        if sign in ("(", "[", "\\"):
            raise BadPattern("模式没有写完，或使用了不支持的括号")
        if sign == ".":
            return self.any_character(), 1
        char = token["char"]
        if char in EDGES:
            return EDGES[char], 0
        member = self.member(token)
        if char in SHORT_CLASSES:
            return f"[{member}]", 1
        return member, 1

    def any_character(self) -> str:
        """A dot. It matches the end of a line only with the flag s."""
        if "s" in self.flags:
            return "(?s:.)"
        return f"[^{LINE_ENDS}]"

    def position(self, sign: str) -> str:
        """The begin or end of the text, with the flag m of a line. "|" stays as it is."""
        if sign == "|":
            return "|"
        if "m" not in self.flags:
            return r"\A" if sign == "^" else r"\Z"
        if sign == "^":
            return f"(?<=[{LINE_ENDS}]|\\A)"
        return f"(?=[{LINE_ENDS}]|\\Z)"

    def bracketed(self, inverse: str, inside: str) -> str:
        """Square brackets. Empty ones match nothing, or any character if inverted."""
        members = list(MEMBER.finditer(inside))
        if not members:
            return "(?s:.)" if inverse else "(?!)"
        translated = []
        for index, member in enumerate(members):
            if member["plain"] == "-" and self.spans(members, index):
                translated.append("-")
            else:
                translated.append(self.member(member))
        return f"[{inverse}{''.join(translated)}]"

    @staticmethod
    def spans(members: list[re.Match[str]], index: int) -> bool:
        """Whether the hyphen at ``index`` stands between two characters.

        It does not if it is the first or the last member, or beside a class.
        """
        if not 0 < index < len(members) - 1:
            return False
        for neighbour in (members[index - 1], members[index + 1]):
            if neighbour["property"] or neighbour["char"] in SHORT_CLASSES:
                return False
        return True

    def member(self, member: re.Match[str]) -> str:
        """A character or an escape, in the form it has inside square brackets."""
        if (member["property"] or member["wide"]) and "u" not in self.flags:
            raise BadPattern("此处不支持 \\p{…} 和 \\u{…}，请写明字符范围")
        if member["property"]:
            return member[0]
        if member["plain"]:
            return re.escape(member["plain"])
        if member["char"]:
            return self.escaped(member["char"])
        return self.numbered(member)

    @staticmethod
    def numbered(member: re.Match[str]) -> str:
        """The character with a number. A number that is too large gives the last character."""
        digits = member["wide"] or member["unit"] or member["byte"]
        code = min(int(digits, 16), 0x10FFFF)
        return re.escape(chr(code))

    @staticmethod
    def escaped(char: str) -> str:
        """A sign behind a backslash: a class, a control character or the sign itself."""
        if char in "123456789k":
            raise BadPattern("不支持反向引用")
        if char in SHORT_CLASSES:
            return CLASSES.get(char) or INVERSES[char]
        if char == "b":
            return re.escape("\b")
        return re.escape(CONTROL.get(char, char))


@lru_cache(maxsize=512)
def compiled(text: str, flags: str = "") -> Pattern:
    """The pattern that a text stands for.

    :param flags: i, m, s, x as in JavaScript; u allows Unicode categories.
    :raises BadPattern: it cannot be read, or uses what is not supported; a Chinese sentence.
    """
    if "x" in flags:
        text = re.sub(r"\s+", "", text)
    options = regex.IGNORECASE if "i" in flags else 0
    try:
        translated = Translation(flags).translated(text)
        return Pattern(regex.compile(translated, options))
    except (regex.error, OverflowError) as problem:
        raise BadPattern("模式有误，请检查括号、重复次数和字符范围") from problem
