"""Who may urge."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow


def may_urge(session: Session, actor: Actor, case: CaseRow, item: ItemRow) -> bool:
    """督查; who started the case; the lead of a step towards its co-operating units."""
    if actor.may(Right.URGE) or case.starter_id == actor.person_id:
        return True
    leads = select(ItemRow.id).where(
        ItemRow.case_id == case.id,
        ItemRow.task == item.task,
        ItemRow.part == "lead",
        ItemRow.holder.in_(actor.holders),
    )
    return item.part == "cooperate" and session.scalar(leads.limit(1)) is not None
