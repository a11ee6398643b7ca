"""The migrations make exactly the tables that the rows describe."""

import os
import subprocess
import sys

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from service.store.operations.database import open_database
from service.store.operations.migrate import METADATA, is_current, migrate
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
