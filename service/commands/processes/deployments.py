"""Deploying diagrams, forms and Word templates: a gate, then a new version. Nothing is ever half
deployed.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import select

from service.access.rights import require
from service.commands.cases.starting_by_clock import schedule
from service.commands.papers import unchanged, with_papers
from service.domain.functions import NAMES
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.engine import Definition
from service.engine.document import Document, read_document
from service.errors import BadDeployment, BadRequest, NotFound
from service.feel.tables.decisions import read_decisions
from service.gate import Finding, Surroundings, check
from service.store.processes.lookups import (
    latest_definition,
    latest_definitions,
    lists_in_force,
    newest_contents,
)
from service.store.processes.rows import (
    ClauseRow,
    DefinitionRow,
    DeploymentRow,
    FileRow,
    JurisdictionRow,
)
from service.unit_of_work import Reading, UnitOfWork

DECISION = re.compile(rb'decisionRef="(\w+)"')
UNSERVED = frozenset({"job", "signal"})
SYSTEM_NAMES = frozenset({"case_id", "case_title", "starter", "starter_unit", "started_on"})


def gate_findings(work: UnitOfWork, jurisdiction: str, files: Mapping[str, bytes]) -> list[Finding]:
    """The findings of the gate about these files in this jurisdiction."""
    return check(files, with_papers(work, jurisdiction, files, surroundings(work, jurisdiction)))


def surroundings(look: Reading, jurisdiction: str) -> Surroundings:
    """Everything that diagrams of a jurisdiction may refer to."""
    directory = look.directory(jurisdiction)
    clauses = look.session.scalars(
        select(ClauseRow.code).where(ClauseRow.jurisdiction == jurisdiction)
    )
    latest = latest_definitions(look.session, jurisdiction)
    definitions = [
        (newest, look.process.catalogue.deployed(look.session, newest.id).definition)
        for newest in latest
    ]
    return Surroundings(
        read_template=look.process.read_template,
        units=frozenset(unit.name for unit in directory.units.values()),
        groups=frozenset(directory.groups),
        relatives=frozenset(directory.relatives),
        roles=frozenset(directory.persons),
        clauses=frozenset(clauses),
        lists=frozenset(lists_in_force(look.session, jurisdiction)),
        actions={name: action.arguments for name, action in look.process.actions.items()},
        functions=NAMES,
        forms={
            name.removesuffix(".form"): orjson.loads(content)
            for name, content in newest_contents(
                look.session, jurisdiction, FileRow.name.endswith(".form")
            ).items()
        },
        processes=frozenset(newest.key for newest in latest),
        names=SYSTEM_NAMES,
        unserved=UNSERVED,
        calls={newest.key: definition.calls for newest, definition in definitions},
        messages=frozenset[str]().union(
            *(definition.document.messages_awaited() for _, definition in definitions)
        ),
    )


@dataclass(frozen=True, kw_only=True)
class CheckFiles:
    """The gate's warnings about files that could be deployed. Nothing is stored.

    :raises BadDeployment: they could not be deployed; it has all findings.
    """

    jurisdiction: str
    files: Mapping[str, bytes]
    actor: Actor | None = None

    def carry_out(self, work: UnitOfWork) -> list[dict[str, Any]]:
        self._allow(work)
        findings = gate_findings(
            work, self.jurisdiction, _with_tables(work, self.jurisdiction, self.files)
        )
        as_dicts = [finding.as_dict() for finding in findings]
        if any(finding.severity == "error" for finding in findings):
            raise BadDeployment(as_dicts)
        return as_dicts

    def _allow(self, work: UnitOfWork) -> None:
        if self.actor is not None:
            require(self.actor, Right.DEPLOY, self.jurisdiction)
        if work.session.get(JurisdictionRow, self.jurisdiction) is None:
            raise NotFound(f"地区 {self.jurisdiction} ")
        if not any(name.endswith((".bpmn", ".form", ".dmn", ".docx")) for name in self.files):
            raise BadRequest("请至少选择一个 .bpmn、.form、.dmn 或 .docx 文件")


@dataclass(frozen=True, kw_only=True)
class Deploy:
    """Deploy files together. If nothing has changed, the existing deployment is returned.

    :raises BadDeployment: the gate has errors; it has all findings. Nothing is stored.
    """

    jurisdiction: str
    files: Mapping[str, bytes]
    name: str = ""
    actor: Actor | None = None

    def carry_out(self, work: UnitOfWork) -> int:
        CheckFiles(jurisdiction=self.jurisdiction, files=self.files, actor=self.actor).carry_out(
            work
        )
        given = _with_tables(work, self.jurisdiction, self.files)
        files = {**_needed_forms(work, self.jurisdiction, self.files), **given}
        digest = _digest(files)
        same = work.session.scalar(
            select(DeploymentRow.id)
            .where(DeploymentRow.jurisdiction == self.jurisdiction, DeploymentRow.digest == digest)
            .order_by(DeploymentRow.id.desc())
            .limit(1)
        )
        if same is not None and (self.actor is None or unchanged(work, self.jurisdiction, files)):
            return same
        return self._store(work, files, digest)

    def _store(self, work: UnitOfWork, files: Mapping[str, bytes], digest: str) -> int:
        deployment = DeploymentRow(
            jurisdiction=self.jurisdiction,
            name=self.name or "、".join(sorted(self.files))[:120],
            digest=digest,
            created_at=work.now,
            created_by=self.actor.person_id if self.actor else None,
        )
        work.session.add(deployment)
        work.session.flush()
        work.session.add_all(
            FileRow(deployment_id=deployment.id, name=name, content=content)
            for name, content in files.items()
        )
        for name, content in self.files.items():
            if name.endswith(".bpmn"):
                _define(work, deployment, read_document(content, name))
        work.record(
            None,
            "deploy",
            actor=self.actor,
            jurisdiction=self.jurisdiction,
            deployment=deployment.id,
            files=sorted(self.files),
        )
        return deployment.id


def _define(work: UnitOfWork, deployment: DeploymentRow, document: Document) -> None:
    for key, node in document.processes.items():
        if node.get("isExecutable") != "true":
            continue
        before = latest_definition(work.session, deployment.jurisdiction, key)
        work.session.add(
            DefinitionRow(
                jurisdiction=deployment.jurisdiction,
                key=key,
                version=before.version + 1 if before else 1,
                name=node.get("name") or key,
                documentation=document.documentation(key),
                deployment_id=deployment.id,
                file=document.file,
            )
        )
        schedule(work, deployment.jurisdiction, Definition.build(document, key))


def _needed_forms(
    work: UnitOfWork, jurisdiction: str, files: Mapping[str, bytes]
) -> dict[str, bytes]:
    """Forms that the diagrams name and that were deployed before. They become part of the new
    version.
    """
    needed: set[str] = set()
    for name, content in files.items():
        if name.endswith(".bpmn"):
            for element in read_document(content, name).elements.values():
                needed |= {
                    f"{form}.form"
                    for form in (element.form, element.properties.get("coForm"))
                    if form
                }
                needed |= {"contribution.form"} if element.co_units else set()
    return newest_contents(work.session, jurisdiction, FileRow.name.in_(needed - set(files)))


def _with_tables(
    work: UnitOfWork, jurisdiction: str, files: Mapping[str, bytes]
) -> dict[str, bytes]:
    """The files. If no table is among them, the deployed tables that their diagrams refer to are
    added.
    """
    decision_ids = {
        name.decode() for content in files.values() for name in DECISION.findall(content)
    }
    if not decision_ids or any(name.endswith(".dmn") for name in files):
        return dict(files)
    deployed = newest_contents(work.session, jurisdiction, FileRow.name.endswith(".dmn"))
    return {
        **{
            name: content
            for name, content in deployed.items()
            if decision_ids & set(read_decisions(content))
        },
        **files,
    }


def _digest(files: Mapping[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(files):
        whole.update(f"{name}\0{len(files[name])}\0".encode() + files[name])
    return whole.hexdigest()
