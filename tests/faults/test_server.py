"""The database server dies: what was committed stays, what was not is gone, and the program goes on
by itself.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from service.errors import DatabaseAway
from service.settings import Settings
from service.unit_of_work import UnitOfWork
from tests.postgres import Cluster
from tests.town import Town, fill

pytestmark = pytest.mark.postgresql


@dataclass(frozen=True)
class Interrupted:
    """Change a case; something happens before the commit."""

    case_id: int
    happens: Callable[[], object]

    def carry_out(self, work: UnitOfWork) -> None:
        work.locked_case(self.case_id).title = "没有提交的标题"
        work.session.flush()
        self.happens()


@pytest.fixture
def durable(server_folder: Path) -> Iterator[Cluster]:
    """A server of this test's own that writes to the disk as it would in an office."""
    made = Cluster(server_folder, fsync=True)
    yield made
    made.stop()


def test_a_crash_of_the_server_loses_what_was_not_committed_and_nothing_else(
    durable: Cluster, tmp_path: Path
) -> None:
    settings = Settings(data_dir=tmp_path, demo=True, database_url=durable.create("town"))
    fill(settings)
    town = Town(settings)
    case = town.applied()
    with pytest.raises(DatabaseAway):
        town.runtime.perform(Interrupted(case, durable.crash))
    http = town.app.test_client()
    answer = http.post("/api/v1/tokens", json={"login": "cf.kjj", "password": "jiebang"})
    assert (answer.status_code, answer.get_json(force=True)["code"]) == (503, "database_away")
    assert http.get("/readyz").status_code == 503
    durable.start()
    assert http.get("/readyz").status_code == 200
    assert town.row(case).title != "没有提交的标题"
    assert town.open(case) == ["unit_review"]
    town.complete("cf.danwei", case, "unit_review")
    assert town.open(case) == ["department_review"]
    town.close()
