"""The types that ``instance of`` and parameters name."""

from collections.abc import Callable
from typing import Any

from lark import Token

from service.feel.values import Range, kind

Check = Callable[[Any], bool]
KINDS = {"dayTimeDuration": "days and time duration", "yearMonthDuration": "years and months duration",
         "dateTime": "date and time"}


def checker(parts: list[Any]) -> Check:
    """From the words of a type to a test of values; null is an instance of Null only."""
    first: Token = parts[0]
    if first.type != "NAME":
        return lambda value: callable(value)
    names = [str(part) for part in parts[1:] if isinstance(part, Token) and part.type == "NAME"]
    inner = [part for part in parts[1:] if not isinstance(part, Token)]
    if names:
        return lambda value: kind(value) == "context" and all(
            name in value and (value[name] is None or test(value[name]))
            for name, test in zip(names, inner, strict=True))
    return simple(KINDS.get(str(first), str(first)), inner)


def simple(name: str, inner: list[Check]) -> Check:
    """A type by its name, with the type of its items as it may be."""
    if name == "Any":
        return lambda value: value is not None
    if name == "Null":
        return lambda value: value is None
    if name == "list" and inner:
        return lambda value: kind(value) == "list" and all(item is None or inner[0](item) for item in value)
    if name == "range" and inner:
        return lambda value: isinstance(value, Range) and all(
            bound is None or inner[0](bound) for bound in (value.start, value.end))
    return lambda value: kind(value) == name
