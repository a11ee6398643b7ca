"""The table over all applications of a round (联席会议): what its members see before they decide,
and who else sees it.
"""

from typing import Any

import pytest

from service.commands.processes.deployments import Deploy
from service.errors import NotFound
from service.queries.items.table import StepTable, step_table
from tests.api.conftest import Http
from tests.api.test_statements import statements
from tests.town import ROOT, Town

MEETING = "cf.lxh"


def applied(town: Town, title: str, **review: Any) -> int:
    """An application with a file of each hand, that waits for the round."""
    case = town.applied(title)
    town.complete("cf.danwei", case, "unit_review")
    town.attach("cf.hongshan", town.item(case, "department_review").id, "推荐文.pdf", b"letter")
    town.complete("cf.hongshan", case, "department_review")
    town.attach("cf.kjj", town.item(case, "initial_review").id, "初审表.pdf", b"review")
    town.complete("cf.kjj", case, "initial_review", **review)
    return case


def table(town: Town, login: str, around: int) -> StepTable:
    with town.runtime.query() as session:
        return step_table(session, town.runtime, town.actor(login), around, "decide")


def shown(table: StepTable) -> list[dict[str, Any]]:
    return [
        {
            heading: cell[1] if cell is not None else None
            for heading, cell in zip(table.columns, line.cells, strict=True)
        }
        for line in table.lines
    ]


def test_each_row_says_what_the_diagram_declares_and_how_many_files_there_are(town: Town) -> None:
    first = applied(town, "项目甲", initial_opinion="材料齐全")
    applied(town, "项目乙", initial_opinion="建议补充经费来源")
    found = table(town, MEETING, town.round())
    assert found.columns == ("项目", "揭榜人", "单位", "类别", "初审意见")
    assert [row["初审意见"] for row in shown(found)] == ["材料齐全", "建议补充经费来源"]
    assert shown(found)[0] | {"初审意见": ""} == {
        "项目": "项目甲",
        "揭榜人": "白晓光",
        "单位": "红山区农业技术推广中心",
        "类别": "agriculture",
        "初审意见": "",
    }
    assert [(line.case_id, line.files) for line in found.lines][0] == (first, 2)
    assert [one["key"] for one in found.fields or ()] == ["filing_decision", "filing_opinion"]


def test_the_meeting_opens_each_application_with_its_files(town: Town, http: Http) -> None:
    case = applied(town, "项目甲")
    http(MEETING).get(f"/cases/{case}", status=404)
    town.round()
    client = http(MEETING)
    page = client.get(f"/cases/{case}")
    assert {one["element"] for one in page["answers"] if one["answers"]} == {
        "apply",
        "plan",
        "unit_review",
        "department_review",
        "initial_review",
    }
    assert [one["filename"] for one in page["attachments"]] == ["推荐文.pdf", "初审表.pdf"]
    for file in page["attachments"]:
        with client.http.get(f"/api/v1/attachments/{file['id']}", headers=client.headers) as got:
            assert got.status_code == 200
    part = client.http.get(f"/cases/{case}/content", headers=client.headers).text
    assert "推荐文.pdf" in part
    assert "建成一条示范线" in part


def test_nobody_else_gains_sight_by_the_round(town: Town, http: Http) -> None:
    case = applied(town, "项目甲")
    around = town.round()
    for login in ("cf.songshan", "cf.zhuguan", "cf.caoye", "cf.caoye.gangbu", "zy.kjj"):
        for path in (f"/cases/{case}", f"/cases/{around}"):
            http(login).get(path, status=404)
        client = http(login)
        for path in (f"/cases/{around}/table/decide", f"/cases/{case}/content"):
            assert client.http.get(path, headers=client.headers).status_code == 404
    for login in ("cf.kjj", "cf.gangbu", "cf.ducha"):
        with pytest.raises(NotFound):
            table(town, login, around)
    with pytest.raises(NotFound):
        table(town, MEETING, case)


def test_an_application_of_no_round_stays_unseen(town: Town, http: Http) -> None:
    applied(town, "项目甲")
    around = town.round()
    later = applied(town, "项目乙")
    assert len(table(town, MEETING, around).lines) == 1
    http(MEETING).get(f"/cases/{later}", status=404)


def test_a_restricted_step_of_the_application_stays_closed_in_row_and_file(
    town: Town, http: Http
) -> None:
    named = '<camunda:property name="clause" value="CF-2.2.2" />'
    text = (ROOT / "bpmn/cf/cf_project.bpmn").read_text("utf-8")
    begin = text.index('<bpmn:userTask id="initial_review"')
    closed = text[:begin] + text[begin:].replace(
        named, named + '<camunda:property name="restricted" value="市科技局" />', 1
    )
    town.runtime.perform(
        Deploy(
            actor=town.actor("cf.owner"),
            jurisdiction="cf",
            files={"cf_project.bpmn": closed.encode()},
        )
    )
    case = applied(town, "项目甲", initial_opinion="内部意见")
    found = table(town, MEETING, town.round())
    assert shown(found)[0]["初审意见"] is None
    assert shown(found)[0]["揭榜人"] == "白晓光"
    assert found.lines[0].files == 1
    page = http(MEETING).get(f"/cases/{case}")
    assert "内部意见" not in repr(page)
    assert [one["filename"] for one in page["attachments"]] == ["推荐文.pdf"]
    assert [one["element"] for one in page["answers"] if one["restricted"]] == ["initial_review"]


def test_sixty_rows_cost_as_many_statements_as_one(town: Town) -> None:
    costs = {}
    for count in (1, 6, 60):
        for number in range(count):
            town.reviewed(f"项目{number}")
        around = town.round()
        table(town, MEETING, around)
        with statements(town) as sent:
            found = table(town, MEETING, around)
        assert len(found.lines) == count
        costs[count] = len(sent)
    assert costs[60] == costs[6] == costs[1] <= 9, costs


def test_what_a_colleague_has_claimed_is_theirs_and_drafts_are_kept(town: Town) -> None:
    for name in "甲乙":
        town.reviewed(f"项目{name}")
    around = town.round()
    first, second = town.items(around, "decide")
    town.draft(MEETING, first.id, filing_decision="refused", filing_opinion="另行研究")
    lines = table(town, MEETING, around).lines
    assert [line.taken for line in lines] == [None, None]
    assert lines[0].values["filing_opinion"] == "另行研究"
    assert lines[1].values == {}


def test_the_inbox_offers_the_table_from_two_items_on(town: Town, http: Http) -> None:
    for count in (1, 2):
        for number in range(count):
            town.reviewed(f"项目{number}")
        around = town.round()
        client = http(MEETING)
        inbox = client.http.get("/inbox", headers=client.headers).text
        assert (f"/cases/{around}/table/decide" in inbox) is (count == 2)
        item = town.item(around, "decide")
        page = client.http.get(f"/items/{item.id}", headers=client.headers).text
        assert (f"/cases/{around}/table/decide" in page) is (count == 2)
        assert f"/cases/{item.about_id}" in page
        assert client.get(f"/items/{item.id}")["about_id"] == item.about_id
