"""The look-ups of jurisdictions and deployed files that commands and queries share."""

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from service.store.processes.rows import (
    DefinitionRow,
    DeploymentRow,
    FileRow,
    JurisdictionRow,
    NamedListRow,
)


def newest_form(
    session: Session, jurisdiction: str, name: str
) -> tuple[int, Mapping[str, Any]] | None:
    """The form that a jurisdiction deployed last under a name, after the id of its file.

    Returns None if there is no such form.
    """
    newest_file = (
        select(FileRow.id, FileRow.content)
        .join(DeploymentRow, DeploymentRow.id == FileRow.deployment_id)
        .where(DeploymentRow.jurisdiction == jurisdiction, FileRow.name == f"{name}.form")
        .order_by(FileRow.id.desc())
        .limit(1)
    )
    row = session.execute(newest_file).one_or_none()
    if row is None:
        return None
    return (row.id, orjson.loads(row.content))


def revision_of(session: Session, jurisdiction: str) -> int:
    """The number of changes to the units, groups and rules of a jurisdiction."""
    revision = select(JurisdictionRow.revision).where(JurisdictionRow.code == jurisdiction)
    return session.scalar(revision) or 0


def rules_of(session: Session, jurisdiction: str) -> dict[str, Any]:
    """The rules of a jurisdiction: relative units, roles, number formats."""
    row = session.get(JurisdictionRow, jurisdiction)
    if row is None:
        return {}
    return row.rules


def latest_definition(session: Session, jurisdiction: str, key: str) -> DefinitionRow | None:
    """The newest version of a process; None if there is no such process."""
    newest = (
        select(DefinitionRow)
        .where(DefinitionRow.jurisdiction == jurisdiction, DefinitionRow.key == key)
        .order_by(DefinitionRow.version.desc())
        .limit(1)
    )
    return session.scalars(newest).one_or_none()


def latest_definitions(session: Session, jurisdiction: str) -> Sequence[DefinitionRow]:
    """The newest version of each process."""
    newest_versions = (
        select(DefinitionRow.key, func.max(DefinitionRow.version).label("version"))
        .where(DefinitionRow.jurisdiction == jurisdiction)
        .group_by(DefinitionRow.key)
        .subquery()
    )
    is_newest = (DefinitionRow.key == newest_versions.c.key) & (
        DefinitionRow.version == newest_versions.c.version
    )
    definitions = (
        select(DefinitionRow)
        .join(newest_versions, is_newest)
        .where(DefinitionRow.jurisdiction == jurisdiction)
        .order_by(DefinitionRow.key)
    )
    return session.scalars(definitions).all()


def file_content(session: Session, deployment_id: int, name: str) -> bytes | None:
    """The content of a deployed file; None if there is no such file."""
    return session.scalar(
        select(FileRow.content).where(FileRow.deployment_id == deployment_id, FileRow.name == name)
    )


def newest_files(session: Session, jurisdiction: str, ending: str) -> dict[str, int]:
    """The id of the newest file under each name with this ending, by name."""
    newest = _newest(jurisdiction, FileRow.name.endswith(ending))
    files = session.execute(select(FileRow.name, FileRow.id).where(FileRow.id.in_(newest)))
    return {name: file_id for name, file_id in files}


def newest_contents(
    session: Session, jurisdiction: str, which: ColumnElement[bool]
) -> dict[str, bytes]:
    """The newest deployed content of each name. Contents of earlier versions are not read.

    :param which: a condition on the names of the files.
    """
    newest = _newest(jurisdiction, which)
    files = session.execute(select(FileRow.name, FileRow.content).where(FileRow.id.in_(newest)))
    return {name: content for name, content in files}


def _newest(jurisdiction: str, which: ColumnElement[bool]) -> Select[int]:
    """The ids of the newest files, one for each name."""
    return (
        select(func.max(FileRow.id))
        .join(DeploymentRow, DeploymentRow.id == FileRow.deployment_id)
        .where(DeploymentRow.jurisdiction == jurisdiction, which)
        .group_by(FileRow.name)
    )


def lists_in_force(session: Session, jurisdiction: str) -> dict[str, NamedListRow]:
    """The named lists in the version that is in force, by name."""
    all_versions = (
        select(NamedListRow)
        .where(NamedListRow.jurisdiction == jurisdiction)
        .order_by(NamedListRow.version)
    )
    return {row.name: row for row in session.scalars(all_versions)}
