"""揭榜挂帅制项目试点: from naming who is responsible to spreading what has worked, path by path."""

from datetime import timedelta
from typing import Any

import pytest
import yaml
from sqlalchemy import select

from service.commands.cases.steering import TerminateCase
from service.commands.items.verbs import ContributeItem
from service.commands.processes.jurisdictions import LoadJurisdiction
from service.commands.registry.demands import WithdrawDemand
from service.errors import BadAnswers, BadRequest, NobodyWaits, NotAllowed, NotOffered, StillWaiting
from service.store.cases.rows import CaseRow
from service.store.notices import NoticeRow
from service.store.outside import PublicationRow
from service.store.people.rows import UnitRow
from service.store.registry import DemandRow
from tests.project import Project
from tests.samples import ANSWERS, DEMAND, FINDING, PROBLEM, RESPONSIBLE
from tests.town import ROOT, Town

MEMBERS = ["zy.gxj", "zy.czj", "zy.rsj"]
COUNTIES = ["zy.ganzhou", "zy.linze", "zy.gaotai", "zy.shandan", "zy.minle", "zy.sunan"]
EARLY = "时间紧迫"
CLOSING = {"pilot_closed_on": "2026-06-30", "close_reason": "上级统一部署"}


# -- stretches of a pilot


def give(town: Town, login: str, case: int, element: str, **answers: Any) -> None:
    """What a co-operating unit contributes."""
    actor = town.actor(login)
    item = next(i for i in town.items(case, element, part="cooperate") if i.holder in actor.holders)
    town.runtime.perform(ContributeItem(actor=actor, item_id=item.id, answers=answers))


def asked(town: Town, case: int, element: str) -> set[int | None]:
    return {item.unit_id for item in town.items(case, element, part="cooperate")}


def units(town: Town, *logins: str) -> set[int | None]:
    return {town.actor(login).unit_id for login in logins}


def begun(town: Town) -> int:
    """A pilot in which units say who is responsible."""
    case = town.start("zy_pilot", "zy.kjj", "2026年试点")
    town.complete("zy.ldb", case, "plan_inspections")
    return case


def surveying(town: Town) -> int:
    """A pilot in 摸底征集."""
    case = begun(town)
    town.complete("zy.zzb", case, "name_responsible", EARLY)
    town.complete("zy.kjj", case, "campaign", EARLY)
    return case


def row(name: str, **more: Any) -> dict[str, Any]:
    return {**DEMAND, "demand_name": name, **more}


def compiled(town: Town, *names: str) -> int:
    """A pilot whose technology list is made; 临泽县 has found demands of these names."""
    case = surveying(town)
    give(
        town,
        "zy.linze",
        case,
        "survey",
        survey_opinion="走访企业二十家",
        demands=[row(name, county="linze") for name in names],
    )
    town.complete("zy.kjj", case, "survey", EARLY)
    town.complete("zy.kjj", case, "compile_list")
    return case


def argued(town: Town, *names: str, **answers: Any) -> int:
    """A pilot whose demands the experts have argued."""
    case = compiled(town, *names)
    lines = [{"argument_conclusion": "keep", "argument_opinion": "可行"} for _ in names]
    town.complete("zy.kjj", case, "argue", EARLY, argued_demands=lines, **answers)
    return case


def posted(town: Town, *names: str, stay: int = 0) -> int:
    """A pilot with a child case for each demand, but for the last ``stay`` ones, which are not
    posted.
    """
    case = argued(town, *names)
    town.complete("zy.kjj", case, "propose", proposed_demands=[{"proposed": "yes"} for _ in names])
    chosen = ["yes"] * (len(names) - stay) + ["no"] * stay
    town.complete(
        "zy.kjj", case, "settle_list", settled_demands=[{"posted": one} for one in chosen]
    )
    return case


def reviewing(town: Town) -> int:
    """A pilot whose only project is over."""
    case = posted(town, "去雄机器人")
    end(town, *projects(town, case))
    return case


def projects(town: Town, case: int) -> list[int]:
    with town.runtime.query() as session:
        return list(
            session.scalars(
                select(CaseRow.id).where(CaseRow.parent_id == case).order_by(CaseRow.id)
            )
        )


def end(town: Town, *cases: int) -> None:
    """End projects without their long way."""
    for case in cases:
        town.steer(TerminateCase, "zy.owner", case)


def demands(town: Town) -> dict[str, str]:
    with town.runtime.query() as session:
        return {
            one.name: one.state for one in session.scalars(select(DemandRow).order_by(DemandRow.id))
        }


def published(town: Town, case: int) -> list[PublicationRow]:
    with town.runtime.query() as session:
        return list(session.scalars(select(PublicationRow).where(PublicationRow.case_id == case)))


def notices(town: Town, case: int) -> dict[str, str]:
    with town.runtime.query() as session:
        rows = session.scalars(
            select(NoticeRow).where(NoticeRow.case_id == case, NoticeRow.kind == "notice")
        )
        return {one.holder: one.text for one in rows}


def quarter(town: Town) -> None:
    """Three months on."""
    town.forward(days=93)


# -- the way through


def test_a_pilot_goes_from_naming_who_is_responsible_to_spreading_what_has_worked(
    town: Town,
) -> None:
    case = reviewing(town)
    town.complete("zy.kjj", case, "review_incentives", EARLY)
    town.complete("zy.kjj", case, "evaluate_pilot", EARLY)
    town.complete("zy.kjj", case, "promote")
    assert town.row(case).status == "finished"
    assert demands(town) == {"去雄机器人": "listed"}, (
        "what was not established may be selected again"
    )


def test_both_leads_see_who_is_responsible_and_either_of_them_finishes(town: Town) -> None:
    case = begun(town)
    assert {item.unit_id for item in town.items(case, "name_responsible")} == units(
        town, "zy.zzb", "zy.kjj"
    )
    assert asked(town, case, "name_responsible") == units(town, *MEMBERS, *COUNTIES)
    with pytest.raises(StillWaiting):
        town.complete("zy.zzb", case, "name_responsible")
    for login in (*MEMBERS, *COUNTIES):
        give(town, login, case, "name_responsible", **RESPONSIBLE)
    town.complete("zy.zzb", case, "name_responsible")
    assert town.open(case) == ["campaign"]
    named = town.row(case).data["responsible_list"]
    assert len(named) == 9
    assert {one["unit_code"] for one in named} >= {"linze", "industry_bureau"}
    with town.runtime.query() as session:
        linze = session.scalars(
            select(UnitRow).where(UnitRow.jurisdiction == "zy", UnitRow.code == "linze")
        ).one()
    assert (linze.head, linze.officer) == ("张某", "李某")


def test_each_clause_asks_the_units_it_names(town: Town) -> None:
    case = begun(town)
    town.complete("zy.kjj", case, "name_responsible", EARLY)
    assert asked(town, case, "campaign") == units(town, "zy.zzb", *MEMBERS, *COUNTIES)
    town.complete("zy.kjj", case, "campaign", EARLY)
    assert asked(town, case, "survey") == units(town, "zy.zzb", "zy.gxj", "zy.jkq", *COUNTIES)


def test_what_units_have_found_is_entered_in_the_registry_and_proposed_to_the_experts(
    town: Town,
) -> None:
    case = compiled(town, "去雄机器人", "滴灌带回收")
    assert demands(town) == {"去雄机器人": "listed", "滴灌带回收": "listed"}
    lines = town.page("zy.kjj", town.item(case, "argue").id).values["argued_demands"]
    assert [(one["demand_name"], bool(one["demand_number"])) for one in lines] == [
        ("去雄机器人", True),
        ("滴灌带回收", True),
    ]


def test_each_posted_demand_becomes_a_child_case_with_the_whole_record(town: Town) -> None:
    case = posted(town, "去雄机器人", "滴灌带回收", "尾菜利用", stay=1)
    assert demands(town) == {"去雄机器人": "posted", "滴灌带回收": "posted", "尾菜利用": "listed"}
    first, second = [town.row(one) for one in projects(town, case)]
    assert (first.process, first.title, second.title) == ("zy_project", "去雄机器人", "滴灌带回收")
    assert {key: first.data[key] for key in DEMAND} == row("去雄机器人", county="linze")
    assert first.data["pilot"] == case
    assert first.business_key == first.data["demand_number"]
    assert town.open(case) == []


def test_the_list_is_published_with_what_is_posted_and_nothing_else(town: Town) -> None:
    case = posted(town, "去雄机器人", "尾菜利用", stay=1)
    [publication] = published(town, case)
    assert publication.kind == "list"
    assert "去雄机器人" in publication.text
    assert "尾菜利用" not in publication.text
    assert DEMAND["contact_phone"] not in publication.text


def test_where_a_visit_is_needed_the_experts_visit_what_they_want_to_keep(town: Town) -> None:
    case = compiled(town, "去雄机器人", "滴灌带回收")
    lines = [{"argument_conclusion": one, "argument_opinion": "见意见"} for one in ("keep", "drop")]
    town.complete("zy.kjj", case, "argue", EARLY, argued_demands=lines, site_visit_needed="yes")
    rows = town.page("zy.kjj", town.item(case, "visit_site").id).values["visited_demands"]
    assert [one["demand_name"] for one in rows] == ["去雄机器人"]
    town.complete("zy.kjj", case, "visit_site", visited_demands=[{"visit_opinion": "基础扎实"}])
    assert town.open(case) == ["propose"]


def test_with_nothing_to_post_the_survey_begins_again_and_what_was_selected_is_listed(
    town: Town,
) -> None:
    case = posted(town, "去雄机器人", stay=1)
    assert town.open(case) == ["survey"]
    assert demands(town) == {"去雄机器人": "listed"}
    town.complete("zy.kjj", case, "survey", EARLY)
    assert demands(town) == {"去雄机器人": "listed"}, (
        "what was contributed before is not entered twice"
    )


def test_the_pilot_waits_for_every_project(town: Town) -> None:
    case = posted(town, "去雄机器人", "滴灌带回收")
    first, second = projects(town, case)
    end(town, first)
    assert town.open(case) == []
    end(town, second)
    assert town.open(case) == ["review_incentives"]


def withdraw(town: Town, name: str) -> None:
    with town.runtime.query() as session:
        found = session.scalar(select(DemandRow.id).where(DemandRow.name == name))
    assert found is not None
    town.runtime.perform(
        WithdrawDemand(actor=town.actor("zy.kjj"), demand_id=found, reason="企业停产")
    )


def test_a_demand_withdrawn_from_the_registry_before_it_is_selected_is_selected_no_more(
    town: Town,
) -> None:
    case = argued(town, "去雄机器人", "滴灌带回收")
    withdraw(town, "去雄机器人")
    with pytest.raises(BadRequest):
        town.complete("zy.kjj", case, "propose", proposed_demands=[{"proposed": "yes"}] * 2)
    town.complete(
        "zy.kjj", case, "propose", proposed_demands=[{"proposed": "no"}, {"proposed": "yes"}]
    )
    with pytest.raises(NotOffered):
        withdraw(town, "滴灌带回收")
    assert demands(town) == {"去雄机器人": "withdrawn", "滴灌带回收": "selected"}


def test_a_demand_of_one_pilot_is_not_taken_by_another(town: Town) -> None:
    case = argued(town, "去雄机器人")
    other = surveying(town)
    town.complete("zy.kjj", other, "survey", EARLY)
    town.complete("zy.kjj", other, "compile_list")
    lines = [{"argument_conclusion": "keep", "argument_opinion": "可行"}]
    town.complete("zy.kjj", other, "argue", EARLY, argued_demands=lines)
    town.complete("zy.kjj", case, "propose", proposed_demands=[{"proposed": "yes"}])
    with pytest.raises(BadRequest):
        town.complete("zy.kjj", other, "propose", proposed_demands=[{"proposed": "yes"}])
    town.complete("zy.kjj", other, "propose", proposed_demands=[{"proposed": "no"}])
    assert demands(town) == {"去雄机器人": "selected"}


# -- further postings


def test_further_demands_are_posted_while_the_first_are_under_way(town: Town) -> None:
    case = posted(town, "去雄机器人", "尾菜利用", stay=1)
    town.tell("zy.kjj", case, "post_more", more_reason="企业急需")
    rows = town.page("zy.kjj", town.item(case, "select_more").id).values["more_demands"]
    assert [one["demand_name"] for one in rows] == ["尾菜利用"]
    town.complete("zy.kjj", case, "select_more", more_demands=[{"posted_more": "yes"}])
    first, second = projects(town, case)
    assert town.row(second).title == "尾菜利用"
    assert [one.kind for one in published(town, case)] == ["list", "list"]
    end(town, first)
    assert town.open(case) == []
    end(town, second)
    assert town.open(case) == ["review_incentives"]
    assert len(town.row(case).data["all_projects"]) == 2


def test_a_further_round_that_posts_nothing_ends_at_once(town: Town) -> None:
    case = posted(town, "去雄机器人", "尾菜利用", stay=1)
    town.tell("zy.kjj", case, "post_more", more_reason="企业急需")
    town.complete("zy.kjj", case, "select_more", more_demands=[{"posted_more": "no"}])
    assert len(projects(town, case)) == 1
    assert demands(town)["尾菜利用"] == "listed"


def test_two_further_rounds_at_once_keep_apart(town: Town) -> None:
    case = posted(town, "去雄机器人", "尾菜利用", "滴灌带回收", stay=2)
    town.tell("zy.kjj", case, "post_more", more_reason="第一次")
    town.tell("zy.kjj", case, "post_more", more_reason="第二次")
    for item, choice in zip(
        town.items(case, "select_more"), (["yes", "no"], ["no", "yes"]), strict=True
    ):
        town.complete(
            "zy.kjj",
            case,
            "select_more",
            place=item.place,
            more_demands=[{"posted_more": one} for one in choice],
        )
    assert [town.row(one).title for one in projects(town, case)] == [
        "去雄机器人",
        "尾菜利用",
        "滴灌带回收",
    ]


# -- the end


def test_a_pilot_closed_early_ends_its_projects_and_is_reviewed_all_the_same(town: Town) -> None:
    case = posted(town, "去雄机器人", "尾菜利用", stay=1)
    town.tell("zy.kjj", case, "post_more", more_reason="企业急需")
    town.complete("zy.kjj", case, "select_more", more_demands=[{"posted_more": "yes"}])
    town.tell("zy.ldb", case, "close_pilot", **CLOSING)
    assert [town.row(one).status for one in projects(town, case)] == ["terminated", "terminated"]
    assert set(demands(town).values()) == {"listed"}
    assert town.open(case) == ["review_incentives"]
    assert (
        town.page("zy.kjj", town.item(case, "review_incentives").id).values["close_reason"]
        == "上级统一部署"
    )
    with pytest.raises(NobodyWaits):
        town.tell("zy.ldb", case, "close_pilot", **CLOSING)


def test_a_posting_withdrawn_in_the_pilot_is_listed_again_and_may_be_posted_once_more(
    town: Town,
) -> None:
    case = posted(town, "去雄机器人", "滴灌带回收")
    first, second = projects(town, case)
    Project(town, first).do("prepare_posting")
    town.tell("zy.kjj", first, "withdraw_posting", withdraw_reason="企业停产")
    assert demands(town) == {"去雄机器人": "listed", "滴灌带回收": "posted"}
    town.tell("zy.kjj", case, "post_more", more_reason="恢复生产")
    town.complete("zy.kjj", case, "select_more", more_demands=[{"posted_more": "yes"}])
    end(town, second, projects(town, case)[2])
    assert town.open(case) == ["review_incentives"]
    assert set(demands(town).values()) == {"listed"}


def test_what_was_established_counts_when_the_pilot_is_closed_early(town: Town) -> None:
    case = posted(town, "去雄机器人", "滴灌带回收")
    project = Project(town, projects(town, case)[0])
    project.do("prepare_posting")
    project.reach("incorporate")
    town.tell("zy.ldb", case, "close_pilot", **CLOSING)
    assert town.row(project.case).status == "terminated"
    assert town.row(case).data["established_count"] == 1
    assert demands(town) == {"去雄机器人": "posted", "滴灌带回收": "listed"}


def test_a_pilot_can_be_closed_before_anything_is_posted(town: Town) -> None:
    case = surveying(town)
    town.tell("zy.ldb", case, "close_pilot", **CLOSING)
    assert town.open(case) == ["review_incentives"]


def test_only_the_office_of_the_leading_group_closes_a_pilot(town: Town) -> None:
    case = surveying(town)
    with pytest.raises(NotAllowed):
        town.tell("zy.kjj", case, "close_pilot", **CLOSING)


def test_a_pilot_that_does_not_pass_goes_to_the_leading_group(town: Town) -> None:
    case = reviewing(town)
    town.complete("zy.kjj", case, "review_incentives", EARLY)
    town.complete("zy.kjj", case, "evaluate_pilot", EARLY, evaluation_conclusion="failed")
    assert town.open(case) == ["study_failure"]
    town.complete("zy.ldxzu", case, "study_failure")
    assert town.row(case).status == "finished"


def test_a_count_outside_three_to_five_needs_a_reason(town: Town) -> None:
    case = reviewing(town)
    town.complete("zy.kjj", case, "review_incentives", EARLY)
    assert town.row(case).data["count_check"]["verdict"] == "below"
    with pytest.raises(BadAnswers):
        town.complete("zy.kjj", case, "evaluate_pilot", EARLY, pilot_count_reason=None)
    town.complete("zy.kjj", case, "evaluate_pilot", EARLY, pilot_count_reason="首轮从严")
    assert town.open(case) == ["promote"]


# -- all the while


def test_each_quarter_is_inspected_through_all_of_the_pilot_and_what_is_begun_is_finished_after_it(
    town: Town,
) -> None:
    case = surveying(town)
    quarter(town)
    town.complete("zy.ldb", case, "inspect")
    quarter(town)
    assert town.open(case) == ["survey", "inspect"]
    town.tell("zy.ldb", case, "close_pilot", **CLOSING)
    for element in ("review_incentives", "evaluate_pilot", "promote"):
        town.complete("zy.kjj", case, element, EARLY)
    quarter(town)
    assert town.open(case) == ["inspect"], "no further one begins after the pilot"
    town.complete("zy.ldb", case, "inspect")
    assert town.row(case).status == "finished"
    assert len(town.row(case).data["inspections"]) == 2


def test_a_circular_is_approved_by_a_lead_and_sent_inside_to_the_units_named(town: Town) -> None:
    case = surveying(town)
    quarter(town)
    town.complete("zy.ldb", case, "inspect", circulate="yes", findings=[FINDING])
    town.complete("zy.ldb", case, "draft_circular")
    assert {item.unit_id for item in town.items(case, "approve_circular")} == units(
        town, "zy.zzb", "zy.kjj"
    )
    town.complete("zy.kjj", case, "approve_circular")
    told = notices(town, case)
    assert set(told) == {f"unit:{unit}" for unit in units(town, "zy.linze", "zy.zzb", "zy.kjj")}
    assert all("个别单位联系企业不紧密" in text for text in told.values())
    assert published(town, case) == []
    assert town.row(case).data["inspections"][0]["circular_number"].endswith("001号")


def test_a_circular_that_is_not_approved_is_written_again(town: Town) -> None:
    case = surveying(town)
    quarter(town)
    town.complete("zy.ldb", case, "inspect", circulate="yes", findings=[FINDING])
    town.complete("zy.ldb", case, "draft_circular")
    town.complete(
        "zy.zzb",
        case,
        "approve_circular",
        circular_conclusion="reject",
        circular_objection="措辞过重",
    )
    page = town.page("zy.ldb", town.item(case, "draft_circular").id)
    assert page.values["circular_objection"] == "措辞过重"
    assert page.values["circular_text"] == ANSWERS["draft_circular"]["circular_text"]
    assert notices(town, case) == {}


def test_a_circular_names_at_least_one_finding(town: Town) -> None:
    case = surveying(town)
    quarter(town)
    with pytest.raises(BadAnswers):
        town.complete("zy.ldb", case, "inspect", circulate="yes", findings=[])


def test_a_problem_that_a_unit_reports_goes_to_the_leading_group_and_the_pilot_goes_on(
    town: Town,
) -> None:
    case = surveying(town)
    for login in ("zy.linze", "zy.jkq", "zy.kjj", "zy.ldb"):
        town.tell(login, case, "pilot_problem", **PROBLEM)
    assert town.open(case) == ["survey", *["resolve_problem"] * 4]
    page = town.page("zy.ldxzu", town.items(case, "resolve_problem")[0].id)
    assert page.values["problem_detail"] == PROBLEM["problem_detail"]
    for _ in range(4):
        town.complete("zy.ldxzu", case, "resolve_problem")
    assert town.open(case) == ["survey"]


def test_a_problem_is_reported_by_units_only(town: Town) -> None:
    case = surveying(town)
    with pytest.raises(NotAllowed):
        town.tell("zy.owner", case, "pilot_problem", **PROBLEM)


def dissolve(town: Town, code: str) -> None:
    """Load the folder again with a unit that is no more."""
    manifest = yaml.safe_load((ROOT / "bpmn" / "zy" / "manifest.yaml").read_text("utf-8"))
    for unit in manifest["units"]:
        if unit["code"] == code:
            unit["valid_to"] = town.now.date() - timedelta(days=1)
    town.runtime.perform(LoadJurisdiction(manifest=manifest))


def test_a_unit_dissolved_meanwhile_holds_nothing_up_and_is_asked_nothing_more(town: Town) -> None:
    case = begun(town)
    dissolve(town, "industry_bureau")
    for login in (*MEMBERS, *COUNTIES):
        if login != "zy.gxj":
            give(town, login, case, "name_responsible", **RESPONSIBLE)
    with pytest.raises(StillWaiting) as waiting:
        town.complete("zy.kjj", case, "name_responsible")
    assert waiting.value.facts["units"] == ["市工信局"], (
        "what it was asked before, the lead excuses with a reason"
    )
    town.complete("zy.kjj", case, "name_responsible", "市工信局已撤并")
    gone = units(town, "zy.gxj")
    assert not gone & asked(town, case, "campaign"), "not as a member of the group"
    town.complete("zy.kjj", case, "campaign", EARLY)
    assert not gone & asked(town, case, "survey"), "not by its name"
    town.complete("zy.kjj", case, "survey", EARLY)
    assert town.open(case) == ["compile_list"]


def test_a_circular_about_a_unit_dissolved_meanwhile_still_goes_out(town: Town) -> None:
    case = surveying(town)
    quarter(town)
    town.complete("zy.ldb", case, "inspect", circulate="yes", findings=[FINDING])
    dissolve(town, "linze")
    town.complete("zy.ldb", case, "draft_circular")
    town.complete("zy.kjj", case, "approve_circular")
    assert set(notices(town, case)) == {f"unit:{unit}" for unit in units(town, "zy.zzb", "zy.kjj")}
