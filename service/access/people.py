"""Who sends a request, and which accounts (账号) a person looks after.

The administrator looks after all accounts. Others look after those that their unit vouches for,
and the head of a unit also after those of the unit's own people.
"""

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import ColumnElement, bindparam, exists, or_, select, true
from sqlalchemy.orm import Session

from service.domain.people.accounts import Sponsors, roles_to_open
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.store.people.rows import CredentialRow, PersonRow, UnitRow
from service.store.processes.rows import JurisdictionRow


def sponsors(session: Session, actor: Actor) -> Sponsors:
    """The units that may open accounts, by role."""
    rules = session.get_one(JurisdictionRow, actor.jurisdiction).rules
    units_by_role: Sponsors = rules.get("sponsors", {})
    return units_by_role


def has_accounts(session: Session, actor: Actor) -> bool:
    """Whether the actor has accounts to look after."""
    if actor.may(Right.KEEP_ALL_ACCOUNTS):
        return True
    if not actor.works_for_unit:
        return False
    if actor.may(Right.KEEP_UNIT_ACCOUNTS):
        return True
    if roles_to_open(actor, sponsors(session, actor)):
        return True
    vouches = exists().where(PersonRow.sponsor_id == actor.unit_id)
    return bool(session.scalar(select(vouches)))


def looked_after_by(actor: Actor) -> ColumnElement[bool]:
    """The database condition under which the actor looks after an account.

    The administrator looks after all accounts; others after those that their unit vouches for, a
    head also after those of the unit's own people.
    """
    if actor.may(Right.KEEP_ALL_ACCOUNTS):
        return true()
    is_vouched_for = PersonRow.sponsor_id == actor.unit_id
    if not actor.may(Right.KEEP_UNIT_ACCOUNTS):
        return is_vouched_for
    return or_(is_vouched_for, PersonRow.unit_id == actor.unit_id)


def units_to_vouch(session: Session, actor: Actor) -> dict[str, str]:
    """The units of which the actor chooses the one that vouches: name by code.

    Only the administrator chooses. For everybody else it is their own unit, and this is empty.
    """
    if not actor.may(Right.KEEP_ALL_ACCOUNTS):
        return {}
    units = (
        select(UnitRow.code, UnitRow.name)
        .where(UnitRow.jurisdiction == actor.jurisdiction)
        .order_by(UnitRow.id)
    )
    return {code: name for code, name in session.execute(units)}


def new_secret() -> str:
    """A secret of 256 random bits, for a session or a token."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """The digest under which a secret is stored: SHA-256, in hexadecimal."""
    return hashlib.sha256(secret.encode()).hexdigest()


WHO = (
    select(
        PersonRow.id,
        PersonRow.login,
        PersonRow.name,
        PersonRow.jurisdiction,
        PersonRow.unit_id,
        PersonRow.roles,
        PersonRow.welcomed_at,
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
"""Every request sends this statement. Building it only once halves its cost."""


def who(session: Session, kind: str, secret: str, now: datetime) -> Actor | None:
    """The person to whom a session or token belongs. Sends one statement.

    Returns None if the session or token is unknown or has expired.

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
        welcomed_at=row.welcomed_at,
    )
