"""Who asks; and which accounts (账号) somebody looks after: those their unit vouches for, a head
the unit's own people, the administrator all.
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


def new_secret() -> str:
    """256 random bits, for a session or a token."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """What is stored of a secret: SHA-256, in hexadecimal."""
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
        welcomed_at=row.welcomed_at,
    )
