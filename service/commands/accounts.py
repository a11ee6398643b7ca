"""Accounts of people from outside (账号): who vouches for whom, and how an account comes alive.

Decided: no password ever passes through a case or an officer's hands. An account is made without one; its owner sets it
with a code that is shown once, because whoever could read a password could also sign in with it.
"""

from dataclasses import dataclass

from sqlalchemy import select

from service.errors import BadRequest
from service.store.counters import next_number
from service.store.registry import PersonRow
from service.unit_of_work import UnitOfWork

LETTERS = {"applicant": "a", "bidder": "b", "demander": "d", "expert": "e", "envoy": "v"}
"""The roles of people from outside, each with its letter in a login such as ``zy.b0001``."""


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """Somebody from outside; ``sponsor`` is the code of the unit that vouches for them."""

    role: str
    name: str
    employer: str = ""
    phone: str = ""
    sponsor: str = ""


def open_for(work: UnitOfWork, jurisdiction: str, account: NewAccount, login: str = "") -> PersonRow:
    """The account of this login, with the role; without a login a new account that waits to be activated.

    Somebody of a work unit (干部职工, role applicant) belongs to the unit that vouches for them.

    :raises BadRequest: not a role of people from outside, an unknown login or unit, or no name.
    """
    if account.role not in LETTERS:
        raise BadRequest(f"不能开通角色为“{account.role}”的账号，可开通：{'、'.join(LETTERS)}", role=account.role)
    if login:
        return _known(work, jurisdiction, account.role, login)
    if not account.name:
        raise BadRequest("开通账号需要姓名，请补充", field="name")
    sponsor = _unit(work, jurisdiction, account.sponsor)
    person = PersonRow(
        jurisdiction=jurisdiction, login=_login(work, jurisdiction, account.role), name=account.name[:60], password="",
        employer=account.employer[:120], phone=account.phone[:40], roles=[account.role],
        sponsor_id=sponsor, unit_id=sponsor if account.role == "applicant" else None,
    )
    work.session.add(person)
    work.session.flush()
    return person


def _known(work: UnitOfWork, jurisdiction: str, role: str, login: str) -> PersonRow:
    person = work.session.scalar(select(PersonRow).where(
        PersonRow.jurisdiction == jurisdiction, PersonRow.login == login, PersonRow.active.is_(True)))
    if person is None:
        raise BadRequest(f"没有登录名为“{login}”的可用账号，请核对", login=login)
    if role not in person.roles:
        person.roles = [*person.roles, role]
    return person


def _unit(work: UnitOfWork, jurisdiction: str, code: str) -> int | None:
    if not code:
        return None
    unit = work.directory(jurisdiction).units.get(code)
    if unit is None:
        raise BadRequest(f"单位目录中没有代码为“{code}”的单位，无法作为账号的推荐单位，请核对", sponsor=code)
    return unit.id


def _login(work: UnitOfWork, jurisdiction: str, role: str) -> str:
    """The next login that nobody has."""
    letter = LETTERS[role]
    while True:
        login = f"{jurisdiction}.{letter}{next_number(work.session, jurisdiction, f'login_{letter}', 0):04d}"
        if work.session.scalar(select(PersonRow.id).where(PersonRow.login == login)) is None:
            return login
