"""Who may urge."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor, Holder
from service.domain.people.rights import Right
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow


def may_urge(session: Session, actor: Actor, case: CaseRow, item: ItemRow) -> bool:
    """Whether somebody urges at this item at all, see :func:`urges`."""
    if urges(actor, case, item, ()):
        return True
    leads = select(ItemRow.holder).where(
        ItemRow.case_id == case.id,
        ItemRow.task == item.task,
        ItemRow.part == "lead",
        ItemRow.holder.in_(actor.holders),
    )
    return item.part == "cooperate" and urges(actor, case, item, session.scalars(leads))


def urges(actor: Actor, case: CaseRow, item: ItemRow, leads: Iterable[Holder]) -> bool:
    """督查; who started the case; the lead of a step towards its co-operating units.

    :param leads: the holders of the step's lead items.
    """
    if actor.may(Right.URGE) or case.starter_id == actor.person_id:
        return True
    return item.part == "cooperate" and any(holder in actor.holders for holder in leads)
