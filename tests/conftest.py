"""One town for all tests: filled once, copied for each."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from service.logs import set_up
from service.settings import Settings
from tests.town import Town, fill

set_up("text")


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A data directory with everything loaded; tests work on copies."""
    return fill(tmp_path_factory.mktemp("filled"))


@pytest.fixture
def town(filled: Settings, tmp_path: Path) -> Iterator[Town]:
    """A town of one's own."""
    folder = tmp_path / "var"
    shutil.copytree(filled.data_dir, folder)
    settings = Settings(data_dir=folder, demo=True)
    made = Town(Settings(data_dir=folder, demo=True, database_url=settings.embedded_url()))
    yield made
    made.close()
