"""The tables of units, groups, people and their credentials."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import Base


class UnitRow(Base):
    """A unit (单位).

    ``head`` is the leader in charge (分管领导) and ``officer`` the responsible officer (责任人),
    ZY-5.3.
    """

    __tablename__ = "unit"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    code: Mapped[str] = mapped_column(String(60))
    name: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(20))
    managed_by: Mapped[str | None] = mapped_column(String(60))
    head: Mapped[str] = mapped_column(String(40), default="")
    officer: Mapped[str] = mapped_column(String(40), default="")
    basis: Mapped[str] = mapped_column(String(8), default="ours")
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("jurisdiction", "code"),)


class GroupRow(Base):
    """A named group of units, which is expanded when a step starts.

    ``members`` are the codes of its units.
    """

    __tablename__ = "unit_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    name: Mapped[str] = mapped_column(String(80))
    members: Mapped[list[Any]]
    basis: Mapped[str] = mapped_column(String(8), default="ours")

    __table_args__ = (UniqueConstraint("jurisdiction", "name"),)


class PersonRow(Base):
    """A person with an account.

    - ``employer`` is where a person from outside works, ``sponsor_id`` the unit that vouches for
      them.
    - An empty ``password`` fits no input. The account waits to be activated.
    - ``welcomed_at`` is when they closed the message shown at their first sign-in.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(60))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"), index=True)
    employer: Mapped[str] = mapped_column(String(120), default="", server_default="")
    phone: Mapped[str] = mapped_column(String(40), default="", server_default="")
    sponsor_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    roles: Mapped[list[Any]]
    password: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    notices_seen: Mapped[int] = mapped_column(default=0, server_default="0")
    welcomed_at: Mapped[datetime | None]


class CredentialRow(Base):
    """A browser session or a personal token. Only the SHA-256 of its secret is stored."""

    __tablename__ = "credential"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
