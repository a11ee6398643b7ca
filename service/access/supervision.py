"""Who may urge (催办)."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor, Holder
from service.domain.people.rights import Right
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow


def may_urge(session: Session, actor: Actor, case: CaseRow, item: ItemRow) -> bool:
    """Whether the actor is one of those who may urge at this item, see :func:`urges`.

    The holders of the lead items are only looked up if they matter.
    """
    if urges(actor, case, item, ()):
        return True
    if item.part != "cooperate":
        return False
    own_leads = select(ItemRow.holder).where(
        ItemRow.case_id == case.id,
        ItemRow.task == item.task,
        ItemRow.part == "lead",
        ItemRow.holder.in_(actor.holders),
    )
    return urges(actor, case, item, session.scalars(own_leads))


def urges(actor: Actor, case: CaseRow, item: ItemRow, leads: Iterable[Holder]) -> bool:
    """Whether the actor is one of those who may urge at this item.

    These are 督查, the person who started the case and, towards co-operating units, the lead of the
    step.

    :param leads: the holders of the step's lead items.
    """
    if actor.may(Right.URGE) or case.starter_id == actor.person_id:
        return True
    return item.part == "cooperate" and any(holder in actor.holders for holder in leads)
