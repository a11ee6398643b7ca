"""People: who asks, and who has an account."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.people.passwords import digest
from service.store.people.rows import CredentialRow, PersonRow, UnitRow
from service.store.processes.rows import JurisdictionRow

WHO = (
    select(
        PersonRow.id,
        PersonRow.login,
        PersonRow.name,
        PersonRow.jurisdiction,
        PersonRow.unit_id,
        PersonRow.roles,
        UnitRow.name.label("unit_name"),
        UnitRow.code.label("unit_code"),
        CredentialRow.id.label("credential_id"),
        CredentialRow.expires_at,
        JurisdictionRow.revision,
    )
    .join(CredentialRow, CredentialRow.person_id == PersonRow.id)
    .join(JurisdictionRow, JurisdictionRow.code == PersonRow.jurisdiction)
    .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
    .where(
        CredentialRow.digest == bindparam("digest"),
        CredentialRow.kind == bindparam("kind"),
        PersonRow.active.is_(True),
    )
)
"""Every request asks this; made once, it costs half."""


def who(session: Session, kind: str, secret: str, now: datetime) -> Actor | None:
    """The person a session or token belongs to; None when it is unknown or over. One statement.

    :param kind: ``session`` or ``token``.
    """
    row = session.execute(WHO, {"kind": kind, "digest": digest(secret)}).one_or_none()
    if row is None or row.expires_at <= now:
        return None
    return Actor(
        person_id=row.id,
        login=row.login,
        name=row.name,
        jurisdiction=row.jurisdiction,
        unit_id=row.unit_id,
        unit_name=row.unit_name,
        unit_code=row.unit_code,
        roles=frozenset(row.roles),
        credential_id=row.credential_id,
        revision=row.revision,
    )


def actor_of(person: PersonRow, unit: UnitRow | None) -> Actor:
    """Somebody as the rules see them."""
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
    """Everybody with an account and the name of their jurisdiction, in the order they were added.

    :param loaded: only those who came with the jurisdiction's folder, not those whose accounts were
        opened since.
    """
    wanted = (
        _people().where(PersonRow.employer == "", PersonRow.sponsor_id.is_(None))
        if loaded
        else _people()
    )
    return [(actor_of(person, unit), name) for person, unit, name in session.execute(wanted)]


def _people() -> Select[PersonRow, UnitRow, str]:
    return (
        select(PersonRow, UnitRow, JurisdictionRow.name)
        .join(JurisdictionRow, JurisdictionRow.code == PersonRow.jurisdiction)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .where(PersonRow.active.is_(True))
        .order_by(PersonRow.id)
    )
