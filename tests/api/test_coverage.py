"""Policy and process side by side: what is deployed, who stands where, and both formats."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from service.commands.processes.loading import Folder
from service.domain.vocabulary import TERMS
from service.errors import BadData
from service.queries.processes.coverage import drawing
from tests.api.conftest import Http
from tests.diagrams.families import EACH, begun, call, child, children, deploy, parent
from tests.process.test_checks import changed
from tests.town import ROOT, Town


def matrix(http: Http, login: str = "cf.kjj") -> dict[str, dict]:
    return {one["clause"]["id"]: one for one in http(login).get("/coverage")["clauses"]}


@pytest.mark.parametrize(
    ("login", "clauses", "first"), [("cf.gangbu", 10, "CF-1.1"), ("zy.qiye", 11, "ZY-1")]
)
def test_every_clause_of_a_town_is_carried_and_every_element_accounted_for(
    http: Http,
    login: str,
    clauses: int,
    first: str,
) -> None:
    found = http(login).get("/coverage")
    assert {name: done - whole for name, (done, whole) in found["shares"].items()} == {
        "clauses": 0,
        "steps": 0,
    }
    assert found["shares"]["clauses"][0] == clauses
    assert found["shares"]["steps"][0] > 60
    assert [one["clause"]["id"] for one in found["clauses"]][0] == first


def test_a_clause_names_its_elements_with_who_and_how_many_cases_stand_there(
    http: Http, town: Town
) -> None:
    def standing() -> dict[str, int]:
        return {step["element"]: step["standing"] for step in matrix(http)["CF-2.2.2"]["steps"]}

    assert set(standing().values()) == {0}
    case = town.applied()
    town.applied("第二项")
    assert standing()["unit_review"] == 2
    town.complete("cf.danwei", case, "unit_review")
    assert (standing()["unit_review"], standing()["department_review"]) == (1, 1)
    town.complete("cf.hongshan", case, "department_review")
    town.complete("cf.kjj", case, "initial_review")
    assert standing()["filing_decision_received"] == 1
    town.complete("cf.lxh", town.round(), "decide")
    assert [
        step["standing"]
        for step in matrix(http)["CF-3.2"]["steps"]
        if step["element"] == "term_over"
    ] == [1]
    (review,) = [
        step for step in matrix(http)["CF-2.2.2"]["steps"] if step["element"] == "initial_review"
    ]
    assert (review["leads"], review["form"]) == (["市科技局"], "cf_initial_review")
    assert {one["unit"] for one in matrix(http)["CF-2.2.2"]["narrowings"]} == {
        "揭榜人所在单位",
        "归口管理部门",
    }


def test_a_case_that_waits_for_its_children_stands_at_the_call(http: Http, town: Town) -> None:
    def at_call() -> list[int]:
        return [
            one["standing"]
            for one in http("cf.kjj").get("/coverage")["steps"]
            if one["element"] == "call"
        ]

    deploy(town, parent=parent(call(loop=EACH, results="projects")), child=child())
    case = begun(town)
    assert at_call() == [1]
    for one in children(town, case):
        town.complete("cf.kjj", one.id, "work", grade="优")
    assert at_call() == [0]


def test_what_is_missing_is_said(http: Http, town: Town) -> None:
    changed(town, "及时做好沟通协调、定期研判等工作", "及时做好沟通工作")
    found = http("cf.kjj").get("/coverage")
    wrong = {
        one["element"]: [fault["code"] for fault in one["faults"]]
        for one in found["steps"]
        if one["faults"]
    }
    assert wrong
    assert {tuple(codes) for codes in wrong.values()} == {("sentence",)}
    with town.runtime.query() as session:
        _, states = drawing(session, town.runtime, town.actor("cf.kjj"), "cf_project", "apply")
    assert {element for element, one in states.items() if one["state"] == "lacking"} == set(wrong)
    assert states["apply"]["state"] == "shown"
    done, whole = found["shares"]["steps"]
    assert whole - done == len(wrong)


def test_the_workbook_has_both_ways_and_no_formula(http: Http, town: Town) -> None:
    client = http("cf.kjj")
    sent = client.http.get("/api/v1/coverage?format=xlsx", headers=client.headers)
    book = load_workbook(BytesIO(sent.data))
    by_clause, by_step = book.worksheets
    json = client.get("/coverage")
    assert {row[0] for row in by_clause.iter_rows(min_row=3, values_only=True)} == {
        one["clause"]["id"] for one in json["clauses"]
    }
    assert [row[5] for row in by_step.iter_rows(min_row=3, values_only=True)] == [
        one["element"] for one in json["steps"]
    ]
    assert [row[8] for row in by_step.iter_rows(min_row=3, values_only=True)] == [
        TERMS[one["term_basis"]][0] if one["term_basis"] else None for one in json["steps"]
    ]
    assert {
        one["element"]: (one["due"], one["term_basis"])
        for one in json["steps"]
        if one["element"] in {"unit_review", "annual_report", "term_over", "year_reported", "apply"}
    } == {
        "unit_review": ("P5WD", "ours"),
        "annual_report": ("=date(evaluation.year, 12, 31)", "text"),
        "term_over": ("=project_end", "case"),
        "year_reported": ("R/--11-15", "ours"),
        "apply": ("", ""),
    }
    assert not [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ]


def test_each_town_sees_its_own_document_only(http: Http) -> None:
    clauses = {
        one["clause"]["id"].split("-")[0] for one in http("zy.kjj").get("/coverage")["clauses"]
    }
    assert clauses == {"ZY"}
    http().get("/coverage", status=401)


def test_a_document_that_is_not_there_is_refused_with_its_name(tmp_path: Path) -> None:
    text = (ROOT / "bpmn/cf/manifest.yaml").read_text("utf-8")
    (tmp_path / "manifest.yaml").write_text(
        re.sub("file: document.txt", "file: nowhere.txt", text), "utf-8"
    )
    with pytest.raises(BadData, match="nowhere.txt"):
        Folder(path=tmp_path, forms=ROOT / "forms").manifest()
