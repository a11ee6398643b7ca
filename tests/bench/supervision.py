"""What 督查 costs with very many open items over a hundred units: the board, counting, and the
nightly figures.
"""

import sqlite3
from collections import defaultdict
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from time import monotonic, perf_counter

from sqlalchemy import select

from service.app import create_runtime
from service.commands.cases.starting import StartCase
from service.commands.supervision.counting import KeepDayFigures, count_items
from service.queries.people.actors import people
from service.store.items.rows import ItemRow
from service.unit_of_work import Runtime
from tests.bench.client import Client, text
from tests.bench.crowd import BASE, crowd
from tests.bench.measures import Figures, Place, Samples, Size
from tests.bench.office import Office, settings_of

UNITS, COUNTED_ANEW, NIGHTS = 100, 100_000, 5
SUPERVISOR = "UPDATE person SET roles = '[\"staff\",\"supervisor\"]' WHERE login = 'bench.one'"
MORE_UNITS = """
    WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < :units)
    INSERT INTO unit ({columns}) SELECT {values} FROM n, unit WHERE unit.code = 'unit_1'
"""
SPREAD = f"""
    UPDATE item SET unit_id = {BASE} + 1 + id % :units,
                    holder = 'unit:' || ({BASE} + 1 + id % :units)
    WHERE id > {BASE} AND id % 2
"""
DAY = "coalesce(date(due_at, '+8 hours', '-1 second'), '9999-12-31')"
MARK = f"UPDATE item SET counted = 1, counted_as = 'o ' || {DAY}"
BY_UNIT = f"""
    INSERT INTO open_count (jurisdiction, axis, unit_id, name, part, due_on, count)
    SELECT jurisdiction, 'unit', coalesce(unit_id, 0), '', part, {DAY}, count(*)
    FROM item WHERE state = 'open'
    GROUP BY 1, 3, 5, 6
"""
BY_STEP = f"""
    INSERT INTO open_count (jurisdiction, axis, unit_id, name, part, due_on, count)
    SELECT item.jurisdiction, 'step', 0, process || '/' || element, part, {DAY}, count(*)
    FROM item JOIN case_ ON case_.id = item.case_id WHERE item.state = 'open' GROUP BY 1, 4, 5, 6
"""
ANEW = "UPDATE item SET counted = 0 WHERE id IN (SELECT id FROM item ORDER BY id DESC LIMIT :some)"


def supervision(place: Place, size: Size, sizes: Mapping[str, int]) -> tuple[Figures, Samples]:
    """The board beside the first page of ``todo``, asked in turn; the nightly figures, few items
    and many; counting.

    The items of half the crowd belong to a hundred units, the others to the unit whose box is
    listed.
    """
    figures, samples = Figures(), defaultdict[str, list[float]](list)
    with ExitStack() as opened:
        for name, total in sizes.items():
            office = place.office(f"board_{name}")
            opened.callback(office.close)
            runtime = _crowded(office, total)
            samples[f"night_{name}_ms"] = _nights(runtime)
            if total >= COUNTED_ANEW:
                figures["count_100k_s"] = _counted(office, runtime)
            runtime.engine.dispose()
        client = Client(office.open().port, "bench.one")
        deadline = monotonic() + size.seconds
        for turn in range(size.listings + 2):
            for name, path in (
                ("board", "/supervision/board"),
                ("board_list", "/items?box=todo"),
                ("board_late", "/supervision/items?limit=20"),
                ("board_units", "/supervision/units?period=year"),
            ):
                client.get(path)
                if turn > 0:
                    samples[f"{name}_ms"].append(client.ms)
            if turn > 1 and monotonic() > deadline:
                break
    return figures, dict(samples)


def _crowded(office: Office, total: int) -> Runtime:
    """So many open items, counted."""
    runtime = create_runtime(settings_of(office.folder))
    with runtime.query() as session:
        actors = {actor.login: actor for actor, _ in people(session)}
    case = runtime.perform(StartCase(actor=actors["bench.one"], process="bench", title=text(1, 20)))
    with runtime.query() as session:
        item = session.scalars(select(ItemRow.id).where(ItemRow.case_id == case)).one()
    crowd(office.database, item, total, actors["bench.other"].person_id)
    with sqlite3.connect(office.database) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(unit)")]
        made = {"id": f"{BASE} + n", "code": "'more_' || n", "name": "'第' || n || '单位'"}
        values = ", ".join(made.get(column, f"unit.{column}") for column in columns)
        connection.execute(
            MORE_UNITS.format(columns=", ".join(columns), values=values), {"units": UNITS}
        )
        connection.execute(SPREAD, {"units": UNITS})
        for statement in (SUPERVISOR, MARK, BY_UNIT, BY_STEP):
            connection.execute(statement)
    connection.close()
    return runtime


def _nights(runtime: Runtime) -> list[float]:
    """Milliseconds of keeping a day's figures, several days in turn."""
    found, began = [], runtime.now()
    for night in range(NIGHTS):
        runtime.now = lambda night=night: began + timedelta(days=night)  # type: ignore[method-assign, misc]
        started = perf_counter()
        assert runtime.perform(KeepDayFigures(jurisdiction="bench"))
        found.append(1000 * (perf_counter() - started))
    return found


def _counted(office: Office, runtime: Runtime) -> float:
    """Seconds of counting a hundred thousand items anew."""
    with sqlite3.connect(office.database) as connection:
        connection.execute(ANEW, {"some": COUNTED_ANEW})
    connection.close()
    started, done = perf_counter(), 0
    while done < COUNTED_ANEW:
        done += count_items(runtime)
    return perf_counter() - started
