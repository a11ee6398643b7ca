r"""Patterns (regular expressions) as JavaScript reads them, in bounded time.

Decided: the library ``regex`` does the matching, because it can be given a time limit: patterns
stand in forms and diagrams, texts come from anybody, and a match may be made to run for ever. Only
what JavaScript reads differently is translated: ``\d``, ``\w`` and ``\b`` are ASCII, ``$`` is the
very end, a brace that counts nothing is a brace, and the signs of other dialects are refused.
Back-references are refused too. Instead of a matcher of our own.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import regex

from service.feel.errors import FeelError

__all__ = ["SPACES", "BadPattern", "Pattern", "compiled"]
SECONDS = 0.5
"""Of the processor, as the library counts them."""
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
MEMBER = re.compile(ESCAPE + "|(?P<plain>.)", re.DOTALL)
TOKEN = re.compile(
    r"(?P<repeat>(?:[*+?]|\{(?P<low>\d{1,6})(?:,(?P<high>\d{0,6}))?\})\??)"
    r"|(?P<open>\((?:\?(?:<?[=!]|:|<[A-Za-z_]\w*>)|(?!\?)))|(?P<close>\))"
    r"|\[(?P<inverse>\^?)(?P<set>(?:\\.|[^\]\\])*)\]|" + MEMBER.pattern,
    re.DOTALL | re.ASCII,
)


class BadPattern(ValueError):
    """A pattern cannot be read; the sentence says why, in Chinese."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern ready to search."""

    matcher: "regex.Pattern[str]"

    def search(self, text: str) -> "regex.Match[str] | None":
        """The first match. :raises FeelError: it takes too long."""
        return next(self.every(text), None)

    def every(self, text: str) -> Iterator["regex.Match[str]"]:
        """All matches that do not overlap. :raises FeelError: they take too long."""
        try:
            yield from self.matcher.finditer(text, timeout=SECONDS)
        except TimeoutError as problem:
            raise FeelError("文本过长或模式过于复杂，无法匹配") from problem


class Translation:
    """One pass over a pattern, which is written again for the library."""

    def __init__(self, flags: str) -> None:
        self.flags = flags
        self.sizes = [0]
        self.last = 0

    def of(self, text: str) -> str:
        """The whole. :raises BadPattern: it is not what JavaScript reads, or too large."""
        whole = "".join(self.token(token) for token in TOKEN.finditer(text))
        if len(self.sizes) > 1:
            raise BadPattern("模式缺少右括号")
        return whole

    def token(self, token: re.Match[str]) -> str:
        """One sign. ``last`` is the size of what a repetition would repeat, 0 where it cannot
        stand.
        """
        if token["repeat"]:
            return self.repeat(token)
        if token["open"]:
            self.sizes.append(0)
            self.last = 0
            if len(self.sizes) > MAX_NESTING:
                raise BadPattern("模式的括号嵌套过深")
            return token["open"]
        if token["close"]:
            return self.close()
        translated, self.last = self.single(token)
        self.grow(self.last)
        return translated

    def repeat(self, token: re.Match[str]) -> str:
        """A quantifier."""
        if not self.last:
            raise BadPattern(f"“{token[0]}”前面没有可重复的内容")
        self.grow(self.last * max(int(token["low"] or 1), int(token["high"] or 0), 1) - self.last)
        self.last = 0
        return token[0]

    def close(self) -> str:
        """The end of a group."""
        if len(self.sizes) == 1:
            raise BadPattern("模式中多出一个右括号")
        self.last = self.sizes.pop() + 1
        self.grow(self.last)
        return ")"

    def grow(self, size: int) -> None:
        """Count what is to be matched: the library would write a repetition out. :raises
        BadPattern: too much.
        """
        self.sizes[-1] += size
        if self.sizes[-1] > MAX_SIZE:
            raise BadPattern("模式过于复杂")

    def single(self, token: re.Match[str]) -> tuple[str, int]:
        """A character, class or place, and its size; a place has none."""
        if token["set"] is not None:
            return self.choice(token["inverse"], token["set"]), 1
        sign = token["plain"]
        if sign in ("^", "$", "|"):
            return self.place(sign), 0
        if sign in ("(", "[", "\\"):
            raise BadPattern("模式没有写完，或使用了不支持的括号")
        if sign == ".":
            return ("(?s:.)" if "s" in self.flags else f"[^{LINE_ENDS}]"), 1
        if token["char"] in EDGES:
            return EDGES[token["char"]], 0
        member = self.member(token)
        return (f"[{member}]" if token["char"] in CLASSES | INVERSES else member), 1

    def place(self, sign: str) -> str:
        """The begin or end of the text, or of a line; "|" is itself."""
        if "m" in self.flags and sign != "|":
            if sign == "^":
                return f"(?<=[{LINE_ENDS}]|\\A)"
            return f"(?=[{LINE_ENDS}]|\\Z)"
        return {"^": r"\A", "$": r"\Z", "|": "|"}[sign]

    def choice(self, inverse: str, inside: str) -> str:
        """What stands in square brackets; nothing in them is nothing, or anything when inverted."""
        members = list(MEMBER.finditer(inside))
        if not members:
            if inverse:
                return "(?s:.)"
            return "(?!)"
        return (
            f"[{inverse}"
            + "".join(
                "-" if member["plain"] == "-" and self.spans(members, at) else self.member(member)
                for at, member in enumerate(members)
            )
            + "]"
        )

    @staticmethod
    def spans(members: list[re.Match[str]], at: int) -> bool:
        """Whether a hyphen stands between two characters, and not beside a class or at the
        border.
        """
        beside = [members[at - 1], members[at + 1]] if 0 < at < len(members) - 1 else []
        return bool(beside) and not any(
            neighbour["property"] or neighbour["char"] in CLASSES | INVERSES for neighbour in beside
        )

    def member(self, sign: re.Match[str]) -> str:
        """A character or an escape, as it can stand inside square brackets."""
        if (sign["property"] or sign["wide"]) and "u" not in self.flags:
            raise BadPattern("此处不支持 \\p{…} 和 \\u{…}，请写明字符范围")
        if sign["property"]:
            return sign[0]
        if sign["plain"]:
            return re.escape(sign["plain"])
        if sign["char"]:
            return self.escaped(sign["char"])
        return self.numbered(sign)

    @staticmethod
    def numbered(sign: re.Match[str]) -> str:
        """The character of a number; the last one there is when the number is too large."""
        number = int(sign["wide"] or sign["unit"] or sign["byte"], 16)
        return re.escape(chr(min(number, 0x10FFFF)))

    @staticmethod
    def escaped(char: str) -> str:
        """What a sign behind a backslash stands for: a class, a control character or itself."""
        if char in "123456789k":
            raise BadPattern("不支持反向引用")
        return (
            CLASSES.get(char)
            or INVERSES.get(char)
            or re.escape("\b" if char == "b" else CONTROL.get(char, char))
        )


@lru_cache(maxsize=512)
def compiled(text: str, flags: str = "") -> Pattern:
    """A pattern; flags i, m, s, x, and u, which allows Unicode categories.

    :raises BadPattern: it cannot be read, or uses what is not supported; a Chinese sentence.
    """
    bare = re.sub(r"\s+", "", text) if "x" in flags else text
    try:
        return Pattern(
            regex.compile(Translation(flags).of(bare), regex.IGNORECASE if "i" in flags else 0)
        )
    except (regex.error, OverflowError) as problem:
        raise BadPattern("模式有误，请检查括号、重复次数和字符范围") from problem
