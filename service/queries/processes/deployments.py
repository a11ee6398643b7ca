"""What is deployed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.errors import NotFound
from service.store.processes.rows import DefinitionRow, DeploymentRow, FileRow


@dataclass(frozen=True, kw_only=True)
class DefinitionLine:
    """A version of a process."""

    key: str
    name: str
    version: int
    file: str


@dataclass(frozen=True, kw_only=True)
class DeploymentLine:
    """An upload that passed the gate."""

    id: int
    name: str
    created_at: datetime
    files: tuple[str, ...]
    definitions: tuple[DefinitionLine, ...]


def deployments(session: Session, actor: Actor) -> tuple[DeploymentLine, ...]:
    """All deployments of the jurisdiction, newest first."""
    of_jurisdiction = select(DeploymentRow).where(DeploymentRow.jurisdiction == actor.jurisdiction)
    return tuple(
        _line(session, row)
        for row in session.scalars(of_jurisdiction.order_by(DeploymentRow.id.desc()))
    )


def deployment(session: Session, actor: Actor, deployment_id: int) -> DeploymentLine:
    """One deployment.

    :raises NotFound: there is none in this jurisdiction.
    """
    row = session.get(DeploymentRow, deployment_id)
    if row is None or row.jurisdiction != actor.jurisdiction:
        raise NotFound("该次部署")
    return _line(session, row)


def deployed_file(session: Session, actor: Actor, deployment_id: int, name: str) -> bytes:
    """The content of a deployed file.

    :raises NotFound: the deployment has no such file.
    """
    deployment(session, actor, deployment_id)
    content_of_file = select(FileRow.content).where(
        FileRow.deployment_id == deployment_id, FileRow.name == name
    )
    content = session.scalar(content_of_file)
    if content is None:
        raise NotFound(f"文件 {name} ")
    return content


def _line(session: Session, row: DeploymentRow) -> DeploymentLine:
    files = session.scalars(
        select(FileRow.name).where(FileRow.deployment_id == row.id).order_by(FileRow.name)
    )
    definitions = session.scalars(
        select(DefinitionRow).where(DefinitionRow.deployment_id == row.id)
    )
    return DeploymentLine(
        id=row.id,
        name=row.name,
        created_at=row.created_at,
        files=tuple(files),
        definitions=tuple(
            DefinitionLine(
                key=definition.key,
                name=definition.name,
                version=definition.version,
                file=definition.file,
            )
            for definition in definitions
        ),
    )
