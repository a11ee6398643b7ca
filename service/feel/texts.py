"""Strings: reads the escapes of a literal, and writes every value as a string."""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from service.feel.errors import FeelError
from service.feel.temporal import duration_text, moment_text, time_text
from service.feel.values import DIGITS, MAX_DEPTH, Budget, Range, YearsMonths

ESCAPED_SIGN = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{6})|(.))", re.DOTALL)
PLAIN = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'"}
PAIR = re.compile("[\ud800-\udbff][\udc00-\udfff]")


def unescaped(literal: str) -> str:
    """The string that a literal with its quotes stands for.

    Two surrogates that are written one by one become one character.
    """
    text = ESCAPED_SIGN.sub(unescaped_sign, literal[1:-1])
    return PAIR.sub(character_of_pair, text)


def character_of_pair(pair: re.Match[str]) -> str:
    """The character that two surrogates stand for."""
    return pair.group().encode("utf-16", "surrogatepass").decode("utf-16")


def unescaped_sign(escape: re.Match[str]) -> str:
    """The character of one escape. An unknown escape stays as it is written."""
    code = escape[1] or escape[2]
    if code and int(code, 16) < 0x110000:
        return chr(int(code, 16))
    return PLAIN.get(escape[3] or "", escape[0])


def number_text(number: Decimal) -> str:
    """A number without exponent and without superfluous zeros."""
    if not number:
        return "0"
    is_whole = number == number.to_integral_value()
    text = f"{number.normalize(DIGITS):f}" if is_whole else f"{number:f}"
    if "." in text:
        return text.rstrip("0").rstrip(".")
    return text


def text_of(value: Any, budget: Budget, depth: int = 0) -> str | None:
    """The result of ``string(value)``: null for null; strings inside lists and contexts are quoted.

    :param depth: how many lists and contexts are around the value.
    :raises FeelError: the text is too long or nested too deeply.
    """
    budget.spend()
    if value is None:
        return "null" if depth else None
    if isinstance(value, str):
        return quoted(value) if depth else value
    if isinstance(value, (list, dict)):
        return nested_text(value, budget, depth)
    return simple_text(value, budget, depth)


def quoted(text: str) -> str:
    """A string as a literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def nested_text(value: list[Any] | dict[str, Any], budget: Budget, depth: int) -> str:
    """A list or context in the syntax of the language."""
    if depth > MAX_DEPTH:
        raise FeelError("数据嵌套层数过多")
    parts = []
    if isinstance(value, list):
        for item in value:
            parts.append(str(text_of(item, budget, depth + 1)))
        text = f"[{', '.join(parts)}]"
    else:
        for key, item in value.items():
            key_text = key if key.isidentifier() else quoted(key)
            parts.append(f"{key_text}: {text_of(item, budget, depth + 1)}")
        text = f"{{{', '.join(parts)}}}"
    budget.hold(len(text))
    return text


def simple_text(value: Any, budget: Budget, depth: int) -> str | None:
    """A value that is neither a string nor a list or context."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return time_text(value)
    return span_text(value, budget, depth)


def span_text(value: Any, budget: Budget, depth: int) -> str | None:
    """A duration or an interval. A function has no text."""
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, YearsMonths):
        return str(value)
    if not isinstance(value, Range):
        return None
    opening = "[" if value.start_included else "("
    start = text_of(value.start, budget, depth + 1)
    end = text_of(value.end, budget, depth + 1)
    closing = "]" if value.end_included else ")"
    return f"{opening}{start}..{end}{closing}"
