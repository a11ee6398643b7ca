"""The page of one case."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.cases import (
    Closed,
    Reader,
    cases_with_nameless_starter,
    closed_to,
    own_only,
    visible_case,
)
from service.domain.cases import case_offers
from service.domain.forms.answers import lists_of
from service.domain.forms.schema import of_the_case
from service.domain.forms.shown import plain_values
from service.domain.people.actor import Actor
from service.domain.terms.deadlines import term_basis
from service.domain.vocabulary import NAMELESS, STEP_STATES
from service.engine import Waiting
from service.engine.document import split_names
from service.queries.cases.ahead import lines_ahead
from service.queries.cases.children import children_of, counted, parent_of
from service.queries.cases.journal import journal_lines
from service.queries.cases.lines import (
    CasePage,
    ChildLine,
    JournalLine,
    MessageOffer,
    TimerLine,
)
from service.queries.cases.lists import case_line
from service.queries.cases.steps import passed, steps_of_case
from service.queries.items.answers import answer_lines, attachment_lines
from service.queries.items.inbox import item_lines, line
from service.queries.items.lines import ItemLine
from service.queries.processes.next_steps import Outlook
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow, TimerRow
from service.store.items.rows import ItemRow
from service.store.people.lookups import directory_of
from service.store.people.rows import PersonRow
from service.unit_of_work import Deployed, Process, Reading


def case_page(
    session: Session, runtime: Process, actor: Actor, case_id: int, *, status: str | None = None
) -> CasePage:
    """A case with its steps, items, timers, messages this person may send, answers and record.

    :param status: show only the children in this status.
    :raises NotFound: there is no such case, or it is not theirs to see.
    """
    case = visible_case(session, actor, case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    calendar = runtime.calendar_for(session, actor)
    starter = session.scalar(select(PersonRow.name).where(PersonRow.id == case.starter_id))
    if cases_with_nameless_starter(Reader(session, runtime, actor), [case]):
        starter = NAMELESS
    waits = _waits(session, runtime, case)
    closed = closed_to(session, runtime, actor, deployed, case)
    items = _items(session, runtime, actor, case, closed)
    steps = steps_of_case(session, deployed, case, items, waits)
    under_way = [step.name for step in steps if step.state in {"open", "late", "waiting"}]
    where = tuple(dict.fromkeys(under_way))
    outlook = Outlook(
        session=session,
        runtime=runtime,
        actor=actor,
        deployed=deployed,
        values=case.data,
    )
    children: tuple[ChildLine, ...] = ()
    counts: Mapping[str, int] = {}
    if "call" in deployed.definition.events:
        children = children_of(session, actor, case, runtime.now(), calendar, status=status)
        counts = counted(session, actor, case)
    return CasePage(
        case=case_line(case, deployed.name, starter, where),
        steps=steps,
        items=items,
        timers=_timers(session, deployed, case),
        messages=_messages(session, deployed, actor, case, waits),
        answers=answer_lines(session, deployed, case.id, closed, actor),
        journal=journal_lines(session, deployed, case.id, closed, actor),
        attachments=attachment_lines(session, deployed, case.id, actor=actor, closed=closed),
        version=deployed.version,
        offers=case_offers(actor, case.status, rests_with_parent=case.suspended_with is not None),
        parent=parent_of(session, actor, case) if case.parent_id else None,
        children=children,
        counts=counts,
        ahead=lines_ahead(outlook, items, () if own_only(actor) else waits),
    )


def _items(
    session: Session, runtime: Process, actor: Actor, case: CaseRow, closed: Closed
) -> tuple[ItemLine, ...]:
    """The items of a case, oldest first. An expert gets only their own. Items of nameless steps
    come without the person who has them.
    """
    items_of_case = item_lines().where(ItemRow.case_id == case.id).order_by(ItemRow.id)
    if own_only(actor):
        items_of_case = items_of_case.where(ItemRow.holder.in_(actor.holders))
    calendar = runtime.calendar_for(session, actor)
    return tuple(
        line(
            row,
            runtime.now(),
            calendar,
            nameless=row[0].element in closed.nameless and row[0].holder not in actor.holders,
        )
        for row in session.execute(items_of_case)
    )


def _waits(session: Session, runtime: Process, case: CaseRow) -> list[Waiting]:
    """What the case waits for."""
    if case.state is None:
        return []
    return Reading(runtime, session).restore(case).waiting()


def journal(
    session: Session, runtime: Process, actor: Actor, case_id: int
) -> tuple[JournalLine, ...]:
    """The record of a case, newest first."""
    case = visible_case(session, actor, case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    return journal_lines(
        session, deployed, case.id, closed_to(session, runtime, actor, deployed, case), actor
    )


def diagram(
    session: Session, runtime: Process, actor: Actor, case_id: int
) -> tuple[str, dict[str, dict[str, str]]]:
    """The case's diagram (XML) and the state of each element that has been reached."""
    case = visible_case(session, actor, case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    closed = closed_to(session, runtime, actor, deployed, case)
    items = _items(session, runtime, actor, case, closed)
    states = {element: {"state": "done", "text": ""} for element in passed(session, case)}
    waits = _waits(session, runtime, case)
    for step in steps_of_case(session, deployed, case, items, waits):
        if step.state not in {"ahead", "possible", "left"}:
            states[step.element] = {
                "state": step.state,
                "text": step.who or STEP_STATES[step.state],
            }
    return deployed.xml.decode(), states


def _timers(session: Session, deployed: Deployed, case: CaseRow) -> tuple[TimerLine, ...]:
    """The instants that a case waits for, earliest first, with the steps that each opens."""
    timers_of_case = select(TimerRow).where(TimerRow.case_id == case.id).order_by(TimerRow.due_at)
    elements = deployed.definition.elements
    return tuple(
        TimerLine(
            element=timer.element,
            name=elements[timer.element].name,
            opens=tuple(
                elements[step].name for step in deployed.definition.course.first(timer.element)
            ),
            due_at=timer.due_at,
            term_basis=term_basis(elements[timer.element].term_basis, timer.rule),
        )
        for timer in session.scalars(timers_of_case)
    )


def _messages(
    session: Session, deployed: Deployed, actor: Actor, case: CaseRow, waits: list[Waiting]
) -> tuple[MessageOffer, ...]:
    """The messages that this person may send to the case now, each with its form."""
    directory = directory_of(session, case.jurisdiction)
    offers_by_name: dict[str, MessageOffer] = {}
    for wait in waits:
        element = deployed.definition.elements[wait.element]
        names = split_names(element.properties.get("senders")) if wait.kind == "message" else ()
        if any(directory.stands_for(actor, name, case.data) for name in names):
            lists = pinned_lists(session, case, lists_of(deployed.form(element.form)))
            offers_by_name[str(wait.name)] = MessageOffer(
                name=str(wait.name),
                element=element.id,
                label=element.name,
                form=deployed.form(element.form),
                values=_given(deployed, element.form, case.data, lists),
            )
    return tuple(offers_by_name.values())


def _given(
    deployed: Deployed, form: str | None, data: Mapping[str, Any], lists: Mapping[str, Any]
) -> Mapping[str, Any]:
    """The values that a message's form shows: its read-only fields from the case, and the options
    of named lists.
    """
    return plain_values({**lists, **of_the_case(deployed.form(form), data)})
