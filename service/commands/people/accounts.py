"""Accounts of people from outside (账号): who vouches for whom, and how an account is activated.

Decided: no password passes through a case or an officer's hands. An account is made without one,
and its owner sets it with a code that is shown once. Because whoever could read a password could
also sign in with it.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import ClassVar

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.orm import Session

from service.access.people import digest, new_secret
from service.commands.people.signing_in import SESSION_HOURS, SHORTEST_PASSWORD, OpenCredential
from service.domain.outside import query_code, read_code
from service.domain.people.accounts import LETTERS, account_of, account_offers, roles_to_open
from service.domain.people.actor import Actor
from service.domain.people.passwords import hashed
from service.domain.people.rights import APPLICANT, Right
from service.errors import BadRequest, NotAllowed, NotFound, NotOffered
from service.store.outside import SubmissionRow
from service.store.people.rows import CredentialRow, PersonRow
from service.store.processes.counters import next_number
from service.store.processes.lookups import rules_of
from service.unit_of_work import Runtime, UnitOfWork

INVITATION = "invite"
INVITATION_DAYS = 14


@dataclass(frozen=True, kw_only=True)
class NewAccount:
    """A person from outside. ``sponsor`` is the code of the unit that vouches for them."""

    role: str
    name: str
    employer: str = ""
    phone: str = ""
    sponsor: str = ""


def open_for(
    work: UnitOfWork, jurisdiction: str, account: NewAccount, login: str = ""
) -> PersonRow:
    """The account with this login and role, or without a login a new account that waits to be
    activated.

    A person of a work unit (干部职工, role applicant) belongs to the unit that vouches for them.

    :raises BadRequest: the role is not for people from outside, the login or unit is unknown, or
        the name is missing.
    """
    if account.role not in LETTERS:
        raise BadRequest(
            f"不能开通角色为“{account.role}”的账号，可开通：{'、'.join(LETTERS)}", role=account.role
        )
    if login:
        return _known(work, jurisdiction, account.role, login)
    if not account.name:
        raise BadRequest("开通账号需要姓名，请补充", field="name")
    sponsor = _unit(work, jurisdiction, account.sponsor)
    person = PersonRow(
        jurisdiction=jurisdiction,
        login=_login(work, jurisdiction, account.role),
        name=account.name[:60],
        password="",
        employer=account.employer[:120],
        phone=account.phone[:40],
        roles=[account.role],
        sponsor_id=sponsor,
        unit_id=sponsor if account.role == APPLICANT else None,
    )
    work.session.add(person)
    work.session.flush()
    return person


def _known(work: UnitOfWork, jurisdiction: str, role: str, login: str) -> PersonRow:
    person = work.session.scalar(
        select(PersonRow).where(
            PersonRow.jurisdiction == jurisdiction,
            PersonRow.login == login,
            PersonRow.active.is_(True),
        )
    )
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
        raise BadRequest(
            f"单位目录中没有代码为“{code}”的单位，无法作为账号的推荐单位，请核对", sponsor=code
        )
    return unit.id


def _login(work: UnitOfWork, jurisdiction: str, role: str) -> str:
    """The next free login."""
    letter = LETTERS[role]
    while True:
        number = next_number(work.session, jurisdiction, f"login_{letter}", 0)
        login = f"{jurisdiction}.{letter}{number:04d}"
        if work.session.scalar(select(PersonRow.id).where(PersonRow.login == login)) is None:
            return login


@dataclass(frozen=True, kw_only=True)
class OpenAccount:
    """Open an account by hand for somebody that the actor's unit vouches for. Returns the login."""

    actor: Actor
    account: NewAccount

    def carry_out(self, work: UnitOfWork) -> str:
        code = self.actor.jurisdiction
        rules = rules_of(work.session, code).get("sponsors", {})
        if self.account.role not in roles_to_open(self.actor, rules):
            raise NotAllowed("您所在的单位不能开通这种账号，请与管理该项工作的单位或系统管理员联系")
        same = work.session.scalar(
            select(PersonRow).where(
                PersonRow.jurisdiction == code,
                PersonRow.name == self.account.name,
                PersonRow.phone != "",
                PersonRow.phone == self.account.phone,
            )
        )
        if same is not None:
            raise BadRequest(
                f"{same.name}已有账号 {same.login}（姓名和电话相同），不必再开通", login=same.login
            )
        admin = self.actor.may(Right.KEEP_ALL_ACCOUNTS)
        sponsor = self.account.sponsor if admin else self.actor.unit_code or ""
        person = open_for(work, code, replace(self.account, sponsor=sponsor))
        work.record(
            None,
            "account_open",
            actor=self.actor,
            jurisdiction=code,
            login=person.login,
            role=self.account.role,
        )
        return person.login


@dataclass(frozen=True, kw_only=True)
class AccountCommand:
    """A command on one account."""

    verb: ClassVar[str]
    actor: Actor
    login: str

    def allowed(self, work: UnitOfWork, reason: str = "") -> PersonRow:
        """The account, locked, and the facts for the journal.

        :raises NotFound: there is no such account here, or they do not look after it. :raises
            NotOffered: its state does not allow it.
        """
        person = work.session.scalar(
            select(PersonRow)
            .where(
                PersonRow.jurisdiction == self.actor.jurisdiction,
                PersonRow.login == self.login,
            )
            .with_for_update(key_share=True)
        )
        offer = None
        if person is not None:
            offer = account_offers(self.actor, account_of(person)).get(self.verb)
        if person is None or offer is None:
            raise NotFound(f"账号 {self.login} ")
        if not offer.allowed:
            raise NotOffered(self.verb, offer.why)
        work.record(
            None,
            f"account_{self.verb}",
            actor=self.actor,
            jurisdiction=self.actor.jurisdiction,
            login=self.login,
            reason=reason,
        )
        return person


@dataclass(frozen=True, kw_only=True)
class Invite(AccountCommand):
    """Make an activation code. Earlier ones no longer fit. Only its digest is stored."""

    verb = "invite"
    code: str = field(default_factory=query_code, repr=False)

    def carry_out(self, work: UnitOfWork) -> str:
        person = self.allowed(work)
        _forget(work, person, CredentialRow.kind == INVITATION)
        work.session.add(
            CredentialRow(
                kind=INVITATION,
                digest=digest(self.code),
                person_id=person.id,
                created_at=work.now,
                expires_at=work.now + timedelta(days=INVITATION_DAYS),
            )
        )
        return self.code


def _forget(work: UnitOfWork, person: PersonRow, *which: ColumnElement[bool]) -> None:
    work.session.execute(delete(CredentialRow).where(CredentialRow.person_id == person.id, *which))


@dataclass(frozen=True, kw_only=True)
class DeactivateAccount(AccountCommand):
    """Stop an account (停用), with a reason. Its sessions, tokens and codes end."""

    verb = "deactivate"
    reason: str

    def carry_out(self, work: UnitOfWork) -> None:
        _refuse_blank(self.reason)
        person = self.allowed(work, reason=self.reason.strip())
        person.active = False
        _forget(work, person)


@dataclass(frozen=True, kw_only=True)
class ReactivateAccount(AccountCommand):
    """Admit a stopped account again (恢复), with a reason."""

    verb = "reactivate"
    reason: str

    def carry_out(self, work: UnitOfWork) -> None:
        _refuse_blank(self.reason)
        self.allowed(work, reason=self.reason.strip()).active = True


def _refuse_blank(reason: str) -> None:
    if not reason.strip():
        raise BadRequest("请填写理由，以便日后查考", field="reason")


# -- setting the password


@dataclass(frozen=True, kw_only=True)
class ActivateByInvitation:
    """Set the password of the account that an activation code was made for. Returns the person's
    id.
    """

    code: str = field(repr=False)
    hash_: str = field(default="", repr=False)

    def owner(self, session: Session, now: datetime) -> PersonRow:
        """The person to whom the code belongs.

        :raises BadRequest: the code belongs to nobody, or no longer.
        """
        person = session.scalar(
            select(PersonRow)
            .join(CredentialRow, CredentialRow.person_id == PersonRow.id)
            .where(
                CredentialRow.digest == digest(read_code(self.code)),
                CredentialRow.kind == INVITATION,
                CredentialRow.expires_at > now,
                PersonRow.active.is_(True),
            )
        )
        if person is None:
            raise BadRequest(
                "激活码不正确、已经用过或已过期，请核对，或请开通账号的单位重新生成", field="code"
            )
        return person

    def carry_out(self, work: UnitOfWork) -> int:
        owner = self.owner(work.session, work.now)
        work.session.refresh(owner, with_for_update={"key_share": True})
        person = self.owner(work.session, work.now)  # again, under the lock: a code fits once
        person.password = self.hash_
        person.failures = 0
        person.locked_until = None
        _forget(work, person)
        work.record(None, "account_activate", jurisdiction=person.jurisdiction, login=person.login)
        return person.id


@dataclass(frozen=True, kw_only=True)
class ActivateBySubmission(ActivateByInvitation):
    """Set the first password of the account that was opened for a submission, by its query code."""

    def owner(self, session: Session, now: datetime) -> PersonRow:
        person = session.scalar(
            select(PersonRow)
            .join(SubmissionRow, SubmissionRow.person_id == PersonRow.id)
            .where(
                SubmissionRow.code_digest == digest(read_code(self.code)),
                PersonRow.active.is_(True),
            )
        )
        if person is None:
            raise BadRequest("该查询码没有可以激活的账号，请核对", field="code")
        if person.password:
            raise BadRequest(
                f"账号 {person.login} 已有密码，请直接登录；忘记密码请与系统管理员联系",
                field="code",
            )
        return person


def activate(
    runtime: Runtime, way: type[ActivateByInvitation], code: str, password: str, again: str
) -> str:
    """Set a password by a code, then open a session. Returns its secret.

    The password is hashed outside any transaction.

    :raises BadRequest: the code does not fit, the password is too short, or the second one differs.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise BadRequest(f"密码至少 {SHORTEST_PASSWORD} 个字符", field="password")
    if password != again:
        raise BadRequest("两次输入的密码不一致，请重新输入", field="again")
    with runtime.query() as session:
        way(code=code).owner(session, runtime.now())
    person_id = runtime.perform(way(code=code, hash_=hashed(password)))
    secret = new_secret()
    runtime.perform(
        OpenCredential(
            person_id=person_id,
            kind="session",
            secret=secret,
            lifetime=timedelta(hours=SESSION_HOURS),
        )
    )
    return secret
