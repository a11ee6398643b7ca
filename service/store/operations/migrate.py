"""Bringing a database to the present schema."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, text

from service.store import notices, outside, registry, supervision, terms
from service.store.cases import rows as cases
from service.store.items import rows as items
from service.store.operations import rows as operations
from service.store.people import rows as people
from service.store.processes import counters
from service.store.processes import rows as processes
from service.store.types import Base

FOLDER = Path(__file__).parents[1] / "migrations"
METADATA = Base.metadata
MIGRATING = 0x6A6962616E67  # any number that no other program uses for its advisory locks
ALL_TABLES = (
    cases,
    items,
    processes,
    counters,
    people,
    terms,
    supervision,
    notices,
    outside,
    registry,
    operations,
)  # imported for their rows


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Upgrade to the newest version; does nothing when there already. Several may try at once: one
    does it.
    """
    with changing(engine) as connection:
        if engine.dialect.name == "postgresql":  # SQLite lets only one in anyway
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        command.upgrade(configuration(connection), "head")


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may change tables. SQLite makes some of them anew, which foreign keys
    would stop.
    """
    with engine.connect() as connection:
        pragma = (
            connection.connection.cursor().execute
            if engine.dialect.name == "sqlite"
            else lambda _: None
        )
        pragma("PRAGMA foreign_keys=OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            pragma("PRAGMA foreign_keys=ON")


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest version."""
    with engine.execution_options(reads_only=True).connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
        return found == ScriptDirectory.from_config(configuration(connection)).get_current_head()


def known_revisions() -> frozenset[str]:
    """The revisions of the schema that this version knows."""
    return frozenset(script.revision for script in ScriptDirectory(str(FOLDER)).walk_revisions())
