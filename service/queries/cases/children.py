"""The case that started this one, and the cases that it started."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access.cases import visible_to
from service.domain.people.actor import Actor
from service.domain.terms.deadlines import Calendar, light
from service.queries.cases.lines import ChildLine, ParentLine
from service.queries.cases.lists import outcome_of
from service.queries.items.inbox import UNREAD
from service.store.cases.rows import CaseRow, OutboxRow
from service.store.items.rows import ItemRow
from service.store.operations.failures import failure_of
from service.store.operations.rows import FailureRow
from service.unit_of_work.children import ENDED

CHILDREN_SHOWN = 200


def parent_of(session: Session, actor: Actor, case: CaseRow) -> ParentLine | None:
    """The case that started this one. None if there is none, or if this person cannot see it."""
    parent = session.execute(
        select(CaseRow.id, CaseRow.title).where(CaseRow.id == case.parent_id, visible_to(actor))
    ).one_or_none()
    if parent is None:
        return None
    return ParentLine(id=parent.id, title=parent.title)


def counted(session: Session, actor: Actor, case: CaseRow) -> Mapping[str, int]:
    """The number of children that this person can see, by status."""
    counts_by_status = session.execute(
        select(CaseRow.status, func.count())
        .where(CaseRow.parent_id == case.id, visible_to(actor))
        .group_by(CaseRow.status)
    )
    return {status: count for status, count in counts_by_status}


def children_of(
    session: Session,
    actor: Actor,
    case: CaseRow,
    now: datetime,
    calendar: Calendar,
    *,
    status: str | None = None,
) -> tuple[ChildLine, ...]:
    """The children that this person can see, oldest first, at most ``CHILDREN_SHOWN``.

    :param status: only the children in this status; all if None.
    """
    newest_children = (
        select(CaseRow)
        .where(CaseRow.parent_id == case.id, visible_to(actor))
        .order_by(CaseRow.id)
        .limit(CHILDREN_SHOWN)
    )
    if status:
        newest_children = newest_children.where(CaseRow.status == status)
    children = session.scalars(newest_children.options(*UNREAD)).all()
    steps = _open_steps(session, [child.id for child in children])
    stuck = _stuck(session, case)
    return tuple(
        ChildLine(
            id=child.id,
            title=child.title,
            number=child.number,
            status=child.status,
            outcome=outcome_of(child),
            where=tuple(dict.fromkeys(name for name, _ in steps.get(child.id, ()))),
            light=light(
                min((due for _, due in steps.get(child.id, ()) if due), default=None), now, calendar
            ),
            stuck=stuck.get(child.id),
        )
        for child in children
    )


def _stuck(session: Session, case: CaseRow) -> Mapping[int, str]:
    """By child, why the message that it has ended could not be delivered."""
    undelivered_ends = (
        select(OutboxRow.case_id, FailureRow.error)
        .join(FailureRow, failure_of("message", OutboxRow.id))
        .where(
            OutboxRow.delivered_at.is_(None), OutboxRow.name == ENDED, OutboxRow.key == str(case.id)
        )
    )
    return {child_id: error for child_id, error in session.execute(undelivered_ends) if error}


def _open_steps(
    session: Session, ids: Sequence[int]
) -> Mapping[int, list[tuple[str, datetime | None]]]:
    steps_by_case: dict[int, list[tuple[str, datetime | None]]] = {}
    open_items = (
        select(ItemRow.case_id, ItemRow.name, ItemRow.due_at)
        .where(ItemRow.case_id.in_(ids), ItemRow.state == "open", ItemRow.part == "lead")
        .order_by(ItemRow.id)
    )
    for case_id, name, due_at in session.execute(open_items):
        steps_by_case.setdefault(case_id, []).append((name, due_at))
    return steps_by_case
