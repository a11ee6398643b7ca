"""Which cases a person can see, as a condition for the database."""

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Cases of the actor's jurisdiction that they started or that they or their unit work on; all
    for supervisors.
    """
    involved = exists().where(ItemRow.case_id == CaseRow.id, ItemRow.holder.in_(actor.holders))
    seen = true() if actor.sees_all else or_(CaseRow.starter_id == actor.person_id, involved)
    return and_(CaseRow.jurisdiction == actor.jurisdiction, seen)


def sees(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether the actor can see this case."""
    return (
        session.scalar(select(CaseRow.id).where(CaseRow.id == case_id, visible_to(actor)))
        is not None
    )
