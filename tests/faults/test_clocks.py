"""Several clocks: each due thing happens once, and nobody waits for a case that somebody else works on."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import func, select

from service.app import create_runtime
from service.clock import fire_timers
from service.store.tables import TimerRow
from service.unit_of_work import UnitOfWork
from tests.town import Town


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
    threads = [threading.Thread(target=lambda one=one: fired.append(fire_timers(one))) for one in runtimes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for one in runtimes:
        one.engine.dispose()
    fired.append(fire_timers(town.runtime))  # what was busy a moment ago
    assert sum(fired) == due
    assert waiting(town) == []


def test_a_case_somebody_works_on_does_not_hold_the_clock_up(town: Town) -> None:
    if town.runtime.engine.dialect.name != "postgresql":
        pytest.skip("SQLite lets one command in at a time: it has no row locks")
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
    assert {(timer.case_id, timer.attempts) for timer in waiting(town)} == {(held, 0)}, "being busy is no failure"
    fire_timers(town.runtime)
    assert waiting(town) == []
