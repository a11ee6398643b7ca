"""People: who asks, and who has an account."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from service.domain.passwords import digest
from service.domain.people import Actor
from service.store.registry import CredentialRow, JurisdictionRow, PersonRow, UnitRow


def who(session: Session, kind: str, secret: str, now: datetime) -> Actor | None:
    """The person a session or token belongs to; None when it is unknown or over. One statement.

    :param kind: ``session`` or ``token``.
    """
    wanted = select(PersonRow, UnitRow, CredentialRow.id, CredentialRow.expires_at).join(
        PersonRow, PersonRow.id == CredentialRow.person_id).outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id).where(
        CredentialRow.digest == digest(secret), CredentialRow.kind == kind, PersonRow.active.is_(True))
    row = session.execute(wanted).one_or_none()
    if row is None or row[3] <= now:
        return None
    person, unit, credential_id, _ = row
    return actor_of(person, unit, credential_id)


def actor_of(person: PersonRow, unit: UnitRow | None, credential_id: int | None = None) -> Actor:
    """Somebody as the rules see them."""
    return Actor(
        person_id=person.id, login=person.login, name=person.name, jurisdiction=person.jurisdiction,
        unit_id=person.unit_id, unit_name=unit.name if unit else None, unit_code=unit.code if unit else None,
        roles=frozenset(person.roles), credential_id=credential_id,
    )


def people(session: Session) -> Sequence[tuple[Actor, str]]:
    """Everybody with an account and the name of their jurisdiction, in the order they were added."""
    return [(actor_of(person, unit), name) for person, unit, name in session.execute(_people())]


def _people() -> Select[PersonRow, UnitRow, str]:
    return select(PersonRow, UnitRow, JurisdictionRow.name).join(
        JurisdictionRow, JurisdictionRow.code == PersonRow.jurisdiction).outerjoin(
        UnitRow, UnitRow.id == PersonRow.unit_id).where(PersonRow.active.is_(True)).order_by(PersonRow.id)
