"""Failures of the clock. None stops anybody else. Each stands in one ledger with its error, is
tried again later, and is parked in the end.

Decided: there is one ledger for all kinds of work, beside the rows that it is about, and one
back-off. Because a failure is rare and looks the same whatever has failed, and because retrying it
by hand must need nothing but its line. Instead of columns for it in every table that the clock
works on.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import ColumnElement, delete, select, update

from service.errors import Changed
from service.store.operations.rows import FailureRow
from service.unit_of_work import Command, Runtime, UnitOfWork

log = structlog.get_logger()
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class BackOff:
    """How long to wait after each failure.

    Without ``patience`` the work is parked if it fails after the last wait. With ``patience`` the
    last wait repeats until that time has passed since the work was due, and then there is one more
    try.
    """

    waits: tuple[timedelta, ...]
    patience: timedelta | None = None

    def again_at(self, now: datetime, since: datetime, failures: int) -> datetime | None:
        """The instant of the next try after this many earlier failures. None if the work is
        parked.
        """
        if self.patience is None:
            if failures < len(self.waits):
                return now + self.waits[failures]
            return None
        end = since + self.patience
        wait = self.waits[min(failures, len(self.waits) - 1)]
        if now >= end:
            return None
        return min(now + wait, end)


FIVE_TIMES = BackOff(
    waits=(
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=12),
    )
)
FOR_A_DAY = BackOff(waits=(*FIVE_TIMES.waits[:4], timedelta(hours=6)), patience=timedelta(days=1))
BACK_OFF = {
    "timer": FIVE_TIMES,
    "start": FIVE_TIMES,
    "message": FIVE_TIMES,
    "reminder": FIVE_TIMES,
    "part": FIVE_TIMES,
    "delivery": FOR_A_DAY,
}
"""The back-off of each kind, as in ``STOPPED``."""


def attempt(
    runtime: Runtime, command: Command[T], noted: Callable[[str], Command[T | None]]
) -> T | None:
    """Carry out one command of many, and note its failure if it fails.

    :param noted: makes the command that notes a failure from its error.
    Returns the command's result, or the result of noting the failure. None if somebody else works
    on it; it comes again.
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


def note_failure(
    work: UnitOfWork, kind: str, of: str, error: str, *, for_ever: bool = False, **about: Any
) -> FailureRow:
    """Write a failure into the ledger, with the instant of the next try.

    :param for_ever: it is never parked; the last wait repeats.
    :param about: the other columns of a new failure.
    """
    row = work.session.get(FailureRow, (kind, of), with_for_update=True)
    if row is None:
        row = FailureRow(kind=kind, of=of, attempts=0, **{"since": work.now, **about})
        work.session.add(row)
    back_off = BACK_OFF[kind]
    failures = min(row.attempts, len(back_off.waits) - 1) if for_ever else row.attempts
    row.error, row.attempt_at = error, back_off.again_at(work.now, row.since, failures)
    row.attempts += 1
    return row


def put_off_with(
    work: UnitOfWork, failed: FailureRow, others: Mapping[str, Mapping[str, Any]]
) -> None:
    """Let other works of the same kind wait as long as the one that failed. They have not been
    tried.

    :param others: by key, the columns of a new failure.
    """
    if not others:
        return
    failures_of_others = select(FailureRow).where(
        FailureRow.kind == failed.kind, FailureRow.of.in_(list(others))
    )
    failures_by_key = {
        row.of: row for row in work.session.scalars(failures_of_others.with_for_update())
    }
    for of, about in others.items():
        row = failures_by_key.get(of) or FailureRow(kind=failed.kind, of=of, attempts=0, **about)
        row.error, row.attempt_at = (
            failed.error,
            BACK_OFF[row.kind].again_at(work.now, row.since, failed.attempts - 1),
        )
        work.session.add(row)


def forget_failures(work: UnitOfWork, kind: str, of: Collection[str]) -> None:
    """Remove the failures of works that are done or gone."""
    if of:
        these = FailureRow.kind == kind, FailureRow.of.in_(of)
        work.session.execute(delete(FailureRow).where(*these))


def try_now(work: UnitOfWork, *which: ColumnElement[bool], **also: Any) -> int:
    """Make failures due at once and reset their retry count. Returns their number.

    :param also: columns to set.
    """
    again = update(FailureRow).where(*which).values(attempts=0, attempt_at=work.now, **also)
    return len(work.session.scalars(again.returning(FailureRow.of)).all())
