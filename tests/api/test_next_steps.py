"""What comes next (下一步谁办、多久): of an item, in a case, before a start."""

from typing import Any

import pytest

from service.queries.processes.starting import start_page
from tests.api.conftest import Http
from tests.api.test_statements import ITEM, statements
from tests.project import Project
from tests.town import Town

OURS = "ours"


def following(http: Http, town: Town, login: str, case: int, element: str, **more: Any) -> Any:
    """What the item's page says comes next: (decision, kind, element, who, term)."""
    item = town.item(case, element, **more)
    return [
        (one["when"], one["kind"], one["element"], one["who"], one["term"])
        for one in http(login).get(f"/items/{item.id}")["next"]
    ]


def way(town: Town, login: str, key: str) -> list[tuple[str, str]]:
    """What the start page says will happen: (element, who)."""
    with town.runtime.query() as session:
        page = start_page(session, town.runtime, town.actor(login), key)
    return [(one.element, one.who) for one in page.way]


def test_each_reviewer_of_an_application_sees_who_comes_next(http: Http, town: Town) -> None:
    case = town.start("cf_project", "cf.gangbu")
    unit, bureau = "红山区农业技术推广中心", "红山区科技局"
    assert following(http, town, "cf.gangbu", case, "apply") == [
        ("", "step", "plan", "揭榜人", None)
    ]
    town.complete("cf.gangbu", case, "apply")
    assert following(http, town, "cf.gangbu", case, "plan") == [
        ("", "step", "unit_review", unit, "P5WD")
    ]
    town.complete("cf.gangbu", case, "plan")
    assert following(http, town, "cf.danwei", case, "unit_review") == [
        ("同意", "step", "department_review", bureau, "P5WD"),
        ("不予通过", "end", "refused_by_unit", "", None),
    ]
    town.complete("cf.danwei", case, "unit_review")
    town.complete("cf.hongshan", case, "department_review")
    assert following(http, town, "cf.kjj", case, "initial_review") == [
        ("合格", "wait", "filing_decision_received", "联席会议", "R/P3M"),
        ("不予通过", "end", "refused_at_first", "", None),
    ]


def test_a_term_says_whose_it_is_and_one_that_is_settled_later_is_left_open(
    http: Http, town: Town
) -> None:
    project = Project(town)
    found = http("zy.kjj").get(f"/items/{town.item(project.case, 'prepare_posting').id}")["next"]
    assert {one["element"]: (one["term"], one["due_basis"]) for one in found} == {
        "bids_due": ("", "case"),
        "mobilise": ("", "case"),
        "assign_envoy": ("P5WD", OURS),
    }


def test_a_case_that_waits_says_for_what_who_decides_and_how_often(town: Town) -> None:
    case = town.reviewed()
    (ahead,) = town.case("cf.gangbu", case).ahead
    assert ahead.awaited is not None
    assert (ahead.element, ahead.awaited.who, ahead.awaited.term) == (
        "filing_decision_received",
        "联席会议",
        "R/P3M",
    )
    assert [(one.when, one.element) for one in ahead.steps] == [
        ("退回补正", "apply"),
        ("予以备案", "tracking"),
        ("不予备案", "refused_filing"),
    ]


def test_a_case_in_tracking_tells_what_comes_after_and_not_what_may_happen(town: Town) -> None:
    case = town.filed()
    (ahead,) = town.case("cf.gangbu", case).ahead
    assert ahead.element == "tracking"
    assert [(one.element, one.after_all) for one in ahead.steps] == [("final_report", True)]


def test_a_co_operating_unit_is_told_who_goes_on(http: Http, town: Town) -> None:
    project = Project(town).posted()
    found = following(http, town, "zy.ganzhou", project.case, "mobilise", part="cooperate")
    assert found == [("", "lead", "mobilise", "市科技局", "")]


def test_a_finished_item_tells_of_nothing_to_come(http: Http, town: Town) -> None:
    case = town.reviewed()
    item = town.items(case, "initial_review", state="done")[0].id
    assert http("cf.kjj").get(f"/items/{item}")["next"] == []


def test_a_name_that_the_case_leads_to_is_resolved_and_one_that_it_does_not_is_kept(
    http: Http, town: Town
) -> None:
    project = Project(town)
    assert ("assign_envoy", "项目所在县区") in way(town, "zy.kjj", "zy_project")
    found = {
        one[2]: one[3] for one in following(http, town, "zy.kjj", project.case, "prepare_posting")
    }
    assert found["assign_envoy"] == "甘州区"


def test_persons_are_not_named(http: Http, town: Town) -> None:
    project = Project(town).reach("form_panel")
    found = {one[2]: one[3] for one in following(http, town, "zy.zzb", project.case, "form_panel")}
    assert found["score"] == "专家"


def test_before_the_start_of_an_application_its_way_is_told_in_order(town: Town) -> None:
    assert way(town, "cf.gangbu", "cf_project") == [
        ("apply", "揭榜人"),
        ("plan", "揭榜人"),
        ("unit_review", "红山区农业技术推广中心"),
        ("department_review", "红山区科技局"),
        ("initial_review", "市科技局"),
        ("filing_decision_received", "联席会议"),
        ("tracking", "揭榜人"),
        ("final_report", "揭榜人"),
        ("final_audit", "红山区科技局"),
        ("final_assessment", "市科技局"),
        ("final_result", "市科技局"),
        ("final_incentive", "联席会议"),
    ]


def test_a_project_started_by_hand_begins_with_what_a_pilot_would_have_given(town: Town) -> None:
    elements = [element for element, _ in way(town, "zy.kjj", "zy_project")]
    assert elements[:2] == ["fill_demand", "prepare_posting"]
    assert "investigate" not in elements, "nobody has objected"
    assert "decide_posting" not in elements, "bids come while the posting is open"
    assert elements[-1] == "pay_final"


def test_what_comes_next_costs_no_statement(http: Http, town: Town) -> None:
    danwei, case = http("cf.danwei"), town.applied()
    item = town.item(case, "unit_review").id
    danwei.get(f"/items/{item}")  # what is read once per process has been read
    with statements(town) as sent:
        assert danwei.get(f"/items/{item}")["next"]
    assert len(sent) <= ITEM, "\n".join(sent)


@pytest.mark.parametrize("key", ["cf_filing", "cf_board"])
def test_every_process_that_is_started_by_hand_tells_its_way(town: Town, key: str) -> None:
    assert way(town, "cf.kjj", key)
