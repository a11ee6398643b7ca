"""The state of the clock: what failed and is tried again or parked, long works, and how far behind
it is.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.access.rights import require
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.vocabulary import FAILURES, STOPPED
from service.queries.notices.channels import parked_deliveries
from service.queries.operations.jobs import JobLine, job_line
from service.store.cases.rows import CaseRow, OutboxRow, TimerRow
from service.store.operations.failures import failure_of, has_failed, standing
from service.store.operations.rows import FailureRow, JobRow
from service.store.processes.lookups import latest_definition
from service.store.processes.rows import StartTimerRow
from service.unit_of_work import Process

STOPPED_SHOWN, JOBS_SHOWN = 100, 10


@dataclass(frozen=True, kw_only=True)
class StoppedLine:
    """Something that failed. ``kind`` is one of ``STOPPED``. ``again_at`` is None once it is
    parked.
    """

    kind: str
    id: str
    label: str
    what: str
    case_id: int | None
    case_title: str
    due_at: datetime
    attempts: int
    again_at: datetime | None
    error: str


@dataclass(frozen=True, kw_only=True)
class ClockPage:
    """What is overdue for the clock (``behind``) and since when, what failed, and the last long
    works.
    """

    behind: int
    since: datetime | None
    stopped: tuple[StoppedLine, ...]
    jobs: tuple[JobLine, ...]


def clock_page(session: Session, runtime: Process, actor: Actor) -> ClockPage:
    """The state of the clock in this jurisdiction.

    :raises NotAllowed: this person is neither 流程管理员 nor 系统管理员.
    """
    require(actor, Right.SEE_OPERATIONS)
    behind, since = session.execute(
        select(func.count(), func.min(TimerRow.due_at))
        .join(CaseRow, CaseRow.id == TimerRow.case_id)
        .where(
            CaseRow.jurisdiction == actor.jurisdiction,
            CaseRow.status == "running",
            TimerRow.due_at <= runtime.now(),
            ~has_failed("timer", TimerRow.id),
        )
    ).one()
    jobs = session.scalars(
        select(JobRow)
        .where(JobRow.jurisdiction == actor.jurisdiction)
        .order_by(JobRow.id.desc())
        .limit(JOBS_SHOWN)
    )
    stopped = (
        *_timers(session, runtime, actor, runtime.now()),
        *_starts(session, actor),
        *_messages(session, actor),
        *_others(session, actor),
        *_deliveries(session, actor),
    )
    return ClockPage(
        behind=behind,
        since=since,
        jobs=tuple(job_line(row) for row in jobs),
        stopped=stopped,
    )


def _timers(
    session: Session, runtime: Process, actor: Actor, now: datetime
) -> Iterator[StoppedLine]:
    overdue_timers = (
        select(FailureRow, TimerRow, CaseRow.title, CaseRow.definition_id)
        .join(TimerRow, failure_of("timer", TimerRow.id))
        .join(CaseRow, CaseRow.id == TimerRow.case_id)
        .where(
            CaseRow.jurisdiction == actor.jurisdiction,
            CaseRow.status == "running",
            TimerRow.due_at <= now,
            FailureRow.attempts > 0,
        )
        .order_by(TimerRow.due_at)
        .limit(STOPPED_SHOWN)
    )
    for failed, timer, title, definition in session.execute(overdue_timers):
        element = runtime.catalogue.deployed(session, definition).definition.elements.get(
            timer.element
        )
        step_name = element.name if element is not None and element.name else timer.element
        yield _line(failed, step_name, timer.due_at, timer.case_id, title)


def _starts(session: Session, actor: Actor) -> Iterator[StoppedLine]:
    failed_starts = (
        select(FailureRow, StartTimerRow)
        .join(StartTimerRow, failure_of("start", StartTimerRow.id))
        .where(StartTimerRow.jurisdiction == actor.jurisdiction, FailureRow.attempts > 0)
        .order_by(StartTimerRow.due_at)
    )
    for failed, start in session.execute(failed_starts.limit(STOPPED_SHOWN)):
        newest = latest_definition(session, start.jurisdiction, start.process)
        yield _line(failed, newest.name if newest is not None else start.process, start.due_at)


def _messages(session: Session, actor: Actor) -> Iterator[StoppedLine]:
    undelivered = (
        select(FailureRow, OutboxRow, CaseRow.title)
        .join(OutboxRow, failure_of("message", OutboxRow.id))
        .join(CaseRow, CaseRow.id == OutboxRow.case_id)
        .where(
            OutboxRow.jurisdiction == actor.jurisdiction,
            OutboxRow.delivered_at.is_(None),
            FailureRow.attempts > 0,
        )
        .order_by(OutboxRow.created_at)
        .limit(STOPPED_SHOWN)
    )
    for failed, message, title in session.execute(undelivered):
        yield _line(failed, message.name, message.created_at, message.case_id, title)


def _others(session: Session, actor: Actor) -> Iterator[StoppedLine]:
    """Reminders and parts of long works that failed. The failure itself says what it is about."""
    standing_failures = (
        select(FailureRow, CaseRow.title)
        .outerjoin(CaseRow, CaseRow.id == FailureRow.case_id)
        .where(
            FailureRow.jurisdiction == actor.jurisdiction,
            FailureRow.kind.in_(FAILURES),
            standing(),
        )
        .order_by(FailureRow.since)
        .limit(STOPPED_SHOWN)
    )
    for failed, title in session.execute(standing_failures):
        yield _line(failed, failed.what, failed.since, failed.case_id, title or "")


def _deliveries(session: Session, actor: Actor) -> Iterator[StoppedLine]:
    for row in parked_deliveries(session, actor.jurisdiction, STOPPED_SHOWN):
        yield StoppedLine(
            kind="delivery",
            id=row.id,
            label=STOPPED["delivery"],
            what=row.subject,
            case_id=None,
            case_title="",
            due_at=row.created_at,
            attempts=row.attempts,
            again_at=None,
            error=row.error,
        )


def _line(
    failed: FailureRow, what: str, due_at: datetime, case_id: int | None = None, title: str = ""
) -> StoppedLine:
    return StoppedLine(
        kind=failed.kind,
        id=failed.of,
        label=STOPPED[failed.kind],
        what=what,
        case_id=case_id,
        case_title=title,
        due_at=due_at,
        attempts=failed.attempts,
        again_at=failed.attempt_at,
        error=failed.error or "",
    )
