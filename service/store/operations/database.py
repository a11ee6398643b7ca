"""Opening a database so that one command is one honest transaction on SQLite and PostgreSQL
alike.
"""

import os
import sqlite3
from pathlib import Path
from random import uniform
from time import monotonic, sleep
from typing import Any

from sqlalchemy import Engine, ExceptionContext, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DataError, DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from service.errors import BadRequest, DatabaseAway, Unwritable

BUSY_MS = 5_000
ASK_AGAIN = (0.001, 0.006)
"""Seconds between two tries to get SQLite's write lock, from and to."""
POSTGRESQL_OPTIONS = (
    "-c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC "
    "-c default_transaction_isolation=read\\ committed"
)
UNKEEPABLE = (OverflowError, UnicodeEncodeError)
LOST_RACES = frozenset(
    {
        "SQLITE_BUSY",
        "SQLITE_BUSY_SNAPSHOT",
        "SQLITE_CONSTRAINT_UNIQUE",
        "SQLITE_CONSTRAINT_PRIMARYKEY",
        "23505",
        "55P03",
        "40001",
        "40P01",
    }
)
FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "53100"})


def open_database(url: str) -> Engine:
    """An engine whose connections are durable and lock as commands need it.

    SQLite takes the write lock at a command's first statement (``BEGIN IMMEDIATE``), a query never
    blocks.

    :raises Unwritable: the folder of the SQLite file cannot be made or written to.
    """
    if url.startswith("postgresql:"):
        url = url.replace("postgresql:", "postgresql+psycopg:", 1)
    if make_url(url).get_backend_name() == "sqlite":
        engine = _sqlite(url)
    else:
        engine = create_engine(
            url, pool_pre_ping=True, connect_args={"options": POSTGRESQL_OPTIONS}
        )
    event.listen(engine, "handle_error", _translate)
    return engine


def sessions(engine: Engine) -> tuple[sessionmaker[Session], sessionmaker[Session]]:
    """Session makers (for commands, for queries)."""
    reading = engine.execution_options(reads_only=True, postgresql_readonly=True)
    return sessionmaker(engine, expire_on_commit=False), sessionmaker(
        reading, expire_on_commit=False
    )


def lost_race(exc: DBAPIError) -> bool:
    """Whether the database refused because another command was faster."""
    return _code(exc) in LOST_RACES


def out_of_space(exc: DBAPIError) -> bool:
    """Whether the database could not write for want of space."""
    return _code(exc) in FULL


def _code(exc: DBAPIError) -> str | None:
    return getattr(exc.orig, "sqlite_errorname", None) or getattr(exc.orig, "sqlstate", None)


def _sqlite(url: str) -> Engine:
    file = make_url(url).database
    if file and file != ":memory:":
        _make_folder(Path(file).parent)
    engine = create_engine(url)
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise Unwritable(str(folder)) from exc
    if not os.access(folder, os.W_OK):
        raise Unwritable(str(folder))


def _set_up_sqlite(connection: Any, _: Any) -> None:
    connection.isolation_level = None  # the driver must not begin or commit by itself
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    reads = bool(connection.get_execution_options().get("reads_only"))
    driver = connection.connection.dbapi_connection
    driver.execute(f"PRAGMA query_only={reads:d}")
    driver.execute(f"PRAGMA busy_timeout={BUSY_MS if reads else 0}")
    if reads:
        connection.exec_driver_sql("BEGIN DEFERRED")
    elif not _write_lock(driver):
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # says why not


def _write_lock(driver: sqlite3.Connection) -> bool:
    """Begin to write; False when somebody else has been writing all the time.

    SQLite's own waiting looks ten times a second only, and starves beside a clock with ten thousand
    things to do.
    """
    until = monotonic() + BUSY_MS / 1_000
    while monotonic() < until:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
            sleep(uniform(*ASK_AGAIN))
        else:
            return True
    return False


def _translate(context: ExceptionContext) -> None:
    """A value that no column of its kind can hold: too long, too large, with such a character; or
    nobody answers.
    """
    if isinstance(context.sqlalchemy_exception, DataError) or isinstance(
        context.original_exception, UNKEEPABLE
    ):
        raise BadRequest("提交的内容过长、数值过大，或含有无法保存的字符，请修改后重试")
    if not context.is_pre_ping and (context.is_disconnect or context.connection is None):
        raise DatabaseAway()
