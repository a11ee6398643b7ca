"""Functions of strings. Positions count characters from 1, or backwards from -1."""

import re
from decimal import Decimal
from typing import Any

from regex import Match

from service.feel.functions.registry import Items, builtin
from service.feel.patterns import BadPattern, Pattern, compiled
from service.feel.texts import text_of
from service.feel.values import Budget

FLAGS = frozenset("imsx")
MAX_POSITION = 10**9
NUMBERED = re.compile(r"\$([0-9])")


@builtin("string", parameters="from")
def string(budget: Budget, value: Any) -> str | None:
    """Any value as text."""
    return text_of(value, budget)


@builtin()
def string_length(string: str) -> Decimal:
    """The number of characters."""
    return Decimal(len(string))


@builtin()
def upper_case(string: str) -> str:
    """The string in capital letters."""
    return string.upper()


@builtin()
def lower_case(string: str) -> str:
    """The string in small letters."""
    return string.lower()


@builtin()
def substring(string: str, start_position: Decimal, length: Decimal | None = None) -> str | None:
    """A part of the string, to its end if there is no ``length``.

    "" if it would begin behind the end. Null if it would begin before the string, or for a
    ``length`` below 1.
    """
    position = int(start_position) if abs(start_position) < MAX_POSITION else MAX_POSITION
    if position > len(string):
        return ""
    if not position or -position > len(string):
        return None
    first = position - 1 if position > 0 else len(string) + position
    if length is None:
        return string[first:]
    if length < 1:
        return None
    size = int(min(length, Decimal(MAX_POSITION)))
    return string[first : first + size]


@builtin()
def substring_before(string: str, match: str) -> str:
    """The text before the first ``match``; "" if there is no match."""
    if not match:
        return ""
    before, separator, _ = string.partition(match)
    return before if separator else ""


@builtin()
def substring_after(string: str, match: str) -> str:
    """The text after the first ``match``; "" if there is no match."""
    if not match:
        return string
    _, _, after = string.partition(match)
    return after


@builtin()
def contains(string: str, match: str) -> bool:
    """Whether ``match`` is a part of the string."""
    return match in string


@builtin()
def starts_with(string: str, match: str) -> bool:
    """Whether the string begins with ``match``."""
    return string.startswith(match)


@builtin()
def ends_with(string: str, match: str) -> bool:
    """Whether the string ends with ``match``."""
    return string.endswith(match)


@builtin()
def trim(string: str) -> str:
    """The string without blanks at both ends."""
    return string.strip()


def pattern_of(text: str, flags: str = "") -> Pattern | None:
    """A pattern that is ready to search.

    None if it cannot be read, or its time cannot be bounded (back-references).
    """
    if set(flags) - FLAGS:
        return None
    try:
        return compiled(text, flags + "u")
    except BadPattern:
        return None


@builtin(parameters="input, pattern, flags")
def matches(text: str, pattern: str, flags: str | None = None) -> bool | None:
    """Whether the pattern matches any part of the text."""
    matcher = pattern_of(pattern, flags or "")
    return None if matcher is None else matcher.search(text) is not None


@builtin(parameters="input, pattern, replacement, flags")
def replace(
    budget: Budget, text: str, pattern: str, replacement: str, flags: str | None = None
) -> str | None:
    """The text with each match replaced. ``$1`` stands for the first group.

    Null for a pattern that matches the empty string.
    """
    matcher = pattern_of(pattern, flags or "")
    if matcher is None or matcher.search("") is not None:
        return None
    pieces, end = [], 0
    for match in matcher.every(text):
        pieces.append(text[end : match.start()])
        pieces.append(filled(replacement, match))
        end = match.end()
        budget.spend()
    pieces.append(text[end:])
    budget.hold(sum(map(len, pieces)))
    return "".join(pieces)


def filled(replacement: str, match: Match[str]) -> str:
    """A replacement with the groups of a match in the places of ``$0``, ``$1`` and so on.

    A number without a group stays as it is written.
    """
    groups = (match.group(), *match.groups(""))

    def group_of(reference: re.Match[str]) -> str:
        number = int(reference[1])
        return groups[number] if number < len(groups) else reference[0]

    return NUMBERED.sub(group_of, replacement)


@builtin(parameters="string, delimiter")
def split(budget: Budget, text: str, delimiter: str) -> list[str] | None:
    """The parts of the text between the matches of ``delimiter``, a pattern."""
    matcher = pattern_of(delimiter)
    if matcher is None:
        return None
    pieces, end = [], 0
    for match in matcher.every(text):
        if match.group():
            pieces.append(text[end : match.start()])
            end = match.end()
        budget.spend()
    return [*pieces, text[end:]]


@builtin(parameters="input, pattern, flags")
def extract(text: str, pattern: str, flags: str | None = None) -> list[str] | None:
    """All matches of a pattern."""
    matcher = pattern_of(pattern, flags or "")
    if matcher is None:
        return None
    return [match.group() for match in matcher.every(text)]


@builtin(parameters="list, delimiter, prefix, suffix")
def string_join(
    budget: Budget,
    items: Items,
    delimiter: str | None = None,
    prefix: str | None = None,
    suffix: str | None = None,
) -> str | None:
    """The strings of a list with ``delimiter`` between them; nulls are left out.

    Null if an item is no string.
    """
    strings = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in strings):
        return None
    separator = delimiter or ""
    size = sum(map(len, strings)) + len(strings) * len(separator)
    budget.hold(size)
    return (prefix or "") + separator.join(strings) + (suffix or "")
