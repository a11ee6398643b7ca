"""Paging: each page of a list begins where the last one ended.

Decided: there is one kind of paging, by the key of the last line (keyset), because a page then
costs what it shows however far down it is. Two orders need it: newest first, and by due date. Short
lists are cut at a fixed length and have no pages. There are no numbered pages.
"""

import base64
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.errors import BadRequest

MOST_LINES = 100
FAR = datetime(9999, 1, 1, tzinfo=UTC)
"""The place of an item without a due date: after all items with one."""


def bounded(limit: int) -> int:
    """The number of lines that a page shows, from 1 to 100."""
    return max(1, min(limit, MOST_LINES))


def cut(
    rows: Sequence[Any], limit: int, cursor_of: Callable[[Any], str]
) -> tuple[Sequence[Any], str | None]:
    """The rows of a page, and the cursor for those that follow.

    :param rows: one more than the page shows, if there are more.
    """
    page = rows[:limit]
    return page, cursor_of(page[-1]) if len(rows) > limit else None


def page_of(
    session: Session,
    query: Any,
    key: InstrumentedAttribute[int],
    *,
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[Any], str | None]:
    """Rows whose first entity has this key, newest first, and the cursor for those that follow.

    :raises BadRequest: the cursor was not made here.
    """
    limit = bounded(limit)
    if cursor:
        if not cursor.isascii() or not cursor.isdigit():
            raise _unreadable(cursor)
        query = query.where(key < int(cursor))
    rows = session.execute(query.order_by(key.desc()).limit(limit + 1)).all()
    return cut(rows, limit, lambda row: str(row[0].id))


def due_cursor(due_at: datetime | None, item_id: int) -> str:
    """The cursor for what follows an item in the order of due dates."""
    place = [(due_at or FAR).isoformat(), item_id]
    return base64.urlsafe_b64encode(orjson.dumps(place)).decode()


def read_due_cursor(cursor: str) -> tuple[datetime, int]:
    """The due date and the id in a cursor.

    :raises BadRequest: the cursor was not made here.
    """
    try:
        due_at, item_id = orjson.loads(base64.urlsafe_b64decode(cursor))
        return datetime.fromisoformat(due_at), int(item_id)
    except (ValueError, TypeError) as exc:
        raise _unreadable(cursor) from exc


def _unreadable(cursor: str) -> BadRequest:
    return BadRequest("翻页参数 cursor 无法识别，请从第一页重新打开", cursor=cursor)
