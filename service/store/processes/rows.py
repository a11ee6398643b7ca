"""The tables of jurisdictions, clauses, named lists and deployments."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.store.types import (
    Base,
    Chained,
    DeploymentId,
    Id,
    JurisdictionCode,
    PersonId,
    String20,
    String60,
    String64,
    String80,
    String120,
)


class JurisdictionRow(Chained, Base):
    """A city or an office with data of its own.

    ``rules`` are its relative units, roles, number formats and its document. ``revision`` counts
    the changes to its units, groups and rules.
    """

    __tablename__ = "jurisdiction"

    code: Mapped[String20] = mapped_column(primary_key=True)
    name: Mapped[String80]
    rules: Mapped[dict[str, Any]]
    revision: Mapped[int] = mapped_column(default=0, server_default="0")


class ClauseRow(Base):
    """A clause of the jurisdiction's document (政策依据), with its sentence word for word."""

    __tablename__ = "clause"

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    code: Mapped[String20]
    position: Mapped[int]
    title: Mapped[String120]
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

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    name: Mapped[String60]
    version: Mapped[int]
    title: Mapped[String120]
    entries: Mapped[list[Any]]
    in_force_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("jurisdiction", "name", "version"),)


class DeploymentRow(Base):
    """One upload that has passed the gate."""

    __tablename__ = "deployment"

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    name: Mapped[String120]
    digest: Mapped[String64]
    created_at: Mapped[datetime]
    created_by: Mapped[PersonId | None]


class FileRow(Base):
    """A file of a deployment: a diagram, a form or a decision table."""

    __tablename__ = "file"

    id: Mapped[Id]
    deployment_id: Mapped[DeploymentId]
    name: Mapped[String120]
    content: Mapped[bytes] = mapped_column(LargeBinary)

    __table_args__ = (UniqueConstraint("deployment_id", "name"),)


class DefinitionRow(Base):
    """One version of a process. Running cases keep the version that they have."""

    __tablename__ = "definition"

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    key: Mapped[String80]
    version: Mapped[int]
    name: Mapped[String120]
    documentation: Mapped[str] = mapped_column(default="")
    deployment_id: Mapped[DeploymentId]
    file: Mapped[String120]

    __table_args__ = (
        UniqueConstraint("jurisdiction", "key", "version"),
        Index("ix_definition_deployment", "deployment_id"),
    )


class StartTimerRow(Base):
    """When the clock starts the next case of a process.

    The case follows the newest version of the process.
    """

    __tablename__ = "start_timer"

    id: Mapped[Id]
    jurisdiction: Mapped[JurisdictionCode]
    process: Mapped[String80]
    element: Mapped[String80]
    rule: Mapped[String120]
    since: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (UniqueConstraint("jurisdiction", "process", "element"),)
