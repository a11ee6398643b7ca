"""What a process owner works with: versions of processes and forms, and the names that a diagram
may use.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.engine.document import Element
from service.feel.tables.decisions import read_decisions
from service.store.cases.rows import CaseRow
from service.store.people.lookups import directory_of
from service.store.people.rows import PersonRow
from service.store.processes.lookups import (
    file_content,
    latest_definitions,
    lists_in_force,
    rules_of,
)
from service.store.processes.rows import ClauseRow, DefinitionRow, DeploymentRow, FileRow
from service.unit_of_work import Process

LIVE = ("running", "suspended")
CO_FORM = "contribution"


@dataclass(frozen=True, kw_only=True)
class VersionLine:
    """A version of a process. ``running`` is the number of its cases that are not over."""

    id: int
    version: int
    deployment_id: int
    file: str
    deployed_at: datetime
    person: str | None
    running: int


@dataclass(frozen=True, kw_only=True)
class ProcessVersions:
    """A process with its versions, newest first. New cases use the first one."""

    key: str
    name: str
    description: str
    versions: tuple[VersionLine, ...]


@dataclass(frozen=True, kw_only=True)
class FormVersion:
    """The newest content of a form: its deployment, and the processes and steps that fill it in."""

    id: str
    file: str
    deployment_id: int
    deployed_at: datetime
    used_by: tuple[str, ...]
    steps: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class TemplateVersion:
    """The newest content of a Word template: its deployment, and the titles of the papers made from
    it.
    """

    file: str
    deployment_id: int
    deployed_at: datetime
    papers: tuple[str, ...]


def process_versions(session: Session, actor: Actor) -> tuple[ProcessVersions, ...]:
    """All processes of the jurisdiction, by key."""
    running: dict[int, int] = {
        of: count
        for of, count in session.execute(
            select(CaseRow.definition_id, func.count())
            .where(CaseRow.jurisdiction == actor.jurisdiction, CaseRow.status.in_(LIVE))
            .group_by(CaseRow.definition_id)
        )
    }
    all_versions = (
        select(DefinitionRow, DeploymentRow.created_at, PersonRow.name)
        .join(DeploymentRow, DeploymentRow.id == DefinitionRow.deployment_id)
        .outerjoin(PersonRow, PersonRow.id == DeploymentRow.created_by)
        .where(DefinitionRow.jurisdiction == actor.jurisdiction)
        .order_by(DefinitionRow.key, DefinitionRow.version.desc())
    )
    lines_by_key: dict[str, list[tuple[DefinitionRow, VersionLine]]] = {}
    for definition, at, person in session.execute(all_versions):
        line = VersionLine(
            id=definition.id,
            version=definition.version,
            deployment_id=definition.deployment_id,
            file=definition.file,
            deployed_at=at,
            person=person,
            running=running.get(definition.id, 0),
        )
        lines_by_key.setdefault(definition.key, []).append((definition, line))
    return tuple(
        ProcessVersions(
            key=key,
            name=lines[0][0].name,
            description=lines[0][0].documentation,
            versions=tuple(line for _, line in lines),
        )
        for key, lines in lines_by_key.items()
    )


def form_versions(session: Session, runtime: Process, actor: Actor) -> tuple[FormVersion, ...]:
    """The newest content of each form of the jurisdiction, by id."""
    users = _users(session, runtime, actor)
    versions = []
    for name, deployment_id, at in _newest(session, actor, ".form"):
        form = name.removesuffix(".form")
        mine = users.get(form, ())
        versions.append(
            FormVersion(
                id=form,
                file=name,
                deployment_id=deployment_id,
                deployed_at=at,
                used_by=tuple(dict.fromkeys(process for process, _ in mine)),
                steps=tuple(step for _, step in mine),
            )
        )
    return tuple(versions)


def template_versions(session: Session, actor: Actor) -> tuple[TemplateVersion, ...]:
    """The newest content of each Word template of the jurisdiction, by name, and the papers made
    from it.
    """
    papers = rules_of(session, actor.jurisdiction).get("papers", ())
    return tuple(
        TemplateVersion(
            file=name,
            deployment_id=deployment_id,
            deployed_at=at,
            papers=tuple(entry["title"] for entry in papers if entry["template"] == name),
        )
        for name, deployment_id, at in _newest(session, actor, ".docx")
    )


def _newest(session: Session, actor: Actor, suffix: str) -> Sequence[Any]:
    """The newest file of each name: name, id of the deployment, instant."""
    newest = (
        select(func.max(FileRow.id))
        .join(DeploymentRow, DeploymentRow.id == FileRow.deployment_id)
        .where(DeploymentRow.jurisdiction == actor.jurisdiction, FileRow.name.endswith(suffix))
        .group_by(FileRow.name)
    )
    return session.execute(
        select(FileRow.name, FileRow.deployment_id, DeploymentRow.created_at)
        .join(DeploymentRow, DeploymentRow.id == FileRow.deployment_id)
        .where(FileRow.id.in_(newest))
        .order_by(FileRow.name)
    ).all()


def _users(session: Session, runtime: Process, actor: Actor) -> Mapping[str, list[tuple[str, str]]]:
    """By form: the processes whose newest version uses it, each with the name of the step."""
    steps_by_form: dict[str, list[tuple[str, str]]] = {}
    for definition in latest_definitions(session, actor.jurisdiction):
        for element in runtime.catalogue.deployed(
            session, definition.id
        ).definition.document.elements.values():
            for form in _forms_of(element) if element.process == definition.key else ():
                steps_by_form.setdefault(form, []).append((definition.key, element.name))
    return steps_by_form


def _forms_of(element: Element) -> list[str]:
    shared = element.properties.get("coForm") or (CO_FORM if element.co_units else None)
    return [form for form in (element.form, shared) if form]


def names(session: Session, actor: Actor) -> dict[str, Any]:
    """The names that a diagram of the jurisdiction may use, each with what helps to choose it."""
    directory = directory_of(session, actor.jurisdiction)
    lists = lists_in_force(session, actor.jurisdiction)
    return {
        "units": [unit.name for unit in directory.units.values()],
        "relatives": list(directory.relatives),
        "roles": list(directory.persons),
        "groups": [
            {
                "name": name,
                "members": [
                    directory.units[code].name for code in members if code in directory.units
                ],
            }
            for name, members in directory.groups.items()
        ],
        "clauses": _clauses(session, actor),
        "lists": [{"name": name, "title": row.title} for name, row in sorted(lists.items())],
        "numbers": sorted(rules_of(session, actor.jurisdiction).get("numbers", {})),
        "decisions": _decisions(session, actor),
    }


def _clauses(session: Session, actor: Actor) -> list[dict[str, Any]]:
    in_order = (
        select(ClauseRow)
        .where(ClauseRow.jurisdiction == actor.jurisdiction)
        .order_by(ClauseRow.position)
    )
    return [
        {
            "id": clause.code,
            "title": clause.title,
            "text": clause.text,
            "leads": clause.leads,
            "co_units": clause.co_units,
        }
        for clause in session.scalars(in_order)
    ]


def _decisions(session: Session, actor: Actor) -> list[dict[str, str]]:
    tables = [
        file_content(session, deployment_id, name) or b""
        for name, deployment_id, _ in _newest(session, actor, ".dmn")
    ]
    return [
        {"id": decision.id, "name": decision.name}
        for table in tables
        for decision in read_decisions(table).values()
    ]
