"""Schemas that several wings share, and schemas made from lines.

Instants are ISO 8601 with offset, in UTC.

Decided: the schema of an answer is derived from the frozen dataclass that the query returns.
Because the two said the same twice. The derivation is our own, instead of a library.
marshmallow-dataclass was tried: it names components after the dataclasses, declares every field
required, has no way to rename or describe a field from outside, and brings two more libraries.
desert has had no release since 2022 and knows only marshmallow 3.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import is_dataclass
from datetime import date, datetime
from decimal import Decimal
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from marshmallow import EXCLUDE, Schema, fields, validate
from marshmallow.schema import SchemaMeta

PLAIN: Mapping[Any, type[fields.Field[Any]]] = {
    str: fields.String,
    int: fields.Integer,
    float: fields.Float,
    bool: fields.Boolean,
    datetime: fields.AwareDateTime,
    date: fields.Date,
}
LISTS = (tuple, list, frozenset, Sequence)
NULLABLE = {"allow_none": True}
SCHEMAS: dict[Any, SchemaMeta] = {}
"""The schema of each line. Nested lines are looked up when an answer is first dumped."""


def field_of(hint: Any, **options: Any) -> fields.Field[Any]:
    """The field that dumps a value of this type. Amounts of money become text with two decimals.

    :raises TypeError: there is no field for this type.
    """
    kind = get_origin(hint)
    parts = get_args(hint)
    if NoneType in parts:
        other_types = [part for part in parts if part is not NoneType]
        return field_of(other_types[0], **options | NULLABLE)
    if kind in LISTS:
        entry = field_of(parts[0])
        return fields.List(entry, **options)
    if kind is Mapping:
        return fields.Dict(**options | _entries(*parts))
    if is_dataclass(hint):
        return fields.Nested(lambda: SCHEMAS[hint], **options)
    if hint is Decimal:
        return fields.Decimal(as_string=True, places=2, **options)
    if hint is Any:
        return fields.Raw(**options | NULLABLE)
    if hint not in PLAIN:
        raise TypeError(f"no field for {hint}")
    return PLAIN[hint](**options)


def _entries(key: Any, value: Any) -> dict[str, Any]:
    """The options of a mapping's field. Values of any type are dumped as they are."""
    if value is Any:
        return {}
    return {"keys": field_of(key), "values": field_of(value)}


class LineMeta(SchemaMeta):
    """Gives a schema a field for each field of its ``line``.

    A field that is written in the class replaces the derived one, even if it gives it another name
    by ``attribute``.

    :param without: fields of the line that callers do not get.
    :param described: the description of a field in the interface, by its name.
    :raises TypeError: the line has no such field, or a field of a type that no schema can dump.
    """

    def __new__(
        cls,
        name: str,
        bases: tuple[type, ...],
        attrs: dict[str, Any],
        *,
        line: Any = None,
        without: Collection[str] = (),
        described: Mapping[str, str] | None = None,
    ) -> SchemaMeta:
        if line is None:
            return super().__new__(cls, name, bases, attrs)
        hints = _hints(line)
        descriptions = described or {}
        unknown = {*without, *descriptions} - set(hints)
        if unknown:
            raise TypeError(f"{line.__name__} has no {', '.join(sorted(unknown))}")
        replaced = {*without, *_written(attrs)}
        derived = {}
        for key, hint in hints.items():
            if key in replaced:
                continue
            metadata = {"description": descriptions[key]} if key in descriptions else {}
            derived[key] = field_of(hint, metadata=metadata)
        SCHEMAS[line] = schema = super().__new__(cls, name, bases, derived | attrs)
        return schema

    def __init__(self, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **_: Any) -> None:
        super().__init__(name, bases, attrs)  # type: ignore[no-untyped-call]


def _written(attrs: Mapping[str, Any]) -> set[str]:
    """The attributes that the fields written in a class dump."""
    written = set()
    for name, value in attrs.items():
        if isinstance(value, fields.Field):
            written.add(value.attribute or name)
    return written


def _hints(line: Any) -> dict[str, Any]:
    """The types of a line's fields, in their order."""
    hints = get_type_hints(line)
    return {name: hints[name] for name in line.__dataclass_fields__}


class LineOut(Schema, metaclass=LineMeta):
    """A schema made from the line that its class statement names."""


class QueryIn(Schema):
    """Parameters in an address. Unknown ones are ignored."""

    class Meta:
        unknown = EXCLUDE


class FormatIn(QueryIn):
    """The format of the answer: JSON or a workbook."""

    format = fields.Str(
        load_default="json", validate=validate.OneOf(["json", "xlsx"], error="应为 json 或 xlsx")
    )


class PageIn(QueryIn):
    """One page of a list: ``limit`` lines from ``cursor`` on."""

    limit = fields.Int(
        load_default=20,
        validate=validate.Range(1, 100, error="每页条数应在 1 到 100 之间"),
        metadata={"description": "1 到 100"},
    )
    cursor = fields.Str(load_default=None)
