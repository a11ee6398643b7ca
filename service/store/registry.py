"""The tables of what is set up: jurisdictions, units, people, clauses, lists, deployments."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.tables import Base, Chained


class JurisdictionRow(Chained, Base):
    """A city or office whose data is its own (``rules``: relative units, roles, number formats,
    document).

    ``revision`` counts the changes of its units, groups and rules.
    """

    __tablename__ = "jurisdiction"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    rules: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")


class UnitRow(Base):
    """A unit (单位), with the leader in charge (分管领导) and the responsible officer (责任人),
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
    """A named group of units (``members``: unit codes); it expands when a step starts."""

    __tablename__ = "unit_group"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    name: Mapped[str] = mapped_column(String(80))
    members: Mapped[list[Any]]
    basis: Mapped[str] = mapped_column(String(8), default="ours")

    __table_args__ = (UniqueConstraint("jurisdiction", "name"),)


class PersonRow(Base):
    """Somebody with an account.

    ``employer`` is where somebody from outside works, ``sponsor_id`` the unit that vouches for
    them. An empty ``password`` fits nothing: the account waits to be activated.
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


class CredentialRow(Base):
    """A browser session or a personal token: only the SHA-256 of its secret is kept."""

    __tablename__ = "credential"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    name: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ClauseRow(Base):
    """A clause of the jurisdiction's document, with its verbatim sentence (政策依据)."""

    __tablename__ = "clause"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    code: Mapped[str] = mapped_column(String(20))
    position: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    text: Mapped[str]
    leads: Mapped[list[Any]]
    co_units: Mapped[list[Any]]
    inferred: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (UniqueConstraint("jurisdiction", "code"),)


class NamedListRow(Base):
    """One version of a named list; the highest is in force, running cases keep theirs."""

    __tablename__ = "named_list"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    name: Mapped[str] = mapped_column(String(60))
    version: Mapped[int]
    title: Mapped[str] = mapped_column(String(120))
    entries: Mapped[list[Any]]
    in_force_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("jurisdiction", "name", "version"),)


class DeploymentRow(Base):
    """One upload that passed the gate."""

    __tablename__ = "deployment"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class FileRow(Base):
    """A file of a deployment: diagram, form or decision table."""

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("deployment_id", "name"),)


class DefinitionRow(Base):
    """One version of a process. Running cases keep theirs."""

    __tablename__ = "definition"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    key: Mapped[str] = mapped_column(String(80))
    version: Mapped[int]
    name: Mapped[str] = mapped_column(String(120))
    documentation: Mapped[str] = mapped_column(default="")
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    file: Mapped[str] = mapped_column(String(120))

    __table_args__ = (
        UniqueConstraint("jurisdiction", "key", "version"),
        Index("ix_definition_deployment", "deployment_id"),
    )


class StartTimerRow(Base):
    """When the clock starts the next case of a process; it follows the newest version."""

    __tablename__ = "start_timer"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    process: Mapped[str] = mapped_column(String(80))
    element: Mapped[str] = mapped_column(String(80))
    rule: Mapped[str] = mapped_column(String(120))
    since: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    attempt_at: Mapped[datetime | None]
    error: Mapped[str | None]

    __table_args__ = (UniqueConstraint("jurisdiction", "process", "element"),)


class CalendarYearRow(Base):
    """The official calendar of one year (放假调休安排), as an administrator has loaded it.

    ``days``: ISO day -> whether people work then, for the days that differ from Monday to Friday.
    """

    __tablename__ = "calendar_year"

    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(200), default="")
    days: Mapped[dict[str, Any]]
    loaded_at: Mapped[datetime]
    loaded_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
