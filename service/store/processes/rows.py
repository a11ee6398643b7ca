"""The tables of jurisdictions, clauses, named lists and deployments."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import Base, Chained


class JurisdictionRow(Chained, Base):
    """A city or an office with data of its own.

    ``rules`` are its relative units, roles, number formats and its document. ``revision`` counts
    the changes to its units, groups and rules.
    """

    __tablename__ = "jurisdiction"

    code: Mapped[str] = mapped_column(String(20), primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    rules: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")


class ClauseRow(Base):
    """A clause of the jurisdiction's document (政策依据), with its sentence word for word."""

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
    """One version of a named list.

    The highest version is in force. Running cases keep the version that they have.
    """

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
    """One upload that has passed the gate."""

    __tablename__ = "deployment"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    name: Mapped[str] = mapped_column(String(120))
    digest: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("person.id"))


class FileRow(Base):
    """A file of a deployment: a diagram, a form or a decision table."""

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("deployment_id", "name"),)


class DefinitionRow(Base):
    """One version of a process. Running cases keep the version that they have."""

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
    """When the clock starts the next case of a process.

    The case follows the newest version of the process.
    """

    __tablename__ = "start_timer"

    id: Mapped[int] = mapped_column(primary_key=True)
    jurisdiction: Mapped[str] = mapped_column(ForeignKey("jurisdiction.code"))
    process: Mapped[str] = mapped_column(String(80))
    element: Mapped[str] = mapped_column(String(80))
    rule: Mapped[str] = mapped_column(String(120))
    since: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("jurisdiction", "process", "element"),)
