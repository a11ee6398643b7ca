"""The inbox: the boxes of a person, read by holder and page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session, aliased, defer

from service.access.cases import Reader, keeps_name, sees, visible_to
from service.domain.people.actor import Actor
from service.domain.terms.deadlines import Calendar, light, provisional, yellow_until
from service.domain.vocabulary import NAMELESS
from service.errors import BadRequest, NotFound
from service.queries.items.lines import InboxPage, ItemLine, ReturnedLine, TableOffer
from service.queries.items.senders import send_backs, sender_line, units_that_ask
from service.queries.paging import FAR, bounded, cut, due_cursor, page_of, read_due_cursor
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.people.rows import PersonRow, UnitRow
from service.store.processes.rows import DefinitionRow
from service.unit_of_work import Process

OPEN = ItemRow.state == literal_column("'open'")
"""The state is written into the statement. With a parameter neither database would be sure to use
the partial index.
"""
UNREAD = (defer(CaseRow.data), defer(CaseRow.state))
"""Columns that no list shows. The data of a pilot may be half a megabyte, and would be read again
with every line.
"""
UNFILLED = (defer(ItemRow.given), defer(ItemRow.draft))
BY_DUE = (ItemRow.due_at.asc().nulls_last(), ItemRow.id)
BOXES = ("todo", "claimed", "contribute", "done", "copied", "started")


Lines = Select[ItemRow, CaseRow, str, str, str, str, str, str]


def item_lines(*, filled: bool = False) -> Lines:
    """A statement for items with what a list shows: case, unit, assignee and sender. The content of
    forms is only loaded if it is asked for.
    """
    assignee = aliased(PersonRow)
    sender = aliased(PersonRow)
    sender_unit = aliased(UnitRow)
    return (
        select(
            ItemRow,
            CaseRow,
            DefinitionRow.name,
            UnitRow.name,
            assignee.name,
            assignee.login,
            sender.name,
            sender_unit.name,
        )
        .join(CaseRow, CaseRow.id == ItemRow.case_id)
        .join(DefinitionRow, DefinitionRow.id == CaseRow.definition_id)
        .outerjoin(UnitRow, UnitRow.id == ItemRow.unit_id)
        .outerjoin(assignee, assignee.id == ItemRow.assignee_id)
        .outerjoin(sender, sender.id == ItemRow.sent_by)
        .outerjoin(sender_unit, sender_unit.id == sender.unit_id)
        .options(*UNREAD, *(() if filled else UNFILLED))
    )


def line(
    row: Any,
    now: datetime,
    calendar: Calendar,
    returned: ReturnedLine | None = None,
    *,
    asking: str | None = None,
    nameless: bool = False,
) -> ItemLine:
    """The line of a row of :func:`item_lines`.

    :param returned: the send-back that opened this round.
    :param asking: the unit that leads the step, if this item co-operates.
    :param nameless: leave out who has the item.
    """
    item, case, process_name, unit, assignee, login, sender, sender_unit = row
    if nameless and login is not None:
        assignee = NAMELESS
        login = None
    return ItemLine(
        id=item.id,
        case_id=case.id,
        case_title=case.title,
        process=case.process,
        process_name=process_name,
        element=item.element,
        name=item.name,
        part=item.part,
        unit=unit,
        assignee=assignee,
        assignee_login=login,
        state=item.state,
        light=light(item.due_at, now, calendar) if item.state == "open" else None,
        opened_at=item.opened_at,
        due_at=item.due_at,
        closed_at=item.closed_at,
        clause=tuple(item.clause),
        basis=item.basis,
        round=item.round,
        version=item.version,
        rule=item.due_rule,
        paused=item.state == "open" and case.status == "suspended",
        provisional=item.state == "open" and provisional(item.opened_at, item.due_at, calendar),
        term_basis=item.term_basis,
        returned=returned,
        about_id=item.about_id,
        sender=sender_line(sender, sender_unit, asking if item.part == "cooperate" else None),
        role=item.holder.role_code,
    )


@dataclass(frozen=True, kw_only=True)
class BoxAsked:
    """Which box is listed, with filters. ``unit`` is a name, ``q`` a part of a title. ``cursor`` is
    where the page begins.
    """

    box: str
    light: str | None = None
    process: str | None = None
    unit: str | None = None
    q: str | None = None
    limit: int = 20
    cursor: str | None = None


def inbox(session: Session, runtime: Process, actor: Actor, asked: BoxAsked) -> InboxPage:
    """A page of a box: open work by due date, finished work newest first.

    :raises BadRequest: the box, the light or the cursor is unknown.
    """
    box = asked.box
    if box not in BOXES:
        raise BadRequest(f"没有名为“{box}”的箱。可用：{'、'.join(BOXES)}", box=box)
    limit = bounded(asked.limit)
    now = runtime.now()
    calendar = runtime.calendar_for(session, actor)
    filters = _filters(asked, now, calendar)
    if box == "done":
        finished = item_lines().where(_in_box(actor, box), *filters)
        rows, following = page_of(session, finished, ItemRow.id, limit=limit, cursor=asked.cursor)
    else:
        open_page = _open_page(_scopes(actor, box), filters, limit + 1, asked.cursor)
        rows, following = cut(session.execute(open_page).all(), limit, cursor_of)
    items = [row[0] for row in rows]
    sent_back = send_backs(session, items)
    asking = units_that_ask(session, items)
    reader = Reader(session, runtime, actor)
    page = tuple(
        line(
            row,
            now,
            calendar,
            sent_back.get(row[0].id),
            asking=asking.get(row[0].task),
            nameless=keeps_name(reader, row[1], row[0]),
        )
        for row in rows
    )
    return InboxPage(items=page, next=following)


def tables(session: Session, actor: Actor, page: InboxPage) -> tuple[TableOffer, ...]:
    """The tables in which several open items of this page stand together.

    The database is only asked if the page has an item in which another case is judged.
    """
    steps = {
        (line.case_id, line.element): line
        for line in page.items
        if line.about_id is not None and line.state == "open" and line.part == "lead"
    }
    if not steps:
        return ()
    open_items_by_step = (
        select(ItemRow.case_id, ItemRow.element, func.count())
        .where(
            tuple_(ItemRow.case_id, ItemRow.element).in_(steps),
            ItemRow.about_id.is_not(None),
            ItemRow.part == "lead",
            ItemRow.holder.in_(actor.holders),
            OPEN,
        )
        .group_by(ItemRow.case_id, ItemRow.element)
        .having(func.count() > 1)
        .order_by(ItemRow.case_id)
    )
    return tuple(
        TableOffer(
            case_id=case,
            element=element,
            title=steps[case, element].case_title,
            items=count,
        )
        for case, element, count in session.execute(open_items_by_step)
    )


def counts(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """The number of items in each box of open work."""
    counts_by_box = {}
    for box in ("todo", "claimed", "contribute"):
        items_in_box = select(func.count()).select_from(ItemRow).where(_in_box(actor, box))
        counts_by_box[box] = session.scalar(items_in_box) or 0
    return counts_by_box


def _in_box(actor: Actor, box: str) -> ColumnElement[bool]:
    if box == "done":
        return and_(ItemRow.closed_by == actor.person_id, ItemRow.state == "done")
    return or_(*_scopes(actor, box))


def _scopes(actor: Actor, box: str) -> list[ColumnElement[bool]]:
    """The open items of a box as conditions, one for each holder, because the items of one holder
    lie together in an index.
    """
    free = or_(ItemRow.assignee_id.is_(None), ItemRow.assignee_id == actor.person_id)
    match box:
        case "todo":
            return [
                and_(ItemRow.holder == holder, OPEN, ItemRow.part == "lead", free)
                for holder in actor.holders
            ]
        case "claimed":
            return [
                and_(ItemRow.holder == holder, OPEN, ItemRow.assignee_id == actor.person_id)
                for holder in actor.holders
            ]
        case "contribute":
            return [
                and_(ItemRow.holder == holder, OPEN, ItemRow.part == "cooperate", free)
                for holder in actor.holders
            ]
        case "started":
            started = select(CaseRow.id).where(
                CaseRow.starter_id == actor.person_id, visible_to(actor)
            )
            return [and_(ItemRow.case_id.in_(started), OPEN)]
    return [ItemRow.id.is_(None)]  # nothing has been copied to anybody yet


def _filters(asked: BoxAsked, now: datetime, calendar: Calendar) -> Sequence[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if asked.light:
        conditions.append(of_colour(asked.light, now, calendar))
    if asked.process:
        conditions.append(CaseRow.process == asked.process)
    if asked.unit:
        conditions.append(UnitRow.name == asked.unit)
    if asked.q:
        conditions.append(
            or_(
                CaseRow.title.icontains(asked.q, autoescape=True),
                ItemRow.name.icontains(asked.q, autoescape=True),
            )
        )
    return conditions


def of_colour(colour: str, now: datetime, calendar: Calendar) -> ColumnElement[bool]:
    """Items with this light.

    :raises BadRequest: there is no such light.
    """
    edge = yellow_until(now, calendar)
    match colour:
        case "red":
            return ItemRow.due_at <= now
        case "yellow":
            return and_(ItemRow.due_at > now, ItemRow.due_at <= edge)
        case "green":
            return ItemRow.due_at > edge
    raise BadRequest(f"没有名为“{colour}”的灯色。可用：green、yellow、red", light=colour)


def _open_page(
    scopes: Sequence[ColumnElement[bool]],
    filters: Sequence[ColumnElement[bool]],
    limit: int,
    cursor: str | None,
) -> Lines:
    """A page of open items.

    It reads a few ids along the index for each scope, and then the lines of these few. So a page
    costs as much as it shows.
    """
    walk = select(ItemRow.id).order_by(*BY_DUE).limit(limit)
    if filters:
        walk = (
            walk.join(CaseRow, CaseRow.id == ItemRow.case_id)
            .outerjoin(UnitRow, UnitRow.id == ItemRow.unit_id)
            .where(*filters)
        )
    walks = [walk.where(scope, *after).subquery() for scope in scopes for after in _after(cursor)]
    few = union_all(*(select(walked.c.id) for walked in walks))
    return item_lines().where(ItemRow.id.in_(few)).order_by(*BY_DUE).limit(limit)


def box_of(item: ItemRow) -> str:
    """The box in which an item waits for the people who can do it."""
    if item.part == "lead":
        return "todo"
    return "contribute"


def item_in_sight(session: Session, actor: Actor, item_id: int) -> ItemRow:
    """An item of a case that this person can see.

    :raises NotFound: there is no such item, or it is not theirs to see.
    """
    item = session.get(ItemRow, item_id)
    if item is None or not sees(session, actor, item.case_id):
        raise NotFound("该事项")
    return item


def beside_item(session: Session, actor: Actor, item: ItemRow, *, forward: bool) -> int | None:
    """The id of the item right after this one in its box, or right before it. None at the end of
    the box.
    """
    scopes = _scopes(actor, box_of(item))
    if forward:
        cursor = due_cursor(item.due_at, item.id)
        neighbours = session.execute(_open_page(scopes, (), 1, cursor)).all()
        if not neighbours:
            return None
        return int(neighbours[0][0].id)
    for part in _before(item):
        walks = [
            select(ItemRow.id, ItemRow.due_at)
            .where(scope, *part)
            .order_by(ItemRow.due_at.desc(), ItemRow.id.desc())
            .limit(1)
            .subquery()
            for scope in scopes
        ]
        nearest = session.execute(union_all(*(select(walk.c.id, walk.c.due_at) for walk in walks)))
        if neighbours := nearest.all():
            return int(
                max(neighbours, key=lambda neighbour: (neighbour.due_at or FAR, neighbour.id)).id
            )
    return None


def _before(item: ItemRow) -> list[Sequence[ColumnElement[bool]]]:
    """Conditions for what stands before an item, nearest first. Items without a due date come
    last.
    """
    earlier = ItemRow.id < item.id
    if item.due_at is None:
        return [(ItemRow.due_at.is_(None), earlier), (ItemRow.due_at.is_not(None),)]
    return [(ItemRow.due_at <= item.due_at, or_(ItemRow.due_at < item.due_at, earlier))]


def _after(cursor: str | None) -> list[Sequence[ColumnElement[bool]]]:
    """Conditions for what follows a cursor: first items with a due date, then items without."""
    if not cursor:
        return [()]
    at, last = read_due_cursor(cursor)
    if at == FAR:
        return [(ItemRow.due_at.is_(None), ItemRow.id > last)]
    return [
        (ItemRow.due_at >= at, or_(ItemRow.due_at > at, ItemRow.id > last)),
        (ItemRow.due_at.is_(None),),
    ]


def after_due(items_by_due: Lines, cursor: str | None) -> Lines:
    """The items that follow a cursor in the order of their due dates."""
    if not cursor:
        return items_by_due
    at, last = read_due_cursor(cursor)
    return items_by_due.where(ItemRow.due_at >= at, or_(ItemRow.due_at > at, ItemRow.id > last))


def cursor_of(row: Any) -> str:
    """The cursor for what follows a row of :func:`item_lines` in the order of due dates."""
    return due_cursor(row[0].due_at, row[0].id)
