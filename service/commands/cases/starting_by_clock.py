"""Cases that the clock starts, by the timer of a start event."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service.commands.operations.failing import forget_failures, note_failure
from service.domain.terms.deadlines import SHANGHAI, due
from service.engine import Definition, Run
from service.errors import NotFound
from service.store.cases.lookups import anybody_waits
from service.store.items.lookups import still_gathering
from service.store.operations.failures import put_off
from service.store.processes.lookups import latest_definition
from service.store.processes.rows import StartTimerRow
from service.unit_of_work import Runtime, UnitOfWork
from service.unit_of_work.opening import new_case
from service.unit_of_work.settle import settle


def schedule(work: UnitOfWork, jurisdiction: str, definition: Definition) -> None:
    """Set the timers of a process to those of its newest version. A timer that has not changed
    keeps its date.
    """
    new_timers = dict(definition.timed_starts)
    timers = work.session.scalars(
        select(StartTimerRow).where(
            StartTimerRow.jurisdiction == jurisdiction, StartTimerRow.process == definition.process
        )
    )
    for timer in timers.all():
        if new_timers.get(timer.element) == timer.rule:
            del new_timers[timer.element]
        else:
            forget_failures(work, "start", [str(timer.id)])
            work.session.delete(timer)
    work.session.flush()
    work.session.add_all(
        StartTimerRow(
            jurisdiction=jurisdiction,
            process=definition.process,
            element=element,
            rule=rule,
            since=work.now,
            due_at=due(rule, work.now, work.calendar(jurisdiction)),
        )
        for element, rule in new_timers.items()
    )


@dataclass(frozen=True, kw_only=True)
class StartByClock:
    """Start the case that is due, and set the next date. Nothing happens if another clock was
    faster.

    A start with ``awaited`` is for cases that wait for a message. It begins only if such a case
    waits and no earlier case of the process is still gathering. Otherwise the date is skipped, with
    a line in the journal.
    """

    start_timer_id: int

    def carry_out(self, work: UnitOfWork) -> int | None:
        timer = work.session.get(
            StartTimerRow, self.start_timer_id, with_for_update={"skip_locked": True}
        )
        if timer is None or timer.due_at > work.now:
            return None
        row = latest_definition(work.session, timer.jurisdiction, timer.process)
        if row is None:
            raise NotFound(f"流程 {timer.process} ")
        definition = work.process.catalogue.deployed(work.session, row.id).definition
        awaited = definition.elements[timer.element].awaited
        if awaited is not None and _skipped(work, timer, awaited):
            return None
        title = f"{row.name} {timer.due_at.astimezone(SHANGHAI):%Y-%m-%d}"
        case = new_case(work, row, title)
        work.record(case, "start", element=timer.element, title=title, version=row.version)
        _set_next(work, timer)
        settle(work, case, Run.start(definition, work.desk(case), timer.element))
        return case.id


def _skipped(work: UnitOfWork, timer: StartTimerRow, awaited: str) -> bool:
    """Whether there is no occasion for a case now, so that the timer goes on to its next date.

    If several dates were missed, only the last one counts, because one case takes in everything
    that waited.
    """
    _pass_over_missed(work, timer)
    gathering = still_gathering(work.session, timer.jurisdiction, timer.process, awaited)
    if gathering is None and anybody_waits(work.session, timer.jurisdiction, awaited):
        return False
    work.record(
        None,
        "start_skipped",
        jurisdiction=timer.jurisdiction,
        element=timer.element,
        process=timer.process,
        due_at=timer.due_at.isoformat(),
        awaited=awaited,
        gathering=gathering.id if gathering is not None else None,
    )
    _set_next(work, timer)
    return True


def _pass_over_missed(work: UnitOfWork, timer: StartTimerRow) -> None:
    calendar = work.calendar(timer.jurisdiction)
    while timer.rule.startswith("R"):
        following = due(timer.rule, timer.due_at, calendar)
        if following > work.now:
            return
        timer.since = timer.due_at
        timer.due_at = following


def _set_next(work: UnitOfWork, timer: StartTimerRow) -> None:
    """Set the next date. A repeating timer counts from the instant at which it was due, never from
    now.
    """
    forget_failures(work, "start", [str(timer.id)])
    if not timer.rule.startswith("R"):
        work.session.delete(timer)
        return
    timer.since = timer.due_at
    timer.due_at = due(timer.rule, timer.since, work.calendar(timer.jurisdiction))


@dataclass(frozen=True)
class NoteStartFailed:
    """Note why a case could not be started, so that people see it and the clock tries again."""

    start_timer_id: int
    error: str

    def carry_out(self, work: UnitOfWork) -> None:
        timer = work.session.get(
            StartTimerRow, self.start_timer_id, with_for_update={"skip_locked": True}
        )
        if timer is not None:
            note_failure(
                work,
                "start",
                str(timer.id),
                self.error,
                jurisdiction=timer.jurisdiction,
                what=timer.process,
                since=timer.due_at,
            )


def due_starts(runtime: Runtime, now: datetime) -> list[int]:
    """The ids of starts that are due, oldest first."""
    with runtime.query() as session:
        due_ids = select(StartTimerRow.id).where(
            StartTimerRow.due_at <= now, ~put_off("start", StartTimerRow.id, now)
        )
        return list(session.scalars(due_ids.order_by(StartTimerRow.due_at, StartTimerRow.id)))
