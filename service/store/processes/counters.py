"""Numbers without gaps: a counter's row stays locked until its command commits, so none is lost or
doubled.
"""

from typing import Any

from sqlalchemy import String, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.store.types import Base


class CounterRow(Base):
    """The last number given out in a year."""

    __tablename__ = "counter"

    jurisdiction: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)


INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}


def next_number(session: Session, jurisdiction: str, name: str, year: int, count: int = 1) -> int:
    """The number after the last one given out; 1 for the first of a year, also when two ask at
    once. One statement.

    :param count: how many are taken together; the last of them is given.
    """
    first = INSERT[session.get_bind().dialect.name](CounterRow).values(
        jurisdiction=jurisdiction, name=name, year=year, value=count
    )
    bumped = first.on_conflict_do_update(
        index_elements=[CounterRow.jurisdiction, CounterRow.name, CounterRow.year],
        set_={"value": CounterRow.value + count},
    )
    return int(session.scalars(bumped.returning(CounterRow.value)).one())


def raise_to(session: Session, jurisdiction: str, name: str, year: int, value: int) -> None:
    """Numbers up to ``value`` have been given out elsewhere: the next one is higher. Never lowers
    the counter.
    """
    given = INSERT[session.get_bind().dialect.name](CounterRow).values(
        jurisdiction=jurisdiction, name=name, year=year, value=value
    )
    higher = case(
        (CounterRow.value < given.excluded.value, given.excluded.value), else_=CounterRow.value
    )
    session.execute(
        given.on_conflict_do_update(
            index_elements=[CounterRow.jurisdiction, CounterRow.name, CounterRow.year],
            set_={"value": higher},
        )
    )
