"""Strings: escapes taken out, and every value written as a string."""

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
    """The string a literal with its quotes stands for; two surrogates written one by one become one
    character.
    """
    text = ESCAPED_SIGN.sub(escaped_character, literal[1:-1])
    return PAIR.sub(
        lambda pair: pair.group().encode("utf-16", "surrogatepass").decode("utf-16"), text
    )


def escaped_character(match: re.Match[str]) -> str:
    """One escape; an unknown one stays as it is written."""
    code = match[1] or match[2]
    if code and int(code, 16) < 0x110000:
        return chr(int(code, 16))
    return PLAIN.get(match[3] or "", match[0])


def number_text(number: Decimal) -> str:
    """A number without exponent and superfluous zeros, as far as it is not absurdly long."""
    if not number:
        return "0"
    whole = number.normalize(DIGITS) if number == number.to_integral_value() else number
    text = f"{whole:f}"
    if "." in text:
        return text.rstrip("0").rstrip(".")
    return text


def text_of(value: Any, budget: Budget, inside: int = 0) -> str | None:
    """What ``string(value)`` gives; null stays null, strings inside lists and contexts are quoted.

    :raises FeelError: the text is too long or nested too deeply.
    """
    budget.spend()
    if value is None:
        if not inside:
            return None
        return "null"
    if isinstance(value, str):
        if inside:
            return quoted(value)
        return value
    if isinstance(value, (list, dict)):
        return nested_text(value, budget, inside)
    return simple_text(value, budget, inside)


def quoted(text: str) -> str:
    """A string as a literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def nested_text(value: list[Any] | dict[str, Any], budget: Budget, inside: int) -> str:
    """A list or context in the syntax of the language."""
    if inside > MAX_DEPTH:
        raise FeelError("数据嵌套层数过多")
    if isinstance(value, list):
        text = "[" + ", ".join(str(text_of(item, budget, inside + 1)) for item in value) + "]"
    else:
        parts = (
            f"{key if key.isidentifier() else quoted(key)}: {text_of(item, budget, inside + 1)}"
            for key, item in value.items()
        )
        text = "{" + ", ".join(parts) + "}"
    budget.hold(len(text))
    return text


def simple_text(value: Any, budget: Budget, inside: int) -> str | None:
    """Everything that is neither a string nor made of other values."""
    if isinstance(value, bool):
        if value:
            return "true"
        return "false"
    if isinstance(value, Decimal):
        return number_text(value)
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return time_text(value)
    return span_text(value, budget, inside)


def span_text(value: Any, budget: Budget, inside: int) -> str | None:
    """Durations and intervals; a function has no text."""
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, YearsMonths):
        return str(value)
    if isinstance(value, Range):
        return (
            ("[" if value.start_included else "(")
            + str(text_of(value.start, budget, inside + 1))
            + ".."
            + str(text_of(value.end, budget, inside + 1))
            + ("]" if value.end_included else ")")
        )
    return None
