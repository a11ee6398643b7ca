"""Open work by its term, as the digest and the calendar read it."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from service.store.tables import CaseRow, ItemRow

MOST = 1000


class Term(NamedTuple):
    """One open item and when it is due."""

    item_id: int
    name: str
    case_title: str
    opened_at: datetime
    due_at: datetime | None


def open_terms(
    session: Session, holders: Sequence[str], person_id: int | None, *which: ColumnElement[bool]
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
        select(ItemRow.id, ItemRow.name, CaseRow.title, ItemRow.opened_at, ItemRow.due_at)
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
        wanted.order_by(ItemRow.due_at.asc().nulls_last(), ItemRow.id).limit(MOST)
    )
    return [Term(*row) for row in found]
