"""Figures about the program as Prometheus text. They are numbers only and tell nothing of the
cases.

Decided: the figures of what waits are read from the database at each scrape, into a registry that
is made for it. Because many processes serve the same database, instead of a gauge in each process.
"""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from service.domain.vocabulary import FAILURES
from service.store.cases.rows import CaseRow, OutboxRow, TimerRow
from service.store.items.rows import ItemRow
from service.store.notices import DeliveryRow
from service.store.operations.failures import failure_of, reminders_again, standing
from service.store.operations.rows import FailureRow, JobRow
from service.unit_of_work import Runtime


def metrics(runtime: Runtime) -> str:
    """The figures of what waits in the database now, and of what this process has done since it
    started.
    """
    waiting = CollectorRegistry()
    with runtime.query() as session:
        for name, value in _waiting(session, runtime.now()):
            Gauge(f"jiebang_{name}", WAITING[name], registry=waiting).set(value)
    return "".join(
        generate_latest(registry).decode() for registry in (waiting, runtime.meter.registry)
    )


WAITING = {
    "open_items": "Items that are open.",
    "due_timers": "Timers that are due and have not failed.",
    "timer_lag_seconds": "How long the first of the due timers has waited.",
    "failed_timers": "Timers that are due and have failed.",
    "due_reminders": "Reminders that are due.",
    "parked_timers": "Timers that are tried again only when somebody says so.",
    "failed_starts": "Starts by the clock that have failed.",
    "failed_work": "Work that has failed and stands.",
    "parked_work": "Work that is tried again only when somebody says so.",
    "unfinished_jobs": "Long works that are not finished.",
    "undelivered_messages": "Messages between cases that are not delivered.",
    "parked_messages": "Messages that are tried again only when somebody says so.",
    "undelivered_letters": "Letters that have still to be sent.",
    "parked_letters": "Letters that are sent again only when somebody says so.",
}
"""The help text of each figure."""
PARKED = func.count(FailureRow.of).filter(FailureRow.attempt_at.is_(None))


def _waiting(session: Session, now: datetime) -> Iterator[tuple[str, float]]:
    """The figures of what waits. Each is answered by an index that holds open rows only. Suspended
    cases rest with their timers.
    """
    yield "open_items", _count(session, select(func.count()).where(ItemRow.state == "open"))
    yield from _timers(session, now)
    yield from _failures(session)
    unfinished = select(func.count()).where(JobRow.finished_at.is_(None))
    yield "unfinished_jobs", _count(session, unfinished)
    yield from _outgoing(session)


def _timers(session: Session, now: datetime) -> Iterator[tuple[str, float]]:
    due, failed, first = session.execute(
        select(
            func.count(),
            func.count(FailureRow.error),
            func.min(TimerRow.due_at).filter(FailureRow.error.is_(None)),
        )
        .select_from(TimerRow)
        .join(CaseRow, CaseRow.id == TimerRow.case_id)
        .outerjoin(FailureRow, failure_of("timer", TimerRow.id))
        .where(TimerRow.due_at <= now, CaseRow.status == "running")
    ).one()
    yield "due_timers", due - failed
    yield "timer_lag_seconds", (now - first).total_seconds() if first else 0
    yield "failed_timers", failed
    planned = select(func.count()).where(ItemRow.remind_at <= now, ItemRow.state == "open")
    again = select(func.count()).select_from(reminders_again(now).subquery())
    yield "due_reminders", _count(session, planned) + _count(session, again)
    parked = select(PARKED).join(TimerRow, failure_of("timer", TimerRow.id))
    yield "parked_timers", _count(session, parked.where(TimerRow.due_at <= now))


def _failures(session: Session) -> Iterator[tuple[str, float]]:
    starts = select(func.count()).where(FailureRow.kind == "start", FailureRow.attempts > 0)
    yield "failed_starts", _count(session, starts)
    failed, parked = session.execute(
        select(func.count(FailureRow.of), PARKED).where(FailureRow.kind.in_(FAILURES), standing())
    ).one()
    yield "failed_work", failed
    yield "parked_work", parked


def _outgoing(session: Session) -> Iterator[tuple[str, float]]:
    undelivered, parked = session.execute(
        select(func.count(OutboxRow.id), PARKED)
        .outerjoin(FailureRow, failure_of("message", OutboxRow.id))
        .where(OutboxRow.delivered_at.is_(None))
    ).one()
    yield "undelivered_messages", undelivered
    yield "parked_messages", parked
    to_be_sent, parked = session.execute(
        select(func.count(DeliveryRow.attempt_at), PARKED)
        .outerjoin(FailureRow, failure_of("delivery", DeliveryRow.id))
        .where(DeliveryRow.delivered_at.is_(None))
    ).one()
    yield "undelivered_letters", to_be_sent - parked
    yield "parked_letters", parked


def _count(session: Session, number: Select[int]) -> int:
    return session.scalar(number) or 0
