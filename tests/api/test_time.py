"""Time over REST: how the clock is doing, the year's reports, asking for more time; and who may
not.
"""

from datetime import date

import pytest

from service.clock import tick
from tests.api.conftest import Http
from tests.faults.test_clocks import spoiled
from tests.process.test_extension import coordinated
from tests.town import Town


def test_what_failed_is_listed_and_retried_by_those_who_run_it(http: Http, town: Town) -> None:
    _, _, timer = spoiled(town)
    tick(town.runtime)
    admin = http("cf.admin")
    (line,) = admin.get("/clock")["stopped"]
    assert (line["kind"], line["id"], line["attempts"]) == ("timer", str(timer.id), 1)
    assert line["what"] != timer.element, "in words"
    admin.post("/clock/retry", {"kind": "timer", "id": line["id"]}, status=204)
    assert admin.get("/clock")["stopped"] == []
    assert admin.get("/clock")["behind"] == 2


@pytest.mark.parametrize("login", ["cf.danwei", "cf.kjj", "cf.ducha"])
def test_how_the_clock_is_doing_is_for_those_who_run_it(http: Http, login: str) -> None:
    client = http(login)
    assert client.get("/clock", 403)["code"] == "not_allowed"
    assert (
        client.post("/clock/retry", {"kind": "timer", "id": "1"}, status=403)["code"]
        == "not_allowed"
    )


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"kind": "timer", "id": "999999"}, 404),
        ({"kind": "timer", "id": "9" * 30}, 422),
        ({"kind": "weather", "id": "1"}, 422),
        ({"kind": "timer"}, 422),
        ({}, 422),
    ],
)
def test_what_is_not_there_is_not_retried(http: Http, body: dict, status: int) -> None:
    assert http("cf.admin").post("/clock/retry", body, status=status)["detail"]


def test_the_years_reports_are_listed_narrowed_and_paged(http: Http, town: Town) -> None:
    town.at(date(2026, 8, 3))
    for name in ("项目甲", "项目乙", "项目丙"):
        town.filed(name)
    town.at(date(2026, 11, 15))
    lead = http("cf.kjj")
    assert [one["code"] for one in lead.get("/campaigns")["campaigns"]] == ["annual_report"]
    page = lead.get("/campaigns/annual_report/2026?limit=2")
    assert (page["tracked"], page["opening"], page["total"]["total"]) == (3, 0, 3)
    assert page["total"]["stages"]["waiting"] == 3
    assert [(one["code"], one["total"]) for one in page["departments"]] == [("hongshan", 3)]
    rest = lead.get(f"/campaigns/annual_report/2026?limit=2&cursor={page['next']}")
    assert len({one["case_id"] for one in page["reports"] + rest["reports"]}) == 3
    assert lead.get("/campaigns/annual_report/2026?department=songshan")["reports"] == []
    assert [one["title"] for one in lead.get("/campaigns/annual_report/2026?q=乙")["reports"]] == [
        "项目乙"
    ]


@pytest.mark.parametrize(
    ("login", "path", "status"),
    [
        ("cf.danwei", "/campaigns/annual_report/2026", 403),
        ("cf.kjj", "/campaigns/nothing/2026", 404),
        ("cf.kjj", "/campaigns/annual_report/2026?stage=nothing", 422),
        ("zy.kjj", "/campaigns/annual_report/2026", 404),
    ],
)
def test_reports_that_are_not_theirs_or_not_there(
    http: Http, login: str, path: str, status: int
) -> None:
    client = http(login)
    assert client.get(path, status)["detail"]
    assert client.get("/campaigns")["campaigns"] == [] or login == "cf.kjj"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"reason": "材料不齐"},
        {"reason": "  ", "workdays": 3},
        {"reason": "材料不齐", "workdays": 0},
        {"reason": "材料不齐", "workdays": 3, "until": "2026-04-01"},
        {"reason": "材料不齐", "until": "2026-03-01"},
        {"reason": "材料不齐", "until": "明天"},
        {"reason": "材料不齐" * 300, "workdays": 3},
    ],
)
def test_an_application_that_makes_no_sense_is_refused_and_nothing_is_begun(
    http: Http, town: Town, body: dict
) -> None:
    _, item = coordinated(town)
    assert http("cf.hongshan").post(f"/items/{item}/extend", body, status=422)["detail"]
    assert town.row_of_item(item).extension_id is None


def test_one_application_at_a_time_and_only_of_ones_own(http: Http, town: Town) -> None:
    case, item = coordinated(town)
    asked = {"reason": "材料不齐", "workdays": 3}
    assert (
        http("cf.songshan").post(f"/items/{item}/extend", asked, status=404)["code"] == "not_found"
    )
    mine = http("cf.hongshan")
    mine.post(f"/items/{item}/extend", asked)
    assert mine.post(f"/items/{item}/extend", asked, status=409)["code"] == "not_offered"
    assert mine.post("/items/999999/extend", asked, status=404)["code"] == "not_found"
    assert town.row(case).status == "running"
