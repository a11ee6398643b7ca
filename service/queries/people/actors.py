"""Everybody who has an account, as the rules see them."""

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.store.people.rows import PersonRow, UnitRow
from service.store.processes.rows import JurisdictionRow


def actor_of(person: PersonRow, unit: UnitRow | None) -> Actor:
    """The actor for a person row."""
    return Actor(
        person_id=person.id,
        login=person.login,
        name=person.name,
        jurisdiction=person.jurisdiction,
        unit_id=person.unit_id,
        unit_name=unit.name if unit else None,
        unit_code=unit.code if unit else None,
        roles=frozenset(person.roles),
    )


def people(session: Session, *, loaded: bool = False) -> Sequence[tuple[Actor, str]]:
    """Everybody with an account, and the name of their jurisdiction, in the order in which they
    were added.

    :param loaded: only people who came with the jurisdiction's folder, without those whose accounts
        were opened later.
    """
    chosen_people = (
        _people().where(PersonRow.employer == "", PersonRow.sponsor_id.is_(None))
        if loaded
        else _people()
    )
    return [(actor_of(person, unit), name) for person, unit, name in session.execute(chosen_people)]


def _people() -> Select[PersonRow, UnitRow, str]:
    return (
        select(PersonRow, UnitRow, JurisdictionRow.name)
        .join(JurisdictionRow, JurisdictionRow.code == PersonRow.jurisdiction)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .where(PersonRow.active.is_(True))
        .order_by(PersonRow.id)
    )
