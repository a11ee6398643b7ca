"""The ledger of failures, as others ask it: which failure belongs to a row, what is put off, what
still matters.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, or_, select

from service.store.items.rows import ItemRow
from service.store.operations.rows import FailureRow


def failure_of(kind: str, key: Any) -> ColumnElement[bool]:
    """Joins a row with its failure. ``key`` is the row's primary key, a number or a text."""
    of = key if isinstance(key.type, String) else cast(key, String)
    return and_(FailureRow.kind == kind, FailureRow.of == of)


def has_failed(kind: str, key: Any) -> ColumnElement[bool]:
    """Whether the row of this key has been tried in vain since it was last retried by hand."""
    return exists().where(failure_of(kind, key), FailureRow.attempts > 0)


def put_off(kind: str, key: Any, now: datetime) -> ColumnElement[bool]:
    """Whether the row of this key has failed and is not to be tried now: later, or parked."""
    return exists().where(
        failure_of(kind, key), or_(FailureRow.attempt_at.is_(None), FailureRow.attempt_at > now)
    )


def reminders_again(now: datetime) -> Select[int, datetime | None]:
    """Items whose reminder has failed and is to be tried now, with the time to try it.

    A reminder that fails loses its plan. One that was planned anew since goes by that plan.
    """
    return (
        select(ItemRow.id, FailureRow.attempt_at)
        .join(FailureRow, FailureRow.item_id == ItemRow.id)
        .where(
            FailureRow.kind == "reminder",
            FailureRow.attempt_at <= now,
            ItemRow.state == "open",
            ItemRow.reminder.is_not(None),
            ItemRow.remind_at.is_(None),
        )
    )


def standing() -> ColumnElement[bool]:
    """Whether a failure still matters. A reminder whose item is over does not."""
    return or_(
        FailureRow.item_id.is_(None),
        exists().where(ItemRow.id == FailureRow.item_id, ItemRow.state == "open"),
    )
