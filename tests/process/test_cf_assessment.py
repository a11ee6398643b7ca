"""评榜 in 赤峰: yearly reports, the closing, grades, what outlives tracking. A test's name says
what it proves.
"""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service.commands.notices.seen import SeeNotices
from service.errors import NotAllowed, NotOffered
from service.queries.notices.notices import notices, unread
from service.store.cases.rows import OutboxRow
from service.store.notices import NoticeRow
from tests.samples import BREAKTHROUGH, FAILED, LEDGER, REPORT, SUPPORT
from tests.town import Town

REJECTED = {
    "annual_audit": {"audit_conclusion": "reject"},
    "final_audit": {"audit_conclusion": "reject"},
    "annual_assessment": FAILED,
    "final_assessment": FAILED,
}
STEPS = ("report", "audit", "assessment", "result", "incentive")
BY = dict(zip(STEPS, ("cf.gangbu", "cf.hongshan", "cf.kjj", "cf.kjj", "cf.lxh"), strict=True))


def walk(town: Town, case: int, of: str, *steps: str, place: str = "", **answers: object) -> None:
    """Do these steps of a yearly (``annual``) or final round; ``answers`` are for the last of
    them.
    """
    for step in steps or STEPS:
        if step == "incentive":
            town.contribute("cf.kjj", case, f"{of}_incentive")
        more = answers if step == (steps or STEPS)[-1] else {}
        town.complete(BY[step], case, f"{of}_{step}", place=place, **more)


def reporting(town: Town, year: int = 2026) -> int:
    """A project whose yearly report has just been opened."""
    case = town.filed()
    town.at(date(year, 11, 15))
    return case


def closing(town: Town) -> int:
    """A project whose bidder has asked for the closing."""
    case = town.filed()
    town.complete("cf.gangbu", case, "tracking")
    return case


# -- the yearly round


def test_the_yearly_report_opens_on_15_november_and_is_due_on_31_december(town: Town) -> None:
    case = town.filed()
    town.at(date(2026, 11, 14))
    assert "annual_report" not in town.open(case)
    town.at(date(2026, 11, 15))
    item = town.item(case, "annual_report")
    assert item.name == "提交年度报告（附件3）（2026年度评估）"
    assert item.due_at is not None
    assert item.due_at.isoformat() == "2026-12-31T16:00:00+00:00"


def test_a_project_filed_after_15_november_reports_first_in_the_next_year(town: Town) -> None:
    town.at(date(2026, 11, 16))
    case = town.filed()
    town.at(date(2027, 11, 14))
    assert "annual_report" not in town.open(case)
    town.at(date(2027, 11, 15))
    assert [item.name for item in town.items(case, "annual_report")] == [
        "提交年度报告（附件3）（2027年度评估）"
    ]


def test_a_round_that_the_clock_opens_late_belongs_to_the_year_it_was_meant_for(town: Town) -> None:
    case = town.filed()
    town.at(date(2027, 1, 4))
    item = town.item(case, "annual_report")
    assert item.given["evaluation_name"] == "2026年度评估"
    assert item.due_at is not None
    assert item.due_at.isoformat() == "2026-12-31T16:00:00+00:00"


def test_a_year_goes_from_the_report_by_audit_assessment_and_grade_to_the_incentive(
    town: Town,
) -> None:
    case = reporting(town)
    for step, following in zip(STEPS, STEPS[1:], strict=False):
        walk(town, case, "annual", step)
        assert town.page(BY[following], town.item(case, f"annual_{following}").id).values[
            "evaluation_name"
        ] == ("2026年度评估")
    shown = town.page("cf.lxh", town.item(case, "annual_incentive").id)
    assert (shown.values["grade"], shown.values["total_score"]) == ("一类", 85.5)
    walk(town, case, "annual", "incentive")
    assert "tracking" in town.open(case)
    assert not [element for element in town.open(case) if element.startswith("annual")]


def test_the_bidder_can_take_the_yearly_report_back_while_nobody_has_looked_at_it(
    town: Town,
) -> None:
    case = reporting(town)
    walk(town, case, "annual", "report")
    town.withdraw("cf.gangbu", town.items(case, "annual_report", state="done")[-1].id)
    assert sorted(set(town.open(case))) == ["annual_report", "ledger", "study", "tracking"]
    walk(town, case, "annual")


def test_the_incentive_waits_for_the_science_bureau(town: Town) -> None:
    case = reporting(town)
    walk(town, case, "annual", *STEPS[:-1])
    assert [
        line.unit
        for line in town.page("cf.lxh", town.item(case, "annual_incentive").id).contributions
    ] == ["市科技局"]


@pytest.mark.parametrize(
    ("at", "to"),
    [
        ("audit", "report"),
        ("assessment", "audit"),
        ("assessment", "report"),
        ("result", "assessment"),
        ("incentive", "result"),
        ("incentive", "report"),
    ],
)
def test_each_reviewer_of_a_year_can_send_it_back_and_it_comes_again(
    town: Town, at: str, to: str
) -> None:
    case = reporting(town)
    walk(town, case, "annual", *STEPS[: STEPS.index(at)])
    town.send_back(BY[at], case, f"annual_{at}", f"annual_{to}", co_again=True)
    item = town.page(BY[to], town.item(case, f"annual_{to}").id)
    assert item.returned_why == "请补充材料"
    if to == "report":
        assert item.values["indicators_done"] == REPORT["indicators_done"]
    walk(town, case, "annual", *STEPS[STEPS.index(to) :])
    assert town.row(case).data["annual_rounds"][0]["grading"]["grade"] == "一类"


@pytest.mark.parametrize("step", ["audit", "assessment"])
def test_a_year_that_fails_gets_no_grade_and_tracking_goes_on(town: Town, step: str) -> None:
    case = reporting(town)
    walk(town, case, "annual", *STEPS[: STEPS.index(step)])
    walk(town, case, "annual", step, **REJECTED[f"annual_{step}"])
    assert not [element for element in town.open(case) if element.startswith("annual")]
    assert "tracking" in town.open(case)
    assert "grading" not in town.row(case).data["annual_rounds"][0]
    with town.runtime.query() as session:
        assert any(
            "2026年度评估未通过" in row.text
            for row in session.scalars(
                select(NoticeRow).where(NoticeRow.case_id == case, NoticeRow.kind == "notice")
            )
        )


def test_a_notice_is_new_until_its_reader_has_seen_it_and_for_nobody_else(town: Town) -> None:
    case = reporting(town)
    walk(town, case, "annual", *STEPS[:2])
    walk(town, case, "annual", "assessment", **REJECTED["annual_assessment"])
    reader = town.actor("cf.gangbu")
    with town.runtime.query() as session:
        assert unread(session, town.actor("cf.danwei")) == 0
        found = notices(session, reader)
        assert unread(session, reader) == len(found) > 0
    assert found[0].case_id == case
    assert found[0].fresh
    town.runtime.perform(SeeNotices(actor=reader, last=found[0].id))
    with town.runtime.query() as session:
        assert unread(session, reader) == 0
        assert not any(line.fresh for line in notices(session, reader))
        assert notices(session, reader, before=found[-1].id) == ()


def test_two_years_open_at_once_do_not_see_each_others_answers(town: Town) -> None:
    case = reporting(town)
    walk(town, case, "annual", "report", "audit", achievements="第一年成果")
    town.complete("cf.gangbu", case, "ledger")
    town.at(date(2027, 11, 15))
    walk(town, case, "annual", "report", indicators_done="第二年指标")
    walk(town, case, "annual", "audit", audit_opinion="第二年意见")
    first, second = town.items(case, "annual_assessment")
    assert [item.place for item in (first, second)] == ["annual_rounds/0", "annual_rounds/1"]
    assert town.page("cf.kjj", first.id).values["audit_opinion"] == "属实，同意上报"
    assert town.page("cf.kjj", second.id).values["audit_opinion"] == "第二年意见"
    walk(town, case, "annual", "assessment", place=second.place, research_score=0, transfer_score=0)
    walk(town, case, "annual", "assessment", place=first.place)
    results = {
        item.place: town.page("cf.kjj", item.id).values
        for item in town.items(case, "annual_result")
    }
    assert {
        place: (values["evaluation_name"], values["grade"]) for place, values in results.items()
    } == {"annual_rounds/0": ("2026年度评估", "一类"), "annual_rounds/1": ("2027年度评估", "三类")}


# -- the closing


def test_the_bidder_may_ask_for_the_closing_before_the_term_is_over(town: Town) -> None:
    case = closing(town)
    walk(town, case, "final")
    row = town.row(case)
    assert row.status == "finished"
    assert row.data["final_rounds"][0]["grading"]["grade"] == "一类"
    assert town.case("cf.gangbu", case).case.status == "finished"


def test_the_day_after_the_term_the_final_report_opens(town: Town) -> None:
    case = town.filed()
    town.at(date(2028, 12, 31))
    assert "tracking" in town.open(case)
    town.at(date(2029, 1, 1))
    assert "tracking" not in town.open(case)
    assert "final_report" in town.open(case)


@pytest.mark.parametrize("step", ["audit", "assessment"])
def test_a_closing_that_fails_may_get_a_longer_term_and_come_again(town: Town, step: str) -> None:
    case = closing(town)
    walk(town, case, "final", *STEPS[: STEPS.index(step)])
    walk(town, case, "final", step, **REJECTED[f"final_{step}"])
    assert town.open(case) == ["closing_decision"]
    town.complete("cf.kjj", case, "closing_decision")
    assert town.open(case) == ["tracking"]
    assert town.row(case).data["project_end"] == date(2029, 12, 31)
    town.at(date(2029, 1, 2))
    assert "tracking" in town.open(case)
    town.at(date(2030, 1, 1))
    walk(town, case, "final")
    assert [
        entry.get("grading", {}).get("grade") for entry in town.row(case).data["final_rounds"]
    ] == [None, "一类"]
    assert "final_report" not in town.open(case)


def test_a_closing_that_fails_may_end_the_project(town: Town) -> None:
    case = closing(town)
    walk(town, case, "final", "report", "audit", audit_conclusion="reject")
    town.complete("cf.kjj", case, "closing_decision", closing_decision="stop", extended_end=None)
    assert town.row(case).status == "finished"
    assert town.row(case).data["project_end"] == date(2028, 12, 31)


def test_each_reviewer_of_the_closing_can_send_it_back(town: Town) -> None:
    case = closing(town)
    walk(town, case, "final", "report")
    town.send_back("cf.hongshan", case, "final_audit", "final_report")
    walk(town, case, "final", "report", "audit")
    town.send_back("cf.kjj", case, "final_assessment", "final_report")
    walk(town, case, "final", "report", "audit", "assessment", "result")
    town.send_back("cf.lxh", case, "final_incentive", "final_assessment", co_again=True)
    walk(town, case, "final", "assessment", "result", "incentive")
    assert town.row(case).status == "finished"


# -- what outlives tracking


def test_a_closing_replaces_the_report_of_the_same_year_that_was_not_handed_in(town: Town) -> None:
    case = reporting(town)
    town.complete("cf.gangbu", case, "tracking")
    assert town.open(case) == ["final_report"]
    assert [item.state for item in town.items(case, "annual_report", state="cancelled")] == [
        "cancelled"
    ]
    assert town.row(case).data["annual_rounds"][0]["replaced_by_final"] is True
    with town.runtime.query() as session:
        sent = session.scalars(
            select(OutboxRow).where(OutboxRow.name == "final_report_instead")
        ).one()
    assert sent.delivered_at is not None
    walk(town, case, "final")
    assert town.row(case).status == "finished"


def test_a_report_sent_back_to_the_bidder_is_replaced_like_one_never_handed_in(town: Town) -> None:
    case = reporting(town)
    walk(town, case, "annual", "report")
    town.send_back("cf.hongshan", case, "annual_audit", "annual_report")
    town.complete("cf.gangbu", case, "tracking")
    assert town.open(case) == ["final_report"]


def test_a_report_under_review_is_assessed_though_the_project_closes(town: Town) -> None:
    case = reporting(town)
    walk(town, case, "annual", "report")
    town.complete("cf.gangbu", case, "tracking")
    assert sorted(town.open(case)) == ["annual_audit", "final_report"]
    walk(town, case, "final")
    assert town.row(case).status == "running"
    walk(town, case, "annual", "audit", "assessment", "result", "incentive")
    assert town.row(case).status == "finished"


def test_a_report_of_an_earlier_year_is_still_owed_after_the_closing_began(town: Town) -> None:
    case = reporting(town)
    town.at(date(2027, 2, 1))
    town.complete("cf.gangbu", case, "tracking")
    assert sorted(town.open(case)) == ["annual_report", "final_report"]
    assert town.page("cf.gangbu", town.item(case, "annual_report").id).item.light == "red"
    with town.runtime.query() as session:
        assert (
            session.scalars(select(OutboxRow).where(OutboxRow.name == "final_report_instead")).all()
            == []
        )


def test_after_the_closing_began_no_yearly_report_opens(town: Town) -> None:
    case = closing(town)
    town.at(date(2026, 11, 20))
    assert town.open(case) == ["final_report"]


def test_support_and_publicity_begun_before_the_closing_are_finished_after_it(town: Town) -> None:
    case = town.filed()
    town.tell("cf.hongshan", case, "support_proposed", **SUPPORT)
    town.tell("cf.gangbu", case, "breakthrough", **BREAKTHROUGH)
    town.complete("cf.gangbu", case, "tracking")
    walk(town, case, "final")
    assert sorted(town.open(case)) == ["policy_support", "publicity"]
    town.complete("cf.kjj", case, "policy_support")
    town.complete("cf.kjj", case, "publicity")
    assert town.row(case).status == "finished"


# -- while tracking


def test_two_proposals_and_two_breakthroughs_are_handled_each_for_itself(town: Town) -> None:
    case = town.filed()
    for word in ("甲", "乙"):
        town.tell(
            "cf.kjj", case, "support_proposed", **{**SUPPORT, "support_reason": f"理由{word}"}
        )
        town.tell(
            "cf.gangbu",
            case,
            "breakthrough",
            **{**BREAKTHROUGH, "breakthrough_title": f"突破{word}"},
        )
    reasons = [
        town.page("cf.kjj", item.id).values["support_reason"]
        for item in town.items(case, "policy_support")
    ]
    assert reasons == ["理由甲", "理由乙"]
    assert [item.name for item in town.items(case, "publicity")] == [
        "宣传推广（突破甲）",
        "宣传推广（突破乙）",
    ]


def test_support_is_proposed_by_the_offices_and_not_by_the_bidder(town: Town) -> None:
    case = town.filed()
    with pytest.raises(NotAllowed):
        town.tell("cf.gangbu", case, "support_proposed", **SUPPORT)


def test_every_half_year_the_science_bureau_studies_the_project_with_the_department(
    town: Town,
) -> None:
    case = town.filed()
    town.at(date(2026, 6, 3))
    town.complete("cf.gangbu", case, "ledger", progress="设备到位")
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "progress": "试车成功"})
    town.at(date(2026, 9, 3))
    item = town.item(case, "study")
    shown = town.page("cf.kjj", item.id).values
    assert (shown["progress"], shown["feedback_progress"]) == ("设备到位", "试车成功")
    town.contribute("cf.hongshan", case, "study")
    town.complete("cf.kjj", case, "study")
    town.at(date(2027, 3, 3))
    assert len(town.items(case, "study")) == 1


def test_ledgers_left_undone_stand_beside_each_other(town: Town) -> None:
    case = town.filed()
    town.forward(days=190)
    first, second = town.items(case, "ledger")
    assert second.opened_at - first.opened_at > timedelta(days=80)
    town.complete("cf.gangbu", case, "ledger", coordination_matters="道路")
    assert "道路" in town.page("cf.kjj", town.item(case, "coordinate").id).values["matter"]
    town.complete("cf.gangbu", case, "ledger")
    assert town.open(case).count("coordinate") == 1


def test_a_closing_cannot_be_sent_back_into_tracking(town: Town) -> None:
    case = closing(town)
    assert town.page("cf.gangbu", town.item(case, "final_report").id).targets == ()
    with pytest.raises(NotOffered):
        town.send_back("cf.gangbu", case, "final_report", "track")


# -- confidential matter


def test_the_assessment_is_read_by_those_named_only_and_no_secret_to_anybody_that_it_exists(
    town: Town,
) -> None:
    case = reporting(town)
    walk(town, case, "annual", "report", "audit", "assessment")
    item = town.items(case, "annual_assessment", state="done")[0].id
    for login, reads in (
        ("cf.kjj", True),
        ("cf.gangbu", False),
        ("cf.hongshan", False),
        ("cf.ducha", False),
    ):
        (line,) = [
            one for one in town.case(login, case).answers if one.element == "annual_assessment"
        ]
        assert (bool(line.values), line.restricted) == (reads, not reads)
        page = town.page(login, item)
        assert (bool(page.values), page.form is not None, page.closed) == (reads, reads, not reads)
