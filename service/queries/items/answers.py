"""What was answered and attached in a case, as far as somebody may read it."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access.cases import Closed, closed_to, visible_case
from service.access.items import is_own
from service.domain.forms.answers import keys_of, lists_of
from service.domain.forms.shown import plain, plain_values
from service.domain.people.actor import Actor
from service.domain.processes import PEOPLES
from service.domain.vocabulary import ABOVE, NAMELESS, NOT_SHOWN, OUTSIDE
from service.errors import NotFound
from service.queries.items.lines import AnswerLine, AttachmentLine
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow
from service.store.items.rows import AnswerRow, AttachmentRow, ItemRow
from service.store.outside import SubmissionRow
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work import Deployed, Process

NOTHING_CLOSED = Closed()


def worded(
    session: Session, deployed: Deployed, case: CaseRow, form_id: str | None
) -> Mapping[str, Any] | None:
    """A form with the options its choices take from named lists and from the case, so that an
    answer is read as it was chosen and not as its code.
    """
    if form_id is None:
        return None
    form = deployed.form(form_id)
    return with_options(form, {**case.data, **pinned_lists(session, case, lists_of(form))})


def with_options(component: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """A form, or one field, with the options it takes from lists and data by their names."""
    options = known.get(
        component.get("valuesKey") or str(component.get("valuesExpression")).lstrip("= ")
    )
    found = (
        {**component, "values": plain(options)} if isinstance(options, list) else dict(component)
    )
    if inner := component.get("components"):
        found["components"] = [with_options(one, known) for one in inner]
    return found


def answer_lines(
    session: Session,
    deployed: Deployed,
    case_id: int,
    closed: Closed,
    actor: Actor | None = None,
) -> tuple[AnswerLine, ...]:
    """What was answered in a case, oldest first; of the steps that are closed to ``actor`` the
    content of their own answers only. What came from outside has no author here but the name that
    was given.

    What they judge by and nobody has answered here, because another case has handed it over, stands
    before it as it is.
    """
    wanted = (
        select(AnswerRow, PersonRow.name, UnitRow.name, SubmissionRow)
        .outerjoin(PersonRow, PersonRow.id == AnswerRow.person_id)
        .outerjoin(UnitRow, UnitRow.id == AnswerRow.unit_id)
        .outerjoin(SubmissionRow, SubmissionRow.answer_id == AnswerRow.id)
        .where(AnswerRow.case_id == case_id)
        .order_by(AnswerRow.id)
    )
    case, answered = session.get_one(CaseRow, case_id), session.execute(wanted).all()
    forms = cache(lambda form: worded(session, deployed, case, form))
    said = (_answer(deployed, forms, closed, actor, found) for found in answered)
    skipped = set(closed.judged) - {row.element for row, *_ in answered}
    return (
        *_handed_over(session, deployed, case, closed, skipped),
        *(line for line in said if line is not None),
    )


def _answer(
    deployed: Deployed,
    forms: Callable[[str | None], Mapping[str, Any] | None],
    closed: Closed,
    actor: Actor | None,
    found: Any,
) -> AnswerLine | None:
    """One answer as somebody may read it; None where they do not even learn that there is one."""
    row, person, unit, sent = found
    own = _is_by(actor, row, sent)
    shut = not own and closed.hides(row.element, number_of(sent))
    if shut and closed.unmentioned:
        return None
    line = AnswerLine(
        id=row.id,
        element=row.element,
        name=deployed.definition.elements[row.element].name,
        part=row.part,
        round=row.round,
        person=person or outsider(None if shut else sent),
        unit=unit,
        at=row.at,
        undone=row.undone,
        restricted=shut,
        form=None,
        values={},
        reason="",
    )
    if not closed.names(row.element, own=own):
        line = replace(line, person=NAMELESS)
    return line if shut else _with_content(line, forms(row.form), row, closed, own=own, sent=sent)


def _is_by(actor: Actor | None, row: AnswerRow, sent: SubmissionRow | None) -> bool:
    """Whether somebody has answered this, or sent it when they had no account."""
    if actor is None:
        return False
    return actor.person_id in (row.person_id, sent.person_id if sent is not None else None)


def _with_content(
    line: AnswerLine,
    form: Mapping[str, Any] | None,
    row: AnswerRow,
    closed: Closed,
    *,
    own: bool,
    sent: SubmissionRow | None,
) -> AnswerLine:
    """What was said. Personal data of what somebody is only shown to judge by stay with their
    step.
    """
    values: Mapping[str, Any] = plain_values(row.answers)
    if own:
        values = closed.typed(form or {}, values, row.element)
    elif closed.lends(row.element, number_of(sent)):
        values = impersonal(form, values)
    return replace(line, form=form, values=values, reason=row.reason)


def number_of(sent: SubmissionRow | None) -> int | None:
    """The number of what came from outside, if it did."""
    return sent.id if sent is not None else None


def impersonal(form: Mapping[str, Any] | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with those out of sight that the form calls personal (its property
    ``personal``).
    """
    fields = keys_of(form or {})
    return {
        key: NOT_SHOWN if value is not None and _is_personal(fields.get(key, {})) else value
        for key, value in values.items()
    }


def _is_personal(field: Mapping[str, Any]) -> bool:
    said = field.get("properties")
    return isinstance(said, Mapping) and said.get("personal") == "yes"


def _handed_over(
    session: Session, deployed: Deployed, case: CaseRow, closed: Closed, skipped: Collection[str]
) -> Iterator[AnswerLine]:
    """What a case was given of the forms of steps that it has skipped."""
    if not skipped:
        return
    begun = set(
        session.scalars(
            select(ItemRow.element).where(ItemRow.case_id == case.id, ItemRow.element.in_(skipped))
        )
    )
    for step in (step for step in closed.judged if step in skipped and step not in begun):
        element = deployed.definition.elements[step]
        form = worded(session, deployed, case, element.form) if element.kind in PEOPLES else None
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
    closed: Closed = NOTHING_CLOSED,
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
            person=_attached_by(row, person or outsider(sent), element, closed, actor),
            at=row.at,
        )
        for row, person, element, holder, sent in session.execute(wanted)
        if not closed.hides(element, number_of(sent)) or is_own(actor, row, holder, sent)
    )


def _attached_by(
    row: AttachmentRow, person: str, element: str, closed: Closed, actor: Actor | None
) -> str:
    own = actor is not None and row.person_id == actor.person_id
    return person if closed.names(element, own=own) else NAMELESS


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


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A file to send."""

    filename: str
    content_type: str
    content: bytes


def attachment(session: Session, runtime: Process, actor: Actor, attachment_id: int) -> FileLine:
    """The file, for those who can see its case and may read the content of its step.

    :raises NotFound: there is none, or it is not theirs to see.
    """
    found = session.execute(attachments_of().where(AttachmentRow.id == attachment_id)).one_or_none()
    if found is None:
        raise NotFound("该附件")
    row, _, element, holder, sent = found
    case = visible_case(session, actor, row.case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    closed = closed_to(session, runtime, actor, deployed, case)
    if closed.hides(element, number_of(sent)) and not is_own(actor, row, holder, sent):
        raise NotFound("该附件")
    return FileLine(filename=row.filename, content_type=row.content_type, content=row.content)
