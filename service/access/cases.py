"""Which cases somebody can see, and what of a case they may read: restricted and sealed steps."""

from collections.abc import Collection

from sqlalchemy import ColumnElement, and_, exists, or_, select, true
from sqlalchemy.orm import Session

from service.domain.functions import functions
from service.domain.people.actor import Actor
from service.domain.people.rights import OWN_SHARE_ONLY, Right
from service.engine.desk import feel
from service.engine.document import split_names
from service.errors import NotFound
from service.store.cases.rows import CaseRow, ConcernRow, JournalRow
from service.store.items.rows import ItemRow
from service.unit_of_work import Deployed, Process


def visible_to(actor: Actor) -> ColumnElement[bool]:
    """Cases of the actor's jurisdiction that they started, that they or their unit work on, or that
    they judge in another one, or that concern them; all for supervisors.
    """
    theirs = ItemRow.holder.in_(actor.holders)
    seen = (
        true()
        if actor.may(Right.SEE_ALL)
        else or_(
            CaseRow.starter_id == actor.person_id,
            exists().where(ItemRow.case_id == CaseRow.id, theirs),
            exists().where(ItemRow.about_id == CaseRow.id, theirs),
            exists().where(
                ConcernRow.case_id == CaseRow.id, ConcernRow.person_id == actor.person_id
            ),
        )
    )
    return and_(CaseRow.jurisdiction == actor.jurisdiction, seen)


def sees(session: Session, actor: Actor, case_id: int) -> bool:
    """Whether the actor can see this case."""
    return (
        session.scalar(select(CaseRow.id).where(CaseRow.id == case_id, visible_to(actor)))
        is not None
    )


def visible_case(session: Session, actor: Actor, case_id: int) -> CaseRow:
    """The case, if this person can see it.

    :raises NotFound: it does not exist, or belongs to another jurisdiction or to others.
    """
    case = session.scalar(select(CaseRow).where(CaseRow.id == case_id, visible_to(actor)))
    if case is None:
        raise NotFound("该案件")
    return case


def own_only(actor: Actor) -> bool:
    """Whether somebody sees of a case nothing but their own share: who is an expert (专家) and
    nothing else.
    """
    return actor.roles == OWN_SHARE_ONLY


def closed_to(
    session: Session, runtime: Process, actor: Actor, deployed: Deployed, case: CaseRow
) -> frozenset[str]:
    """The steps whose content this person may not read, their own apart; that they exist is no
    secret.

    ``restricted``: those not named; ``sealed``: nobody as long as its condition holds; an expert
    only what is theirs.
    """
    if own_only(actor):
        return frozenset(deployed.definition.elements)
    return _restricted(session, runtime, actor, deployed, case) | sealed_in(
        session, runtime, deployed, case
    )


def sealed_in(
    session: Session, runtime: Process, deployed: Deployed, case: CaseRow
) -> frozenset[str]:
    """The steps that nobody may look into now, not even those named; a condition that fails keeps
    its step closed.
    """
    said = {
        element.id: element.properties["sealed"]
        for element in deployed.definition.elements.values()
        if element.properties.get("sealed")
    }
    if not said:
        return frozenset()
    units = runtime.directory_of(session, case.jurisdiction).units
    calendar = runtime.calendar_of(session, case.jurisdiction)
    language = feel(functions(runtime.now(), calendar, units.get))

    def holds(text: str) -> bool:
        try:
            return language(text.removeprefix("="), case.data) is True
        except ValueError:
            return True

    return frozenset(element for element, text in said.items() if holds(text))


def _restricted(
    session: Session, runtime: Process, actor: Actor, deployed: Deployed, case: CaseRow
) -> frozenset[str]:
    named = {
        element.id: split_names(element.properties["restricted"])
        for element in deployed.definition.elements.values()
        if "restricted" in element.properties
    }
    if actor.works_for_unit:
        named = {element: names for element, names in named.items() if actor.unit_name not in names}
    if not named:
        return frozenset()
    directory = runtime.directory_of(session, case.jurisdiction)
    return frozenset(
        element
        for element, names in named.items()
        if not any(directory.stands_for(actor, name, case.data) for name in names)
    )


def silent(row: JournalRow, closed: Collection[str]) -> bool:
    """Whether a line of the record keeps to itself what was said: at a closed step, or in an answer
    to somebody outside, which may quote one.
    """
    return row.element in closed or (row.verb == "reply" and bool(closed))
