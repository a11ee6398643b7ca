"""揭榜项目, from 立项 to the end: funding, payments, implementation, acceptance, recovery. A test's
name says what it proves.
"""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from service.errors import BadAnswers, NobodyWaits, NotAllowed
from service.store.cases.rows import OutboxRow
from tests.project import BUREAU, COUNTY, DEMANDER, PARTY, Project
from tests.samples import ANSWERS
from tests.town import Town

LONG = {"implementation_start": "2026-05-01", "implementation_end": "2029-04-30"}
PROBLEM = {
    "problem_title": "试验田不足",
    "problem_detail": "缺二百亩试验田",
    "problem_wish": "请协调农场",
}
ENVOY = "zy.envoy"


@pytest.fixture
def project(town: Town) -> Project:
    return Project(town)


def implementing(project: Project, **dates: str) -> Project:
    """Paid and under way, with its envoy."""
    if dates:
        project.reach("sign_agreement").do("sign_agreement", **dates)
    project.reach("implement")
    project.do("assign_envoy")
    project.do("envoy_arrives")
    return project


def failed(project: Project) -> Project:
    """Not accepted."""
    project.reach("accept_project").do("accept_project", acceptance="failed")
    return project


# -- funding and payments


def test_the_formal_agreement_has_dates_in_order(project):
    project.reach("sign_agreement")
    with pytest.raises(BadAnswers):
        project.do("sign_agreement", implementation_end="2026-04-30")


def test_talent_policies_are_served_beside_the_main_way(project):
    project.reach("incorporate")
    project.do("talent_policy")
    assert "talent_policy" not in project.open
    assert "incorporate" in project.open


def test_funding_below_thirty_percent_is_topped_up_before_the_first_payment(project):
    project.reach("submit_vouchers").do("submit_vouchers", paid_by_demander="1799999.99")
    assert project.data["funding"] == {"ratio": Decimal("0.2999"), "sufficient": False}
    with pytest.raises(BadAnswers):
        project.do("verify_funding")
    project.do("verify_funding", funding_conclusion="short")
    project.do("decide_shortfall", funding_approved_by=None, funding_reason=None)
    item = project.town.page("zy.qiye", project.town.item(project.case, "submit_vouchers").id)
    assert item.values["vouchers_note"] == ANSWERS["submit_vouchers"]["vouchers_note"]
    project.do("submit_vouchers", paid_by_demander="1800000.00")
    project.do("verify_funding")
    assert "pay_first" in project.open
    assert project.data["funding_ratio"] == Decimal("0.3")


def test_below_thirty_percent_is_paid_only_with_a_reason_and_an_approval(project):
    project.reach("submit_vouchers").do("submit_vouchers", paid_by_demander=1000000)
    project.do("verify_funding", funding_conclusion="short")
    for missing in ("funding_reason", "funding_approved_by"):
        with pytest.raises(BadAnswers):
            project.do("decide_shortfall", shortfall_decision="approve", **{missing: None})
    project.do("decide_shortfall", shortfall_decision="approve")
    assert "pay_first" in project.open


def test_city_and_county_share_the_first_payment_to_the_cent(project):
    project.reach("pay_first")
    for wrong in ({"first_paid_amount": 299999}, {"first_city_share": "199999.99"}):
        with pytest.raises(BadAnswers):
            project.do("pay_first", **wrong)
    project.do("pay_first", first_city_share="199999.99", first_county_share="100000.01")
    assert "implement" in project.open


def test_the_final_payment_is_what_remains(project):
    project.reach("pay_final")
    with pytest.raises(BadAnswers):
        project.do(
            "pay_final",
            final_paid_amount=600000,
            final_city_share=300000,
            final_county_share=300000,
        )
    project.do("pay_final")
    assert (
        project.data["first_paid_amount"] + project.data["final_paid_amount"]
        == project.data["subsidy"]
    )
    for step in ("assign_envoy", "envoy_arrives", "talent_policy"):
        project.do(step)
    assert project.status == "finished"


# -- implementation


def test_a_project_of_two_years_is_not_checked(project):
    implementing(project)
    project.town.at(date(2028, 4, 30))
    assert project.open >= {"implement"}
    assert "yearly_check" not in project.open


def test_a_longer_project_is_checked_each_year(project):
    implementing(project, **LONG)
    project.town.at(date(2027, 5, 20))
    assert [item.round for item in project.town.items(project.case, "yearly_check")] == [1]
    project.do("yearly_check")
    project.town.at(date(2028, 5, 20))
    assert [item.round for item in project.town.items(project.case, "yearly_check")] == [2]
    project.do("implement")
    assert "accept_project" not in project.open
    project.do("yearly_check")
    assert "accept_project" in project.open


def test_a_short_project_is_checked_only_for_a_reason(project):
    implementing(project)
    with pytest.raises(BadAnswers):
        project.town.tell(PARTY, project.case, "exceptional_check", check_reason="")
    with pytest.raises(NotAllowed):
        project.town.tell(COUNTY, project.case, "exceptional_check", check_reason="有人反映停工")
    project.town.tell(BUREAU, project.case, "exceptional_check", check_reason="有人反映停工")
    shown = project.town.page(PARTY, project.town.item(project.case, "exceptional_check").id).values
    assert shown["check_reason"] == "有人反映停工"
    project.do("exceptional_check")
    assert project.open >= {"implement"}


def test_the_envoys_problem_is_coordinated(project):
    implementing(project)
    project.town.tell(ENVOY, project.case, "envoy_problem", **PROBLEM)
    item = project.town.item(project.case, "coordinate_problem")
    assert item.name == "协调解决（试验田不足）"
    units = {line.unit for line in project.town.page(BUREAU, item.id).contributions}
    assert units == {"市委组织部", "甘州区"}
    project.do("coordinate_problem")
    assert "coordinate_problem" not in project.open
    assert project.data["problems"][0]["coordination_result"] == "settled"


def test_two_problems_at_once_keep_apart(project):
    implementing(project)
    for title in ("试验田不足", "用电不足"):
        project.town.tell(
            ENVOY, project.case, "envoy_problem", **{**PROBLEM, "problem_title": title}
        )
    assert [problem["problem_case"]["problem_title"] for problem in project.data["problems"]] == [
        "试验田不足",
        "用电不足",
    ]
    assert len(project.town.items(project.case, "coordinate_problem")) == 2


def test_a_problem_that_cannot_be_settled_goes_to_the_pilot(project):
    implementing(project)
    project.town.tell(ENVOY, project.case, "envoy_problem", **PROBLEM)
    project.do(
        "coordinate_problem", coordination_result="unresolved", coordination_detail="需市里统筹"
    )
    with project.town.runtime.query() as session:
        [sent] = session.scalars(select(OutboxRow).where(OutboxRow.name == "pilot_problem"))
    assert sent.payload["problem_title"] == PROBLEM["problem_title"]
    assert sent.payload["problem_detail"].endswith("需市里统筹")


def test_only_the_envoy_of_the_project_reports_problems(project):
    implementing(project)
    with pytest.raises(NotAllowed):
        project.town.tell(BUREAU, project.case, "envoy_problem", **PROBLEM)


def test_after_the_completion_report_nobody_orders_a_check(project):
    project.reach("accept_project")
    with pytest.raises(NobodyWaits):
        project.town.tell(BUREAU, project.case, "exceptional_check", check_reason="迟到的检查")


# -- acceptance and recovery


def test_a_project_put_right_within_three_months_is_accepted(project):
    project.reach("accept_project").do("accept_project", acceptance="rectify")
    item = project.town.item(project.case, "rectify")
    assert item.due_at is not None
    assert (item.due_at - item.opened_at).days in range(89, 96)
    project.do("rectify")
    with pytest.raises(BadAnswers):
        project.do("accept_project", acceptance="rectify")
    project.do("accept_project")
    assert "pay_final" in project.open


def test_a_draft_is_seen_by_those_who_hold_the_step_alone(project):
    project.reach("accept_project")
    item, town = project.town.item(project.case, "accept_project").id, project.town
    town.draft(PARTY, item, acceptance_opinion="拟不予通过")
    people = (PARTY, COUNTY, DEMANDER, "zy.ducha", project.data["bidder"])
    shown = {login for login in people if "acceptance_opinion" in town.page(login, item).values}
    assert shown == {PARTY}


def test_what_failed_pays_back_a_part(project):
    failed(project).do("recover", recovery_amount=100000)
    assert "pay_final" not in project.open
    assert (project.data["acceptance"], project.data["recovery_amount"]) == ("failed", 100000)


def test_what_failed_pays_back_all_and_never_more(project):
    failed(project)
    with pytest.raises(BadAnswers):
        project.do("recover", recovery_amount="300000.01")
    with pytest.raises(BadAnswers):
        project.do("recover", recovery_reason=None)
    project.do("recover")
    assert project.data["recovery_amount"] == project.data["first_paid_amount"]
    assert project.open == {"assign_envoy", "talent_policy"}
