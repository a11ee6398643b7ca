"""What a person may start, and the first form of it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from service.domain.forms.schema import keys_of
from service.domain.forms.shown import plain_values
from service.domain.functions import functions
from service.domain.people.actor import Actor
from service.domain.terms.deadlines import SHANGHAI
from service.engine import Definition, Desk
from service.engine.document import Element
from service.errors import NotAllowed, NotFound
from service.queries.processes.lines import ProcessLine, StartPage
from service.store.people.lookups import directory_of
from service.store.processes.lookups import latest_definition, latest_definitions, lists_in_force
from service.store.processes.rows import DefinitionRow
from service.unit_of_work import Process

PASSED_BY_ITSELF = frozenset({"exclusiveGateway", "scriptTask"})


def startable(session: Session, runtime: Process, actor: Actor) -> tuple[ProcessLine, ...]:
    """The processes this person may start, by key."""
    directory = directory_of(session, actor.jurisdiction)
    found = []
    for row in latest_definitions(session, actor.jurisdiction):
        definition = runtime.catalogue.deployed(session, row.id).definition
        lane = _start_lane(definition)
        if lane is not None and directory.may_start(actor, lane):
            found.append(process_line(row))
    return tuple(found)


def known(session: Session, actor: Actor) -> tuple[ProcessLine, ...]:
    """All processes of this person's jurisdiction, for choosing among cases."""
    return tuple(process_line(row) for row in latest_definitions(session, actor.jurisdiction))


def start_page(session: Session, runtime: Process, actor: Actor, key: str) -> StartPage:
    """The form of the first step, when it is the starter's own.

    :raises NotFound: no such process. :raises NotAllowed: not theirs to start.
    """
    row = latest_definition(session, actor.jurisdiction, key)
    if row is None:
        raise NotFound(f"流程 {key} ")
    deployed = runtime.catalogue.deployed(session, row.id)
    lane = _start_lane(deployed.definition)
    if lane is None or not directory_of(session, actor.jurisdiction).may_start(actor, lane):
        raise NotAllowed(f"“{row.name}”由“{lane or '系统'}”发起，您没有发起权限")
    first = first_step(deployed.definition)
    form = deployed.form(first.form) if first is not None and first.form else None
    values = (
        _values(session, runtime, actor, first, form)
        if first is not None and form is not None
        else {}
    )
    return StartPage(
        process=process_line(row), task_name=first.name if first else None, form=form, values=values
    )


def _values(
    session: Session, runtime: Process, actor: Actor, first: Element, form: Mapping[str, Any]
) -> dict[str, Any]:
    """What the first form starts with: the options of named lists, what every case has under its
    keys, and the step's input parameters.
    """
    lists = {
        name: entry.entries for name, entry in lists_in_force(session, actor.jurisdiction).items()
    }
    directory = directory_of(session, actor.jurisdiction)
    known = {
        "starter": actor.login,
        "starter_unit": actor.unit_code,
        "started_on": runtime.now().astimezone(SHANGHAI).date(),
    }
    desk = Desk(
        data=known,
        now=runtime.now(),
        actions={},
        decisions={},
        functions=functions(
            runtime.now(), runtime.calendar_for(session, actor), directory.units.get
        ),
    )
    given = {name: known[name] for name in keys_of(form) if name in known} | {
        name: desk.language(text.removeprefix("="), known) for name, text in first.inputs.items()
    }
    return plain_values(
        {**lists, **{name: value for name, value in given.items() if value is not None}}
    )


def first_step(definition: Definition) -> Element | None:
    """The user task that the manual start leads to by itself, when it stands in the same lane."""
    start = definition.manual_start
    if start is None:
        return None
    following = [flow.target for flow in definition.document.flows.values() if flow.source == start]
    if len(following) != 1:
        return None
    step = definition.elements[following[0]]
    while step.kind in PASSED_BY_ITSELF and len(_after(definition, step.id)) == 1:
        step = definition.elements[_after(definition, step.id)[0]]
    same = step.lane == definition.elements[start].lane
    return step if step.kind == "userTask" and same else None


def _after(definition: Definition, element: str) -> list[str]:
    return [flow.target for flow in definition.document.flows.values() if flow.source == element]


def _start_lane(definition: Definition) -> str | None:
    return (
        None
        if definition.manual_start is None
        else definition.elements[definition.manual_start].lane
    )


def process_line(row: DefinitionRow) -> ProcessLine:
    return ProcessLine(
        key=row.key, name=row.name, description=row.documentation, version=row.version
    )
