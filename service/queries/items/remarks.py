"""Remarks and urgings at items, and the reason why an item came back."""

from collections.abc import Iterable, Mapping

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service.access.cases import Closed, names_person, silent
from service.domain.people.actor import Actor, Holder
from service.domain.vocabulary import NAMELESS
from service.queries.items.lines import CommentLine, ReturnedLine, TakenBackLine
from service.store.cases.rows import JournalRow
from service.store.items.rows import CommentRow, ItemRow
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work import Deployed

COMMENTS = (
    select(CommentRow, PersonRow.name, UnitRow.name, ItemRow.element, ItemRow.name, ItemRow.holder)
    .join(ItemRow, ItemRow.id == CommentRow.item_id)
    .join(PersonRow, PersonRow.id == CommentRow.person_id)
    .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
    .where(CommentRow.case_id == bindparam("case_id"))
    .order_by(CommentRow.id)
)

TAKING_BACK = ("send_back", "withdraw", "terminate", "message_in", "timer")
"""The verbs of the record that can take open work back."""


def comment_lines(
    session: Session, actor: Actor, case_id: int, closed: Closed
) -> tuple[CommentLine, ...]:
    """The remarks at the items of a case, oldest first.

    Remarks at closed steps are left out, unless the item is this person's work. A remark by the
    person who has a nameless step has no author. Urging does, because others urge.
    """
    return tuple(
        CommentLine(
            kind=row.kind,
            person=NAMELESS if _unsigned(row, element, holder, closed, actor) else person,
            unit=None if _unsigned(row, element, holder, closed, actor) else unit,
            at=row.at,
            text=row.text,
            item_id=row.item_id,
            element=element,
            step=step,
        )
        for row, person, unit, element, step, holder in session.execute(
            COMMENTS, {"case_id": case_id}
        )
        if element not in closed or holder in actor.holders
    )


def _unsigned(row: CommentRow, element: str, holder: Holder, closed: Closed, actor: Actor) -> bool:
    return element in closed.nameless and holder not in actor.holders and row.kind != "urge"


def last_urged(comments: Iterable[CommentLine]) -> Mapping[int, CommentLine]:
    """The last urging of each item."""
    return {comment.item_id: comment for comment in comments if comment.kind == "urge"}


def returned_line(session: Session, deployed: Deployed, item: ItemRow) -> ReturnedLine | None:
    """The send-back that opened this round of an item. None if no send-back did."""
    if item.returned is not None:
        by = session.scalar(select(PersonRow.name).where(PersonRow.id == item.returned.get("by")))
        return _returned(deployed, item, by, item.returned.get("from"), item.returned.get("why"))
    if item.round == 1:
        return None
    send_backs = (
        select(JournalRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == JournalRow.person_id)
        .where(
            JournalRow.case_id == item.case_id,
            JournalRow.verb == "send_back",
            JournalRow.at == item.opened_at,
        )
    )
    newest = session.execute(send_backs.order_by(JournalRow.id.desc()).limit(1)).one_or_none()
    if newest is None or newest[0].facts.get("to") != item.element:
        return None
    row, person = newest
    return _returned(deployed, item, person, row.element, row.facts.get("reason"))


def taken_back_line(
    session: Session, deployed: Deployed, item: ItemRow, closed: Closed, actor: Actor
) -> TakenBackLine | None:
    """The act that took an item back, from the line of the record at the same instant.

    None if the item was not taken back, or if the record has no such line.
    """
    if item.state != "cancelled":
        return None
    written = (
        select(JournalRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == JournalRow.person_id)
        .where(
            JournalRow.case_id == item.case_id,
            JournalRow.verb.in_(TAKING_BACK),
            JournalRow.at == item.closed_at,
        )
    )
    cause = session.execute(written.order_by(JournalRow.id.desc()).limit(1)).one_or_none()
    if cause is None:
        return None
    row, person = cause
    step = deployed.definition.elements.get(str(row.element))
    return TakenBackLine(
        person=person if names_person(row, closed, actor) else NAMELESS,
        at=row.at,
        verb=row.verb,
        step=step.name if step is not None else "",
        why="" if silent(row, closed) else str(row.facts.get("reason") or ""),
    )


def _returned(
    deployed: Deployed, item: ItemRow, person: str | None, element: str | None, why: str | None
) -> ReturnedLine:
    elements = deployed.definition.elements
    return ReturnedLine(
        person=person,
        at=item.opened_at,
        element=element,
        step=elements[element].name if element is not None and element in elements else "",
        why=str(why or ""),
    )
