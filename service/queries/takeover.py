"""The processes into which a person may import running projects (补录)."""

from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.errors import NotAllowed, NotFound
from service.queries.processes.lines import ProcessLine
from service.queries.processes.starting import process_line
from service.store.people.lookups import directory_of
from service.store.processes.lookups import latest_definition, latest_definitions
from service.unit_of_work import Process


def importable(session: Session, runtime: Process, actor: Actor) -> tuple[ProcessLine, ...]:
    """The processes into which this person may import running projects (补录), by key."""
    directory = directory_of(session, actor.jurisdiction)
    lines = []
    for newest in latest_definitions(session, actor.jurisdiction):
        definition = runtime.catalogue.deployed(session, newest.id).definition
        start = definition.import_start
        if start is not None and directory.may_take_over(
            actor, definition.elements[start].lane or ""
        ):
            lines.append(process_line(newest))
    return tuple(lines)


def may_import(session: Session, runtime: Process, actor: Actor, key: str) -> ProcessLine:
    """The process, if this person may import into it.

    :raises NotFound: there is no such process, or it takes no imports. :raises NotAllowed: this
        person may not import into it.
    """
    line = next((line for line in importable(session, runtime, actor) if line.key == key), None)
    if line is not None:
        return line
    newest = latest_definition(session, actor.jurisdiction, key)
    if (
        newest is None
        or runtime.catalogue.deployed(session, newest.id).definition.import_start is None
    ):
        raise NotFound(f"流程 {key} 的补录")
    raise NotAllowed(f"您没有“{newest.name}”的补录权限")
