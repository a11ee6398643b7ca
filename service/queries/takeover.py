"""Into which processes somebody may import running projects (补录)."""

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
    found = []
    for row in latest_definitions(session, actor.jurisdiction):
        definition = runtime.catalogue.deployed(session, row.id).definition
        start = definition.import_start
        if start is not None and directory.may_take_over(
            actor, definition.elements[start].lane or ""
        ):
            found.append(process_line(row))
    return tuple(found)


def may_import(session: Session, runtime: Process, actor: Actor, key: str) -> ProcessLine:
    """The process, when this person may import into it.

    :raises NotFound: no such process, or it takes no imports. :raises NotAllowed: not theirs to
        import.
    """
    found = next((line for line in importable(session, runtime, actor) if line.key == key), None)
    if found is not None:
        return found
    row = latest_definition(session, actor.jurisdiction, key)
    if row is None or runtime.catalogue.deployed(session, row.id).definition.import_start is None:
        raise NotFound(f"流程 {key} 的补录")
    raise NotAllowed(f"您没有“{row.name}”的补录权限")
