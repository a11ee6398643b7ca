"""Accounts (账号). A reader sees the accounts that their unit vouches for, a head also their own
people, and an administrator all.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from service.access.people import has_accounts, looked_after_by, sponsors, units_to_vouch
from service.domain.people.accounts import account_of, account_offers, roles_to_open
from service.domain.people.actor import Actor
from service.domain.people.offers import Offer
from service.errors import NotFound
from service.queries.paging import page_of
from service.store.outside import SubmissionRow
from service.store.people.rows import PersonRow, UnitRow

Sponsor = aliased(UnitRow)


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """One account. ``state``: waiting (to be activated), active or stopped."""

    login: str
    name: str
    roles: tuple[str, ...]
    unit: str | None
    employer: str
    phone: str
    sponsor: str | None
    state: str
    offers: Mapping[str, Offer]


@dataclass(frozen=True, kw_only=True)
class AccountsPage:
    """A page of accounts.

    ``roles`` are those for which the reader may open accounts. ``units`` (code, name) may vouch, if
    the reader chooses one.
    """

    accounts: tuple[AccountLine, ...]
    next: str | None
    roles: tuple[str, ...]
    units: Mapping[str, str]


def accounts(
    session: Session,
    actor: Actor,
    *,
    q: str | None = None,
    limit: int = 20,
    cursor: str | None = None,
) -> AccountsPage:
    """The accounts that this person looks after, newest first.

    :param q: a part of the name, the employer or the login.
    :raises NotFound: they look after none. :raises BadRequest: the cursor cannot be read.
    """
    if not has_accounts(session, actor):
        raise NotFound("账号管理")
    visible_accounts = (
        select(PersonRow, UnitRow.name, Sponsor.name)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .outerjoin(Sponsor, Sponsor.id == PersonRow.sponsor_id)
        .where(PersonRow.jurisdiction == actor.jurisdiction, looked_after_by(actor))
    )
    if q:
        visible_accounts = visible_accounts.where(
            or_(
                *(
                    column.icontains(q, autoescape=True)
                    for column in (PersonRow.name, PersonRow.employer, PersonRow.login)
                )
            )
        )
    rows, following = page_of(session, visible_accounts, PersonRow.id, limit=limit, cursor=cursor)
    return AccountsPage(
        accounts=tuple(_line(actor, *row) for row in rows),
        next=following,
        roles=tuple(roles_to_open(actor, sponsors(session, actor))),
        units=units_to_vouch(session, actor),
    )


def _line(actor: Actor, person: PersonRow, unit: str | None, sponsor: str | None) -> AccountLine:
    state = "stopped" if not person.active else "active" if person.password else "waiting"
    return AccountLine(
        login=person.login,
        name=person.name,
        roles=tuple(person.roles),
        unit=unit,
        employer=person.employer,
        phone=person.phone,
        sponsor=sponsor,
        state=state,
        offers=account_offers(actor, account_of(person)),
    )


def opened_for(session: Session, submission_id: int) -> tuple[str, bool] | None:
    """The login that was opened for a submission, and whether it still waits for a password. None
    if no account was opened.
    """
    row = session.execute(
        select(PersonRow.login, PersonRow.password)
        .join(SubmissionRow, SubmissionRow.person_id == PersonRow.id)
        .where(SubmissionRow.id == submission_id, PersonRow.active.is_(True))
    ).one_or_none()
    if row is None:
        return None
    return (row.login, row.password == "")
