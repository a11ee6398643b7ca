"""Conditions on the ledger of failures: which failure belongs to a row, and which still matter."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, String, and_, cast, exists, or_, select

from service.store.items.rows import ItemRow
from service.store.operations.rows import FailureRow


def failure_of(kind: str, key: Any) -> ColumnElement[bool]:
    """The condition that joins a row with its failure.

    :param key: the column of the row's primary key, a number or a text.
    """
    key_text = key if isinstance(key.type, String) else cast(key, String)
    return and_(FailureRow.kind == kind, FailureRow.of == key_text)


def has_failed(kind: str, key: Any) -> ColumnElement[bool]:
    """Whether the row with this key has failed since it was last retried by hand."""
    return exists().where(failure_of(kind, key), FailureRow.attempts > 0)


def put_off(kind: str, key: Any, now: datetime) -> ColumnElement[bool]:
    """Whether the row with this key has failed and must wait: for a later attempt, or parked."""
    return exists().where(
        failure_of(kind, key), or_(FailureRow.attempt_at.is_(None), FailureRow.attempt_at > now)
    )


def reminders_again(now: datetime) -> Select[int, datetime | None]:
    """The items whose failed reminder is to be tried again now, with the time of the attempt.

    A reminder that fails loses its time. If it was given a new time since, that time counts.
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
    """Whether a failure still matters. A failed reminder of an item that is over does not."""
    return or_(
        FailureRow.item_id.is_(None),
        exists().where(ItemRow.id == FailureRow.item_id, ItemRow.state == "open"),
    )
