"""Typed values as forms show them, the parts of a form, and the difference between two answers."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from service.domain.forms.schema import Component, children, everything, key_of, keys_of

WORD = re.compile(r"\w+")
WHOLE_BELOW = 10**15
"""Whole numbers below this stay whole; larger ones become binary fractions."""


def plain(value: Any) -> Any:
    """A typed value as JSON for a form: decimals become numbers, dates ISO 8601 texts."""
    match value:
        case Decimal():
            is_exact_whole = value == value.to_integral_value() and abs(value) < WHOLE_BELOW
            if is_exact_whole:
                return int(value)
            return float(value)
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
    """Whether a field only shows something, so that nobody types into it."""
    is_locked = component.get("readonly") is True or component.get("disabled") is True
    return is_locked or component.get("type") == "expression"


def asked_keys(schema: Component) -> frozenset[str]:
    """The names of the fields and lists that people fill in."""
    fields = keys_of(schema).items()
    return frozenset(key for key, field in fields if not only_shows(field))


def narrowed(schema: Component, keys: Collection[str]) -> dict[str, Any]:
    """The form with only these fields and lists.

    A list keeps only its read-only columns, if it has any.
    """
    components: list[Component] = []
    for component in children(schema):
        if component.get("type") == "group":
            inner = narrowed(component, keys)
            components += [inner] if inner["components"] else []
        elif key_of(component) in keys:
            components.append(_with_read_only_columns(component))
    return {**schema, "components": components}


def parted(schema: Component) -> tuple[dict[str, Any], dict[str, Any]]:
    """The form in two parts: the groups at its top that are only read, and the rest.

    A group stays with the rest if anything in the rest mentions its fields. If the rest has no
    fields at all, nothing is parted.
    """
    components = children(schema)
    groups = [component for component in components if _is_read_only_group(component)]
    rest = [component for component in components if component not in groups]
    words = set(WORD.findall(str(rest)))
    to_read = [group for group in groups if words.isdisjoint(keys_of(group))]
    if not keys_of({"components": rest}):
        to_read = []
    to_fill_in = [component for component in components if component not in to_read]
    return {**schema, "components": to_read}, {**schema, "components": to_fill_in}


def _is_read_only_group(component: Component) -> bool:
    """Whether a component is a group that has only read-only fields and shows them at all times."""
    fields = list(keys_of(component).values()) if component.get("type") == "group" else []
    is_computed = any(field.get("type") in ("expression", "dynamiclist") for field in fields)
    is_conditional = any(part.get("conditional") for part in (component, *everything(component)))
    if not fields or is_computed or is_conditional:
        return False
    return all(only_shows(field) for field in fields)


def _with_read_only_columns(component: Component) -> Component:
    """A list with only its read-only columns. Anything else stays as it is."""
    if component.get("type") != "dynamiclist":
        return component
    columns = {key for key, field in keys_of(component).items() if only_shows(field)}
    if columns:
        return narrowed(component, columns)
    return component


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names under which two answers differ.

    Empty text, an empty list and no value count as the same.
    """
    keys = dict.fromkeys([*after, *before])
    return tuple(
        key for key in keys if _without_empty(before.get(key)) != _without_empty(after.get(key))
    )


def _without_empty(value: Any) -> Any:
    """A value without the empty values in it; None if nothing is left."""
    match value:
        case Mapping():
            entries = {key: _without_empty(inner) for key, inner in value.items()}
            return {key: inner for key, inner in entries.items() if inner is not None} or None
        case list() | tuple():
            return [_without_empty(inner) for inner in value] or None
        case "":
            return None
    return value
