"""What the clock fails to do: it stops nobody else, is remembered with its error, tried again, and
parked at last.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import delete

from service.errors import Changed
from service.store.operations.rows import FailureRow
from service.unit_of_work import Command, Runtime, UnitOfWork

log = structlog.get_logger()
T = TypeVar("T")
BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)


def attempt(
    runtime: Runtime, command: Command[T], noted: Callable[[str], Command[T | None]]
) -> T | None:
    """Carry out one of many. One that fails is noted, with its error, by the command that ``noted``
    gives.

    Gives what it gave; when it failed, what noting it gave; None when somebody else is at it: it
    comes again.
    """
    try:
        return runtime.perform(command)
    except Changed:
        return None
    except Exception as exc:  # one must not stop the others
        log.error("failed", command=type(command).__name__, exc_info=exc)
        try:
            return runtime.perform(noted(getattr(exc, "sentence", repr(exc))))
        except Changed:  # it has not been marked as tried, so it is tried again, and noted then
            log.warning("not noted: the database is busy", command=type(command).__name__)
            return None


def again_at(work: UnitOfWork, tries: int) -> datetime | None:
    """When to try again after so many tries before; None after the last."""
    return work.now + BACK_OFF[tries] if tries < len(BACK_OFF) else None


def note_failure(work: UnitOfWork, kind: str, of: str, error: str, **about: Any) -> FailureRow:
    """Remember a failure that has no row of its own, and when to try again; ``about``: columns of a
    new row.
    """
    row = work.session.get(FailureRow, (kind, of), with_for_update=True)
    if row is None:
        row = FailureRow(kind=kind, of=of, since=work.now, attempts=0, **about)
        work.session.add(row)
    row.error, row.attempt_at = error, again_at(work, row.attempts)
    row.attempts += 1
    return row


def forget_failure(work: UnitOfWork, kind: str, of: str) -> None:
    """It is done."""
    work.session.execute(delete(FailureRow).where(FailureRow.kind == kind, FailureRow.of == of))
