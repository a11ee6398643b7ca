"""Functions of strings. Places count characters from 1, backwards from -1."""

import re
from decimal import Decimal
from typing import Any

from regex import Match

from service.feel.functions.registry import Items, builtin
from service.feel.patterns import BadPattern, Pattern, compiled
from service.feel.texts import text_of
from service.feel.values import Budget

FLAGS = frozenset("imsx")
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
    """In capital letters."""
    return string.upper()


@builtin()
def lower_case(string: str) -> str:
    """In small letters."""
    return string.lower()


@builtin()
def substring(string: str, start_position: Decimal, length: Decimal | None = None) -> str | None:
    """A part; null when it would begin outside or have no length."""
    start = int(start_position) if abs(start_position) < 10**9 else 10**9
    if not start or abs(start) > len(string):
        if start > len(string):
            return ""
        return None
    first = start - 1 if start > 0 else len(string) + start
    if length is None:
        return string[first:]
    if length >= 1:
        return string[first : first + int(min(length, Decimal(10**9)))]
    return None


@builtin()
def substring_before(string: str, match: str) -> str:
    """What stands before the first ``match``, "" without one."""
    before, separator, _ = string.partition(match) if match else ("", "", "")
    if not separator:
        return ""
    return before


@builtin()
def substring_after(string: str, match: str) -> str:
    """What stands after the first ``match``, "" without one."""
    if match:
        return string.partition(match)[2]
    return string


@builtin()
def contains(string: str, match: str) -> bool:
    """Whether ``match`` stands anywhere in it."""
    return match in string


@builtin()
def starts_with(string: str, match: str) -> bool:
    """Whether it begins with ``match``."""
    return string.startswith(match)


@builtin()
def ends_with(string: str, match: str) -> bool:
    """Whether it ends with ``match``."""
    return string.endswith(match)


@builtin()
def trim(string: str) -> str:
    """Without blanks at both ends."""
    return string.strip()


def pattern_of(text: str, flags: str | None) -> Pattern | None:
    """A pattern ready to use; null when it cannot be read or needs what cannot be bounded
    (back-references).
    """
    if set(flags or "") - FLAGS:
        return None
    try:
        return compiled(text, (flags or "") + "u")
    except BadPattern:
        return None


@builtin(parameters="input, pattern, flags")
def matches(text: str, pattern: str, flags: str | None = None) -> bool | None:
    """Whether the pattern is found anywhere in the text."""
    compiled = pattern_of(pattern, flags)
    if compiled is None:
        return None
    return compiled.search(text) is not None


@builtin(parameters="input, pattern, replacement, flags")
def replace(
    budget: Budget, text: str, pattern: str, replacement: str, flags: str | None = None
) -> str | None:
    """Each match replaced; ``$1`` stands for the first group. Null for a pattern that matches
    nothing.
    """
    compiled = pattern_of(pattern, flags)
    if compiled is None or compiled.search("") is not None:
        return None
    pieces = []
    at = 0
    for match in compiled.every(text):
        pieces += [text[at : match.start()], filled(replacement, match)]
        at = match.end()
        budget.spend()
    budget.hold(sum(map(len, pieces)) + len(text) - at)
    return "".join([*pieces, text[at:]])


def filled(replacement: str, match: Match[str]) -> str:
    """A replacement with ``$1`` and ``$0`` put in; a number that no group has stays as it is
    written.
    """
    groups = (match.group(), *match.groups(""))
    return NUMBERED.sub(
        lambda reference: (
            groups[int(reference[1])] if int(reference[1]) < len(groups) else reference[0]
        ),
        replacement,
    )


@builtin(parameters="string, delimiter")
def split(budget: Budget, text: str, delimiter: str) -> list[str] | None:
    """The parts between what matches ``delimiter``, a pattern."""
    compiled = pattern_of(delimiter, None)
    if compiled is None:
        return None
    pieces = []
    at = 0
    for match in compiled.every(text):
        if match.group():
            pieces.append(text[at : match.start()])
            at = match.end()
        budget.spend()
    return [*pieces, text[at:]]


@builtin(parameters="input, pattern, flags")
def extract(text: str, pattern: str, flags: str | None = None) -> list[str] | None:
    """All matches of a pattern."""
    compiled = pattern_of(pattern, flags)
    if compiled is None:
        return None
    return [match.group() for match in compiled.every(text)]


@builtin(parameters="list, delimiter, prefix, suffix")
def string_join(
    budget: Budget,
    items: Items,
    delimiter: str | None = None,
    prefix: str | None = None,
    suffix: str | None = None,
) -> str | None:
    """The strings of a list, with ``delimiter`` between them; nulls are left out."""
    strings = [item for item in items if item is not None]
    if not all(isinstance(item, str) for item in strings):
        return None
    budget.hold(sum(map(len, strings)) + len(strings) * len(delimiter or ""))
    return (prefix or "") + (delimiter or "").join(strings) + (suffix or "")
