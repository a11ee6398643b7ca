"""What is deployed, kept in memory.

It is built once per process and definition, shared by all threads, and never changed.
"""

import threading
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people.units import Directory
from service.domain.terms.deadlines import Calendar
from service.engine import Definition
from service.engine.ahead import Ways
from service.engine.document import read_document
from service.errors import ExpressionFailed, NotFound
from service.feel import FeelError
from service.feel.tables.decisions import Decision, read_decisions
from service.store.people.lookups import directory_of
from service.store.processes.rows import DefinitionRow, FileRow
from service.store.terms import calendar_of

Value = TypeVar("Value")


@dataclass(frozen=True, kw_only=True)
class Deployed:
    """One version of a process with the forms and decision tables that were deployed with it."""

    definition: Definition
    name: str
    version: int
    xml: bytes
    forms: Mapping[str, Mapping[str, Any]]
    decisions: Mapping[str, Decision]

    def form(self, form_id: str | None) -> Mapping[str, Any]:
        """The schema of a form. An element without a form has an empty one.

        :raises NotFound: the form was not deployed with the diagram.
        """
        if form_id is None:
            return {"components": []}
        if form_id not in self.forms:
            raise NotFound(f"表单 {form_id} ")
        return self.forms[form_id]

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each element in the reading order of the drawing."""
        reading_order = self.definition.reading_order()
        return {element: place for place, element in enumerate(reading_order)}

    @cached_property
    def ways(self) -> Ways:
        """What comes next after each element."""
        return Ways(self.definition.document, self.definition.process)


def decide(
    decision: Decision, names: Mapping[str, Any], functions: Mapping[str, Callable[..., Any]]
) -> Any:
    """Take a decision over these names. Returns its value.

    :raises ExpressionFailed: its rules contradict each other, or an expression in it fails.
    """
    try:
        return decision.evaluate(names, functions)
    except FeelError as exc:
        raise ExpressionFailed(decision.id, decision.name, str(exc)) from exc


class Catalogue:
    """Deployed definitions by id, and the directory of each jurisdiction as of its last change."""

    def __init__(self) -> None:
        self._deployed: dict[int, Deployed] = {}
        self._directories: dict[str, tuple[int, Directory]] = {}
        self._calendars: dict[str, tuple[int, Calendar]] = {}
        self._templates: dict[int, bytes] = {}
        self._lock = threading.Lock()

    def deployed(self, session: Session, definition_id: int) -> Deployed:
        """A definition, built on first use.

        :raises NotFound: there is no such definition.
        """
        deployed = self._deployed.get(definition_id)
        if deployed is None:
            built = _build(session, definition_id)
            with self._lock:
                deployed = self._deployed.setdefault(definition_id, built)
        return deployed

    def directory(self, session: Session, jurisdiction: str, revision: int) -> Directory:
        """The units of a jurisdiction at a revision. They are read again only after a change."""
        return _as_of(self._directories, directory_of, session, jurisdiction, revision)

    def calendar(self, session: Session, jurisdiction: str, revision: int) -> Calendar:
        """The working calendar of a jurisdiction at a revision.

        It is read again only after a change.
        """
        return _as_of(self._calendars, calendar_of, session, jurisdiction, revision)

    def template(self, session: Session, file_id: int) -> bytes:
        """The content of a deployed Word template."""
        if file_id not in self._templates:
            self._templates[file_id] = session.get_one(FileRow, file_id).content
        return self._templates[file_id]

    @staticmethod
    def new_id() -> str:
        """A stable id for something that leaves its transaction."""
        return str(uuid.uuid4())


def _as_of(
    memory: dict[str, tuple[int, Value]],
    read: Callable[[Session, str], Value],
    session: Session,
    jurisdiction: str,
    revision: int,
) -> Value:
    """What the memory has for a jurisdiction at a revision; read from the database if need be."""
    entry = memory.get(jurisdiction)
    if entry is None or entry[0] != revision:
        entry = (revision, read(session, jurisdiction))
        memory[jurisdiction] = entry
    _, value = entry
    return value


def _build(session: Session, definition_id: int) -> Deployed:
    """Build a definition from the files of its deployment.

    :raises NotFound: there is no such definition.
    """
    row = session.get(DefinitionRow, definition_id)
    if row is None:
        raise NotFound("该流程版本")
    files_of_deployment = select(FileRow.name, FileRow.content).where(
        FileRow.deployment_id == row.deployment_id
    )
    files: dict[str, bytes] = {}
    for name, content in session.execute(files_of_deployment):
        files[name] = content
    document = read_document(files[row.file], row.file)
    forms: dict[str, Any] = {}
    decisions: dict[str, Decision] = {}
    for name, content in files.items():
        if name.endswith(".form"):
            forms[name.removesuffix(".form")] = orjson.loads(content)
        elif name.endswith(".dmn"):
            decisions.update(read_decisions(content))
    return Deployed(
        definition=Definition.build(document, row.key),
        name=row.name,
        version=row.version,
        xml=files[row.file],
        forms=forms,
        decisions=decisions,
    )
