"""How the program is doing, as Prometheus text: numbers only, nothing of what the cases are
about.
"""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.store.cases.rows import CaseRow, OutboxRow, TimerRow
from service.store.items.rows import ItemRow
from service.store.notices import DeliveryRow
from service.store.operations.rows import FailureRow, JobRow
from service.store.processes.rows import StartTimerRow
from service.store.supervision import standing
from service.unit_of_work import Runtime


def metrics(runtime: Runtime) -> str:
    """What waits in the database now, and what this process has done since it started."""
    with runtime.query() as session:
        gauges = "".join(
            f"# TYPE jiebang_{name} gauge\njiebang_{name} {value}\n"
            for name, value in _waiting(session, runtime.now())
        )
    return gauges + "".join(f"{line}\n" for line in runtime.meter.lines())


def _waiting(session: Session, now: datetime) -> Iterator[tuple[str, float]]:
    """Each is answered by an index that holds only what is open. Suspended cases rest, and their
    timers with them.
    """
    yield "open_items", session.scalar(select(func.count()).where(ItemRow.state == "open")) or 0
    earliest = func.min(TimerRow.due_at).filter(TimerRow.error.is_(None))
    wanted = select(func.count(), func.count(TimerRow.error), earliest)
    due, failed, first = session.execute(
        wanted.join(CaseRow, CaseRow.id == TimerRow.case_id).where(
            TimerRow.due_at <= now, CaseRow.status == "running"
        )
    ).one()
    yield "due_timers", due - failed
    yield "timer_lag_seconds", (now - first).total_seconds() if first else 0
    yield "failed_timers", failed
    reminders = select(func.count()).where(ItemRow.remind_at <= now, ItemRow.state == "open")
    yield "due_reminders", session.scalar(reminders) or 0
    stopped = select(func.count()).where(
        TimerRow.due_at <= now, TimerRow.attempts > 0, TimerRow.attempt_at.is_(None)
    )
    yield "parked_timers", session.scalar(stopped) or 0
    yield (
        "failed_starts",
        session.scalar(select(func.count()).where(StartTimerRow.attempts > 0)) or 0,
    )
    failures, again = session.execute(
        select(func.count(FailureRow.of), func.count(FailureRow.attempt_at)).where(standing())
    ).one()
    yield "failed_work", failures
    yield "parked_work", failures - again
    yield (
        "unfinished_jobs",
        session.scalar(select(func.count()).where(JobRow.finished_at.is_(None))) or 0,
    )
    messages = select(func.count(), func.count(OutboxRow.attempt_at)).where(
        OutboxRow.delivered_at.is_(None)
    )
    undelivered, tried_again = session.execute(messages).one()
    yield "undelivered_messages", undelivered
    yield "parked_messages", undelivered - tried_again
    letters = select(
        func.count(DeliveryRow.attempt_at),
        func.count(DeliveryRow.error).filter(DeliveryRow.attempt_at.is_(None)),
    ).where(DeliveryRow.delivered_at.is_(None))
    waiting, parked = session.execute(letters).one()
    yield "undelivered_letters", waiting
    yield "parked_letters", parked
