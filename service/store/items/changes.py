"""Changes of an item that supervision counts by: its state and its due.

Decided: a change and the mark that the item has to be counted anew are one call, and nobody assigns
these columns elsewhere (a law of the house looks). Instead of a hook of the mapper, which a
statement over many rows passes by without anybody noticing.
"""

from datetime import datetime

from sqlalchemy.orm.attributes import flag_modified

from service.store.items.rows import ItemRow


def close(item: ItemRow, state: str, at: datetime, person_id: int | None = None) -> None:
    """The item is over. Nobody is reminded of it any more.

    :param state: done, unanswered, excused or cancelled.
    :param person_id: who finished it, if anybody did.
    """
    item.state, item.closed_at = state, at
    if person_id is not None:
        item.closed_by = person_id
    item.remind_at = item.reminder = None
    _count_anew(item)


def reopen(item: ItemRow) -> None:
    """The item is open again, as if nobody had closed it."""
    item.state, item.closed_at, item.closed_by = "open", None, None
    _count_anew(item)


def set_due(item: ItemRow, due_at: datetime | None) -> None:
    """The item is due at another instant, or has no due."""
    if item.due_at != due_at:
        item.due_at = due_at
        _count_anew(item)


def _count_anew(item: ItemRow) -> None:
    """The mark is written whatever it was when the item was read: a clock may have counted it
    meanwhile.
    """
    item.counted = False
    flag_modified(item, "counted")
