"""What 督查 watches: open items by due date, who was urged, and what is overdue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.access.cases import Reader, keeps_name
from service.access.rights import require
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.errors import BadRequest
from service.queries.items.inbox import OPEN, after_due, cursor_of, item_lines, line, of_colour
from service.queries.items.lines import ItemLine
from service.queries.paging import bounded, cut
from service.queries.supervision.board import NOBODYS, BoardPage, UnitLine, board, units
from service.store.cases.rows import CaseRow
from service.store.items.rows import CommentRow, ItemRow
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work import Process

LATE_SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class UrgeLine:
    """The last urging of an item: when, by whom, and with which words."""

    at: datetime
    person: str
    text: str


@dataclass(frozen=True, kw_only=True)
class ItemsPage:
    """A page of open items by due date, and the last urging of each that was urged."""

    items: tuple[ItemLine, ...]
    urged: Mapping[int, UrgeLine]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class BoardSheet:
    """The board as a workbook. ``late`` are the items that have been overdue the longest."""

    page: BoardPage
    units: tuple[UnitLine, ...]
    period: str
    late: tuple[ItemLine, ...]


@dataclass(frozen=True, kw_only=True)
class SupervisedAsked:
    """Which open items are listed: by light, unit (code), process, step or part."""

    light: str | None = None
    unit: str | None = None
    process: str | None = None
    element: str | None = None
    part: str | None = None
    limit: int = 20
    cursor: str | None = None


def items(session: Session, runtime: Process, actor: Actor, asked: SupervisedAsked) -> ItemsPage:
    """Open items with a due date, earliest first.

    :raises NotAllowed: this person is neither 督查 nor 流程管理员 nor 系统管理员. :raises
        BadRequest: the light or the cursor is unknown.
    """
    require(actor, Right.SEE_BOARD)
    limit = bounded(asked.limit)
    now = runtime.now()
    calendar = runtime.calendar_for(session, actor)
    open_items = item_lines().where(
        ItemRow.jurisdiction == actor.jurisdiction, OPEN, ItemRow.due_at.is_not(None)
    )
    if asked.light:
        open_items = open_items.where(of_colour(asked.light, now, calendar))
    open_items = open_items.where(*_conditions(session, actor, asked))
    by_due = after_due(open_items, asked.cursor).order_by(ItemRow.due_at, ItemRow.id)
    earliest_first, following = cut(
        session.execute(by_due.limit(limit + 1)).all(), limit, cursor_of
    )
    reader = Reader(session, runtime, actor)
    page = tuple(
        line(row, now, calendar, nameless=keeps_name(reader, row[1], row[0]))
        for row in earliest_first
    )
    return ItemsPage(
        items=page,
        urged=urged(session, [item.id for item in page]),
        next=following,
    )


def board_sheet(session: Session, runtime: Process, actor: Actor, period: str) -> BoardSheet:
    """The board, and how units do in a period.

    :raises NotAllowed: this person is neither 督查 nor 流程管理员 nor 系统管理员. :raises
        BadRequest: there is no such period.
    """
    return BoardSheet(
        page=board(session, runtime, actor),
        units=units(session, runtime, actor, period),
        period=period,
        late=items(session, runtime, actor, SupervisedAsked(light="red", limit=LATE_SHOWN)).items,
    )


def _conditions(
    session: Session, actor: Actor, asked: SupervisedAsked
) -> list[ColumnElement[bool]]:
    pairs = (
        (CaseRow.process, asked.process),
        (ItemRow.element, asked.element),
        (ItemRow.part, asked.part),
    )
    conditions = [column == value for column, value in pairs if value]
    if asked.unit is not None:
        conditions.append(_of_unit(session, actor, asked.unit))
    return conditions


def _of_unit(session: Session, actor: Actor, code: str) -> ColumnElement[bool]:
    """The items of a unit and of its heads, or of people without a unit."""
    if code == NOBODYS[0]:
        return ItemRow.unit_id.is_(None)
    unit = session.scalar(
        select(UnitRow.id).where(UnitRow.jurisdiction == actor.jurisdiction, UnitRow.code == code)
    )
    if unit is None:
        raise BadRequest(f"没有代码为“{code}”的单位", unit=code)
    return ItemRow.unit_id == unit


def urged(session: Session, ids: Sequence[int]) -> dict[int, UrgeLine]:
    """The last urging of each of these items."""
    urgings = (
        select(CommentRow, PersonRow.name)
        .join(PersonRow, PersonRow.id == CommentRow.person_id)
        .where(CommentRow.item_id.in_(ids), CommentRow.kind == "urge")
        .order_by(CommentRow.id)
    )
    return {
        comment.item_id: UrgeLine(at=comment.at, person=name, text=comment.text)
        for comment, name in session.execute(urgings)
    }


def overdue_ids(
    session: Session, runtime: Process, actor: Actor, asked: SupervisedAsked
) -> list[int]:
    """The ids of overdue items, oldest first.

    :raises NotAllowed: this person is neither 督查 nor 流程管理员 nor 系统管理员.
    """
    require(actor, Right.SEE_BOARD)
    overdue = (
        select(ItemRow.id)
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .where(ItemRow.jurisdiction == actor.jurisdiction, OPEN, ItemRow.due_at <= runtime.now())
        .where(*_conditions(session, actor, asked))
    )
    return list(session.scalars(overdue.order_by(ItemRow.due_at, ItemRow.id).limit(asked.limit)))
