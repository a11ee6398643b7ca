"""Signing in and out, tokens, and accounts of the operator."""

from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from sqlalchemy import select

from service.access.people import digest, new_secret
from service.domain.people.actor import Actor
from service.domain.people.passwords import fits, hashed
from service.domain.people.rights import ROLES
from service.errors import BadRequest, NotFound, NotSignedIn, TooMany
from service.store.people.rows import CredentialRow, PersonRow, UnitRow
from service.store.processes.rows import JurisdictionRow
from service.unit_of_work import Runtime, UnitOfWork

FAILURES_ALLOWED = 5
LOCKED_SECONDS = 300
SESSION_HOURS = 12
SHORTEST_PASSWORD = 8


@dataclass(frozen=True, kw_only=True)
class OpenCredential:
    """Store a new session or token of a person who has shown their password."""

    person_id: int
    kind: str
    secret: str
    lifetime: timedelta
    name: str = ""

    def carry_out(self, work: UnitOfWork) -> None:
        person = work.session.get_one(PersonRow, self.person_id)
        person.failures = 0
        person.locked_until = None
        work.session.add(
            CredentialRow(
                kind=self.kind,
                digest=digest(self.secret),
                person_id=person.id,
                name=self.name[:80],
                created_at=work.now,
                expires_at=work.now + self.lifetime,
            )
        )


@dataclass(frozen=True, kw_only=True)
class NoteFailedSignIn:
    """Count a wrong password. After five the account is locked for five minutes."""

    person_id: int

    def carry_out(self, work: UnitOfWork) -> None:
        person = work.session.get_one(
            PersonRow, self.person_id, with_for_update={"key_share": True}
        )
        person.failures += 1
        if person.failures >= FAILURES_ALLOWED:
            person.failures = 0
            person.locked_until = work.now + timedelta(seconds=LOCKED_SECONDS)


@dataclass(frozen=True, kw_only=True)
class SignOut:
    """Delete the session or token that was used."""

    actor: Actor

    def carry_out(self, work: UnitOfWork) -> None:
        row = work.session.get(CredentialRow, self.actor.credential_id)
        if row is not None:
            work.session.delete(row)


def sign_in(
    runtime: Runtime,
    login: str,
    password: str,
    *,
    kind: str = "session",
    name: str = "",
    lifetime: timedelta = timedelta(hours=SESSION_HOURS),
) -> str:
    """Check a password, then open a session or token. Returns its secret.

    The check is outside any transaction, because it is slow by design.

    :raises NotSignedIn: the login or the password is wrong. :raises TooMany: the account is locked
        after too many failures.
    """
    with runtime.query() as session:
        person = session.scalar(
            select(PersonRow).where(PersonRow.login == login, PersonRow.active.is_(True))
        )
    if (
        person is not None
        and person.locked_until is not None
        and person.locked_until > runtime.now()
    ):
        raise TooMany(ceil((person.locked_until - runtime.now()).total_seconds()))
    if not fits(person.password if person is not None else None, password) or person is None:
        if person is not None:
            runtime.perform(NoteFailedSignIn(person_id=person.id))
        raise NotSignedIn("登录名或密码不正确，请核对后重试")
    secret = new_secret()
    runtime.perform(
        OpenCredential(
            person_id=person.id,
            kind=kind,
            secret=secret,
            lifetime=lifetime,
            name=name,
        )
    )
    return secret


@dataclass(frozen=True, kw_only=True)
class AddPerson:
    """Add an account. ``hash_`` is given if the password was hashed before."""

    jurisdiction: str
    login: str
    name: str
    unit: str | None
    roles: tuple[str, ...]
    password: str = ""
    hash_: str = ""

    def carry_out(self, work: UnitOfWork) -> int:
        self._check(work)
        unit_id = None
        if self.unit:
            unit_id = work.session.scalar(
                select(UnitRow.id).where(
                    UnitRow.jurisdiction == self.jurisdiction, UnitRow.code == self.unit
                )
            )
        if self.unit and unit_id is None:
            raise NotFound(f"单位 {self.unit} ")
        person = work.session.scalar(select(PersonRow).where(PersonRow.login == self.login))
        if person is None:
            person = PersonRow(
                jurisdiction=self.jurisdiction,
                login=self.login,
                name=self.name,
                roles=[],
                password="",
            )
            work.session.add(person)
        person.name = self.name
        person.unit_id = unit_id
        person.roles = list(self.roles)
        person.password = self.hash_ or hashed(self.password)
        work.session.flush()
        work.record(
            None, "load", jurisdiction=self.jurisdiction, person=self.login, roles=list(self.roles)
        )
        return person.id

    def _check(self, work: UnitOfWork) -> None:
        if work.session.get(JurisdictionRow, self.jurisdiction) is None:
            raise NotFound(f"地区 {self.jurisdiction} ")
        if not self.login.isascii() or not self.login:
            raise BadRequest(f"登录名“{self.login}”只能使用英文字母、数字和点号")
        if unknown := set(self.roles) - ROLES:
            raise BadRequest(
                f"没有这些角色：{'、'.join(sorted(unknown))}。可用角色：{'、'.join(sorted(ROLES))}"
            )
        if not self.hash_ and len(self.password) < SHORTEST_PASSWORD:
            raise BadRequest(f"密码至少 {SHORTEST_PASSWORD} 个字符")


@dataclass(frozen=True, kw_only=True)
class ChangePassword:
    """Set a new password. All sessions and tokens of the person end."""

    login: str
    password: str

    def carry_out(self, work: UnitOfWork) -> None:
        person = work.session.scalar(select(PersonRow).where(PersonRow.login == self.login))
        if person is None:
            raise NotFound(f"账号 {self.login} ")
        if len(self.password) < SHORTEST_PASSWORD:
            raise BadRequest(f"密码至少 {SHORTEST_PASSWORD} 个字符")
        person.password = hashed(self.password)
        person.failures = 0
        person.locked_until = None
        for row in work.session.scalars(
            select(CredentialRow).where(CredentialRow.person_id == person.id)
        ):
            work.session.delete(row)
