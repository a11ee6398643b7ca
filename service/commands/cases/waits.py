"""Messages between cases, and timers that are due. Each has a transaction of its own.

Decided: rows of subscriptions and timers are hints. The wait itself is looked up by element under
the case's lock, because a repeating wait has a new task each time and a row may be out of date.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Select, and_, exists, or_, select
from sqlalchemy.orm import aliased

from service.commands.cases.children import come_back
from service.commands.operations.failing import forget_failures, note_failure
from service.domain.vocabulary import CASE_STATES
from service.engine import Run, Waiting
from service.errors import CaseRests, Changed, NobodyWaits, NotOpen, Refused
from service.store.cases.rows import CaseRow, OutboxRow, ReceivedRow, SubscriptionRow, TimerRow
from service.store.operations.failures import put_off
from service.unit_of_work import Runtime, UnitOfWork
from service.unit_of_work.children import ENDED
from service.unit_of_work.news import ITEM_OVER
from service.unit_of_work.opening import key_text
from service.unit_of_work.settle import settle

log = structlog.get_logger()
FRESH = timedelta(minutes=1)
TURN = (TimerRow.due_at, TimerRow.interrupting, TimerRow.element, TimerRow.id)
"""The order in which timers fire."""


@dataclass(frozen=True, kw_only=True)
class DeliverMessage:
    """Deliver a message to the case that waits for it. Its effect happens once."""

    message_id: str

    def carry_out(self, work: UnitOfWork) -> bool:
        message = _claimed(work, self.message_id)
        if message is None or message.delivered_at is not None:
            return False
        if message.name == ENDED:
            return come_back(work, message)
        case_id = work.session.scalar(
            select(SubscriptionRow.case_id)
            .where(
                SubscriptionRow.jurisdiction == message.jurisdiction,
                SubscriptionRow.name == message.name,
                SubscriptionRow.key == message.key,
            )
            .order_by(SubscriptionRow.id)
            .limit(1)
        )
        if case_id is None and message.name == ITEM_OVER:  # it was decided in the same moment
            _settled(work, message)
            return False
        if case_id is None:
            raise NobodyWaits(message.name)
        case = work.locked_case(case_id)
        if case.status == "suspended":
            raise CaseRests(CASE_STATES[case.status])
        run = work.restore(case)
        wait = _message_wait(run, message)
        _settled(work, message)
        work.session.add(ReceivedRow(case_id=case.id, message_id=message.id, at=work.now))
        work.record(
            case, "message_in", element=wait.element, name=message.name, sender=message.case_id
        )
        settle(work, case, run.fire(wait.task, wait.element, message.payload))
        return True


def _settled(work: UnitOfWork, message: OutboxRow) -> None:
    message.delivered_at = work.now
    message.attempt_at = None
    forget_failures(work, "message", [message.id])


def _claimed(work: UnitOfWork, message_id: str) -> OutboxRow | None:
    """The message, locked. None if somebody else delivers it now.

    It is always locked before the case, so that no two commands wait for each other.
    """
    return work.session.scalar(
        select(OutboxRow).where(OutboxRow.id == message_id).with_for_update(skip_locked=True)
    )


def _message_wait(run: Run, message: OutboxRow) -> Waiting:
    for wait in run.waiting():
        if (
            wait.kind == "message"
            and wait.name == message.name
            and key_text(wait.key) == message.key
        ):
            return wait
    raise NobodyWaits(message.name)


@dataclass(frozen=True, kw_only=True)
class NoteUndelivered:
    """Note that a message could not be delivered, and when to try again. After the last try it is
    parked.

    The end of a child is tried for ever, because nobody else could tell its parent.
    """

    message_id: str
    error: str

    def carry_out(self, work: UnitOfWork) -> None:
        message = _claimed(work, self.message_id)
        if message is None or message.delivered_at is not None:
            return
        note_failure(
            work,
            "message",
            message.id,
            self.error,
            for_ever=message.name == ENDED,
            jurisdiction=message.jurisdiction,
            what=message.name,
            since=message.created_at,
        )


def deliver(runtime: Runtime, message_id: str) -> None:
    """Deliver a message now. A refusal is stored with the message, and the clock tries again. A
    lost race is no refusal.
    """
    try:
        runtime.perform(DeliverMessage(message_id=message_id))
    except Changed:
        log.info("message waits: its case is being worked on", message_id=message_id)
    except Refused as exc:
        log.warning("message not delivered", message_id=message_id, code=exc.code, why=exc.sentence)
        runtime.perform(NoteUndelivered(message_id=message_id, error=exc.sentence))


@dataclass(frozen=True, kw_only=True)
class FireTimer:
    """Fire one timer that is due. Nothing happens if it is gone, not due yet, or not the first of
    its case.

    :raises Changed: somebody works on the case now. The timer does not wait for them, so that
        clocks do not block each other.
    """

    timer_id: int

    def carry_out(self, work: UnitOfWork) -> bool:
        claim = (
            select(CaseRow.id)
            .join(TimerRow, TimerRow.case_id == CaseRow.id)
            .where(TimerRow.id == self.timer_id)
        )
        case_id = work.session.scalar(claim.with_for_update(of=CaseRow, skip_locked=True))
        timer = work.session.get(TimerRow, self.timer_id)
        if timer is None:
            return False
        if case_id is None:
            raise Changed()
        case = work.locked_case(case_id)
        if timer.due_at > work.now or case.status != "running" or _first(work, case.id) != timer.id:
            return False
        run = work.restore(case)
        wait = _wait_of(run, timer)
        work.record(case, "timer", element=timer.element, due_at=timer.due_at.isoformat())
        settle(work, case, run.fire(wait.task, wait.element, at=timer.due_at))
        return True


def _wait_of(run: Run, timer: TimerRow) -> Waiting:
    """The wait of the run that belongs to this timer.

    :raises NotOpen: the run no longer waits there.
    """
    for wait in run.waiting():
        if (wait.kind, wait.element, wait.task) == ("timer", timer.element, timer.task):
            return wait
    raise NotOpen(f"计时 {timer.element} ")


def _first(work: UnitOfWork, case_id: int) -> int | None:
    """The timer whose turn it is in a case. A repeating one may have got its next round since the
    clock looked.
    """
    return work.session.scalar(
        select(TimerRow.id).where(TimerRow.case_id == case_id).order_by(*TURN).limit(1)
    )


@dataclass(frozen=True)
class NoteTimerFailed:
    """Note why a timer could not fire, so that people see it, and when to try again. After the last
    try it is parked.
    """

    timer_id: int
    error: str

    def carry_out(self, work: UnitOfWork) -> None:
        timer = work.session.get(TimerRow, self.timer_id, with_for_update={"skip_locked": True})
        if timer is None:
            return
        home = select(CaseRow.jurisdiction).where(CaseRow.id == timer.case_id)
        note_failure(
            work,
            "timer",
            str(timer.id),
            self.error,
            jurisdiction=work.session.scalars(home).one(),
            timer_id=timer.id,
            what=timer.element,
            since=timer.due_at,
        )


def due_timers(runtime: Runtime, now: datetime, limit: int = 200) -> list[tuple[int, int]]:
    """The ids of timers that are due and of their cases, in the order of firing: due date,
    interrupting ones last, element.
    """
    return _timers(runtime, _due(now).order_by(*TURN).limit(limit))


def fresh_timers(runtime: Runtime, now: datetime, limit: int = 50) -> list[tuple[int, int]]:
    """The timers that became due within the last minute, newest first, of cases that have nothing
    else due.
    """
    earlier = aliased(TimerRow)
    before = exists().where(
        earlier.case_id == TimerRow.case_id,
        earlier.id != TimerRow.id,
        or_(
            earlier.due_at < TimerRow.due_at,
            and_(
                earlier.due_at == TimerRow.due_at,
                or_(
                    earlier.interrupting < TimerRow.interrupting,
                    and_(
                        earlier.interrupting == TimerRow.interrupting,
                        earlier.element < TimerRow.element,
                    ),
                ),
            ),
        ),
    )
    return _timers(
        runtime,
        _due(now)
        .where(TimerRow.due_at > now - FRESH, ~before)
        .order_by(TimerRow.due_at.desc(), TimerRow.id.desc())
        .limit(limit),
    )


def _due(now: datetime) -> Select[int, int]:
    """The timers that are due. If a timer was put off or parked, the later timers of its case wait,
    so that their order is kept.
    """
    earlier = aliased(TimerRow)
    held = exists().where(
        earlier.case_id == TimerRow.case_id,
        earlier.due_at < TimerRow.due_at,
        put_off("timer", earlier.id, now),
    )
    return (
        select(TimerRow.id, TimerRow.case_id)
        .join(CaseRow, CaseRow.id == TimerRow.case_id)
        .where(
            TimerRow.due_at <= now,
            CaseRow.status == "running",
            ~put_off("timer", TimerRow.id, now),
            ~held,
        )
    )


def _timers(runtime: Runtime, query: Select[int, int]) -> list[tuple[int, int]]:
    with runtime.query() as session:
        return [(timer_id, case_id) for timer_id, case_id in session.execute(query)]


def due_messages(runtime: Runtime, now: datetime, limit: int = 200) -> list[str]:
    """The ids of messages to deliver now, oldest first."""
    with runtime.query() as session:
        due_ids = select(OutboxRow.id).where(
            OutboxRow.delivered_at.is_(None),
            OutboxRow.attempt_at <= now,
            ~put_off("message", OutboxRow.id, now),
        )
        return list(session.scalars(due_ids.order_by(OutboxRow.created_at).limit(limit)))
