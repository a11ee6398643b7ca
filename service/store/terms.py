"""Terms: the official calendars of a jurisdiction, and open work by its term."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    String,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.domain.people.actor import Holder
from service.domain.terms.deadlines import Calendar
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.types import Base

MOST_TERMS = 1000


class Term(NamedTuple):
    """One open item and when it is due."""

    item_id: int
    name: str
    case_title: str
    opened_at: datetime
    due_at: datetime | None
    term_basis: str


def open_terms(
    session: Session, holders: Sequence[Holder], person_id: int | None, *which: ColumnElement[bool]
) -> Sequence[Term]:
    """The open items of running cases that these holders have, nearest first.

    :param person_id: for a person what colleagues have taken is left out; None for a unit, which
        sees all of it.
    """
    free = (
        []
        if person_id is None
        else [or_(ItemRow.assignee_id.is_(None), ItemRow.assignee_id == person_id)]
    )
    wanted = (
        select(
            ItemRow.id,
            ItemRow.name,
            CaseRow.title,
            ItemRow.opened_at,
            ItemRow.due_at,
            ItemRow.term_basis,
        )
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .where(
            ItemRow.holder.in_(holders),
            ItemRow.state == "open",
            CaseRow.status == "running",
            *free,
            *which,
        )
    )
    found = session.execute(
        wanted.order_by(ItemRow.due_at.asc().nulls_last(), ItemRow.id).limit(MOST_TERMS)
    )
    return [Term(*row) for row in found]


class CalendarYearRow(Base):
    """The official calendar of one year (放假调休安排), as an administrator has loaded it.

    ``days``: ISO day -> whether people work then, for the days that differ from Monday to Friday.
    """

    __tablename__ = "calendar_year"

    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(200), default="")
    days: Mapped[dict[str, Any]]
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


def calendar_of(session: Session, jurisdiction: str) -> Calendar:
    """The working calendar of a jurisdiction: what ships with the program, and the years that were
    loaded.
    """
    rows = session.scalars(
        select(CalendarYearRow).where(CalendarYearRow.jurisdiction == jurisdiction)
    ).all()
    days = {date.fromisoformat(day): works for row in rows for day, works in row.days.items()}
    return Calendar(overrides=days, loaded=frozenset(row.year for row in rows))
