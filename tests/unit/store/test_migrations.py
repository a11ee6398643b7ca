"""The migrations make exactly the tables that the rows describe."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, MetaData, Table, insert, inspect, select, text
from sqlalchemy.orm import Session

from service.store.operations.database import open_database
from service.store.operations.migrate import (
    METADATA,
    changing,
    configuration,
    is_current,
    migrate,
)
from service.store.operations.rows import FailureRow
from tests.town import ROOT


def test_migrated_database_has_no_drift(empty: str) -> None:
    engine = open_database(empty)
    assert not is_current(engine)
    migrate(engine)
    assert is_current(engine)
    with engine.connect() as connection:
        found = compare_metadata(
            MigrationContext.configure(connection, opts={"compare_type": True}), METADATA
        )
    engine.dispose()
    assert found == []


def test_migrating_again_changes_nothing(empty: str) -> None:
    engine = open_database(empty)
    migrate(engine)
    migrate(engine)
    assert is_current(engine)
    engine.dispose()


def test_of_two_that_migrate_at_once_one_does_and_the_other_waits(empty: str) -> None:
    settings = {
        name: value for name, value in os.environ.items() if not name.startswith("JIEBANG_")
    }
    command = [sys.executable, "-m", "service", "migrate"]
    running = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env={**settings, "JIEBANG_DATABASE_URL": empty},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[1] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    engine = open_database(empty)
    assert is_current(engine)
    engine.dispose()


# -- 0007: failures go into one ledger

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
SOON = NOW + timedelta(minutes=5)
EARLY = NOW - timedelta(days=1)
DROPPED = {
    "timer": {"attempts", "attempt_at", "error"},
    "start_timer": {"attempts", "attempt_at", "error"},
    "outbox": {"attempts", "error"},
    "delivery": {"error"},
}
NEVER = {"attempts": 0, "attempt_at": None, "error": None}
TWICE = {"attempts": 2, "attempt_at": SOON, "error": "twice"}
PARKED = {"attempts": 6, "attempt_at": None, "error": "parked"}


def put(connection: Connection, name: str, *rows: Mapping[str, Any]) -> None:
    """Rows of a table as the database has it; what must be filled and is not given is empty."""
    table = Table(name, MetaData(), autoload_with=connection)
    empty = {int: 0, str: "", bool: False, datetime: EARLY}
    needed = {
        column.name: empty[column.type.python_type]
        for column in table.columns
        if not column.nullable and column.server_default is None and not column.primary_key
    }
    for row in rows:
        connection.execute(insert(table).values(needed | dict(row)))


def had_failures(engine: Engine) -> None:
    """A database of version 0006 whose clock has failed at this and that."""
    with changing(engine) as connection:
        command.upgrade(configuration(connection), "0006")
    here = {"jurisdiction": "cf"}
    with changing(engine) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL session_replication_role = replica"))
        put(connection, "jurisdiction", {"code": "cf"})
        put(connection, "case_", {"id": 1, **here})
        timer = {"case_id": 1, "element": "due", "due_at": EARLY}
        put(
            connection,
            "timer",
            {"id": 1, "task": "a", **timer, **NEVER},
            {"id": 2, "task": "b", **timer, **TWICE},
            {"id": 3, "task": "c", **timer, **PARKED},
        )
        start = {"process": "round", **here}
        put(
            connection,
            "start_timer",
            {"id": 1, "element": "a", **start, **NEVER},
            {"id": 2, "element": "b", **start, **TWICE},
        )
        sent = {"case_id": 1, "name": "decided", "created_at": EARLY, **here}
        put(
            connection,
            "outbox",
            {"id": "fresh", **sent, **NEVER, "attempt_at": EARLY},
            {"id": "twice", **sent, **TWICE},
            {"id": "resumed", **sent, **TWICE, "attempts": 0},
            {"id": "parked", **sent, **PARKED},
            {"id": "there", **sent, **NEVER, "delivered_at": EARLY},
        )
        put(connection, "channel", {"id": 1, **here})
        letter = {"channel_id": 1, "subject": "said", "created_at": EARLY, **here}
        put(
            connection,
            "delivery",
            {"id": "fresh", **letter, **NEVER, "attempt_at": EARLY},
            {"id": "for the digest", **letter, **NEVER},
            {"id": "twice", **letter, **TWICE},
            {"id": "behind it", **letter, **TWICE, "attempts": 0},
            {"id": "parked", **letter, **PARKED},
            {"id": "there", **letter, **PARKED, "delivered_at": EARLY, "error": None},
        )
        item = {"case_id": 1, "state": "open", "reminder": "half", **here}
        put(
            connection,
            "item",
            {"id": 1, "task": "a", "element": "a", **item, "remind_at": SOON},
            {"id": 2, "task": "b", "element": "b", **item, "remind_at": EARLY},
        )
        about = {"kind": "reminder", "case_id": 1, "what": "item", "since": EARLY, **here}
        put(connection, "failure", {"of": "1", "item_id": 1, **about, **TWICE})


def ledger(engine: Engine) -> dict[tuple[str, str], tuple[str, int, datetime | None, str | None]]:
    with Session(engine) as session:
        return {
            (row.kind, row.of): (row.what, row.attempts, row.attempt_at, row.error)
            for row in session.scalars(select(FailureRow))
        }


def column(engine: Engine, table: str, name: str) -> dict[Any, Any]:
    """A column by id."""
    columns = METADATA.tables[table].columns
    with engine.connect() as connection:
        return {key: value for key, value in connection.execute(select(columns.id, columns[name]))}


def test_what_had_failed_stands_in_the_ledger_and_is_due_as_before(empty: str) -> None:
    engine = open_database(empty)
    had_failures(engine)
    migrate(engine)
    assert ledger(engine) == {
        ("timer", "2"): ("due", 2, SOON, "twice"),
        ("timer", "3"): ("due", 6, None, "parked"),
        ("start", "2"): ("round", 2, SOON, "twice"),
        ("message", "twice"): ("decided", 2, SOON, "twice"),
        ("message", "resumed"): ("decided", 0, SOON, "twice"),
        ("message", "parked"): ("decided", 6, None, "parked"),
        ("delivery", "twice"): ("said", 2, SOON, "twice"),
        ("delivery", "behind it"): ("said", 0, SOON, "twice"),
        ("delivery", "parked"): ("said", 6, None, "parked"),
        ("reminder", "1"): ("item", 2, SOON, "twice"),
    }
    with Session(engine) as session:
        found = session.scalars(select(FailureRow)).all()
        assert {row.timer_id for row in found if row.kind == "timer"} == {2, 3}
        assert {(row.jurisdiction, row.since) for row in found} == {("cf", EARLY)}
    messages, sent = (
        column(engine, "outbox", "attempt_at"),
        column(engine, "delivery", "attempt_at"),
    )
    assert {key for key, at in messages.items() if at == EARLY} == set(messages) - {"there"}
    assert {key for key, at in sent.items() if at is None} == {"for the digest", "there"}
    assert column(engine, "delivery", "attempts")["parked"] == 6, "attempts that were begun stay"
    assert column(engine, "item", "remind_at") == {1: None, 2: EARLY}
    for table, gone in DROPPED.items():
        left = {one["name"] for one in inspect(engine).get_columns(table)}
        assert not left & gone
    engine.dispose()


def test_a_ledger_that_is_taken_back_gives_every_table_its_failures_again(empty: str) -> None:
    engine = open_database(empty)
    had_failures(engine)
    before = failures_of_0006(engine)
    migrate(engine)
    with changing(engine) as connection:
        command.downgrade(configuration(connection), "0006")
    assert failures_of_0006(engine) == before
    engine.dispose()


def failures_of_0006(engine: Engine) -> dict[str, Sequence[Any]]:
    with engine.connect() as connection:
        found = {
            table: connection.execute(
                text(f"SELECT id, attempts, attempt_at, error FROM {table} ORDER BY id")
            ).all()
            for table in DROPPED
        }
        items = text("SELECT id, remind_at FROM item ORDER BY id")
        kinds = text("SELECT kind, attempts FROM failure ORDER BY kind")
        return {
            **found,
            "item": connection.execute(items).all(),
            "failure": connection.execute(kinds).all(),
        }


def test_a_timer_that_goes_takes_its_failure_with_it(empty: str) -> None:
    engine = open_database(empty)
    had_failures(engine)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM timer WHERE id = 3"))
    assert ("timer", "3") not in ledger(engine)
    assert ("timer", "2") in ledger(engine)
    engine.dispose()
