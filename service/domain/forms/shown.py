"""Typed values as forms show them; what of a form people fill in; what differs between rounds of
answers.
"""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from service.domain.forms.schema import Component, children, everything, key_of, keys_of

WORD = re.compile(r"\w+")


def plain(value: Any) -> Any:
    """A typed value as JSON for a form: decimals as numbers in text, dates in ISO 8601."""
    match value:
        case Decimal():
            return (
                int(value)
                if value == value.to_integral_value() and abs(value) < 10**15
                else float(value)
            )
        case date():
            return value.isoformat()
        case Mapping():
            return {key: plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
    return value


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """:func:`plain`, for a form's data."""
    return {key: plain(value) for key, value in values.items()}


def only_shows(component: Component) -> bool:
    """Whether a field only shows something: nobody types into it."""
    shut = component.get("readonly") is True or component.get("disabled") is True
    return shut or component.get("type") == "expression"


def asked_keys(schema: Component) -> frozenset[str]:
    """The names of the fields and lists that people fill in."""
    return frozenset(key for key, one in keys_of(schema).items() if not only_shows(one))


def narrowed(schema: Component, keys: Collection[str]) -> dict[str, Any]:
    """The form with these fields and lists alone. Of a list, only what its rows show to read stays,
    where there is any.
    """
    found: list[Component] = []
    for component in children(schema):
        if component.get("type") == "group":
            inner = narrowed(component, keys)
            found += [inner] if inner["components"] else []
        elif key_of(component) in keys:
            found.append(_to_read(component))
    return {**schema, "components": found}


def parted(schema: Component) -> tuple[dict[str, Any], dict[str, Any]]:
    """A form in two: the groups at its top that are only to be read, and the rest, which is filled
    in. A group stays with the rest where anything there speaks of its fields, and where nothing
    would be left.
    """
    groups = [one for one in children(schema) if _only_read(one)]
    rest = [one for one in children(schema) if one not in groups]
    words = set(WORD.findall(str(rest)))
    apart = [one for one in groups if words.isdisjoint(keys_of(one))]
    if not any(keys_of({"components": [one]}) for one in rest):
        apart = []
    filled = [one for one in children(schema) if one not in apart]
    return {**schema, "components": apart}, {**schema, "components": filled}


def _only_read(component: Component) -> bool:
    """Whether a group has nothing but fixed fields that are always shown."""
    fields = list(keys_of(component).values()) if component.get("type") == "group" else []
    lively = any(one.get("type") in ("expression", "dynamiclist") for one in fields)
    depends = any(one.get("conditional") for one in (component, *everything(component)))
    return bool(fields) and not lively and not depends and all(only_shows(one) for one in fields)


def _to_read(component: Component) -> Component:
    if component.get("type") != "dynamiclist":
        return component
    columns = {key for key, one in keys_of(component).items() if only_shows(one)}
    return narrowed(component, columns) if columns else component


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names under which two rounds of answers differ; empty text, an empty list and nothing are
    the same.
    """
    keys = dict.fromkeys([*after, *before])
    return tuple(key for key in keys if _bare(before.get(key)) != _bare(after.get(key)))


def _bare(value: Any) -> Any:
    """A value without what is empty in it."""
    match value:
        case Mapping():
            kept = {key: _bare(inner) for key, inner in value.items()}
            return {key: inner for key, inner in kept.items() if inner is not None} or None
        case list() | tuple():
            return [_bare(inner) for inner in value] or None
        case "":
            return None
    return value
