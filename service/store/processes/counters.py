"""Numbers without gaps.

The row of a counter stays locked until its command commits. So no number is lost or given twice.
"""

from typing import Any

from sqlalchemy import case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.types import Base, Count, Id, String20, String40


class CounterRow(Base):
    """The last number that was given out in a year."""

    __tablename__ = "counter"

    jurisdiction: Mapped[String20] = mapped_column(primary_key=True)
    name: Mapped[String40] = mapped_column(primary_key=True)
    year: Mapped[Id]
    value: Mapped[Count]


INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def next_number(session: Session, jurisdiction: str, name: str, year: int, count: int = 1) -> int:
    """The number after the last one that was given out. The first number of a year is 1.

    It sends one statement, so it is right even if two commands ask at once.

    :param count: how many numbers are taken together. The last of them is returned.
    """
    insert = INSERT[session.get_bind().dialect.name](CounterRow).values(
        jurisdiction=jurisdiction,
        name=name,
        year=year,
        value=count,
    )
    upsert = insert.on_conflict_do_update(
        index_elements=[CounterRow.jurisdiction, CounterRow.name, CounterRow.year],
        set_={"value": CounterRow.value + count},
    )
    return int(session.scalars(upsert.returning(CounterRow.value)).one())


def raise_to(session: Session, jurisdiction: str, name: str, year: int, value: int) -> None:
    """Raise a counter to ``value``, because the numbers up to it were given out elsewhere.

    This never lowers the counter.
    """
    insert = INSERT[session.get_bind().dialect.name](CounterRow).values(
        jurisdiction=jurisdiction,
        name=name,
        year=year,
        value=value,
    )
    new_value = insert.excluded.value
    higher = case((CounterRow.value < new_value, new_value), else_=CounterRow.value)
    session.execute(
        insert.on_conflict_do_update(
            index_elements=[CounterRow.jurisdiction, CounterRow.name, CounterRow.year],
            set_={"value": higher},
        )
    )
