"""撤回: taking back what one has just finished. 挂起, 恢复, 终止: the process owner's."""

from datetime import date

import pytest

from service.commands.cases.steering import ResumeCase, SuspendCase, TerminateCase
from service.commands.processes.deployments import Deploy
from service.errors import BadRequest, CaseRests, NotAllowed, NotFound, NotOffered
from tests.diagrams.draw import END, START, diagram, flows, task
from tests.outside import FORMS
from tests.samples import ANSWERS, LEDGER
from tests.town import Town


def done(town: Town, case: int, element: str) -> int:
    return town.items(case, element, state="done")[-1].id


def test_what_i_finished_comes_back_filled_in_while_the_next_step_is_untouched(town: Town) -> None:
    case = town.applied()
    assert town.page("cf.gangbu", done(town, case, "plan")).offers["withdraw"].allowed
    town.withdraw("cf.gangbu", done(town, case, "plan"))
    assert town.open(case) == ["plan"]
    assert (
        town.page("cf.gangbu", town.item(case, "plan").id).values["schedule"]
        == ANSWERS["plan"]["schedule"]
    )
    assert "schedule" not in town.row(case).data
    assert [item.state for item in town.items(case, "unit_review", state="cancelled")] == [
        "cancelled"
    ]


@pytest.mark.parametrize("touch", ["claim", "draft", "comment", "attach"])
def test_once_somebody_has_touched_the_next_step_nothing_comes_back(town: Town, touch: str) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    {
        "claim": lambda: town.claim("cf.danwei", item),
        "draft": lambda: town.draft("cf.danwei", item, unit_opinion="x"),
        "comment": lambda: town.comment("cf.danwei", item, "请稍候"),
        "attach": lambda: town.attach("cf.danwei", item, "a.pdf", b"%PDF"),
    }[touch]()
    assert not town.page("cf.gangbu", done(town, case, "plan")).offers["withdraw"].allowed
    with pytest.raises(NotOffered):
        town.withdraw("cf.gangbu", done(town, case, "plan"))
    assert town.open(case) == ["unit_review"]


ASKED = diagram(
    "\n".join(
        (
            START,
            task("draw_up", form="try_score"),
            task("consult", form="try_score", coUnits="市财政局", coForm="try_share"),
            END,
            flows("start>draw_up>consult>end"),
        )
    ),
    process="try_asked",
)


@pytest.mark.parametrize("begun", ["claimed", "answered"])
def test_once_a_co_operating_unit_has_begun_nothing_comes_back(town: Town, begun: str) -> None:
    files = {**FORMS, "try_asked.bpmn": ASKED}
    town.runtime.perform(Deploy(actor=town.actor("zy.owner"), jurisdiction="zy", files=files))
    case = town.start("try_asked", "zy.kjj", "咨询")
    town.complete("zy.kjj", case, "draw_up")
    (share,) = town.items(case, "consult", part="cooperate")
    assert town.page("zy.kjj", done(town, case, "draw_up")).offers["withdraw"].allowed
    if begun == "claimed":
        town.claim("zy.czj", share.id)
    else:
        town.contribute("zy.czj", case, "consult", opinion="资金合规")
    assert not town.page("zy.kjj", done(town, case, "draw_up")).offers["withdraw"].allowed
    with pytest.raises(NotOffered):
        town.withdraw("zy.kjj", done(town, case, "draw_up"))
    assert town.open(case) == ["consult"]


def test_only_my_own_last_step_comes_back(town: Town) -> None:
    case = town.applied()
    with pytest.raises(NotOffered):
        town.withdraw("cf.gangbu", done(town, case, "apply"))
    town.complete("cf.danwei", case, "unit_review")
    with pytest.raises(NotOffered):
        town.withdraw("cf.gangbu", done(town, case, "plan"))


def test_while_the_round_is_awaited_the_application_is_locked(town: Town) -> None:
    case = town.reviewed()
    with pytest.raises(NotOffered):
        town.withdraw("cf.kjj", done(town, case, "initial_review"))


def test_a_suspended_case_rests_until_it_is_resumed(town: Town) -> None:
    case = town.filed()
    town.steer(SuspendCase, "cf.owner", case)
    with pytest.raises(NotOffered):
        town.complete("cf.gangbu", case, "tracking")
    with pytest.raises(CaseRests):
        town.tell("cf.gangbu", case, "feedback", **LEDGER)
    town.at(date(2026, 6, 10))
    assert town.open(case) == ["tracking"]
    town.steer(ResumeCase, "cf.owner", case)
    town.forward(days=1)
    assert sorted(town.open(case)) == ["ledger", "tracking"]


def test_a_decision_that_meets_a_suspended_case_waits_for_it(town: Town) -> None:
    case = town.reviewed()
    around = town.round()
    town.steer(SuspendCase, "cf.owner", case)
    town.complete("cf.lxh", around, "decide")
    assert town.row(around).status == "finished"
    assert town.open(case) == []
    town.steer(ResumeCase, "cf.owner", case)
    town.forward(days=1)
    assert town.open(case) == ["tracking"]


def test_a_terminated_case_is_over_and_its_record_stays(town: Town) -> None:
    case = town.filed()
    town.steer(TerminateCase, "cf.owner", case, "揭榜人调离")
    assert town.row(case).status == "terminated"
    assert town.open(case) == []
    assert town.case("cf.kjj", case).journal[0].verb == "outcome"
    assert any("揭榜人调离" in line.text for line in town.case("cf.kjj", case).journal)
    town.forward(days=100)
    assert town.open(case) == []


def test_only_the_owner_of_the_jurisdiction_steers_and_says_why(town: Town) -> None:
    case = town.applied()
    with pytest.raises(NotAllowed):
        town.steer(TerminateCase, "cf.gangbu", case)
    for login in ("cf.kjj.head", "zy.owner"):
        with pytest.raises(NotFound):
            town.steer(TerminateCase, login, case)
    with pytest.raises(BadRequest):
        town.steer(TerminateCase, "cf.owner", case, " ")
    with pytest.raises(NotOffered):
        town.steer(ResumeCase, "cf.owner", case)
