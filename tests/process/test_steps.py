"""各环节进度: what happened, what is under way, what comes for certain, what may come; nothing that
cannot be any more.
"""

from datetime import date

from service.commands.cases.steering import SuspendCase, TerminateCase
from tests.project import Project
from tests.samples import LEDGER
from tests.town import Town


def steps(town: Town, case: int, login: str = "cf.owner") -> list[tuple[str, str]]:
    return [(step.element, step.state) for step in town.case(login, case).steps]


def of(town: Town, case: int, state: str, login: str = "cf.owner") -> list[str]:
    """The steps in this state, in the order of the page."""
    return [element for element, found in steps(town, case, login) if found == state]


def test_steps_are_listed_as_they_happened_and_then_as_they_are_drawn(town: Town) -> None:
    case = town.applied()
    town.forward(days=1)
    town.complete("cf.danwei", case, "unit_review")
    found = steps(town, case)
    assert found[:4] == [
        ("apply", "done"),
        ("plan", "done"),
        ("unit_review", "done"),
        ("department_review", "open"),
    ]
    assert {state for _, state in found[4:]} == {"possible"}, "each reviewer may refuse"
    later = [element for element, _ in found[4:]]
    assert later.index("initial_review") < later.index("tracking") < later.index("final_report")


def test_what_surely_follows_is_said_to_come(town: Town) -> None:
    case = town.start("cf_project", "cf.gangbu")
    assert of(town, case, "open") == ["apply"]
    assert of(town, case, "ahead") == ["plan", "unit_review"]


def test_while_tracking_runs_the_final_report_is_certain_and_a_yearly_one_may_come(
    town: Town,
) -> None:
    case = town.filed()
    assert of(town, case, "open") == ["tracking"]
    assert of(town, case, "ahead") == ["final_report", "final_audit"]
    possible = of(town, case, "possible")
    assert {"ledger", "coordinate", "study", "annual_report", "final_incentive"} <= set(possible)
    assert not {"apply", "unit_review", "initial_review"} & set(possible), "left behind"


def test_a_step_that_was_done_and_may_come_again_stands_in_both_parts(town: Town) -> None:
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": "用地指标"})
    town.contribute("cf.hongshan", case, "coordinate")
    town.complete("cf.kjj", case, "coordinate")
    assert {state for element, state in steps(town, case) if element == "coordinate"} == {
        "done",
        "possible",
    }


def test_while_the_closing_runs_tracking_may_come_again_because_it_may_fail(town: Town) -> None:
    case = town.filed()
    town.complete("cf.gangbu", case, "tracking")
    assert of(town, case, "open") == ["final_report"]
    assert of(town, case, "ahead") == ["final_audit"]
    assert {"closing_decision", "tracking", "ledger"} <= set(of(town, case, "possible"))


def test_a_branch_that_was_not_taken_is_gone(town: Town) -> None:
    case = town.reviewed()
    town.complete("cf.lxh", town.round(), "decide", filing_decision="refused")
    assert {state for _, state in steps(town, case)} == {"done"}
    assert "tracking" not in [element for element, _ in steps(town, case)]


def test_a_case_that_is_over_lists_what_happened_only(town: Town) -> None:
    case = town.filed()
    town.steer(TerminateCase, "cf.owner", case)
    assert of(town, case, "left") == ["tracking"]
    assert {state for _, state in steps(town, case)} == {"done", "left"}


def test_a_case_that_rests_still_says_what_comes(town: Town) -> None:
    case = town.filed()
    before = steps(town, case)
    town.steer(SuspendCase, "cf.owner", case)
    assert [one[0] for one in steps(town, case)] == [one[0] for one in before]


def test_a_check_that_a_short_project_never_gets_is_not_said_to_be_possible(town: Town) -> None:
    project = Project(town).posted()
    assert {"yearly_check", "exceptional_check"} <= set(
        of(town, project.case, "possible", "zy.kjj")
    )
    assert of(town, project.case, "waiting", "zy.kjj") == ["bids_due"]


def test_each_timer_names_the_steps_that_it_opens(town: Town) -> None:
    case = town.filed()
    assert [(timer.element, timer.opens) for timer in town.case("cf.kjj", case).timers] == [
        ("quarter_passed", ("季度更新跟榜台账",)),
        ("study_due", ("定期研判",)),
        ("year_reported", ("提交年度报告（附件3）",)),
        ("term_over", ("提交结题报告（附件3）",)),
    ]
    town.at(date(2026, 6, 10))
    assert "ledger" in of(town, case, "open")


def test_open_work_that_was_taken_back_says_who_did_what_and_why(town: Town) -> None:
    case = town.applied()
    sent_back = town.item(case, "unit_review").id
    town.send_back("cf.danwei", case, "unit_review", "apply", "附件2缺绩效指标")
    own = town.page("cf.danwei", sent_back).taken_back
    assert own is not None
    assert (own.verb, own.person) == ("send_back", town.actor("cf.danwei").name)
    assert (own.step, own.why) == ("所在单位党委（党组）审核", "附件2缺绩效指标")
    town.complete("cf.gangbu", case, "apply")
    town.complete("cf.gangbu", case, "plan")
    ended = town.item(case, "unit_review").id
    assert town.page("cf.danwei", ended).taken_back is None
    town.steer(TerminateCase, "cf.owner", case, "揭榜人调离")
    cause = town.page("cf.danwei", ended).taken_back
    assert cause is not None
    assert (cause.verb, cause.person, cause.why) == (
        "terminate",
        town.actor("cf.owner").name,
        "揭榜人调离",
    )


def test_the_record_of_a_meeting_names_the_project_of_each_decision(town: Town) -> None:
    for title in ("甲项目", "乙项目"):
        town.reviewed(title)
    around = town.round()
    for item in town.items(around, "decide"):
        town.complete("cf.lxh", around, "decide", place=item.place)
    said = [
        line.text
        for line in town.case("cf.lxh", around).journal
        if line.element == "decide" and line.verb in {"open", "complete"}
    ]
    assert len(said) == len(set(said)) == 4
    assert all("甲项目" in text or "乙项目" in text for text in said)
