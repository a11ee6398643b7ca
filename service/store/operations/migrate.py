"""The migration of a database to the present schema."""

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
)
"""The modules with tables. They are imported so that the metadata has all of them."""


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for an open connection."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.attributes["connection"] = connection
    return config


def migrate(engine: Engine) -> None:
    """Upgrade the database to the newest version, if it does not have it already.

    Several processes may try at once; then only one of them does it.
    """
    with changing(engine) as connection:
        if engine.dialect.name == "postgresql":  # SQLite has one writer anyway.
            connection.execute(text("SET LOCAL lock_timeout = '60s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": MIGRATING})
        command.upgrade(configuration(connection), "head")


@contextmanager
def changing(engine: Engine) -> Iterator[Connection]:
    """One transaction that may change tables.

    On SQLite foreign keys are off meanwhile, because they would prevent that tables are replaced.
    """
    with engine.connect() as connection:
        _set_foreign_keys(connection, "OFF")
        try:
            with connection.begin():
                yield connection
        finally:
            _set_foreign_keys(connection, "ON")


def _set_foreign_keys(connection: Connection, state: str) -> None:
    if connection.dialect.name == "sqlite":
        connection.connection.cursor().execute(f"PRAGMA foreign_keys={state}")


def is_current(engine: Engine) -> bool:
    """Whether the database has the newest version."""
    with engine.execution_options(reads_only=True).connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
        scripts = ScriptDirectory.from_config(configuration(connection))
        return revision == scripts.get_current_head()


def known_revisions() -> frozenset[str]:
    """The revisions of the schema that this version knows."""
    scripts = ScriptDirectory(str(FOLDER))
    return frozenset(script.revision for script in scripts.walk_revisions())
