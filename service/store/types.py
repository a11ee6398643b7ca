"""The types of columns, and the base class of all rows.

Instants are stored in UTC. The values in stored documents keep their types.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any

import orjson
from sqlalchemy import DateTime, ForeignKey, LargeBinary, MetaData, String, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from service.domain.people.actor import Holder

MARKS = frozenset({"$decimal", "$date", "$instant", "$plain"})
AS_IT_IS = frozenset({str, int, float, bool, type(None)})
"""Values of these types are stored as they are.

Most values have them, and a case may have tens of thousands of values. So they are skipped without
a call.
"""


def pack(value: Any) -> Any:
    """A typed value as JSON. Decimals, dates and instants become objects with a mark as key."""
    match value:
        case Decimal():
            return {"$decimal": str(value)}
        case datetime():
            return {"$instant": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case Mapping():
            packed = {
                str(key): inner if type(inner) in AS_IT_IS else pack(inner)
                for key, inner in value.items()
            }
            looks_marked = len(packed) == 1 and next(iter(packed)) in MARKS
            if looks_marked:
                return {"$plain": packed}
            return packed
        case list() | tuple():
            return [pack(inner) for inner in value]
    return value


def unpack(value: Any) -> Any:
    """The typed value in the JSON of :func:`pack`. Lists and objects are changed in place."""
    if isinstance(value, list):
        return _unpacked(value, enumerate(value))
    if not isinstance(value, dict):
        return value
    if len(value) == 1:
        ((mark, inner),) = value.items()
        if mark in READERS:
            return READERS[mark](inner)
    return _unpacked(value, value.items())


def _unpacked(value: Any, places: Iterable[tuple[Any, Any]]) -> Any:
    for place, inner in places:
        if type(inner) not in AS_IT_IS:
            value[place] = unpack(inner)
    return value


READERS: dict[str, Any] = {
    "$decimal": Decimal,
    "$date": date.fromisoformat,
    "$instant": datetime.fromisoformat,
    "$plain": lambda inner: {key: unpack(value) for key, value in inner.items()},
}


def dumps(value: Any) -> str:
    """A typed value as compact JSON text."""
    return orjson.dumps(pack(value)).decode()


def loads(text: str) -> Any:
    """The typed value in the text of :func:`dumps`."""
    return unpack(orjson.loads(text))


class Typed(TypeDecorator[Any]):
    """A JSON document with typed values, in a text column.

    It is text because JSONB would reorder the keys. It is typed because money is decimal.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return dumps(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return loads(value)


class Instant(TypeDecorator[datetime]):
    """An aware instant, stored in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive instant has no place in the database")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            return value.replace(tzinfo=UTC)
        return value.astimezone(UTC)


class HolderText(TypeDecorator[Holder]):
    """The holder of an item, a notice or a channel, stored as its text."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Holder | None:
        if value is None:
            return None
        return Holder(value)


Id = Annotated[int, mapped_column(primary_key=True)]
CaseId = Annotated[int, mapped_column(ForeignKey("case_.id"))]
ItemId = Annotated[int, mapped_column(ForeignKey("item.id"))]
AnswerId = Annotated[int, mapped_column(ForeignKey("answer.id"))]
PersonId = Annotated[int, mapped_column(ForeignKey("person.id"))]
UnitId = Annotated[int, mapped_column(ForeignKey("unit.id"))]
DemandId = Annotated[int, mapped_column(ForeignKey("demand.id"))]
DeploymentId = Annotated[int, mapped_column(ForeignKey("deployment.id"))]
JurisdictionCode = Annotated[str, mapped_column(ForeignKey("jurisdiction.code"))]
"""The types of columns that are a key of their own table or of another one."""
Count = Annotated[int, mapped_column(default=0)]
String4 = Annotated[str, mapped_column(String(4))]
String8 = Annotated[str, mapped_column(String(8))]
String10 = Annotated[str, mapped_column(String(10))]
String12 = Annotated[str, mapped_column(String(12))]
String20 = Annotated[str, mapped_column(String(20))]
String24 = Annotated[str, mapped_column(String(24))]
String36 = Annotated[str, mapped_column(String(36))]
String40 = Annotated[str, mapped_column(String(40))]
String60 = Annotated[str, mapped_column(String(60))]
String64 = Annotated[str, mapped_column(String(64))]
String80 = Annotated[str, mapped_column(String(80))]
String120 = Annotated[str, mapped_column(String(120))]
String170 = Annotated[str, mapped_column(String(170))]
String200 = Annotated[str, mapped_column(String(200))]
String500 = Annotated[str, mapped_column(String(500))]
"""Texts by the largest number of characters."""


CONVENTION = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base class of all rows."""

    metadata = MetaData(naming_convention=CONVENTION)
    type_annotation_map = {
        datetime: Instant,
        Holder: HolderText,
        dict[str, Any]: Typed,
        list[Any]: Typed,
    }


class Chained:
    """A row that has a journal of its own: the number of its lines, and the digest of the last."""

    journal_lines: Mapped[Count]
    journal_head: Mapped[bytes | None] = mapped_column(LargeBinary)
