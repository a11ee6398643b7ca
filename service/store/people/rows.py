"""The tables of units, groups, people and their credentials."""

from datetime import datetime
from typing import Any

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import (
    Base,
    Count,
    Id,
    JurisdictionCode,
    PersonId,
    String8,
    String20,
    String40,
    String60,
    String64,
    String80,
    String120,
    String200,
    UnitId,
)


class UnitRow(Base):
    """A unit (单位).

    ``head`` is the leader in charge (分管领导) and ``officer`` the responsible officer (责任人),
    ZY-5.3.
    """

    __tablename__ = "unit"

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    code: Mapped[String60]
    name: Mapped[String80]
    kind: Mapped[String20]
    managed_by: Mapped[String60 | None]
    head: Mapped[String40] = mapped_column(default="")
    officer: Mapped[String40] = mapped_column(default="")
    basis: Mapped[String8] = mapped_column(default="ours")
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("jurisdiction", "code"),)


class GroupRow(Base):
    """A named group of units, which is expanded when a step starts.

    ``members`` are the codes of its units.
    """

    __tablename__ = "unit_group"

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    name: Mapped[String80]
    members: Mapped[list[Any]]
    basis: Mapped[String8] = mapped_column(default="ours")

    __table_args__ = (UniqueConstraint("jurisdiction", "name"),)


class PersonRow(Base):
    """A person with an account.

    - ``employer`` is where a person from outside works, ``sponsor_id`` the unit that vouches for
      them.
    - An empty ``password`` fits no input. The account waits to be activated.
    - ``welcomed_at`` is when they closed the message shown at their first sign-in.
    """

    __tablename__ = "person"

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    login: Mapped[String60] = mapped_column(unique=True)
    name: Mapped[String60]
    unit_id: Mapped[UnitId | None] = mapped_column(index=True)
    employer: Mapped[String120] = mapped_column(default="", server_default="")
    phone: Mapped[String40] = mapped_column(default="", server_default="")
    sponsor_id: Mapped[UnitId | None]
    roles: Mapped[list[Any]]
    password: Mapped[String200]
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[Count]
    locked_until: Mapped[datetime | None]
    notices_seen: Mapped[int] = mapped_column(default=0, server_default="0")
    welcomed_at: Mapped[datetime | None]


class CredentialRow(Base):
    """A browser session or a personal token. Only the SHA-256 of its secret is stored."""

    __tablename__ = "credential"

    id: Mapped[Id]
    kind: Mapped[String8]
    digest: Mapped[String64] = mapped_column(unique=True)
    person_id: Mapped[PersonId]
    name: Mapped[String80] = mapped_column(default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
