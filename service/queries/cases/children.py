"""Above and below a case: the one that started it, and those that it started."""

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
    """The case that started this one, if this person can see it."""
    found = session.execute(
        select(CaseRow.id, CaseRow.title).where(CaseRow.id == case.parent_id, visible_to(actor))
    ).one_or_none()
    return None if found is None else ParentLine(id=found.id, title=found.title)


def counted(session: Session, actor: Actor, case: CaseRow) -> Mapping[str, int]:
    """How many children this person can see, by status."""
    found = session.execute(
        select(CaseRow.status, func.count())
        .where(CaseRow.parent_id == case.id, visible_to(actor))
        .group_by(CaseRow.status)
    )
    return {status: count for status, count in found}


def children_of(
    session: Session,
    actor: Actor,
    case: CaseRow,
    now: datetime,
    calendar: Calendar,
    *,
    status: str | None = None,
) -> tuple[ChildLine, ...]:
    """The children that this person can see, oldest first, at most ``SHOWN``; of one status if
    wanted.
    """
    wanted = (
        select(CaseRow)
        .where(CaseRow.parent_id == case.id, visible_to(actor))
        .order_by(CaseRow.id)
        .limit(CHILDREN_SHOWN)
    )
    if status:
        wanted = wanted.where(CaseRow.status == status)
    rows = session.scalars(wanted.options(*UNREAD)).all()
    steps, stuck = _open_steps(session, [row.id for row in rows]), _stuck(session, case)
    return tuple(
        ChildLine(
            id=row.id,
            title=row.title,
            number=row.number,
            status=row.status,
            outcome=outcome_of(row),
            where=tuple(dict.fromkeys(name for name, _ in steps.get(row.id, ()))),
            light=light(
                min((due for _, due in steps.get(row.id, ()) if due), default=None), now, calendar
            ),
            stuck=stuck.get(row.id),
        )
        for row in rows
    )


def _stuck(session: Session, case: CaseRow) -> Mapping[int, str]:
    """Why the ends of children could not be delivered, by child."""
    wanted = (
        select(OutboxRow.case_id, FailureRow.error)
        .join(FailureRow, failure_of("message", OutboxRow.id))
        .where(
            OutboxRow.delivered_at.is_(None), OutboxRow.name == ENDED, OutboxRow.key == str(case.id)
        )
    )
    return {child: error for child, error in session.execute(wanted) if error}


def _open_steps(
    session: Session, ids: Sequence[int]
) -> Mapping[int, list[tuple[str, datetime | None]]]:
    found: dict[int, list[tuple[str, datetime | None]]] = {}
    wanted = (
        select(ItemRow.case_id, ItemRow.name, ItemRow.due_at)
        .where(ItemRow.case_id.in_(ids), ItemRow.state == "open", ItemRow.part == "lead")
        .order_by(ItemRow.id)
    )
    for case_id, name, due_at in session.execute(wanted):
        found.setdefault(case_id, []).append((name, due_at))
    return found
