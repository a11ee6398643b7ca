"""What was answered and attached in a case, as far as somebody may read it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access.cases import closed_to, own_only, visible_case
from service.access.items import is_own
from service.domain.forms.answers import lists_of
from service.domain.forms.shown import plain, plain_values
from service.domain.people.actor import Actor
from service.domain.vocabulary import OUTSIDE
from service.errors import NotFound
from service.queries.items.lines import AnswerLine, AttachmentLine
from service.store.cases.lookups import pinned_lists
from service.store.cases.rows import CaseRow
from service.store.items.rows import AnswerRow, AttachmentRow, ItemRow
from service.store.outside import SubmissionRow
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work import Deployed, Process


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
    if element in closed_to(session, runtime, actor, deployed, case) and not is_own(
        actor, row, holder, sent
    ):
        raise NotFound("该附件")
    return FileLine(filename=row.filename, content_type=row.content_type, content=row.content)
