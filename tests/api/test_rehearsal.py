"""Rehearsal: time is moved on a copy, and nowhere else."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from service.domain.terms.deadlines import SHANGHAI, local
from service.errors import BackupRefused
from service.server import rehearsed
from service.settings import Settings
from tests.api.conftest import Client, Http
from tests.town import Town


def client(town: Town, login: str) -> Client:
    return Http(town)(login)


@pytest.fixture
def rehearsing(settings: Settings) -> Iterator[Town]:
    made = Town(replace(settings, rehearsal=True))
    yield made
    made.close()


def test_without_the_flag_time_cannot_be_moved(http: Http) -> None:
    refused = http("cf.admin").post("/rehearsal/forward", {"workdays": 1}, status=409)
    assert refused["code"] == "not_offered"
    assert "--rehearsal" in refused["detail"]


def test_only_an_administrator_moves_time(rehearsing: Town) -> None:
    assert client(rehearsing, "cf.kjj").post("/rehearsal/forward", {"workdays": 1}, status=403)


@pytest.mark.parametrize(
    "said",
    [
        {},
        {"workdays": 1, "to": "2026-03-09"},
        {"workdays": 0},
        {"workdays": 401},
        {"to": "明天"},
        {"to": "2026-03-01"},
        {"to": "2029-01-01"},
    ],
)
def test_what_cannot_be_understood_or_reached_is_refused_and_time_stands(
    rehearsing: Town, said: dict
) -> None:
    before = rehearsing.runtime.now()
    assert client(rehearsing, "cf.admin").post("/rehearsal/forward", said, status=422)["detail"]
    assert rehearsing.runtime.now() == before


def test_what_falls_due_on_the_way_happens_on_its_day(rehearsing: Town) -> None:
    case = rehearsing.applied()
    admin = client(rehearsing, "cf.admin")
    moved = admin.post("/rehearsal/forward", {"workdays": 9})
    assert moved["days"] == 11
    assert local(rehearsing.runtime.now()).replace(tzinfo=None).isoformat() == "2026-03-13T09:05:00"
    journal = sorted(
        (line["verb"], line["at"][:10])
        for line in admin.get(f"/cases/{case}/journal")["journal"]
        if line["verb"] == "remind"
    )
    assert journal == [
        ("remind", day)
        for day in ("2026-03-05", "2026-03-06", "2026-03-09", "2026-03-10", "2026-03-12")
    ]
    assert rehearsing.now.astimezone(SHANGHAI).day == 2, "the machine's own clock has not moved"


def test_who_has_signed_in_stays_so_however_far_time_is_moved(rehearsing: Town) -> None:
    admin = client(rehearsing, "cf.admin")
    admin.post("/rehearsal/forward", {"to": "2027-03-01"})
    assert admin.get("/me")["login"] == "cf.admin"


def test_every_page_says_that_it_is_a_rehearsal(rehearsing: Town) -> None:
    for path in ("/sign-in", "/public"):
        assert "数据为副本" in rehearsing.app.test_client().get(path).text


def test_a_copy_is_made_and_the_data_itself_is_left_alone(rehearsing: Town, database: str) -> None:
    if database == "postgresql":
        with pytest.raises(BackupRefused) as refused:
            rehearsed(rehearsing.settings)
        assert "_rehearsal" in refused.value.sentence
        named = replace(
            rehearsing.settings, database_url="postgresql+psycopg://127.0.0.1/jiebang_rehearsal"
        )
        assert rehearsed(named).database_url == named.database_url
        return
    copied = rehearsed(rehearsing.settings)
    assert copied.rehearsal
    assert copied.database_url != rehearsing.settings.database_url
    copy = Town(copied)
    case = copy.applied()
    copy.close()
    with pytest.raises(Exception, match="No row"):
        rehearsing.row(case)
    assert Path(copied.data_dir, "jiebang.sqlite").exists()
