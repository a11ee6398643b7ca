"""The working calendar over HTTP and on the command line."""

from io import BytesIO
from pathlib import Path

import pytest

from service.cli import main
from tests.api.conftest import Http
from tests.town import Town
from tests.unit.domain.test_calendar_years import NOTICE


def sent(text: str, name: str = "2027.yaml") -> dict[str, object]:
    return {"data": {"file": (BytesIO(text.encode()), name)}}


def test_a_year_shows_whether_it_is_announced_and_which_days_differ(http: Http) -> None:
    found = http("cf.kjj").get("/calendar?year=2026")
    assert {line["year"]: line["official"] for line in found["years"]} == {
        2025: True,
        2026: True,
        2027: False,
        2028: False,
    }
    works = {day["day"]: day["works"] for day in found["days"]}
    assert works["2026-10-10"] is True
    assert works["2026-10-01"] is False
    assert http("cf.kjj").get("/calendar?year=1999", status=422)


def test_an_administrator_loads_a_year_and_everybody_sees_it(http: Http) -> None:
    assert http("cf.admin").post("/calendar", **sent(NOTICE))["years"] == [2027]
    years = http("cf.kjj").get("/calendar?year=2027")["years"]
    assert next(line for line in years if line["year"] == 2027)["source"] == "本测试的安排"
    assert http("zy.kjj").get("/calendar")["years"][2]["official"] is False


def test_who_is_no_administrator_is_refused(http: Http) -> None:
    http("cf.kjj").post("/calendar", status=403, **sent(NOTICE))


def test_a_wrong_file_is_refused_with_all_that_is_wrong_and_nothing_is_kept(http: Http) -> None:
    refused = http("cf.admin").post(
        "/calendar", status=422, **sent(NOTICE.replace("2027-02-05", "立春"))
    )
    assert "立春" in refused["detail"]
    assert http("cf.admin").get("/calendar")["years"][2]["official"] is False
    assert http("cf.admin").post("/calendar", status=422)["detail"].startswith("请选择")


def test_the_operator_loads_for_every_city_and_sees_what_was_done(
    town: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("JIEBANG_DATABASE_URL", town.settings.database_url)
    file = tmp_path / "2027.yaml"
    file.write_text(NOTICE)
    assert main(["calendar", str(file)]) == 0
    assert [line.partition("：")[0] for line in capsys.readouterr().out.splitlines()[:2]] == [
        "cf",
        "zy",
    ]
    assert main(["calendar", str(file), "--jurisdiction", "zy"]) == 0
    assert "没有变化" in capsys.readouterr().out
    file.write_text("year: 2027")
    assert main(["calendar", str(file)]) == 1
    assert "2027.yaml" in capsys.readouterr().err
    assert main(["calendar", str(tmp_path / "none.yaml")]) == 1
