"""Pieces that the pages of items and cases share."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.forms.answers import lists_of
from service.domain.functions import functions
from service.domain.people.actor import Actor
from service.domain.people.units import Directory
from service.domain.vocabulary import FACTS, JOURNAL, OUTSIDE
from service.engine.document import split_names
from service.engine.language import feel
from service.errors import NotFound
from service.queries.lines import AnswerLine, AttachmentLine, JournalLine
from service.store.cases.rows import CaseRow, JournalRow
from service.store.items.rows import AnswerRow, AttachmentRow, ItemRow
from service.store.outside import SubmissionRow
from service.store.people.rows import PersonRow, UnitRow
from service.store.processes.lookups import pinned_lists, revision_of
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
            return (
                int(value)
                if value == value.to_integral_value() and abs(value) < 10**15
                else float(value)
            )
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


def directory_of(session: Session, runtime: Runtime, case: CaseRow) -> Directory:
    """The units of a case's jurisdiction as they are now."""
    revision = revision_of(session, case.jurisdiction)
    return runtime.catalogue.directory(session, case.jurisdiction, revision)


def own_only(actor: Actor) -> bool:
    """Whether somebody sees of a case nothing but their own share: who is an expert (专家) and
    nothing else.
    """
    return actor.roles == {"expert"}


def closed_to(
    session: Session, runtime: Runtime, actor: Actor, deployed: Deployed, case: CaseRow
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
    session: Session, runtime: Runtime, deployed: Deployed, case: CaseRow
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
    units = directory_of(session, runtime, case).units
    calendar = runtime.calendar_of(session, case.jurisdiction)
    language = feel(functions(runtime.now(), calendar, units.get))

    def holds(text: str) -> bool:
        try:
            return language(text.removeprefix("="), case.data) is True
        except ValueError:
            return True

    return frozenset(element for element, text in said.items() if holds(text))


def _restricted(
    session: Session, runtime: Runtime, actor: Actor, deployed: Deployed, case: CaseRow
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
    directory = directory_of(session, runtime, case)
    return frozenset(
        element
        for element, names in named.items()
        if not any(directory.stands_for(actor, name, case.data) for name in names)
    )


def worded(
    session: Session, deployed: Deployed, case: CaseRow, form_id: str | None
) -> Mapping[str, Any] | None:
    """A form with the options its choices take from named lists and from the case, so that an
    answer is read as it was chosen and not as its code.
    """
    if form_id is None:
        return None
    form = deployed.form(form_id)
    return _worded(form, {**case.data, **pinned_lists(session, case, lists_of(form))})


def _worded(component: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    options = known.get(
        component.get("valuesKey") or str(component.get("valuesExpression")).lstrip("= ")
    )
    found = (
        {**component, "values": plain(options)} if isinstance(options, list) else dict(component)
    )
    if inner := component.get("components"):
        found["components"] = [_worded(one, known) for one in inner]
    return found


def answer_lines(
    session: Session,
    deployed: Deployed,
    case_id: int,
    closed: Collection[str],
    actor: Actor | None = None,
) -> tuple[AnswerLine, ...]:
    """What was answered in a case, oldest first; of the steps that are closed to ``actor`` the
    content of their own answers only. What came from outside has no author here but the name that
    was given.
    """
    wanted = (
        select(AnswerRow, PersonRow.name, UnitRow.name, SubmissionRow)
        .outerjoin(PersonRow, PersonRow.id == AnswerRow.person_id)
        .outerjoin(UnitRow, UnitRow.id == AnswerRow.unit_id)
        .outerjoin(SubmissionRow, SubmissionRow.answer_id == AnswerRow.id)
        .where(AnswerRow.case_id == case_id)
        .order_by(AnswerRow.id)
    )
    me = actor.person_id if actor is not None else None
    case, found = session.get_one(CaseRow, case_id), []
    forms = cache(lambda form: worded(session, deployed, case, form))
    for row, person, unit, sent in session.execute(wanted):
        own = me is not None and me in (row.person_id, sent.person_id if sent is not None else None)
        if own or actor is None or not own_only(actor):
            shut = row.element in closed and not own
            found.append(
                _answer(
                    deployed,
                    row,
                    person or outsider(None if shut else sent),
                    unit,
                    None if shut else forms(row.form),
                    shut,
                )
            )
    return tuple(found)


def _answer(
    deployed: Deployed,
    row: AnswerRow,
    person: str,
    unit: str | None,
    form: Mapping[str, Any] | None,
    shut: bool,
) -> AnswerLine:
    return AnswerLine(
        id=row.id,
        element=row.element,
        name=deployed.definition.elements[row.element].name,
        part=row.part,
        round=row.round,
        person=person,
        unit=unit,
        at=row.at,
        undone=row.undone,
        restricted=shut,
        form=form,
        values={} if shut else plain_values(row.answers),
        reason="" if shut else row.reason,
    )


def outsider(sent: SubmissionRow | None) -> str:
    """How somebody without an account is called: by the name they gave, where it may be read."""
    return (
        OUTSIDE.format(sent.name) if sent is not None and sent.name else OUTSIDE.partition("（")[0]
    )


def attachment_lines(
    session: Session,
    *,
    case_id: int,
    item_id: int | None = None,
    actor: Actor | None = None,
    closed: Collection[str] = (),
) -> tuple[AttachmentLine, ...]:
    """Files attached in a case or to one item, oldest first; without those of steps closed to
    ``actor``.
    """
    wanted = attachments_of().where(AttachmentRow.case_id == case_id).order_by(AttachmentRow.id)
    if item_id is not None:
        wanted = wanted.where(AttachmentRow.item_id == item_id)
    return tuple(
        AttachmentLine(
            id=row.id,
            filename=row.filename,
            size=row.size,
            person=person or outsider(sent),
            at=row.at,
        )
        for row, person, element, holder, sent in session.execute(wanted)
        if element not in closed or is_own(actor, row, holder, sent)
    )


def attachments_of() -> Any:
    """Attachments, each with its author's name, its step, the holder of its item and what was sent
    from outside.
    """
    return (
        select(
            AttachmentRow,
            PersonRow.name,
            func.coalesce(ItemRow.element, AnswerRow.element),
            ItemRow.holder,
            SubmissionRow,
        )
        .outerjoin(PersonRow, PersonRow.id == AttachmentRow.person_id)
        .outerjoin(ItemRow, ItemRow.id == AttachmentRow.item_id)
        .outerjoin(AnswerRow, AnswerRow.id == AttachmentRow.answer_id)
        .outerjoin(SubmissionRow, SubmissionRow.answer_id == AnswerRow.id)
    )


def is_own(
    actor: Actor | None, row: AttachmentRow, holder: str | None, sent: SubmissionRow | None
) -> bool:
    """Whether somebody attached a file, or it belongs to their work, or to what they sent when they
    had no account.
    """
    if actor is None:
        return False
    mine = {row.person_id, sent.person_id if sent is not None else None}
    return actor.person_id in mine or holder in actor.holders


def journal_lines(
    session: Session,
    deployed: Deployed,
    case_id: int,
    closed: Collection[str] = (),
    actor: Actor | None = None,
) -> tuple[JournalLine, ...]:
    """The record of a case, newest first; of steps that are closed without what was said there."""
    wanted = (
        select(JournalRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == JournalRow.person_id)
        .where(JournalRow.case_id == case_id, JournalRow.verb != "pass")
        .order_by(JournalRow.id.desc())
    )
    elements = deployed.definition.elements
    found = []
    for row, person in session.execute(wanted):
        if actor is not None and own_only(actor) and row.person_id != actor.person_id:
            continue
        name = elements[row.element].name if row.element and row.element in elements else ""
        facts = {} if silent(row, closed) else row.facts
        found.append(
            JournalLine(
                at=row.at,
                person=person,
                verb=row.verb,
                element=row.element,
                item_id=row.item_id,
                text="，".join(
                    filter(
                        None,
                        [
                            f"{JOURNAL.get(row.verb, row.verb)}“{name}”"
                            if name
                            else JOURNAL.get(row.verb, row.verb),
                            *_said(facts),
                        ],
                    )
                ),
            )
        )
    return tuple(found)


def silent(row: JournalRow, closed: Collection[str]) -> bool:
    """Whether a line of the record keeps to itself what was said: at a closed step, or in an answer
    to somebody outside, which may quote one.
    """
    return row.element in closed or (row.verb == "reply" and bool(closed))


def _said(facts: Mapping[str, Any]) -> Sequence[str]:
    """The facts of a journal line that people read."""
    return [FACTS[key].format(value) for key, value in facts.items() if key in FACTS and value]
