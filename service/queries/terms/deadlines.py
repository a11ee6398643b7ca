"""A person's open deadlines, as their calendar shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.terms.deadlines import hour_of, last_day
from service.store.items.rows import ItemRow
from service.store.terms import open_terms


@dataclass(frozen=True, kw_only=True)
class TermLine:
    """An open item with its last day and the owner of its term. ``hour`` (17:30) is "" if the term
    ends with its day.
    """

    item_id: int
    name: str
    case_title: str
    last_day: date
    hour: str = ""
    term_basis: str
    opened_at: datetime


def deadlines(session: Session, actor: Actor) -> Sequence[TermLine]:
    """The deadlines of items that this person has, and of items that nobody in their unit has
    claimed, nearest first.

    An item has no deadline while its case rests.
    """
    terms = open_terms(session, actor.holders, actor.person_id, ItemRow.due_at.is_not(None))
    return [
        TermLine(
            item_id=term.item_id,
            name=term.name,
            case_title=term.case_title,
            opened_at=term.opened_at,
            last_day=last_day(term.due_at),
            hour=hour_of(term.due_at),
            term_basis=term.term_basis,
        )
        for term in terms
        if term.due_at is not None
    ]
