"""Which units' channels somebody may set."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.store.people.rows import UnitRow


def units_kept(session: Session, actor: Actor) -> dict[str, str]:
    """Code -> name of the units whose channels this person may set."""
    if actor.may(Right.KEEP_ALL_CHANNELS):
        wanted = select(UnitRow.code, UnitRow.name).where(
            UnitRow.jurisdiction == actor.jurisdiction
        )
        return {code: name for code, name in session.execute(wanted.order_by(UnitRow.id))}
    if actor.may(Right.KEEP_UNIT_CHANNELS) and actor.unit_code is not None:
        return {actor.unit_code: actor.unit_name or actor.unit_code}
    return {}
