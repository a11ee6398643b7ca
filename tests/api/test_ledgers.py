"""台账: one ledger per managing department, for those who see the cases."""

from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from service.commands.takeover.backfill import Backfill, check_backfill
from service.domain.vocabulary import LEDGER
from service.papers.takeover import ledger
from tests.api.conftest import Client, Http
from tests.api.test_backfill import workbook
from tests.town import Town

PATH = "/ledgers/tracking"


def tracked(town: Town) -> None:
    """Two projects of one county, one of the agriculture bureau."""
    content = workbook(
        {},
        {
            "filing_number": "赤科榜备〔2025〕002号",
            "login": "cf.caoye.gangbu",
            "suggestions": "增加试验田",
        },
        {"filing_number": "赤科榜备〔2025〕003号", "project_title": "=土壤改良"},
    )
    actor = town.actor("cf.kjj")
    town.runtime.perform(
        Backfill(
            actor=actor,
            checked=check_backfill(town.runtime, actor, "cf_project", ledger.read_ledger(content)),
        )
    )


def fetched(client: Client, query: str = "") -> Any:
    sent = client.http.get(f"/api/v1{PATH}?format=xlsx{query}", headers=client.headers)
    assert sent.status_code == 200
    return load_workbook(BytesIO(sent.data))


def test_each_department_has_a_ledger_of_its_own(http: Http, town: Town) -> None:
    tracked(town)
    found = http("cf.kjj").get(PATH)["ledgers"]
    assert [
        (page["department"], [line["number"][-4:-1] for line in page["lines"]]) for page in found
    ] == [("市农牧局", ["002"]), ("红山区科技局", ["001", "003"])]
    assert found[1]["lines"][0]["values"]["project_category"] == "农社领域"


def test_a_department_sees_its_own_and_one_can_be_asked_for(http: Http, town: Town) -> None:
    tracked(town)
    assert [page["department"] for page in http("cf.hongshan").get(PATH)["ledgers"]] == [
        "红山区科技局"
    ]
    assert [
        page["department"]
        for page in http("cf.kjj").get(f"{PATH}?department=agriculture_bureau")["ledgers"]
    ] == ["市农牧局"]
    assert http("cf.songshan").get(f"{PATH}?department=红山区科技局")["ledgers"] == [
        {"department": "红山区科技局", "lines": []}
    ]
    assert http("cf.kjj").get(f"{PATH}?department=nowhere", 404)["code"] == "not_found"
    assert http("cf.kjj").get(f"{PATH}?format=pdf", 422)["code"] == "bad_request"
    assert http("zy.kjj").get(PATH)["ledgers"] == []


def test_the_latest_answers_count(http: Http, town: Town) -> None:
    tracked(town)
    town.forward(days=95)
    town.complete("cf.gangbu", 1, "ledger", progress="第二季度进展", coordination_matters="用地")
    lines = http("cf.hongshan").get(PATH)["ledgers"][0]["lines"]
    assert [line["values"]["progress"] for line in lines] == ["第二季度进展", "完成初选"]
    rows = list(fetched(http("cf.hongshan")).active.iter_rows(values_only=True))
    assert "需协调事项：用地" in rows[3][8]


def test_the_workbook_is_the_annex(http: Http, town: Town) -> None:
    tracked(town)
    book = fetched(http("cf.kjj"))
    assert book.sheetnames == ["市农牧局", "红山区科技局"]
    rows = list(book["市农牧局"].iter_rows(values_only=True))
    assert rows[1][0].startswith("归口管理部门：市农牧局")
    assert list(rows[2]) == list(LEDGER.values())
    assert rows[3][0] == 1
    assert rows[3][5] == "2025年6月1日至2027年5月31日"
    assert rows[3][8] == "意见建议：增加试验田"
    assert book["红山区科技局"].cell(5, 3).data_type == "s"


def test_without_projects_there_is_an_empty_ledger(http: Http) -> None:
    assert len(fetched(http("cf.kjj")).sheetnames) == 1
