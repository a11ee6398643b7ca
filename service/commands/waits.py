"""What comes from elsewhere: messages between cases and timers that are due. Each is its own transaction.

Decided: subscription and timer rows are hints; the wait itself is looked up under the case's lock, by element. Because
a repeating wait has a new task each time and a row may be a moment old.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select

from service.domain.vocabulary import CASE_STATES
from service.engine import Run, Waiting
from service.errors import CaseRests, NobodyWaits, NotOpen, Refused
from service.store.tables import CaseRow, OutboxRow, ReceivedRow, SubscriptionRow, TimerRow
from service.unit_of_work import Runtime, UnitOfWork
from service.unit_of_work.settle import key_text

log = structlog.get_logger()
BACK_OFF = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12))


@dataclass(frozen=True, kw_only=True)
class DeliverMessage:
    """Deliver a message to the case that waits for it; its effect happens once."""

    message_id: str

    def carry_out(self, work: UnitOfWork) -> bool:
        message = work.session.get_one(OutboxRow, self.message_id)
        case_id = work.session.scalar(select(SubscriptionRow.case_id).where(
            SubscriptionRow.jurisdiction == message.jurisdiction, SubscriptionRow.name == message.name,
            SubscriptionRow.key == message.key).order_by(SubscriptionRow.id).limit(1))
        if case_id is None:
            if message.delivered_at is not None:
                return False
            raise NobodyWaits(message.name)
        case = work.locked_case(case_id)
        work.session.refresh(message)
        received = work.session.get(ReceivedRow, (case.id, message.id))
        if message.delivered_at is not None or received is not None:
            return False
        if case.status == "suspended":
            raise CaseRests(CASE_STATES[case.status])
        run = work.restore(case)
        wait = _message_wait(run, message)
        message.delivered_at, message.attempt_at, message.error = work.now, None, None
        work.session.add(ReceivedRow(case_id=case.id, message_id=message.id, at=work.now))
        work.record(case, "message_in", element=wait.element, name=message.name, sender=message.case_id)
        work.settle(case, run.fire(wait.task, wait.element, message.payload))
        return True


def _message_wait(run: Run, message: OutboxRow) -> Waiting:
    for wait in run.waiting():
        if wait.kind == "message" and wait.name == message.name and key_text(wait.key) == message.key:
            return wait
    raise NobodyWaits(message.name)


@dataclass(frozen=True, kw_only=True)
class NoteUndelivered:
    """Remember that a message could not be delivered, and when to try again; after the last try it is parked."""

    message_id: str
    error: str

    def carry_out(self, work: UnitOfWork) -> None:
        message = work.session.get_one(OutboxRow, self.message_id)
        message.error = self.error
        tries = message.attempts
        message.attempts = tries + 1
        message.attempt_at = work.now + BACK_OFF[tries] if tries < len(BACK_OFF) else None


def deliver(runtime: Runtime, message_id: str) -> None:
    """Deliver now; a refusal is kept with the message and tried again by the clock."""
    try:
        runtime.perform(DeliverMessage(message_id=message_id))
    except Refused as exc:
        log.warning("message not delivered", message_id=message_id, code=exc.code, why=exc.sentence)
        runtime.perform(NoteUndelivered(message_id=message_id, error=exc.sentence))


@dataclass(frozen=True, kw_only=True)
class FireTimer:
    """Set off one timer that is due. Nothing happens when it is gone or not yet due."""

    timer_id: int

    def carry_out(self, work: UnitOfWork) -> bool:
        timer = work.session.get(TimerRow, self.timer_id)
        if timer is None:
            return False
        case = work.locked_case(timer.case_id)
        work.session.refresh(timer)
        if timer.due_at > work.now or case.status != "running":
            return False
        run = work.restore(case)
        wait = next((w for w in run.waiting() if w.kind == "timer" and w.element == timer.element
                     and w.task == timer.task), None)
        if wait is None:
            raise NotOpen(f"计时 {timer.element} ")
        work.record(case, "timer", element=timer.element, due_at=timer.due_at.isoformat())
        work.settle(case, run.fire(wait.task, wait.element, at=timer.due_at))
        return True


@dataclass(frozen=True, kw_only=True)
class NoteTimerFailed:
    """Remember why a timer could not fire, so that it is seen and tried later."""

    timer_id: int
    error: str

    def carry_out(self, work: UnitOfWork) -> None:
        timer = work.session.get(TimerRow, self.timer_id)
        if timer is not None:
            timer.error, timer.attempts = self.error, timer.attempts + 1


def due_timers(runtime: Runtime, now: datetime, limit: int = 200) -> list[int]:
    """Ids of timers that are due, in firing order: due, interrupting last, element."""
    with runtime.query() as session:
        wanted = select(TimerRow.id).join(CaseRow, CaseRow.id == TimerRow.case_id).where(
            TimerRow.due_at <= now, TimerRow.attempts < len(BACK_OFF), CaseRow.status == "running").order_by(
            TimerRow.due_at, TimerRow.interrupting, TimerRow.element, TimerRow.id)
        return list(session.scalars(wanted.limit(limit)))


def due_messages(runtime: Runtime, now: datetime, limit: int = 200) -> list[str]:
    """Ids of messages to deliver now, oldest first."""
    with runtime.query() as session:
        wanted = select(OutboxRow.id).where(OutboxRow.delivered_at.is_(None), OutboxRow.attempt_at <= now)
        return list(session.scalars(wanted.order_by(OutboxRow.created_at).limit(limit)))
