"""The connection to a database. A command is one transaction on SQLite and on PostgreSQL alike."""

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
"""How long a statement waits for a lock of SQLite, in milliseconds."""
PAUSE_BETWEEN_TRIES = (0.001, 0.006)
"""The shortest and the longest pause between two tries for SQLite's write lock, in seconds."""
POSTGRESQL_OPTIONS = (
    "-c lock_timeout=3000 -c idle_in_transaction_session_timeout=60000 -c timezone=UTC "
    "-c default_transaction_isolation=read\\ committed"
)
CANNOT_BE_STORED = (OverflowError, UnicodeEncodeError)
"""The errors of the drivers for a value that no column can store."""
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
"""The error codes that mean that another command was faster."""
FULL = frozenset({"SQLITE_FULL", "SQLITE_IOERR_WRITE", "53100"})
"""The error codes that mean that there is no space left."""


def open_database(url: str) -> Engine:
    """The SQLAlchemy engine for a database. Commits are durable, and commands lock.

    On SQLite a command takes the write lock with its first statement (``BEGIN IMMEDIATE``). A query
    never blocks.

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
    """The session makers for commands and for queries."""
    read_only = engine.execution_options(reads_only=True, postgresql_readonly=True)
    for_commands = sessionmaker(engine, expire_on_commit=False)
    for_queries = sessionmaker(read_only, expire_on_commit=False)
    return for_commands, for_queries


def lost_race(exc: DBAPIError) -> bool:
    """Whether the database refused because another command was faster."""
    return _code(exc) in LOST_RACES


def out_of_space(exc: DBAPIError) -> bool:
    """Whether the database could not write because it has no space left."""
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
    connection.isolation_level = None  # The driver must not begin or commit by itself.
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
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # This raises the error of the driver.


def _write_lock(driver: sqlite3.Connection) -> bool:
    """Begin a transaction that writes. Returns False if the lock cannot be had.

    SQLite itself only tries ten times a second. Beside a clock with ten thousand things to do it
    would never get the lock.
    """
    until = monotonic() + BUSY_MS / 1_000
    while monotonic() < until:
        try:
            driver.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as exc:
            if exc.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                return False
            sleep(uniform(*PAUSE_BETWEEN_TRIES))
        else:
            return True
    return False


def _translate(context: ExceptionContext) -> None:
    """Raise a refusal for an error of the database that a person can do something about.

    :raises BadRequest: a value is too long or too large, or has a character that cannot be stored.
    :raises DatabaseAway: the database does not answer.
    """
    is_data_error = isinstance(context.sqlalchemy_exception, DataError)
    if is_data_error or isinstance(context.original_exception, CANNOT_BE_STORED):
        raise BadRequest("提交的内容过长、数值过大，或含有无法保存的字符，请修改后重试")
    is_away = context.is_disconnect or context.connection is None
    if is_away and not context.is_pre_ping:
        raise DatabaseAway()
