"""The path of an application in 赤峰: 揭榜 → 备案 → 跟榜. The name of a test is the sentence it
proves.
"""

from datetime import date

import pytest

from service.errors import BadAnswers, NotAllowed, NotFound, NotOffered, StillWaiting
from tests.samples import ANSWERS, LEDGER
from tests.town import Town


def test_an_application_goes_from_the_applicant_to_the_filing_round(town: Town) -> None:
    case = town.start("cf_project", "cf.gangbu", answers=ANSWERS["apply"])
    assert town.open(case) == ["plan"]
    town.complete("cf.gangbu", case, "plan")
    assert town.open(case) == ["unit_review"]
    town.complete("cf.danwei", case, "unit_review")
    assert town.open(case) == ["department_review"]
    town.complete("cf.hongshan", case, "department_review")
    assert town.open(case) == ["initial_review"]
    town.complete("cf.kjj", case, "initial_review")
    assert town.open(case) == []
    assert "等待定期备案结果" in town.case("cf.gangbu", case).case.where


def test_started_without_answers_the_first_step_waits_for_the_applicant(town: Town) -> None:
    case = town.start("cf_project", "cf.gangbu")
    assert town.open(case) == ["apply"]
    assert town.box("cf.gangbu")[0].case_id == case


def test_each_step_goes_to_the_unit_that_its_lane_names(town: Town) -> None:
    case = town.applied()
    assert [line.unit for line in town.box("cf.danwei")] == ["红山区农业技术推广中心"]
    town.complete("cf.danwei", case, "unit_review")
    assert [line.unit for line in town.box("cf.hongshan")] == ["红山区科技局"]
    assert not town.box("cf.songshan")


def test_review_is_due_at_the_end_of_the_fifth_working_day(town: Town) -> None:
    case = town.applied()  # on Monday 2 March
    due = town.item(case, "unit_review").due_at
    assert due is not None
    assert due.isoformat() == "2026-03-09T16:00:00+00:00"


@pytest.mark.parametrize(
    ("login", "step", "before", "conclusion"),
    [
        ("cf.danwei", "unit_review", (), "unit_conclusion"),
        (
            "cf.hongshan",
            "department_review",
            (("cf.danwei", "unit_review"),),
            "department_conclusion",
        ),
        (
            "cf.kjj",
            "initial_review",
            (("cf.danwei", "unit_review"), ("cf.hongshan", "department_review")),
            "initial_conclusion",
        ),
    ],
)
def test_each_reviewer_can_reject_and_the_case_ends(
    town: Town, login: str, step: str, before: tuple[tuple[str, str], ...], conclusion: str
) -> None:
    case = town.applied()
    for who, earlier in before:
        town.complete(who, case, earlier)
    hidden = {
        key: None
        for key in (
            "recommendation_number",
            "recommendation_date",
            "recommendation",
            "bound_copies_received",
            "discs_received",
        )
        if key in ANSWERS[step]
    }
    town.complete(login, case, step, **{**hidden, conclusion: "reject"})
    assert town.row(case).status == "finished"
    assert town.row(case).state is None
    assert town.open(case) == []


def test_an_application_returned_twice_comes_back_filled_in_and_goes_on(town: Town) -> None:
    case = town.applied()
    town.send_back("cf.danwei", case, "unit_review", "plan", "计划书缺少分年度目标")
    page = town.page("cf.gangbu", town.item(case, "plan").id)
    assert page.values["schedule"] == ANSWERS["plan"]["schedule"]
    assert page.returned_why == "计划书缺少分年度目标"
    town.complete("cf.gangbu", case, "plan", schedule="分三年，每年一项指标")
    town.complete("cf.danwei", case, "unit_review")
    town.send_back("cf.hongshan", case, "department_review", "apply", "请更正揭榜方向")
    assert town.open(case) == ["apply"]
    assert (
        town.page("cf.gangbu", town.item(case, "apply").id).values["project_title"]
        == "苜蓿草高值化加工技术"
    )
    for login, step in (
        ("cf.gangbu", "apply"),
        ("cf.gangbu", "plan"),
        ("cf.danwei", "unit_review"),
        ("cf.hongshan", "department_review"),
        ("cf.kjj", "initial_review"),
    ):
        town.complete(login, case, step)
    assert "等待定期备案结果" in town.case("cf.gangbu", case).case.where


def test_sending_back_takes_the_undone_answers_out_of_the_data_and_keeps_the_records(
    town: Town,
) -> None:
    case = town.applied()
    town.complete("cf.danwei", case, "unit_review")
    assert town.row(case).data["unit_conclusion"] == "agree"
    town.send_back("cf.hongshan", case, "department_review", "plan")
    assert "unit_conclusion" not in town.row(case).data
    assert "schedule" not in town.row(case).data
    assert town.row(case).data["project_title"] == "苜蓿草高值化加工技术"
    undone = (
        {line.element for line in town.case("cf.kjj.head", case).answers if line.undone}
        if town.box("cf.kjj.head")
        else {line.element for line in town.case("cf.gangbu", case).answers if line.undone}
    )
    assert undone == {"plan", "unit_review"}


def test_what_waits_for_the_round_can_no_longer_be_sent_back(town: Town) -> None:
    case = town.filed()
    assert town.row(case).number == "赤科榜备〔2026〕001号"
    page = town.page("cf.gangbu", town.item(case, "tracking").id)
    assert page.targets == ()
    assert not page.offers["send_back"].allowed
    with pytest.raises(NotOffered):
        town.send_back("cf.gangbu", case, "tracking", "initial_review")


def test_after_filing_the_project_is_tracked_and_a_ledger_row_is_due_each_quarter(
    town: Town,
) -> None:
    case = town.filed()
    assert town.open(case) == ["tracking"]
    town.at(date(2026, 6, 3))
    assert sorted(town.open(case)) == ["ledger", "tracking"]
    town.complete("cf.gangbu", case, "ledger")
    assert town.open(case) == ["tracking"]
    town.at(date(2026, 9, 3))
    assert sorted(town.open(case)) == ["ledger", "study", "tracking"]


def test_a_matter_reported_at_any_time_is_coordinated_in_time(town: Town) -> None:
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": "电力增容需协调"})
    item = town.item(case, "coordinate")
    assert "电力增容需协调" in town.page("cf.kjj", item.id).values["matter"]
    town.contribute("cf.hongshan", case, "coordinate")
    town.complete("cf.kjj", case, "coordinate")
    assert town.open(case) == ["tracking"]
    assert [i.state for i in town.items(case, "coordinate", state="done", part="cooperate")] == [
        "done"
    ]


def test_a_matter_is_not_closed_before_the_managing_department_has_answered(town: Town) -> None:
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": "用地"})
    with pytest.raises(StillWaiting) as refused:
        town.complete("cf.kjj", case, "coordinate")
    assert refused.value.facts["units"] == ["红山区科技局"]
    town.complete("cf.kjj", case, "coordinate", reason="情况紧急，已电话沟通")
    assert [i.state for i in town.items(case, "coordinate", state="excused", part="cooperate")] == [
        "excused"
    ]


def test_a_matter_coordinated_late_shows_red_and_the_silent_unit_as_unanswered(town: Town) -> None:
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": "用地"})
    town.forward(workdays=11)
    assert town.page("cf.kjj", town.item(case, "coordinate").id).item.light == "red"
    assert {line.light for line in town.box("cf.hongshan", "contribute")} == {"red"}
    town.complete("cf.kjj", case, "coordinate", reason="归口部门逾期未反馈")
    assert [
        i.state for i in town.items(case, "coordinate", state="unanswered", part="cooperate")
    ] == ["unanswered"]


def test_two_matters_at_once_are_coordinated_each_for_itself(town: Town) -> None:
    case = town.filed()
    for matter in ("用地指标", "人才公寓"):
        town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": matter})
    shown = [
        town.page("cf.kjj", item.id).values["matter"] for item in town.items(case, "coordinate")
    ]
    assert ["用地指标" in shown[0], "人才公寓" in shown[1]] == [True, True]


def test_feedback_without_a_matter_opens_no_coordination(town: Town) -> None:
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **LEDGER)
    assert town.open(case) == ["tracking"]
    assert [
        line.part
        for line in town.case("cf.gangbu", case).answers
        if line.element == "feedback_received"
    ] == ["message"]


def test_only_the_applicant_may_report(town: Town) -> None:
    case = town.filed()
    with pytest.raises(NotAllowed):
        town.tell("cf.kjj", case, "feedback", **LEDGER)
    with pytest.raises(NotFound):
        town.tell("zy.kjj", case, "feedback", **LEDGER)


def test_a_report_is_checked_like_any_form(town: Town) -> None:
    case = town.filed()
    with pytest.raises(BadAnswers) as refused:
        town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "reporter_phone": "12"})
    assert set(refused.value.facts["errors"]) == {"reporter_phone"}


def test_asking_to_close_ends_tracking_with_its_ledgers_and_matters_and_opens_the_final_report(
    town: Town,
) -> None:
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": "用地"})
    town.complete("cf.gangbu", case, "tracking")
    assert town.open(case) == ["final_report"]
    assert {i.state for i in town.items(case, "coordinate", state="cancelled")} == {"cancelled"}
