"""Whose names a person is told: who started a case, who has a step, who acted."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import undefer

from service.access.cases.closed import Closed, Reader, is_nameless
from service.domain.people.actor import Actor
from service.engine.document import Element
from service.store.cases.rows import CaseRow, JournalRow
from service.store.items.rows import ItemRow


def keeps_name(reader: Reader, case: CaseRow, item: ItemRow) -> bool:
    """Whether a list of open work must not tell the reader who has an item.

    A list shows no data of cases and does not read them. So this does not evaluate the condition
    of ``anonymous``: an anonymous step is nameless in lists at all times.
    """
    if item.holder in reader.actor.holders:
        return False
    deployed = reader.runtime.catalogue.deployed(reader.session, case.definition_id)
    step = deployed.definition.elements.get(item.element)
    return (
        step is not None
        and "anonymous" in step.properties
        and not reader.is_named(step.properties.get("namedTo"), {})
    )


def cases_with_nameless_starter(reader: Reader, cases: Sequence[CaseRow]) -> frozenset[int]:
    """The ids of those cases whose starter this reader may not be told.

    The start event of such a case is ``anonymous``. An example is an application for more time for
    a step that keeps its people's names. This sends one statement if there is such a start event,
    and none otherwise.
    """
    starts: dict[int, Element] = {}
    for case in cases:
        deployed = reader.runtime.catalogue.deployed(reader.session, case.definition_id)
        start = deployed.definition.anonymous_start
        if start is not None and case.starter_id != reader.actor.person_id:
            starts[case.id] = start
    if not starts:
        return frozenset()
    cases_with_data = (
        select(CaseRow).where(CaseRow.id.in_(starts)).options(undefer(CaseRow.data))
    ).execution_options(populate_existing=True)
    return frozenset(
        case.id
        for case in reader.session.scalars(cases_with_data)
        if is_nameless(reader, case, starts[case.id])
    )


def names_person(row: JournalRow, closed: Closed, actor: Actor) -> bool:
    """Whether a line of the record may show who acted.

    At a nameless step it may not. Two lines are exceptions: what the actor did themselves, and
    urging (催办), which is done by other people than those who have the step.
    """
    own = row.person_id is None or row.person_id == actor.person_id
    return own or row.element not in closed.nameless or row.verb == "urge"
