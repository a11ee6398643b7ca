"""The answers and attachments of a case that a person may read."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from service.access.cases import Closed, closed_to, own_only, visible_case
from service.access.items import is_own
from service.domain.forms.answers import keys_of, lists_of
from service.domain.forms.shown import plain, plain_values
from service.domain.people.actor import Actor
from service.domain.processes import PEOPLES
from service.domain.vocabulary import ABOVE, NAMELESS, OUTSIDE, PERSONAL_DATA
from service.engine.document import Element
from service.errors import NotFound
from service.queries.items.lines import AnswerLine, AttachmentLine
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow
from service.store.items.rows import AnswerRow, AttachmentRow, ItemRow
from service.store.outside import SubmissionRow
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work import Deployed, Process

NOTHING_CLOSED = Closed()


def wordings(
    session: Session, deployed: Deployed, case: CaseRow, forms: Collection[str | None]
) -> Mapping[str | None, Mapping[str, Any]]:
    """Forms with the options of their choices, by form id.

    The options come from named lists and from the case, so that an answer is read in the words that
    were chosen and not as a code. Steps without a form are left out.
    """
    schemas = {form: deployed.form(form) for form in sorted(filter(None, set(forms)))}
    names = {name for schema in schemas.values() for name in lists_of(schema)}
    options_by_name = {**case.data, **pinned_lists(session, case, names)}
    return {form: with_options(schema, options_by_name) for form, schema in schemas.items()}


def with_options(
    component: Mapping[str, Any], options_by_name: Mapping[str, Any]
) -> dict[str, Any]:
    """A form or a field, with the options that it takes from lists and data by their names."""
    options = options_by_name.get(
        component.get("valuesKey") or str(component.get("valuesExpression")).lstrip("= ")
    )
    with_own_options = (
        {**component, "values": plain(options)} if isinstance(options, list) else dict(component)
    )
    if inner := component.get("components"):
        with_own_options["components"] = [
            with_options(inner_field, options_by_name) for inner_field in inner
        ]
    return with_own_options


def answer_lines(
    session: Session,
    deployed: Deployed,
    case_id: int,
    closed: Closed,
    actor: Actor | None = None,
) -> tuple[AnswerLine, ...]:
    """The answers of a case that ``actor`` may read, oldest first.

    At steps that are closed to them they read the content of their own answers only. An expert gets
    no other answer at all. An answer from outside has no author but the name that was given.

    If they judge by a step that nobody has answered here, because another case handed over its
    data, these data stand before the answers.
    """
    case = session.get_one(CaseRow, case_id)
    readings = [
        _reading(closed, actor, record) for record in session.execute(ANSWERS, {"case_id": case_id})
    ]
    skipped = set(closed.judged) - {reading.row.element for reading in readings}
    if actor is not None and own_only(actor):
        readings = [reading for reading in readings if not reading.shut]
    forms_read = {reading.row.form for reading in readings if not reading.shut}
    forms = wordings(session, deployed, case, forms_read)
    return (
        *_handed_over(session, deployed, case, closed, skipped),
        *(_answer(deployed, closed, reading, forms.get(reading.row.form)) for reading in readings),
    )


ANSWERS = (
    select(AnswerRow, PersonRow.name, UnitRow.name, SubmissionRow, ItemRow.name)
    .outerjoin(PersonRow, PersonRow.id == AnswerRow.person_id)
    .outerjoin(UnitRow, UnitRow.id == AnswerRow.unit_id)
    .outerjoin(SubmissionRow, SubmissionRow.answer_id == AnswerRow.id)
    .outerjoin(ItemRow, ItemRow.id == AnswerRow.item_id)
    .where(AnswerRow.case_id == bindparam("case_id"))
    .order_by(AnswerRow.id)
)


class _Reading(NamedTuple):
    """An answer as one person may read it.

    It has the unit of its author and the name of its item (``title``). ``shut``: its content is not
    for this reader. ``own``: the reader gave it. ``by`` is what its author is called. ``of`` is the
    id of the submission that it came with.
    """

    row: AnswerRow
    unit: str | None
    title: str | None
    shut: bool
    own: bool
    by: str
    of: int | None


def _reading(closed: Closed, actor: Actor | None, record: Any) -> _Reading:
    """A row of :data:`ANSWERS` as this person may read it."""
    row, person, unit, sent, title = record
    own = _is_author(actor, row, sent)
    of = sent.id if sent is not None else None
    shut = closed.hides(row.element, of) and not own
    named = own or row.element not in closed.nameless
    by = (person or outsider(None if shut else sent)) if named else NAMELESS
    return _Reading(
        row=row,
        unit=unit,
        title=title,
        shut=shut,
        own=own,
        by=by,
        of=of,
    )


def _is_author(actor: Actor | None, row: AnswerRow, sent: SubmissionRow | None) -> bool:
    me = actor.person_id if actor is not None else None
    return me is not None and me in (row.person_id, sent.person_id if sent is not None else None)


def _answer(
    deployed: Deployed, closed: Closed, reading: _Reading, form: Mapping[str, Any] | None
) -> AnswerLine:
    row = reading.row
    shut = reading.shut
    name = deployed.definition.elements[row.element].name
    return AnswerLine(
        id=row.id,
        element=row.element,
        name=name,
        part=row.part,
        round=row.round,
        person=reading.by,
        unit=reading.unit,
        at=row.at,
        undone=row.undone,
        restricted=shut,
        own=reading.own,
        form=None if shut else form,
        values={} if shut else _readable(form, closed, reading),
        reason="" if shut else row.reason,
        item_id=row.item_id,
        place=row.place,
        title=reading.title or name,
        submission=None if shut else reading.of,
    )


def _readable(
    form: Mapping[str, Any] | None, closed: Closed, reading: _Reading
) -> Mapping[str, Any]:
    """The values of an answer.

    A person who has stepped back reads only what they have typed. Personal data are left out of
    answers that the reader is shown only to judge by.
    """
    values = plain_values(reading.row.answers)
    if reading.own and reading.row.element in closed.recused:
        return typed_in(form, values)
    lent = closed.lends(reading.row.element, reading.of) and not reading.own
    if lent:
        return impersonal(form, values)
    return values


def typed_in(form: Mapping[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that somebody typed, without those that the form only showed."""
    fields = keys_of(form or {})
    return {
        key: value
        for key, value in values.items()
        if key in fields and fields[key].get("readonly") is not True
    }


def impersonal(form: Mapping[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with :data:`PERSONAL_DATA` in place of those that the form calls personal (its
    property ``personal``).
    """
    fields = keys_of(form or {})
    return {
        key: PERSONAL_DATA if value is not None and _is_personal(fields.get(key, {})) else value
        for key, value in values.items()
    }


def _is_personal(field: Mapping[str, Any]) -> bool:
    properties = field.get("properties")
    return isinstance(properties, Mapping) and properties.get("personal") == "yes"


def _handed_over(
    session: Session, deployed: Deployed, case: CaseRow, closed: Closed, skipped: Collection[str]
) -> Iterator[AnswerLine]:
    """The data that a case was given in place of the answers at steps that it has skipped."""
    if not skipped:
        return
    begun = set(
        session.scalars(
            select(ItemRow.element).where(ItemRow.case_id == case.id, ItemRow.element.in_(skipped))
        )
    )
    for step in (step for step in closed.judged if step in skipped and step not in begun):
        element = deployed.definition.elements[step]
        form = _form_of(session, deployed, case, element)
        given = {
            key: case.data[key]
            for key, component in keys_of(form or {}).items()
            if component.get("readonly") is not True and case.data.get(key) is not None
        }
        if given:
            values = plain_values(given)
            yield AnswerLine(
                id=0,
                element=element.id,
                name=element.name,
                part="lead",
                round=1,
                person=ABOVE,
                unit=None,
                at=case.started_at,
                undone=False,
                form=form,
                values=impersonal(form, values) if element.id in closed.lent else values,
                reason="",
            )


def _form_of(
    session: Session, deployed: Deployed, case: CaseRow, element: Element
) -> Mapping[str, Any] | None:
    if element.kind not in PEOPLES:
        return None
    return wordings(session, deployed, case, [element.form]).get(element.form)


def outsider(sent: SubmissionRow | None) -> str:
    """What somebody without an account is called. It is the name that they gave, if it may be
    read.
    """
    if sent is not None and sent.name:
        return OUTSIDE.format(sent.name)
    return OUTSIDE.partition("（")[0]


ATTACHMENTS: Any = (
    select(
        AttachmentRow,
        PersonRow.name,
        func.coalesce(ItemRow.element, AnswerRow.element),
        ItemRow.holder,
        SubmissionRow,
        UnitRow.name,
        ItemRow.name,
    )
    .outerjoin(PersonRow, PersonRow.id == AttachmentRow.person_id)
    .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
    .outerjoin(ItemRow, ItemRow.id == AttachmentRow.item_id)
    .outerjoin(AnswerRow, AnswerRow.id == AttachmentRow.answer_id)
    .outerjoin(SubmissionRow, SubmissionRow.answer_id == AnswerRow.id)
)
"""Attachments with the name of their author, their step, the holder of their item, the submission
that they came with, the unit of their author and the name of their item.
"""
ATTACHMENTS_OF_CASE = ATTACHMENTS.where(AttachmentRow.case_id == bindparam("case_id")).order_by(
    AttachmentRow.id
)


def attachment_lines(
    session: Session,
    deployed: Deployed,
    case_id: int,
    *,
    actor: Actor | None = None,
    closed: Closed = NOTHING_CLOSED,
) -> tuple[AttachmentLine, ...]:
    """The files of a case, oldest first. Files of steps that are closed to ``actor`` are left out,
    with their names.
    """
    files = session.execute(ATTACHMENTS_OF_CASE, {"case_id": case_id})
    elements = deployed.definition.elements
    return tuple(
        AttachmentLine(
            id=row.id,
            filename=row.filename,
            size=row.size,
            person=_attached_by(row, person or outsider(sent), element, closed, actor),
            unit=unit,
            at=row.at,
            item_id=row.item_id,
            element=element,
            step=title or (elements[element].name if element in elements else ""),
        )
        for row, person, element, holder, sent, unit, title in files
        if not closed.hides(element, sent.id if sent is not None else None)
        or is_own(actor, row, holder, sent)
    )


def _attached_by(
    row: AttachmentRow, person: str, element: str, closed: Closed, actor: Actor | None
) -> str:
    mine = actor is not None and row.person_id == actor.person_id
    if element in closed.nameless and not mine:
        return NAMELESS
    return person


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A file to send."""

    filename: str
    content_type: str
    content: bytes


def attachment(session: Session, runtime: Process, actor: Actor, attachment_id: int) -> FileLine:
    """A file, for people who can see its case and may read the content of its step.

    :raises NotFound: there is no such file, or this person may not see it.
    """
    file = session.execute(ATTACHMENTS.where(AttachmentRow.id == attachment_id)).one_or_none()
    if file is None:
        raise NotFound("该附件")
    row, _, element, holder, sent, *_ = file
    case = visible_case(session, actor, row.case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    closed = closed_to(session, runtime, actor, deployed, case)
    shut = closed.hides(element, sent.id if sent is not None else None)
    if shut and not is_own(actor, row, holder, sent):
        raise NotFound("该附件")
    return FileLine(filename=row.filename, content_type=row.content_type, content=row.content)
