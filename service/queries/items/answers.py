"""What was answered and attached in a case, as far as somebody may read it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, select
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


def wordings(
    session: Session, deployed: Deployed, case: CaseRow, forms: Collection[str | None]
) -> Mapping[str | None, Mapping[str, Any]]:
    """Forms with the options their choices take from named lists and from the case, so that an
    answer is read as it was chosen and not as its code. What has no form is left out.
    """
    schemas = {form: deployed.form(form) for form in sorted(filter(None, set(forms)))}
    names = {name for schema in schemas.values() for name in lists_of(schema)}
    known = {**case.data, **pinned_lists(session, case, names)}
    return {form: _worded(schema, known) for form, schema in schemas.items()}


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
    content of their own answers only, for an expert nothing else at all. What came from outside has
    no author here but the name that was given.
    """
    rows = [
        _Said(*found, own=_is_author(actor, found[0], found[3]), closed=found[0].element in closed)
        for found in session.execute(ANSWERS, {"case_id": case_id})
    ]
    if actor is not None and own_only(actor):
        rows = [said for said in rows if not said.shut]
    forms = wordings(
        session,
        deployed,
        session.get_one(CaseRow, case_id),
        {said.row.form for said in rows if not said.shut},
    )
    return tuple(_answer(deployed, said, forms.get(said.row.form)) for said in rows)


ANSWERS = (
    select(AnswerRow, PersonRow.name, UnitRow.name, SubmissionRow, ItemRow.name)
    .outerjoin(PersonRow, PersonRow.id == AnswerRow.person_id)
    .outerjoin(UnitRow, UnitRow.id == AnswerRow.unit_id)
    .outerjoin(SubmissionRow, SubmissionRow.answer_id == AnswerRow.id)
    .outerjoin(ItemRow, ItemRow.id == AnswerRow.item_id)
    .where(AnswerRow.case_id == bindparam("case_id"))
    .order_by(AnswerRow.id)
)


@dataclass(frozen=True)
class _Said:
    """An answer with its author's name and unit, what was sent from outside, the name of its item;
    whether it is the reader's own, and at a step that is closed to them.
    """

    row: AnswerRow
    person: str | None
    unit: str | None
    sent: SubmissionRow | None
    title: str | None
    own: bool
    closed: bool

    @property
    def shut(self) -> bool:
        """Whether its content is not for this reader."""
        return self.closed and not self.own


def _is_author(actor: Actor | None, row: AnswerRow, sent: SubmissionRow | None) -> bool:
    me = actor.person_id if actor is not None else None
    return me is not None and me in (row.person_id, sent.person_id if sent is not None else None)


def _answer(deployed: Deployed, said: _Said, form: Mapping[str, Any] | None) -> AnswerLine:
    row, shut = said.row, said.shut
    name = deployed.definition.elements[row.element].name
    return AnswerLine(
        id=row.id,
        element=row.element,
        name=name,
        part=row.part,
        round=row.round,
        person=said.person or outsider(None if shut else said.sent),
        unit=said.unit,
        at=row.at,
        undone=row.undone,
        restricted=shut,
        own=said.own,
        form=None if shut else form,
        values={} if shut else plain_values(row.answers),
        reason="" if shut else row.reason,
        item_id=row.item_id,
        place=row.place,
        title=said.title or name,
    )


def outsider(sent: SubmissionRow | None) -> str:
    """How somebody without an account is called: by the name they gave, where it may be read."""
    return (
        OUTSIDE.format(sent.name) if sent is not None and sent.name else OUTSIDE.partition("（")[0]
    )


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
"""Attachments, each with its author's name, its step, the holder of its item, what was sent from
outside, the author's unit and the item's name.
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
    closed: Collection[str] = (),
) -> tuple[AttachmentLine, ...]:
    """Files attached in a case, oldest first; without those of steps closed to ``actor``, of which
    not even the names are told.
    """
    found = session.execute(ATTACHMENTS_OF_CASE, {"case_id": case_id})
    elements = deployed.definition.elements
    return tuple(
        AttachmentLine(
            id=row.id,
            filename=row.filename,
            size=row.size,
            person=person or outsider(sent),
            unit=unit,
            at=row.at,
            item_id=row.item_id,
            element=element,
            step=title or (elements[element].name if element in elements else ""),
        )
        for row, person, element, holder, sent, unit, title in found
        if element not in closed or is_own(actor, row, holder, sent)
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
    found = session.execute(ATTACHMENTS.where(AttachmentRow.id == attachment_id)).one_or_none()
    if found is None:
        raise NotFound("该附件")
    row, _, element, holder, sent, *_ = found
    case = visible_case(session, actor, row.case_id)
    deployed = runtime.catalogue.deployed(session, case.definition_id)
    if element in closed_to(session, runtime, actor, deployed, case) and not is_own(
        actor, row, holder, sent
    ):
        raise NotFound("该附件")
    return FileLine(filename=row.filename, content_type=row.content_type, content=row.content)
