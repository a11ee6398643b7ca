"""The syntax of patterns: from text to a small tree. A character test is a function of one character."""

import re
import unicodedata
from collections.abc import Callable
from typing import Any

Step = tuple[Any, ...]
Test = Callable[[str], bool]
Place = Callable[[str, int], bool]
MAX_DEPTH = 40
MAX_REPEAT = 1000
CONTROL = {"n": "\n", "t": "\t", "r": "\r", "f": "\f", "v": "\v", "0": "\0"}
COUNT = re.compile(r"\{(\d{1,6})(,(\d{0,6}))?\}", re.ASCII)
CODE = re.compile(r"u([0-9A-Fa-f]{4})|u\{([0-9A-Fa-f]{1,6})\}|x([0-9A-Fa-f]{2})")
PROPERTY = re.compile(r"[pP]\{(?:(?:sc|Script|gc|General_Category)=)?(\w+)\}")
GROUP = re.compile(r"\?(?::|<[A-Za-z_]\w*>)")


class BadPattern(ValueError):
    """A pattern cannot be read; the sentence says why, in Chinese."""


def is_word(char: str) -> bool:
    """A letter, digit or underscore, ASCII."""
    return char.isascii() and (char.isalnum() or char == "_")


def is_digit(char: str) -> bool:
    """0 to 9."""
    return "0" <= char <= "9"


def is_space(char: str) -> bool:
    """What JavaScript calls white space."""
    return char in " \t\n\v\f\r\u00a0\u1680\u2028\u2029\u202f\u205f\u3000\ufeff" or "\u2000" <= char <= "\u200a"


def is_line_end(char: str) -> bool:
    """What a dot does not match."""
    return char in "\n\r\u2028\u2029"


CLASSES: dict[str, Test] = {"d": is_digit, "w": is_word, "s": is_space}


def negated(test: Test) -> Test:
    """All other characters."""
    return lambda char: not test(char)


def one_of(tests: list[Test]) -> Test:
    """A character for which one of the tests holds."""
    return lambda char: any(test(char) for test in tests)


def exactly(wanted: str) -> Test:
    """One character."""
    return lambda char: char == wanted


def from_to(low: str, high: str) -> Test:
    """A range of characters."""
    return lambda char: low <= char <= high


def either_case(test: Test) -> Test:
    """Capital or small."""
    return lambda char: test(char) or test(char.lower()) or test(char.upper())


def of_property(name: str) -> Test:
    """A Unicode category such as ``L`` or ``Lu``, or the Han script."""
    if name in ("Han", "Hani", "Unified_Ideograph", "Ideographic"):
        return lambda char: unicodedata.name(char, "").startswith("CJK UNIFIED IDEOGRAPH") or char in "〇々"
    if not re.fullmatch(r"[A-Z][a-z]?", name):
        raise BadPattern(f"不支持字符类别“{name}”")
    return lambda char: unicodedata.category(char).startswith(name)


class Syntax:
    """One pass over the text of a pattern."""

    def __init__(self, text: str, flags: str, edge: Place) -> None:
        self.text = re.sub(r"\s+", "", text) if "x" in flags else text
        self.flags = flags
        self.edge = edge
        self.at = 0
        self.groups = 0
        self.depth = 0

    def read(self) -> Step:
        """The whole tree. :raises BadPattern: it cannot be read."""
        tree = self.either()
        if self.at < len(self.text):
            raise BadPattern("模式中多出一个右括号")
        return tree

    def peek(self, wanted: str) -> bool:
        """Take ``wanted`` if it comes next."""
        if not self.text.startswith(wanted, self.at):
            return False
        self.at += len(wanted)
        return True

    def take(self, shape: re.Pattern[str]) -> re.Match[str] | None:
        """Take what has this shape if it comes next."""
        if found := shape.match(self.text, self.at):
            self.at = found.end()
        return found

    def either(self) -> Step:
        """Alternatives."""
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise BadPattern("模式的括号嵌套过深")
        parts = [self.sequence()]
        while self.peek("|"):
            parts.append(self.sequence())
        self.depth -= 1
        return ("either", parts) if len(parts) > 1 else parts[0]

    def sequence(self) -> Step:
        """Parts one after the other."""
        parts: list[Step] = []
        while self.at < len(self.text) and self.text[self.at] not in "|)":
            parts.append(self.repeated(self.atom()))
        return ("all", parts)

    def repeated(self, atom: Step) -> Step:
        """A part with its quantifier."""
        simple = {"*": (0, None), "+": (1, None), "?": (0, 1)}
        bounds = next((simple[sign] for sign in simple if self.peek(sign)), None)
        if bounds is None:
            if not (found := self.take(COUNT)):
                return atom
            low = int(found[1])
            bounds = (low, low if not found[2] else int(found[3]) if found[3] else None)
        low, high = bounds
        if max(low, high or 0) > MAX_REPEAT or (high is not None and high < low):
            raise BadPattern("重复次数有误或过大")
        if atom[0] == "at":
            raise BadPattern("位置符号后不能有重复次数")
        return ("repeat", atom, low, high, self.peek("?"))

    def atom(self) -> Step:
        """One character, class, group or place."""
        char = self.text[self.at]
        self.at += 1
        if char == "(":
            return self.group()
        if char == "[":
            return ("set", self.cased(self.choice()))
        if char in "^$":
            return ("at", self.border(char))
        if char == ".":
            return ("set", (lambda any_char: True) if "s" in self.flags else negated(is_line_end))
        if char in "*+?":
            raise BadPattern(f"“{char}”前面没有可重复的内容")
        if char == "\\":
            return self.escape()
        return ("set", self.cased(exactly(char)))

    def border(self, char: str) -> Place:
        """The begin or the end of the text, or of a line."""
        lines = "m" in self.flags
        if char == "^":
            return lambda text, at: at == 0 or (lines and is_line_end(text[at - 1]))
        return lambda text, at: at == len(text) or (lines and is_line_end(text[at]))

    def group(self) -> Step:
        """What stands in round brackets."""
        ahead = next((sign for sign in ("?=", "?!") if self.peek(sign)), "")
        opening = self.take(GROUP)
        if not ahead and not opening and self.text.startswith("?", self.at):
            raise BadPattern("不支持这种括号（仅支持分组与先行断言）")
        number = 0
        if not ahead and (not opening or opening.group() != "?:"):
            self.groups += 1
            number = self.groups
        inner = self.either()
        if not self.peek(")"):
            raise BadPattern("模式缺少右括号")
        if ahead:
            return ("look", inner, ahead == "?=")
        return ("group", number, inner) if number else inner

    def escape(self) -> Step:
        """A backslash outside a class."""
        if self.peek("b"):
            return ("at", self.edge)
        if self.peek("B"):
            return ("at", lambda text, at: not self.edge(text, at))
        if self.text[self.at:self.at + 1] in tuple("123456789k"):
            raise BadPattern("不支持反向引用")
        found = self.escaped()
        return ("set", self.cased(exactly(found) if isinstance(found, str) else found))

    def escaped(self) -> str | Test:
        """One escaped character, or the test a class such as ``\\d`` stands for."""
        if "u" not in self.flags and self.text.startswith(("p{", "P{", "u{"), self.at):
            raise BadPattern("此处不支持 \\p{…} 和 \\u{…}，请写明字符范围")
        if found := self.take(PROPERTY):
            return negated(of_property(found[1])) if found.group()[0] == "P" else of_property(found[1])
        if found := self.take(CODE):
            code = int(found[1] or found[2] or found[3], 16)
            return chr(code) if code < 0x110000 else "\ufffd"
        if self.at >= len(self.text):
            raise BadPattern("模式以反斜杠结尾")
        char = self.text[self.at]
        self.at += 1
        if char.lower() in CLASSES:
            return CLASSES[char] if char.islower() else negated(CLASSES[char.lower()])
        return CONTROL.get(char, char)

    def choice(self) -> Test:
        """What stands in square brackets."""
        inverse = self.peek("^")
        tests: list[Test] = []
        while not self.peek("]"):
            low = self.member()
            if self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at) and isinstance(low, str):
                self.at += 1
                high = self.member()
                tests.append(self.range_of(low, high) if isinstance(high, str)
                             else one_of([exactly(low), high, exactly("-")]))
            else:
                tests.append(exactly(low) if isinstance(low, str) else low)
        return negated(one_of(tests)) if inverse else one_of(tests)

    @staticmethod
    def range_of(low: str, high: str) -> Test:
        """``a-z``. :raises BadPattern: the wrong way round."""
        if high < low:
            raise BadPattern(f"字符范围 {low}-{high} 颠倒")
        return from_to(low, high)

    def member(self) -> str | Test:
        """One character or class within square brackets."""
        if self.at >= len(self.text):
            raise BadPattern("模式缺少右方括号")
        char = self.text[self.at]
        self.at += 1
        if char != "\\":
            return char
        return "\b" if self.peek("b") else self.escaped()

    def cased(self, test: Test) -> Test:
        """The test, blind to case when the flag says so."""
        return either_case(test) if "i" in self.flags else test
