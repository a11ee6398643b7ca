"""Lists that go on: newest first, from where the last page ended."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute, Session

from service.errors import BadRequest


def page_of(
    session: Session,
    wanted: Any,
    key: InstrumentedAttribute[int],
    *,
    limit: int,
    cursor: str | None,
) -> tuple[Sequence[Any], str | None]:
    """Rows whose first entity has this key, 1 to 100 of them, and the cursor of those that follow.

    :raises BadRequest: a cursor that was not given out.
    """
    limit = max(1, min(limit, 100))
    if cursor:
        if not cursor.isascii() or not cursor.isdigit():
            raise BadRequest("翻页参数 cursor 无法识别，请从第一页重新打开", cursor=cursor)
        wanted = wanted.where(key < int(cursor))
    rows = session.execute(wanted.order_by(key.desc()).limit(limit + 1)).all()
    return rows[:limit], str(rows[limit - 1][0].id) if len(rows) > limit else None
