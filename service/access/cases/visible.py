"""Which cases a person can see."""

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.people.rights import OWN_SHARE_ONLY, Right
from service.errors import NotFound
from service.store.cases.rows import CaseRow, ConcernRow
from service.store.items.rows import ItemRow


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """The database condition under which the actor can see a case.

    Nobody sees cases of another jurisdiction. Supervisors see all cases of their own. Everybody
    else sees the cases that they started, that they or their unit work on, that they judge from
    within another case, and that concern them.
    """
    in_jurisdiction = CaseRow.jurisdiction == actor.jurisdiction
    if actor.may(Right.SEE_ALL):
        return and_(in_jurisdiction, true())
    is_held = ItemRow.holder.in_(actor.holders)
    is_theirs = ConcernRow.person_id == actor.person_id
    is_visible = or_(
        CaseRow.starter_id == actor.person_id,
        exists().where(ItemRow.case_id == CaseRow.id, is_held),
        exists().where(ItemRow.about_id == CaseRow.id, is_held),
        exists().where(ConcernRow.case_id == CaseRow.id, is_theirs),
    )
    return and_(in_jurisdiction, is_visible)


def sees(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether the actor can see this case."""
    visible_id = select(CaseRow.id).where(CaseRow.id == case_id, visible_to(actor))
    return session.scalar(visible_id) is not None


def visible_case(session: Session, actor: Actor, case_id: int) -> CaseRow:
    """The case, if the actor can see it.

    :raises NotFound: the case does not exist, or the actor cannot see it.
    """
    case = session.scalar(select(CaseRow).where(CaseRow.id == case_id, visible_to(actor)))
    if case is None:
        raise NotFound("该案件")
    return case


def own_only(actor: Actor) -> bool:
    """Whether the actor sees nothing of a case but their own share.

    This holds for people whose only role is expert (专家).
    """
    return actor.roles == OWN_SHARE_ONLY
