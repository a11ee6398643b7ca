"""Pieces that the pages of items and cases share."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people import Actor
from service.domain.vocabulary import FACTS, JOURNAL
from service.engine.document import split_names
from service.errors import NotFound
from service.queries.lines import AnswerLine, AttachmentLine, JournalLine
from service.store import lookups
from service.store.registry import PersonRow, UnitRow
from service.store.tables import AnswerRow, AttachmentRow, CaseRow, JournalRow
from service.store.visibility import visible_to
from service.unit_of_work import Deployed, Runtime


def visible_case(session: Session, actor: Actor, case_id: int) -> CaseRow:
    """The case, if this person can see it.

    :raises NotFound: it does not exist, or belongs to another jurisdiction or to others.
    """
    case = session.scalar(select(CaseRow).where(CaseRow.id == case_id, visible_to(actor)))
    if case is None:
        raise NotFound("该案件")
    return case


def plain(value: Any) -> Any:
    """A typed value as JSON for a form: decimals as numbers in text, dates in ISO 8601."""
    match value:
        case Decimal():
            return int(value) if value == value.to_integral_value() and abs(value) < 10**15 else float(value)
        case date():
            return value.isoformat()
        case Mapping():
            return {key: plain(inner) for key, inner in value.items()}
        case list() | tuple():
            return [plain(inner) for inner in value]
    return value


def plain_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """:func:`plain`, for a form's data."""
    return {key: plain(value) for key, value in values.items()}


def closed_to(
    session: Session, runtime: Runtime, actor: Actor, deployed: Deployed, case: CaseRow
) -> frozenset[str]:
    """The steps whose content this person may not read: ``restricted`` to others; that they exist is no secret."""
    named = {
        element.id: split_names(element.properties["restricted"])
        for element in deployed.definition.elements.values() if "restricted" in element.properties
    }
    if actor.works_for_unit:
        named = {element: names for element, names in named.items() if actor.unit_name not in names}
    if not named:
        return frozenset()
    revision = lookups.revision_of(session, case.jurisdiction)
    directory = runtime.catalogue.directory(session, case.jurisdiction, revision)
    return frozenset(
        element for element, names in named.items()
        if not any(directory.stands_for(actor, name, case.data) for name in names))


def answer_lines(
    session: Session, deployed: Deployed, case_id: int, closed: Collection[str]
) -> tuple[AnswerLine, ...]:
    """What was answered in a case, oldest first; without the content of the steps that are closed to the reader."""
    wanted = select(AnswerRow, PersonRow.name, UnitRow.name).join(
        PersonRow, PersonRow.id == AnswerRow.person_id).outerjoin(
        UnitRow, UnitRow.id == AnswerRow.unit_id).where(AnswerRow.case_id == case_id).order_by(AnswerRow.id)
    elements = deployed.definition.elements
    return tuple(
        AnswerLine(
            id=row.id, element=row.element, name=elements[row.element].name, part=row.part, round=row.round,
            person=person, unit=unit, at=row.at, undone=row.undone, restricted=row.element in closed,
            form=deployed.form(row.form) if row.form and row.element not in closed else None,
            values={} if row.element in closed else plain_values(row.answers),
            reason="" if row.element in closed else row.reason,
        )
        for row, person, unit in session.execute(wanted)
    )


def attachment_lines(session: Session, *, case_id: int, item_id: int | None = None) -> tuple[AttachmentLine, ...]:
    """Files attached in a case or to one item, oldest first."""
    columns = (AttachmentRow.id, AttachmentRow.filename, AttachmentRow.size, PersonRow.name, AttachmentRow.at)
    wanted = select(*columns).join(PersonRow, PersonRow.id == AttachmentRow.person_id).where(
        AttachmentRow.case_id == case_id).order_by(AttachmentRow.id)
    if item_id is not None:
        wanted = wanted.where(AttachmentRow.item_id == item_id)
    return tuple(
        AttachmentLine(id=id_, filename=filename, size=size, person=person, at=at)
        for id_, filename, size, person, at in session.execute(wanted)
    )


def journal_lines(session: Session, deployed: Deployed, case_id: int) -> tuple[JournalLine, ...]:
    """The record of a case, newest first."""
    wanted = select(JournalRow, PersonRow.name).outerjoin(PersonRow, PersonRow.id == JournalRow.person_id).where(
        JournalRow.case_id == case_id, JournalRow.verb != "pass").order_by(JournalRow.id.desc())
    elements = deployed.definition.elements
    found = []
    for row, person in session.execute(wanted):
        name = elements[row.element].name if row.element and row.element in elements else ""
        found.append(JournalLine(
            at=row.at, person=person, verb=row.verb, element=row.element, item_id=row.item_id,
            text="，".join(filter(None, [f"{JOURNAL.get(row.verb, row.verb)}“{name}”" if name else
                                        JOURNAL.get(row.verb, row.verb), *_said(row.facts)])),
        ))
    return tuple(found)


def _said(facts: Mapping[str, Any]) -> Sequence[str]:
    """The facts of a journal line that people read."""
    return [FACTS[key].format(value) for key, value in facts.items() if key in FACTS and value]


