"""Forms that stand on their own, in the version deployed last; and the demand registry, which goes
by one.
"""

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.forms.answers import lists_of
from service.domain.people.actor import Actor
from service.domain.people.units import Directory
from service.domain.registry import Book, reads, registry_of
from service.errors import NotFound
from service.store import lookups
from service.store.registry import DeploymentRow, FileRow


def newest_form(
    session: Session, jurisdiction: str, name: str
) -> tuple[int, Mapping[str, Any]] | None:
    """The form of this name that a jurisdiction deployed last, and the id of its file."""
    wanted = (
        select(FileRow.id, FileRow.content)
        .join(DeploymentRow, DeploymentRow.id == FileRow.deployment_id)
        .where(DeploymentRow.jurisdiction == jurisdiction, FileRow.name == f"{name}.form")
        .order_by(FileRow.id.desc())
        .limit(1)
    )
    row = session.execute(wanted).one_or_none()
    return None if row is None else (row.id, orjson.loads(row.content))


def book(session: Session, actor: Actor, directory: Directory | None = None) -> Book:
    """The demand registry of somebody's jurisdiction, for those who may look at it.

    :raises NotFound: it has none, or this is none of theirs.
    """
    found = directory or lookups.directory(session, actor.jurisdiction)
    registry = registry_of(lookups.rules_of(session, actor.jurisdiction))
    deployed = newest_form(session, actor.jurisdiction, registry.form) if registry else None
    if registry is None or deployed is None or not reads(actor, found):
        raise NotFound("项目库")
    file_id, form = deployed
    in_force = lookups.lists_in_force(session, actor.jurisdiction)
    return Book(
        registry=registry,
        directory=found,
        file_id=file_id,
        form=form,
        lists={name: in_force[name].entries for name in lists_of(form) if name in in_force},
    )
