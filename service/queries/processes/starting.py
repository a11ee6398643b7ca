"""The processes that a person may start, and the first form of each."""

from collections.abc import Mapping
from dataclasses import replace
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
from service.queries.processes.lines import NextLine, ProcessLine, StartPage
from service.queries.processes.next_steps import Outlook
from service.store.cases.lookups import anybody_waits
from service.store.items.lookups import still_gathering
from service.store.people.lookups import directory_of
from service.store.processes.lookups import latest_definition, latest_definitions, lists_in_force
from service.store.processes.rows import DefinitionRow
from service.unit_of_work import Deployed, Process

PASSED_BY_ITSELF = frozenset({"exclusiveGateway", "scriptTask"})


def startable(session: Session, runtime: Process, actor: Actor) -> tuple[ProcessLine, ...]:
    """The processes this person may start, by key."""
    directory = directory_of(session, actor.jurisdiction)
    lines = []
    for newest in latest_definitions(session, actor.jurisdiction):
        definition = runtime.catalogue.deployed(session, newest.id).definition
        lane = _start_lane(definition)
        if lane is not None and directory.may_start(actor, lane):
            lines.append(process_line(newest))
    return tuple(lines)


def known(session: Session, actor: Actor) -> tuple[ProcessLine, ...]:
    """All processes of this person's jurisdiction. Lists of cases are filtered by them."""
    return tuple(process_line(row) for row in latest_definitions(session, actor.jurisdiction))


def start_page(session: Session, runtime: Process, actor: Actor, key: str) -> StartPage:
    """The form of the first step, if it is the starter's own.

    :raises NotFound: there is no such process. :raises NotAllowed: this person may not start it.
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
    desk = _desk(session, runtime, actor)
    page = StartPage(
        process=process_line(row),
        task_name=first.name if first else None,
        form=form,
        values=_values(session, desk, actor, first, form) if first and form is not None else {},
        way=_way(session, runtime, actor, deployed, desk),
        titled=bool(deployed.definition.titling),
    )
    start = deployed.definition.elements[str(deployed.definition.manual_start)]
    if start.awaited is None:
        return page
    return _occasion(session, page, row, start.awaited)


def _occasion(session: Session, page: StartPage, row: DefinitionRow, awaited: str) -> StartPage:
    """The page with the occasion for a start: cases that wait, or an earlier case that gathers
    them.
    """
    begun = still_gathering(session, row.jurisdiction, row.key, awaited)
    return replace(
        page,
        nothing_waits=not anybody_waits(session, row.jurisdiction, awaited),
        gathering=(begun.id, begun.title) if begun is not None else None,
    )


def _way(
    session: Session, runtime: Process, actor: Actor, deployed: Deployed, desk: Desk
) -> tuple[NextLine, ...]:
    """What usually happens once this person has started."""
    start = deployed.definition.manual_start
    outlook = Outlook(
        session=session,
        runtime=runtime,
        actor=actor,
        deployed=deployed,
        values=desk.data,
    )
    if start is None:
        return ()
    return outlook.main_way(start, desk.language)


def _desk(session: Session, runtime: Process, actor: Actor) -> Desk:
    """A desk for expressions that are evaluated before there is a case."""
    directory = directory_of(session, actor.jurisdiction)
    return Desk(
        data={
            "starter": actor.login,
            "starter_unit": actor.unit_code,
            "started_on": runtime.now().astimezone(SHANGHAI).date(),
        },
        now=runtime.now(),
        actions={},
        decisions={},
        functions=functions(
            runtime.now(), runtime.calendar_for(session, actor), directory.units.get
        ),
    )


def _values(
    session: Session, desk: Desk, actor: Actor, first: Element, form: Mapping[str, Any]
) -> dict[str, Any]:
    """The values that the first form starts with: the options of named lists, the values that every
    case has, and the step's input parameters.
    """
    lists = {
        name: entry.entries for name, entry in lists_in_force(session, actor.jurisdiction).items()
    }
    given = {name: desk.data[name] for name in keys_of(form) if name in desk.data} | {
        name: desk.language(text.removeprefix("="), desk.data)
        for name, text in first.inputs.items()
    }
    return plain_values(
        {**lists, **{name: value for name, value in given.items() if value is not None}}
    )


def first_step(definition: Definition) -> Element | None:
    """The user task that the manual start leads to directly. None if it stands in another lane."""
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
    if step.kind == "userTask" and same:
        return step
    return None


def _after(definition: Definition, element: str) -> list[str]:
    return [flow.target for flow in definition.document.flows.values() if flow.source == element]


def _start_lane(definition: Definition) -> str | None:
    if definition.manual_start is None:
        return None
    return definition.elements[definition.manual_start].lane


def process_line(row: DefinitionRow) -> ProcessLine:
    return ProcessLine(
        key=row.key,
        name=row.name,
        description=row.documentation,
        version=row.version,
    )
