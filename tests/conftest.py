"""One town for all tests, on both databases: filled once, copied for each."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from service.domain.people import passwords
from service.logs import set_up
from service.settings import Settings
from service.unit_of_work import Deployed
from tests.postgres import HOW_TO_GET, Cluster, binaries
from tests.town import Town, build_all, fill

set_up("text")
REAL_HASHER = passwords.HASHER
"""As the program hashes passwords. It is meant to be slow: a third of the time of all tests."""
passwords.HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
passwords.NOBODY = passwords.HASHER.hash("nobody")
ON_ONE = {"web", "bench"}
"""Folders whose tests say nothing of the database: SQLite is enough."""
ON_BOTH = {"faults", "store"}
"""Folders whose tests are about storage, locking and failures: always on both databases."""
EVERYTHING_ON_BOTH = os.environ.get("DATABASES") == "both"
"""``make test DATABASES=both``, as continuous integration calls it."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Whatever touches a database runs on SQLite; on PostgreSQL, too, where everything is asked of
    both, in the folders that are about the database, and where a test is marked ``both_databases``:
    one walk through each diagram is. A test may say that it asks after one of them.
    """
    if "database" not in metafunc.fixturenames or ON_ONE & set(metafunc.definition.path.parts):
        return
    kinds = {
        "sqlite": "sqlite",
        "postgresql": pytest.param("postgresql", marks=pytest.mark.postgresql),
    }
    only = metafunc.definition.get_closest_marker("only_on")
    on_both = (
        EVERYTHING_ON_BOTH
        or ON_BOTH & set(metafunc.definition.path.parts)
        or metafunc.definition.get_closest_marker("both_databases")
    )
    wanted = only.args if only else kinds if on_both else ["sqlite"]
    metafunc.parametrize("database", [kinds[kind] for kind in wanted], indirect=True)


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """The kind of database of this test."""
    return getattr(request, "param", "sqlite")


@pytest.fixture(scope="session")
def server_folder() -> Path:
    """Where PostgreSQL's programs are."""
    found = binaries()
    if found is None and os.environ.get("CI") == "true":
        pytest.fail(HOW_TO_GET)
    return found or pytest.skip(HOW_TO_GET)


@pytest.fixture(scope="session")
def cluster(server_folder: Path) -> Iterator[Cluster]:
    """A throw-away PostgreSQL; one per test process."""
    made = Cluster(server_folder)
    yield made
    made.stop()


@pytest.fixture(scope="session")
def filled_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data directory with everything loaded; tests work on copies."""
    folder = tmp_path_factory.mktemp("filled")
    fill(Settings(data_dir=folder, database_url=Settings(data_dir=folder).embedded_url()))
    return folder


@pytest.fixture(scope="session")
def filled_template(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PostgreSQL database with everything loaded; tests work on copies."""
    fill(
        Settings(data_dir=tmp_path_factory.mktemp("filled"), database_url=cluster.create("filled"))
    )
    return "filled"


@pytest.fixture
def empty(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with nothing in it."""
    if database == "sqlite":
        yield Settings(data_dir=tmp_path).embedded_url()
        return
    server: Cluster = request.getfixturevalue("cluster")
    yield server.create("empty")
    server.drop("empty")


@pytest.fixture
def settings(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a filled database of one's own."""
    folder = tmp_path / "var"
    if database == "sqlite":
        shutil.copytree(request.getfixturevalue("filled_file"), folder)
        yield Settings(
            data_dir=folder, demo=True, database_url=Settings(data_dir=folder).embedded_url()
        )
        return
    template, server = (
        request.getfixturevalue("filled_template"),
        request.getfixturevalue("cluster"),
    )
    yield Settings(data_dir=folder, demo=True, database_url=server.create("town", template))
    server.drop("town")


@pytest.fixture(scope="session")
def built(filled_file: Path) -> dict[int, Deployed]:
    """The processes of a filled database, built once for all towns. Their ids are the same on both
    databases: both are filled in the same order.
    """
    return build_all(
        Settings(data_dir=filled_file, database_url=Settings(data_dir=filled_file).embedded_url())
    )


@pytest.fixture
def town(settings: Settings, built: dict[int, Deployed]) -> Iterator[Town]:
    """A town of one's own."""
    made = Town(settings, built)
    yield made
    made.close()


@pytest.fixture
def other_town(filled_file: Path, tmp_path: Path, built: dict[int, Deployed]) -> Iterator[Town]:
    """A second town, on SQLite, to compare with the first."""
    folder = tmp_path / "other"
    shutil.copytree(filled_file, folder)
    made = Town(
        Settings(data_dir=folder, demo=True, database_url=Settings(data_dir=folder).embedded_url()),
        built,
    )
    yield made
    made.close()
