"""The official calendars of a jurisdiction, and the terms of open items."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from service.domain.people.actor import Holder
from service.domain.terms.deadlines import Calendar
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.types import Base, Id, JurisdictionCode, PersonId, String200

MOST_TERMS = 1000
"""The largest number of terms that a look-up gives."""


class Term(NamedTuple):
    """One open item and when it is due."""

    item_id: int
    name: str
    case_title: str
    opened_at: datetime
    due_at: datetime | None
    term_basis: str


def open_terms(
    session: Session,
    holders: Sequence[Holder],
    person_id: int | None,
    *conditions: ColumnElement[bool],
) -> Sequence[Term]:
    """The terms of these holders' open items in running cases, nearest first.

    :param person_id: the person who asks; items that colleagues have claimed are left out. None
        for a unit, which sees all of its items.
    :param conditions: further conditions for the items.
    """
    is_free = ItemRow.assignee_id.is_(None)
    is_for_person = [] if person_id is None else [or_(is_free, ItemRow.assignee_id == person_id)]
    open_items = (
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
            *is_for_person,
            *conditions,
        )
        .order_by(ItemRow.due_at.asc().nulls_last(), ItemRow.id)
        .limit(MOST_TERMS)
    )
    return [Term(*row) for row in session.execute(open_items)]


class CalendarYearRow(Base):
    """The official calendar of one year (放假调休安排) that an administrator has loaded.

    ``days`` says by ISO day whether people work. It has the days that differ from Monday to Friday.
    """

    __tablename__ = "calendar_year"

    jurisdiction: Mapped[JurisdictionCode] = mapped_column(primary_key=True)
    year: Mapped[Id]
    source: Mapped[String200] = mapped_column(default="")
    days: Mapped[dict[str, Any]]
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[PersonId | None]


def calendar_of(session: Session, jurisdiction: str) -> Calendar:
    """The working calendar of a jurisdiction.

    It is the calendar that ships with the program, with the years that were loaded.
    """
    years = session.scalars(
        select(CalendarYearRow).where(CalendarYearRow.jurisdiction == jurisdiction)
    ).all()
    days = {date.fromisoformat(day): works for year in years for day, works in year.days.items()}
    return Calendar(overrides=days, loaded=frozenset(year.year for year in years))
