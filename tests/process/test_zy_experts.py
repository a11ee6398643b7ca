"""What experts see of what they score, and what others see of the experts. A test's name says what
it proves.
"""

from decimal import Decimal

import pytest

from service.domain.outside import Upload
from service.errors import NotFound
from service.queries.items.answers import attachment
from service.queries.items.lines import AnswerLine
from tests.process.test_zy_project import SEALED, child
from tests.project import BUREAU, CLOSING, COUNTY, DEMANDER, PARTY, Project
from tests.samples import BID, DEMAND
from tests.town import Town

__all__ = ["child"]
FIRST, SECOND, THIRD = EXPERTS = ("zy.expert1", "zy.expert2", "zy.expert3")
NAMES = ("田野", "任静", "石磊", *EXPERTS)
OTHER = "兰州样机公司"
JUDGED = ["fill_demand", "prepare_posting", "bid_received", "negotiate"]


@pytest.fixture
def project(town: Town) -> Project:
    """A project that is scored: two bids came, each with a file, the first was chosen."""
    made = Project(town).posted()
    made.submit("posting", BID, pdf("方案书.pdf", b"plan"))
    made.submit("posting", {**BID, "bidder_name": OTHER}, pdf("样机.pdf", b"other"))
    made.close()
    return made.reach("score")


def pdf(filename: str, content: bytes) -> Upload:
    return Upload(filename=filename, content_type="application/pdf", content=content)


def score_item(project: Project, login: str, *, state: str = "open") -> int:
    holders = project.town.actor(login).holders
    return next(
        item.id
        for item in project.town.items(project.case, "score", state=state)
        if item.holder in holders
    )


def seen(project: Project, login: str) -> list[AnswerLine]:
    """What somebody reads of others at their score sheet; the case page shows the same."""
    town, me = project.town, project.town.actor(login)
    (mine,) = (
        item
        for state in ("open", "done")
        for item in town.items(project.case, "score", state=state)
        if item.holder in me.holders
    )
    earlier = [one for one in town.page(login, mine.id).earlier if one.element != "score"]
    shown = town.case(login, project.case).answers
    assert earlier == [one for one in shown if one.element != "score"]
    return earlier


def files(project: Project, login: str) -> dict[str, bytes]:
    """The files somebody finds in the case, as they can be fetched."""
    town = project.town
    with town.runtime.query() as session:
        return {
            line.filename: attachment(session, town.runtime, town.actor(login), line.id).content
            for line in town.case(login, project.case).attachments
        }


# -- what they judge


def test_experts_read_the_demand_the_chosen_bid_with_its_files_and_the_agreement(project):
    shown = {one.element: one.values for one in seen(project, FIRST)}
    assert list(shown) == JUDGED
    assert shown["fill_demand"]["problem"] == DEMAND["problem"]
    bid = shown["bid_received"]
    for key in ("execution_plan", "market_prospects", "economic_targets", "team", "schedule"):
        assert bid[key] == BID[key]
    assert bid["quote"] == BID["quote"]
    assert files(project, FIRST) == {"方案书.pdf": b"plan"}


def test_other_bids_and_their_files_never_reach_an_expert(project):
    with project.town.runtime.query() as session:
        runtime, me = project.town.runtime, project.town.actor(FIRST)
        with pytest.raises(NotFound):
            attachment(session, runtime, me, 2)
    for page in (
        project.town.page(FIRST, score_item(project, FIRST)),
        project.town.case(FIRST, project.case),
    ):
        assert OTHER not in repr(page)
        assert "样机.pdf" not in repr(page)


def test_phone_numbers_stay_with_the_steps_that_need_them(project):
    text = repr(project.town.page(FIRST, score_item(project, FIRST)))
    for secret in (BID["contact_phone"], BID["contact_email"], DEMAND["contact_phone"]):
        assert secret not in text
        assert secret in repr(project.town.case(BUREAU, project.case).answers)


def test_an_expert_still_reads_what_they_have_judged(project):
    project.score(FIRST)
    assert [one.element for one in seen(project, FIRST)] == JUDGED
    assert files(project, FIRST) == {"方案书.pdf": b"plan"}


def test_whoever_steps_back_reads_nothing_any_more(project):
    project.score(FIRST, **SEALED)
    assert seen(project, FIRST) == []
    assert files(project, FIRST) == {}
    page = project.town.page(FIRST, score_item(project, FIRST, state="done"))
    own = [one for one in project.town.case(FIRST, project.case).answers if one.element == "score"]
    for shown in (page.values, own[0].values):
        assert shown["recusal_reason"] == SEALED["recusal_reason"]
        assert BID["solution"] not in repr(shown)
    assert BID["solution"] in repr(project.town.page(SECOND, score_item(project, SECOND)).values)


def test_an_expert_whose_sheet_was_called_in_reads_nothing_any_more(project):
    project.score(FIRST, SECOND)
    project.do("demander_score")
    project.town.tell(PARTY, project.case, "close_scoring", close_scoring_reason="一人出国")
    assert project.town.case(THIRD, project.case).answers == ()
    assert project.town.case(THIRD, project.case).attachments == ()


def test_an_expert_who_is_not_on_the_panel_finds_no_such_case(town: Town):
    project = Project(town).reach("form_panel")
    project.do("form_panel", experts=[FIRST, SECOND])
    with pytest.raises(NotFound):
        town.case(THIRD, project.case)
    with pytest.raises(NotFound):
        town.page(THIRD, town.item(project.case, "score").id)


def test_a_demand_that_the_pilot_has_handed_over_is_read_all_the_same(child):
    child.reach("score")
    shown = {one.element: one for one in seen(child, FIRST)}
    assert list(shown) == JUDGED
    assert shown["fill_demand"].values["indicators"] == DEMAND["indicators"]
    assert DEMAND["contact_phone"] not in repr(shown["fill_demand"].values)
    assert not child.town.items(child.case, "fill_demand", state="done")
    sheet = child.town.item(child.case, "demander_score").id
    assert "fill_demand" in {one.element for one in child.town.page(DEMANDER, sheet).earlier}


def test_the_head_reads_the_bid_that_he_decides_on(project):
    project.reach("head_decision")
    item = project.town.item(project.case, "head_decision").id
    page = project.town.page("zy.ldxz", item)
    bids = [one for one in page.earlier if one.element == "bid_received"]
    assert [bool(one.values) for one in bids] == [True, False]
    assert OTHER not in repr(page)
    assert files(project, "zy.ldxz") == {"方案书.pdf": b"plan"}


def test_the_head_reads_the_sheets_as_opinions_and_the_agreement_as_the_paper(project):
    project.reach("head_decision")
    item = project.town.item(project.case, "head_decision").id
    handed = project.town.page("zy.ldxz", item).handed
    sheets = [line for line in handed if line.answer.element == "score"]
    assert len(sheets) > 2
    assert not any(line.document for line in sheets)
    assert {line.answer.element for line in handed if line.latest} == {"negotiate"}


# -- weights and total


def test_weights_stand_beside_the_criteria_and_the_total_follows(project):
    sheet = project.town.page(FIRST, score_item(project, FIRST)).values
    names = ("rationality", "innovation", "indicators", "market", "plan")
    assert [sheet[f"weight_{name}"] for name in names] == [25, 20, 25, 15, 15]
    points = dict(zip(names, ("80.1", "76.5", "90", "61.3", "70"), strict=True))
    project.score(FIRST, **{f"score_{name}": value for name, value in points.items()})
    (answer,) = (
        one.values
        for one in project.town.case(FIRST, project.case).answers
        if one.element == "score"
    )
    assert answer["score_total"] == float(Decimal("77.52"))
    assert answer["weight_market"] == 15


def test_a_total_that_somebody_sends_along_is_not_believed(project):
    project.score(FIRST, score_total=100, weight_plan=100)
    (answer,) = (
        one.values
        for one in project.town.case(FIRST, project.case).answers
        if one.element == "score"
    )
    assert (answer["score_total"], answer["weight_plan"]) == (80, 15)


def test_the_demander_has_weights_and_a_total_of_its_own(project):
    item = project.town.item(project.case, "demander_score").id
    assert project.town.page(DEMANDER, item).values["weight_indicators"] == 25
    project.do("demander_score")
    project.score(*EXPERTS)
    shown = project.town.page(PARTY, project.town.item(project.case, "summarise_review").id)
    assert "加权总分90" in shown.values["demander_scores"]


# -- who they are


def everything(project: Project, login: str) -> str:
    """All that somebody finds of the case."""
    town, found = project.town, [project.town.case(login, project.case)]
    found += [town.box(login, box) for box in ("todo", "claimed", "contribute", "started")]
    for state in ("open", "done", "cancelled"):
        for item in town.items(project.case, state=state):
            if item.element in ("score", "form_panel", "demander_score"):
                found.append(town.page(login, item.id))
    return repr(found)


def test_nobody_but_the_organizer_learns_who_the_experts_are_or_who_has_scored(project):
    project.town.attach(FIRST, score_item(project, FIRST), "评分底稿.pdf", b"sheet")
    project.town.comment(SECOND, score_item(project, SECOND), "已阅方案")
    project.score(FIRST)
    others = (DEMANDER, project.data["bidder"], BUREAU, COUNTY, "zy.czj", "zy.ducha", "zy.owner")
    for login in others:
        assert not [name for name in NAMES if name in everything(project, login)], login
    assert [name for name in NAMES if name in everything(project, PARTY)] == list(NAMES)


def test_experts_do_not_learn_of_each_other(project):
    project.score(FIRST)
    page = repr(project.town.case(SECOND, project.case))
    assert "任静" in page
    assert not [name for name in ("田野", "石磊", FIRST, THIRD) if name in page]


def test_why_scoring_was_closed_early_names_nobody_to_others(project):
    project.score(FIRST, SECOND)
    project.do("demander_score")
    project.town.tell(PARTY, project.case, "close_scoring", close_scoring_reason="石磊出国")
    for login in (DEMANDER, project.data["bidder"], BUREAU, COUNTY, "zy.ducha"):
        assert "石磊" not in everything(project, login), login


def test_names_are_kept_until_the_head_has_decided(project):
    project.reach("head_decision")
    assert "田野" not in everything(project, BUREAU)
    assert [bool(one.values) for one in sheets(project, BUREAU)] == [True, True, True]
    project.do("head_decision")
    assert {one.person for one in sheets(project, BUREAU)} == {"田野", "任静", "石磊"}
    assert {bool(one.values) for one in sheets(project, DEMANDER)} == {False}


def sheets(project: Project, login: str) -> list[AnswerLine]:
    return [one for one in project.town.case(login, project.case).answers if one.element == "score"]


def test_a_case_of_scoring_that_is_sealed_again_shows_no_bid(project):
    """Who has judged keeps their sight, but sealed is sealed: bids that are taken anew."""
    project.score(FIRST)
    with project.town.runtime.transaction() as work:
        case = work.locked_case(project.case)
        case.data = {**case.data, "bids_close_at": CLOSING.replace(year=2027)}
    assert "bid_received" not in {one.element for one in seen(project, FIRST)}
    assert files(project, FIRST) == {}
