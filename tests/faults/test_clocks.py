"""Several clocks: each due thing happens once, and nobody waits for a case that somebody else works
on.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from service.app import create_runtime
from service.clock import fire_timers, start_clock
from service.commands.operations.failing import FIVE_TIMES
from service.commands.operations.retrying import Retry
from service.settings import Settings
from service.store.cases.rows import JournalRow, TimerRow
from service.unit_of_work import UnitOfWork
from tests.town import ROOT, Town


@dataclass(frozen=True)
class Hold:
    """Work on a case for as long as ``meanwhile`` takes, in another thread."""

    case_id: int
    meanwhile: Callable[[], object]

    def carry_out(self, work: UnitOfWork) -> None:
        work.locked_case(self.case_id)
        thread = threading.Thread(target=self.meanwhile)
        thread.start()
        thread.join()


def waiting(town: Town) -> list[TimerRow]:
    """Timers that are due and have not been set off."""
    with town.runtime.query() as session:
        return list(session.scalars(select(TimerRow).where(TimerRow.due_at <= town.now)))


def to_the_first_timer(town: Town) -> int:
    """Move time to when the first timers are due, without a tick; how many are."""
    with town.runtime.query() as session:
        town.now = session.scalars(select(func.min(TimerRow.due_at))).one()
    return len(waiting(town))


def test_three_clocks_share_what_is_due(town: Town) -> None:
    for n in range(6):
        town.filed(f"项目{n}")
    due = to_the_first_timer(town)
    assert due >= 6
    runtimes = [create_runtime(town.settings, clock=lambda: town.now) for _ in range(3)]
    fired: list[int] = []
    threads = [
        threading.Thread(target=lambda one=one: fired.append(fire_timers(one))) for one in runtimes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in runtimes:
        one.engine.dispose()
    fired.append(fire_timers(town.runtime))  # what was busy a moment ago
    assert sum(fired) == due
    assert waiting(town) == []


@pytest.mark.only_on("postgresql")  # SQLite lets one command in at a time: it has no row locks
def test_a_case_somebody_works_on_does_not_hold_the_clock_up(town: Town) -> None:
    held, free = town.filed("甲"), town.filed("乙")
    to_the_first_timer(town)
    assert {timer.case_id for timer in waiting(town)} == {held, free}
    took: list[float] = []

    def clock() -> None:
        started = time.monotonic()
        fire_timers(town.runtime)
        took.append(time.monotonic() - started)

    town.runtime.perform(Hold(held, clock))
    assert took[0] < 2.5, "shorter than the wait for a lock"
    (left,) = {(timer.case_id, timer.id) for timer in waiting(town)}
    assert left[0] == held
    assert town.failure("timer", left[1]) is None, "being busy is no failure"
    fire_timers(town.runtime)
    assert waiting(town) == []


# -- what fails


@dataclass(frozen=True)
class Spoil:
    """Let a timer point to a wait that is not there: firing it fails."""

    timer_id: int

    def carry_out(self, work: UnitOfWork) -> None:
        work.session.get_one(TimerRow, self.timer_id).task = "gone"


def spoiled(town: Town) -> tuple[int, int, TimerRow]:
    """A case whose first timer fails and whose second is due, another case, the first timer."""
    bad, good = town.filed("甲"), town.filed("乙")
    with town.runtime.query() as session:
        timers = list(
            session.scalars(
                select(TimerRow).where(TimerRow.case_id == bad).order_by(TimerRow.due_at)
            )
        )
    town.runtime.perform(Spoil(timers[0].id))
    town.now = timers[1].due_at + timedelta(seconds=1)
    return bad, good, timers[0]


def failed(town: Town, timer: TimerRow) -> tuple[int, bool]:
    """How often a timer that stands in the ledger has failed, and whether it is parked."""
    found = town.failure("timer", timer.id)
    assert found is not None
    return found.attempts, found.attempt_at is None


def test_what_is_due_after_a_timer_that_failed_waits_for_it_and_other_cases_go_on(
    town: Town,
) -> None:
    bad, _, first = spoiled(town)
    for seconds in (0, 2, 2):
        town.now += timedelta(seconds=seconds)
        fire_timers(town.runtime)
    left = waiting(town)
    assert {timer.case_id for timer in left} == {bad}
    assert failed(town, first) == (1, False)
    assert first.id in {timer.id for timer in left}
    assert len(left) == 2, "the later timer of the case has kept its place"


def test_a_timer_that_always_fails_is_parked_and_can_be_tried_again(town: Town) -> None:
    _, _, first = spoiled(town)
    for pause in (timedelta(), *FIVE_TIMES.waits):
        town.now += pause
        fire_timers(town.runtime)
    parked = town.failure("timer", first.id)
    assert parked is not None
    assert failed(town, first) == (len(FIVE_TIMES.waits) + 1, True)
    assert parked.error
    town.now += timedelta(days=1)
    fire_timers(town.runtime)
    assert failed(town, first) == (len(FIVE_TIMES.waits) + 1, True)
    town.runtime.perform(Retry(actor=town.actor("cf.admin"), kind="timer", id=str(first.id)))
    fire_timers(town.runtime)
    assert failed(town, first) == (1, False)


# -- real processes, the machine's own time


def clock_process(settings: Settings) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "JIEBANG_DATA_DIR": str(settings.data_dir),
        "JIEBANG_DATABASE_URL": settings.database_url,
    }
    return subprocess.Popen(
        [sys.executable, "-m", "service", "clock"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def fired(town: Town) -> list[tuple[int, str, str]]:
    """Case, element and due instant of every timer that the journal has, oldest first."""
    with town.runtime.query() as session:
        rows = session.scalars(
            select(JournalRow).where(JournalRow.verb == "timer").order_by(JournalRow.id)
        )
        return [(int(row.case_id or 0), str(row.element), str(row.facts["due_at"])) for row in rows]


def until(there: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not there() and time.monotonic() < deadline:
        time.sleep(0.2)
    return there()


def test_two_clock_processes_one_of_which_is_killed_catch_up_each_thing_once_and_in_order(
    town: Town,
) -> None:
    cases = [town.filed(f"项目{number}") for number in range(12)]
    town.now = datetime.now(UTC)  # nobody ran a clock since March 2026
    processes = [clock_process(town.settings), clock_process(town.settings)]
    try:
        assert until(lambda: len(fired(town)) >= 4, 60)
        processes[0].kill()
        processes[0].wait()
        processes.append(clock_process(town.settings))
        assert until(lambda: not waiting(town), 90)
    finally:
        for process in processes:
            process.kill()
            process.wait()
    found = fired(town)
    assert len(found) == len(set(found)), "nothing twice"
    for case in cases:
        mine = [datetime.fromisoformat(due_at) for of, _, due_at in found if of == case]
        assert mine
        assert mine == sorted(mine)


def test_a_machine_whose_clock_is_set_back_an_hour_goes_on_at_once(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    back = timedelta()

    class MachineTime(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime.now(UTC) + back

    monkeypatch.setattr("apscheduler.schedulers.base.datetime", MachineTime)
    monkeypatch.setattr("service.clock.utc_now", MachineTime.now)
    runtime = create_runtime(town.settings, clock=lambda: datetime.now(UTC) + back)
    town.filed("甲")
    town.now = datetime.now(UTC)
    stop = start_clock(runtime)
    try:
        assert until(lambda: not waiting(town), 60)
        back, before = -timedelta(hours=1), fired(town)
        time.sleep(2)
        town.now = datetime(2026, 3, 2, 9, tzinfo=UTC)
        case = town.filed("乙")
        town.now = datetime.now(UTC) + back
        assert until(lambda: case in {of for of, _, _ in fired(town)}, 20)
        assert until(lambda: not waiting(town), 20)
        assert len(set(fired(town))) == len(fired(town)) > len(before)
    finally:
        stop()
        runtime.engine.dispose()
