"""Which accounts (账号) somebody looks after: those their unit vouches for, a head the unit's own
people, the administrator all.
"""

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from service.domain.people.accounts import Sponsors, roles_to_open
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.store.people.rows import PersonRow, UnitRow
from service.store.processes.rows import JurisdictionRow


def sponsors(session: Session, actor: Actor) -> Sponsors:
    """Which units may open accounts, by role."""
    found: Sponsors = session.get_one(JurisdictionRow, actor.jurisdiction).rules.get("sponsors", {})
    return found


def has_accounts(session: Session, actor: Actor) -> bool:
    """Whether somebody has accounts to look after."""
    if actor.may(Right.KEEP_ALL_ACCOUNTS):
        return True
    if not actor.works_for_unit:
        return False
    if actor.may(Right.KEEP_UNIT_ACCOUNTS):
        return True
    vouches = exists().where(PersonRow.sponsor_id == actor.unit_id)
    return bool(roles_to_open(actor, sponsors(session, actor))) or bool(
        session.scalar(select(vouches))
    )


def theirs(actor: Actor) -> ColumnElement[bool]:
    """The accounts that this person looks after: all, or those their unit vouches for; a head also
    the unit's own people.
    """
    if actor.may(Right.KEEP_ALL_ACCOUNTS):
        return true()
    vouched = PersonRow.sponsor_id == actor.unit_id
    if not actor.may(Right.KEEP_UNIT_ACCOUNTS):
        return vouched
    return or_(vouched, PersonRow.unit_id == actor.unit_id)


def units_to_vouch(session: Session, actor: Actor) -> dict[str, str]:
    """Code -> name of the units among which this person chooses who vouches; {} where their own
    unit does.
    """
    if not actor.may(Right.KEEP_ALL_ACCOUNTS):
        return {}
    wanted = (
        select(UnitRow.code, UnitRow.name)
        .where(UnitRow.jurisdiction == actor.jurisdiction)
        .order_by(UnitRow.id)
    )
    return {code: name for code, name in session.execute(wanted)}
