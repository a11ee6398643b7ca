"""揭榜项目, from the posting to 立项: bids, choice, agreement, scoring, decision, publicity. A
test's name says what it proves.
"""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.clock import tick
from service.commands.processes.deployments import Deploy
from service.errors import BadAnswers, NobodyWaits, NoLongerTaken, NotAllowed, NotOffered
from service.store.cases.rows import CaseRow
from service.store.notices import NoticeRow
from service.store.people.rows import PersonRow
from service.store.registry import DemandRow
from tests.project import BUREAU, CLOSING, COUNTY, DEMANDER, PARTY, Project
from tests.samples import ANSWERS, BID, DEMAND
from tests.town import Town

SEALED = dict.fromkeys(ANSWERS["score"]) | {"recused": True, "recusal_reason": "曾在揭榜方任职"}


@pytest.fixture
def project(town: Town) -> Project:
    return Project(town)


# -- posting and bids


def test_a_demand_is_posted_with_a_number_and_without_its_contact(project):
    project.posted()
    posting = project.publication("posting")
    assert (posting.number, posting.message, posting.until) == (
        "张科榜〔2026〕001号",
        "bid",
        CLOSING,
    )
    assert posting.details["技术需求名称"] == DEMAND["demand_name"]
    assert posting.details["项目所在县区"] == "甘州区"
    assert not {DEMAND["contact_name"], DEMAND["contact_phone"]} & {
        str(v) for v in posting.details.values()
    }
    assert project.town.row(project.case).number is None


def test_a_demander_without_an_account_gets_one(project):
    project.do("prepare_posting", demander_account=None)
    assert project.data["demander"].startswith("zy.d")


def test_bidding_does_not_end_before_it_has_begun(project):
    with pytest.raises(BadAnswers):
        project.do("prepare_posting", bids_close_at="2026-03-02T08:00:00+08:00")


def test_the_county_names_an_envoy_while_bids_come_in(project):
    project.posted()
    assert project.open == {"assign_envoy", "mobilise"}
    project.do("assign_envoy")
    assert project.data["envoy"] == "zy.envoy"
    assert project.open == {"envoy_arrives", "mobilise"}
    project.do("envoy_arrives")
    assert project.open == {"mobilise"}


def test_no_bids_then_extended_then_withdrawn(project):
    project.posted()
    project.close()
    assert project.open == {"assign_envoy", "decide_posting"}
    assert project.publication("posting").state == "closed"
    project.do("decide_posting")
    assert "mobilise" in project.open
    assert project.publication("posting").number == "张科榜〔2026〕002号"
    project.close()
    project.do("decide_posting", posting_decision="withdraw", bids_close_at=None)
    posting = project.publication("posting")
    assert (posting.state, posting.reason) == (
        "withdrawn",
        ANSWERS["decide_posting"]["posting_reason"],
    )
    assert (project.status, project.open) == ("finished", set())


def test_an_extension_ends_later_than_now(project):
    project.posted()
    project.close()
    with pytest.raises(BadAnswers):
        project.do("decide_posting", bids_close_at="2026-03-31T12:00:00+08:00")


def test_many_bids_from_outside_and_by_the_county_are_chosen_among(project):
    project.posted()
    project.bid()
    project.bid(bidder_name="第二家", organization="第二研究所")
    project.town.tell(COUNTY, project.case, "bid", **{**BID, "bidder_name": "线下报来的一家"})
    assert [bid["bid_no"] for bid in project.data["bids"]] == [1, 2, 3]
    project.close()
    shown = project.town.page(DEMANDER, project.town.item(project.case, "choose_bid").id).values
    assert [option["value"] for option in shown["bid_options"]] == [1, 2, 3]
    assert "线下报来的一家" in shown["bids_text"]
    project.do("choose_bid", chosen_bid_no=2)
    assert project.data["chosen"]["bidder_name"] == "第二家"
    assert project.data["bidder"].startswith("zy.b")
    first, second, third = project.answers_to_senders()
    assert first == third != second


def test_a_bid_that_the_county_entered_may_be_chosen(project):
    project.posted()
    project.town.tell(COUNTY, project.case, "bid", **BID)
    project.close()
    project.do("choose_bid")
    assert project.open >= {"negotiate"}


def test_a_choice_names_one_of_the_bids(project):
    project.reach("choose_bid")
    with pytest.raises(BadAnswers):
        project.do("choose_bid", chosen_bid_no=7)


def test_a_bid_in_the_last_second_counts_and_one_at_the_closing_second_does_not(project):
    project.posted()
    project.town.now = CLOSING - timedelta(seconds=1)
    project.bid()
    project.town.now = CLOSING
    with pytest.raises(NoLongerTaken):
        project.bid()
    with pytest.raises(NoLongerTaken):
        project.town.tell(COUNTY, project.case, "bid", **BID)
    tick(project.town.runtime)
    assert len(project.data["bids"]) == 1


def test_only_the_county_enters_bids_for_others(project):
    project.posted()
    with pytest.raises(NotAllowed):
        project.town.tell(BUREAU, project.case, "bid", **BID)


def test_a_posting_withdrawn_while_bids_arrive_answers_them(project):
    project.posted()
    project.bid()
    project.town.tell(BUREAU, project.case, "withdraw_posting", withdraw_reason="企业停产")
    posting = project.publication("posting")
    assert (posting.state, posting.reason) == ("withdrawn", "企业停产")
    assert "撤榜" in project.answers_to_senders()[0]
    assert project.status == "finished"
    with pytest.raises(NoLongerTaken):
        project.bid()


def test_the_demander_chooses_none_and_the_posting_is_extended(project):
    project.reach("choose_bid")
    project.do("choose_bid", choice_decision="none", chosen_bid_no=None, choice_reason="报价过高")
    shown = project.town.page(BUREAU, project.town.item(project.case, "decide_posting").id).values
    assert "报价过高" in shown["posting_trouble"]
    project.do("decide_posting")
    project.bid(bidder_name="新来的一家")
    project.close()
    project.do("choose_bid", chosen_bid_no=2)
    assert project.data["chosen"]["bidder_name"] == "新来的一家"


# -- who may read what


def readers(project: Project, element: str, *logins: str) -> set[str]:
    """Those of these people who read what was answered at a step."""
    shown = {login: project.town.case(login, project.case).answers for login in logins}
    return {
        login
        for login, lines in shown.items()
        if any(line.element == element and line.values for line in lines)
    }


def test_bids_are_sealed_until_the_closing_and_then_read_by_those_concerned(project):
    project.posted()
    project.bid()
    project.town.tell(COUNTY, project.case, "bid", **BID)
    assert readers(project, "bid_received", BUREAU, "zy.czj", "zy.ducha") == set()
    project.close()
    assert readers(project, "bid_received", BUREAU, COUNTY, DEMANDER, "zy.czj", "zy.ducha") == {
        BUREAU,
        COUNTY,
        DEMANDER,
    }
    project.do("choose_bid", choice_decision="none", chosen_bid_no=None)
    project.do("decide_posting")
    assert readers(project, "bid_received", BUREAU, DEMANDER) == set()
    assert readers(project, "choose_bid", BUREAU, DEMANDER) == {DEMANDER}


def test_scores_are_sealed_until_all_are_in_and_then_read_by_the_organizers(project):
    project.reach("score")
    project.score("zy.expert1", "zy.expert2")
    project.do("demander_score")
    everybody = (PARTY, BUREAU, COUNTY, DEMANDER, "zy.expert1", "zy.expert3", "zy.czj")
    assert readers(project, "score", *everybody) == {"zy.expert1"}
    assert readers(project, "demander_score", *everybody) == {DEMANDER}
    project.score("zy.expert3")
    assert readers(project, "score", *everybody) == {PARTY, BUREAU, "zy.expert1", "zy.expert3"}
    assert readers(project, "demander_score", *everybody) == {PARTY, BUREAU, DEMANDER}


def test_the_decision_is_read_by_few_before_the_publicity(project):
    publicised(project)
    assert readers(project, "head_decision", PARTY, BUREAU, COUNTY, DEMANDER, "zy.czj") == {
        PARTY,
        BUREAU,
    }


def test_objections_and_their_investigation_are_read_by_two_offices_only(project):
    publicised(project).object()
    project.town.forward(workdays=6)
    project.do("investigate")
    for step in ("objection_received", "investigate"):
        assert readers(project, step, PARTY, BUREAU, COUNTY, DEMANDER, "zy.czj") == {PARTY, BUREAU}


def test_the_agreement_in_the_making_is_not_for_units_that_are_only_informed(project):
    project.reach("form_panel")
    for step in ("negotiate", "confirm_agreement", "report_county"):
        assert readers(project, step, BUREAU, COUNTY, DEMANDER, "zy.czj") == {
            BUREAU,
            COUNTY,
            DEMANDER,
        }
    item = project.town.item(project.case, "report_county", state="done").id
    assert "agreement_content" in project.town.page(PARTY, item).values
    assert project.town.page("zy.czj", item).values == {}


def test_why_no_bid_was_chosen_is_not_for_units_that_are_only_informed(project):
    project.posted()
    project.bid()
    project.close()
    project.do(
        "choose_bid", choice_decision="none", chosen_bid_no=None, choice_reason="报价都高于预算"
    )
    item = project.town.item(project.case, "decide_posting").id
    assert "报价都高于预算" in repr(project.town.page(BUREAU, item).values)
    assert project.town.page("zy.czj", item).values == {}


def test_what_an_objector_is_told_is_not_in_the_record_of_those_who_do_not_investigate(project):
    publicised(project).object()
    project.town.forward(workdays=6)
    project.do("investigate", investigation_reply="指标由两家共有")
    shown = {
        login: "指标由两家共有" in repr(project.town.case(login, project.case).journal)
        for login in (PARTY, COUNTY, DEMANDER, "zy.czj")
    }
    assert shown == {PARTY: True, COUNTY: False, DEMANDER: False, "zy.czj": False}
    assert "指标由两家共有" in project.answers_to_senders()[-1]


def test_nothing_is_sent_back_across_the_publicity(project):
    project.reach("incorporate")
    for step in ("summarise_review", "head_decision", "form_panel"):
        with pytest.raises(NotOffered):
            project.town.send_back(PARTY, project.case, "incorporate", step)


# -- a project that a pilot has started

KEYS = (*DEMAND, "demander", "demand_id", "demand_number")
PARENT = f"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"
 xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="urn:t">
<process id="one_demand" name="一项需求" isExecutable="true">
<laneSet id="lanes"><lane id="lane" name="市科技局">
<flowNodeRef>begun</flowNodeRef><flowNodeRef>listed</flowNodeRef><flowNodeRef>posted</flowNodeRef>
<flowNodeRef>project</flowNodeRef>
<flowNodeRef>over</flowNodeRef></lane></laneSet>
<startEvent id="begun" name="开始" />
<serviceTask id="listed" name="调取需求" camunda:resultVariable="registered"><extensionElements>
<camunda:properties><camunda:property name="action" value="demands" />
</camunda:properties></extensionElements>
</serviceTask>
<serviceTask id="posted" name="注明张榜"><extensionElements>
<camunda:properties><camunda:property name="action" value="mark_demands" /></camunda:properties>
<camunda:inputOutput>
<camunda:inputParameter name="ids">=registered[1].demand_id</camunda:inputParameter>
<camunda:inputParameter name="state">posted</camunda:inputParameter>
</camunda:inputOutput></extensionElements>
</serviceTask>
<callActivity id="project" name="揭榜项目" calledElement="zy_project"><extensionElements>
<camunda:in source="case_id" target="pilot" />
{"".join(f'<camunda:in sourceExpression="=registered[1].{key}" target="{key}" />' for key in KEYS)}
<camunda:out source="posting_number" target="posting_number" /></extensionElements></callActivity>
<endEvent id="over" name="结束" />
<sequenceFlow id="f1" sourceRef="begun" targetRef="listed" />
<sequenceFlow id="f2" sourceRef="listed" targetRef="posted" />
<sequenceFlow id="f3" sourceRef="posted" targetRef="project" />
<sequenceFlow id="f4" sourceRef="project" targetRef="over" />
</process></definitions>"""


@pytest.fixture
def child(town: Town) -> Project:
    """A project that another case has started for a demand of the registry."""
    declared = town.start("zy_demand", DEMANDER, DEMAND["demand_name"], ANSWERS["declare"])
    town.complete(COUNTY, declared, "review_demand")
    town.runtime.perform(
        Deploy(
            actor=town.actor("zy.owner"),
            jurisdiction="zy",
            files={"one_demand.bpmn": PARENT.encode()},
        )
    )
    parent = town.start("one_demand", BUREAU, "一项需求")
    with town.runtime.query() as session:
        return Project(
            town, session.scalars(select(CaseRow.id).where(CaseRow.parent_id == parent)).one()
        )


def registered(town: Town) -> DemandRow:
    with town.runtime.query() as session:
        return session.scalars(select(DemandRow)).one()


def test_a_demand_of_the_registry_is_not_typed_again(child):
    assert child.open == {"prepare_posting"}
    child.posted()
    assert child.data["demander"] == DEMANDER
    assert (registered(child.town).state, registered(child.town).id) == (
        "posted",
        child.data["demand_id"],
    )


def test_a_withdrawn_posting_gives_the_demand_back_to_the_registry(child):
    child.posted().close()
    child.do("decide_posting", posting_decision="withdraw", bids_close_at=None)
    assert (child.status, registered(child.town).state) == ("finished", "listed")


# -- agreement


@pytest.mark.parametrize(
    "refusal",
    [
        {
            "negotiate": {
                **dict.fromkeys(ANSWERS["negotiate"]),
                "agreement_outcome": "failed",
                "negotiation_note": "谈崩",
            }
        },
        {"confirm_agreement": {"agreement_confirmed": "reject"}},
    ],
)
def test_without_an_agreement_the_posting_is_extended_or_withdrawn(project, refusal):
    [(step, answers)] = refusal.items()
    project.reach(step).do(step, **answers)
    assert "decide_posting" in project.open


def test_no_agreement_by_the_date_ends_the_negotiation(project):
    project.reach("negotiate")
    project.town.forward(workdays=21)
    assert "decide_posting" in project.open
    assert "negotiate" not in project.open


def test_an_implementation_ends_after_it_begins(project):
    project.reach("negotiate")
    with pytest.raises(BadAnswers):
        project.do("negotiate", implementation_end="2026-05-01")


def test_an_agreement_goes_by_bidder_and_county_to_the_assessment(project):
    project.reach("confirm_agreement")
    assert project.data["bidder_name"] == BID["bidder_name"]
    project.do("confirm_agreement")
    assert "report_county" in project.open
    project.do("report_county")
    assert "form_panel" in project.open


# -- scoring


@pytest.mark.parametrize(
    ("name", "employer"),
    [
        ("内部人", BID["organization"]),
        ("内部人", DEMAND["demander_name"]),
        ("内部人", f" {BID['organization']}　"),
        (BID["bidder_name"], "某高校"),
    ],
)
def test_an_expert_of_the_bidders_or_the_demanders_unit_cannot_be_picked(project, name, employer):
    with Session(project.town.runtime.engine) as session:
        session.add(
            PersonRow(
                jurisdiction="zy",
                login="zy.expert9",
                name=name,
                password="",
                roles=["expert"],
                employer=employer,
            )
        )
        session.commit()
    project.reach("form_panel")
    shown = project.town.page(PARTY, project.town.item(project.case, "form_panel").id).values
    assert {option["value"] for option in shown["expert_options"]} == {
        "zy.expert1",
        "zy.expert2",
        "zy.expert3",
    }
    with pytest.raises(BadAnswers):
        project.do("form_panel", experts=["zy.expert1", "zy.expert9"])


def test_a_panel_has_as_many_experts_as_scores_are_needed(project):
    project.reach("form_panel")
    with pytest.raises(BadAnswers):
        project.do("form_panel", experts=["zy.expert1"])


def test_scores_are_averaged_by_weights_and_the_demanders_stand_apart(project):
    project.reach("score")
    for login, points in (("zy.expert1", 100), ("zy.expert2", 60), ("zy.expert3", 80)):
        project.score(login, score_rationality=points)
    project.do("demander_score")
    shown = project.town.page(PARTY, project.town.item(project.case, "summarise_review").id).values
    assert (shown["score_average"], shown["score_spread"], shown["score_count"]) == (80, 10, 3)
    assert "90" in shown["demander_scores"]


def test_an_expert_recuses_and_the_others_count(project):
    project.reach("score")
    project.score("zy.expert1", **SEALED)
    project.score("zy.expert2", "zy.expert3")
    project.do("demander_score")
    summary = project.data["score_summary"]
    assert (summary["valid"], summary["recusals"], summary["missing"]) == (2, 1, 0)
    assert "summarise_review" in project.open


def test_scoring_is_closed_with_one_expert_missing(project):
    project.reach("score")
    project.score("zy.expert1", "zy.expert2")
    project.do("demander_score")
    project.town.tell(PARTY, project.case, "close_scoring", close_scoring_reason="石磊出国")
    summary = project.data["score_summary"]
    assert (summary["valid"], summary["missing"]) == (2, 1)
    assert project.open >= {"summarise_review"}
    assert "score" not in project.open


def test_only_the_organization_department_closes_scoring(project):
    project.reach("score")
    with pytest.raises(NotAllowed):
        project.town.tell(BUREAU, project.case, "close_scoring", close_scoring_reason="赶时间")


def test_too_few_scores_and_the_panel_is_formed_anew(project):
    project.reach("score")
    project.score("zy.expert1")
    project.town.tell(PARTY, project.case, "close_scoring", close_scoring_reason="两人未交")
    assert "form_panel" in project.open
    project.reach("summarise_review")
    assert project.data["score_summary"]["valid"] == 3


def test_scores_of_a_panel_formed_anew_after_a_return_are_sealed_again(project):
    project.reach("summarise_review")
    project.town.send_back(PARTY, project.case, "summarise_review", "form_panel")
    project.do("form_panel", experts=["zy.expert1", "zy.expert2"])
    project.score("zy.expert1")
    assert readers(project, "score", PARTY, BUREAU) == set()
    project.score("zy.expert2")
    project.do("demander_score")
    assert readers(project, "score", PARTY, BUREAU) == {PARTY, BUREAU}
    assert project.data["score_summary"]["valid"] == 2


# -- the decision


def told(project: Project) -> set[str]:
    """Who has been left a notice."""
    with project.town.runtime.query() as session:
        return set(
            session.scalars(
                select(NoticeRow.holder).where(
                    NoticeRow.case_id == project.case, NoticeRow.kind == "outcome"
                )
            )
        )


def parties(project: Project) -> set[str]:
    """The demander, the bidder and who has started it, as notices name them."""
    return {
        f"person:{project.town.actor(login).person_id}"
        for login in (DEMANDER, project.data["bidder"], BUREAU)
    }


def test_the_head_refuses_and_the_case_is_over(project):
    project.reach("head_decision").do(
        "head_decision", decision="refuse", approved_amount=None, count_reason=None
    )
    assert (project.status, project.open) == ("finished", set())
    assert "subsidy" not in project.data
    assert told(project) == parties(project)


def test_a_count_of_projects_outside_three_to_five_needs_a_reason(project):
    project.reach("head_decision")
    with pytest.raises(BadAnswers):
        project.do("head_decision", count_reason=None)
    project.do("head_decision")
    assert project.data["established_count"] == 1


@pytest.mark.parametrize(
    ("approved", "subsidy", "first", "remaining"),
    [
        ("3000000", "600000", "300000", "300000"),
        ("5000000", "1000000", "500000", "500000"),
        ("8000000", "1000000", "500000", "500000"),
        ("1234567.89", "246913.58", "123456.79", "123456.79"),
        ("100000.03", "20000.01", "10000.01", "10000.00"),
        ("0.12", "0.02", "0.01", "0.01"),
        ("0.13", "0.03", "0.02", "0.01"),
    ],
)
def test_the_subsidy_has_a_cap_and_two_halves_that_add_up_to_the_cent(
    project, approved, subsidy, first, remaining
):
    project.reach("head_decision").do("head_decision", approved_amount=approved)
    found = [project.data[key] for key in ("subsidy", "first_payment", "remaining_payment")]
    assert found == [Decimal(subsidy), Decimal(first), Decimal(remaining)]
    assert found[1] + found[2] == found[0]


# -- publicity


def publicised(project: Project) -> Project:
    project.reach("head_decision").do("head_decision")
    return project


def test_without_objection_the_project_is_established_after_five_working_days(project):
    publicised(project)
    notice = project.publication("publicity")
    assert (notice.number, notice.message) == ("张科榜公〔2026〕001号", "objection")
    assert notice.details["核定揭榜额（元）"] == 3000000
    project.town.forward(workdays=5)
    assert "incorporate" not in project.open
    project.town.forward(workdays=1)
    assert project.open >= {"incorporate", "talent_policy"}
    assert project.town.row(project.case).number == "张科榜立〔2026〕001号"


def test_an_objection_dismissed_is_answered_and_the_project_established(project):
    publicised(project).object()
    project.town.forward(workdays=6)
    project.reach("investigate").do("investigate")
    assert ANSWERS["investigate"]["investigation_reply"] in project.answers_to_senders()[-1]
    assert "incorporate" in project.open


def test_objections_upheld_go_back_to_the_head_and_do_not_count_twice(project):
    publicised(project)
    for text in ("金额过高", "揭榜方资质不符"):
        project.object(text)
    project.town.forward(workdays=6)
    shown = project.town.page(PARTY, project.town.item(project.case, "investigate").id).values
    assert "金额过高" in shown["objections_text"]
    assert "揭榜方资质不符" in shown["objections_text"]
    project.do("investigate", objection_upheld="reconsider")
    project.do("head_decision", approved_amount=2000000)
    assert project.publication("publicity").number == "张科榜公〔2026〕002号"
    project.town.forward(workdays=6)
    assert "incorporate" in project.open
    assert project.data["subsidy"] == 400000


def test_an_objection_upheld_may_end_the_project(project):
    publicised(project).object()
    project.town.forward(workdays=6)
    project.do("investigate", objection_upheld="ended")
    assert project.status == "finished"
    assert project.data.get("establish_number") is None
    assert told(project) == parties(project)


def test_an_objection_on_paper_is_typed_in_before_the_publicity_is_over(project):
    typed = {"objector_name": "李某", "objector_phone": "13500000001", "objection_text": "指标不实"}
    publicised(project)
    project.town.tell(PARTY, project.case, "objection", **typed)
    project.town.now = project.publication("publicity").until
    with pytest.raises(NoLongerTaken):
        project.town.tell(PARTY, project.case, "objection", **typed)


def test_after_the_publicity_nobody_objects(project):
    publicised(project)
    project.town.forward(workdays=6)
    with pytest.raises(NoLongerTaken):
        project.object()
    with pytest.raises(NobodyWaits):
        project.town.tell(
            PARTY,
            project.case,
            "objection",
            objector_name="李某",
            objector_phone="13500000001",
            objection_text="迟到的异议",
        )
