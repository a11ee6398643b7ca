"""What the clock costs: ten thousand timers that are due, set off by two clocks; a tick beside very
many that wait.
"""

import os
import sqlite3
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime, timedelta
from time import monotonic, perf_counter, sleep

from sqlalchemy import select

from service.app import create_runtime
from service.clock import tick
from service.commands.cases.starting import StartCase
from service.queries.people.actors import people
from service.store.cases.rows import TimerRow
from service.unit_of_work import Runtime
from tests.bench.client import text
from tests.bench.crowd import BASE, copy
from tests.bench.measures import Figures, Place, Samples, Size
from tests.bench.office import ROOT, Office, settings_of

CASE = {"id": ":base + n", "title": "'第' || n || '件'"}
TIMER = {"id": ":base + n", "case_id": ":base + n", "due_at": ":due_at"}
FIRED = (
    "SELECT count(*), count(DISTINCT case_id) FROM journal WHERE verb = 'timer' AND case_id >= ?"
)
OF_ONE = "SELECT 1 FROM journal WHERE verb = 'timer' AND case_id = ?"
CLOCKS, EVERY, DUE_EACH, TURNS, PATIENCE = 2, 3.0, 10, 25, 1_200
FRESH, WRITTEN = BASE * 2, "%Y-%m-%d %H:%M:%S.%f"


def clocks(place: Place, size: Size, sizes: Mapping[str, int]) -> tuple[Figures, Samples]:
    """Two clock processes and so many due timers; then a tick, with few and with many timers that
    wait, in turn.

    :raises AssertionError: a timer was set off twice, or not at all.
    """
    figures, late = _together(place, size.timers)
    samples = defaultdict[str, list[float]](list, {"due_now_s": late})
    with ExitStack() as opened:
        towns = {}
        for name, total in sizes.items():
            office = place.office(f"waiting_{name}")
            opened.callback(office.close)
            towns[name] = _with_timers(office, total, datetime.now(UTC) + timedelta(days=99))
            opened.callback(towns[name][0].engine.dispose)
            tick(towns[name][0])
        for turn in range(TURNS):
            for name, (runtime, case, timer) in towns.items():
                _more(runtime, case, timer, BASE * 3 + turn * DUE_EACH, DUE_EACH, datetime.now(UTC))
                sleep(0.01)
                samples[f"tick_{name}_ms"].append(_ticked(runtime))
    return figures, dict(samples)


def _ticked(runtime: Runtime) -> float:
    """Milliseconds of a tick with ten timers due."""
    started = perf_counter()
    assert tick(runtime) >= DUE_EACH
    return 1000 * (perf_counter() - started)


def _together(place: Place, total: int) -> tuple[Figures, list[float]]:
    """Timers per second of two clocks, and how many seconds what falls due meanwhile is late."""
    office = place.office("clocks")
    runtime, case, timer = _with_timers(office, total, datetime.now(UTC) - timedelta(days=1))
    late, fresh = [], FRESH
    with closing(sqlite3.connect(office.database, timeout=30)) as connection, _running(office):
        began = monotonic()
        while connection.execute(FIRED, (BASE,)).fetchone()[0] < total + len(late):
            assert monotonic() - began < PATIENCE, "the clocks do not come to an end"
            late.append(_lateness(runtime, connection, case, timer, fresh))
            fresh += 1
            sleep(EVERY)
        seconds = monotonic() - began
        count, cases = connection.execute(FIRED, (BASE,)).fetchone()
        assert count == cases == total + len(late), "each exactly once"
    runtime.engine.dispose()
    office.close()
    return {"timers": float(total), "timers_per_s": total / seconds}, late


def _lateness(
    runtime: Runtime, connection: sqlite3.Connection, case: int, timer: int, number: int
) -> float:
    """Seconds between when a timer is due and when it has been set off."""
    due = datetime.now(UTC) + timedelta(seconds=1)
    _more(runtime, case, timer, number, 1, due)
    while connection.execute(OF_ONE, (number,)).fetchone() is None:
        assert datetime.now(UTC) - due < timedelta(seconds=60), "what is due now is not set off"
        sleep(0.02)
    return (datetime.now(UTC) - due).total_seconds()


def _with_timers(office: Office, total: int, due_at: datetime) -> tuple[Runtime, int, int]:
    """A case that waits, and copies of it, so many in all that are due then. Gives the case and its
    timer, too.
    """
    runtime = create_runtime(settings_of(office.folder))
    with runtime.query() as session:
        actor = next(actor for actor, _ in people(session) if actor.login == "bench.one")
    case = runtime.perform(StartCase(actor=actor, process="bench_wait", title=text(1, 20)))
    with runtime.query() as session:
        timer = session.scalars(select(TimerRow.id).where(TimerRow.case_id == case)).one()
    _more(runtime, case, timer, BASE, total, due_at)
    return runtime, case, timer


def _more(runtime: Runtime, case: int, timer: int, base: int, total: int, due_at: datetime) -> None:
    """Copies of a case and of its timer, numbered from ``base``."""
    span = {"base": base, "first": 0, "last": total - 1}
    with runtime.transaction() as work:
        driver = work.session.connection().connection.dbapi_connection
        assert isinstance(driver, sqlite3.Connection)
        copy(driver, "case_", CASE, {**span, "template": case})
        copy(
            driver, "timer", TIMER, {**span, "template": timer, "due_at": due_at.strftime(WRITTEN)}
        )


@contextmanager
def _running(office: Office) -> Iterator[None]:
    """Clock processes over a data directory, stopped by their process ids."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("JIEBANG_")
    }
    with (office.folder / "clock.log").open("wb") as log:
        processes = [
            subprocess.Popen(
                [sys.executable, "-m", "service", "clock"],
                cwd=ROOT,
                stdout=log,
                stderr=log,
                env={**environment, "JIEBANG_DATA_DIR": str(office.folder)},
            )
            for _ in range(CLOCKS)
        ]
    try:
        yield
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            process.wait(20)
