"""What a case is called: by its starter, or by its own data where the process says how."""

import pytest
from sqlalchemy import select

from service.commands.cases.starting import StartCase
from service.errors import BadAnswers, BadRequest
from service.store.journal import JournalRow
from tests.samples import ANSWERS
from tests.town import Town


def start(town: Town, process: str, login: str, **more: object) -> int:
    return town.runtime.perform(StartCase(actor=town.actor(login), process=process, **more))


def titles(town: Town, case: int) -> list[tuple[str, str]]:
    """What the journal says of the case's title: the new one and the one before."""
    with town.runtime.query() as session:
        wanted = select(JournalRow.facts).where(
            JournalRow.case_id == case, JournalRow.verb == "retitle"
        )
        found = session.scalars(wanted.order_by(JournalRow.id)).all()
    return [(facts["title"], facts["title_before"]) for facts in found]


def test_a_case_without_a_title_is_called_by_its_process_and_starter_until_its_data_say_more(
    town: Town,
) -> None:
    case = start(town, "cf_project", "cf.gangbu")
    provisional = town.row(case).title
    assert provisional == f"揭榜项目（{town.actor('cf.gangbu').name}）"
    assert titles(town, case) == []
    town.complete("cf.gangbu", case, "apply", project_title="沙打旺良种繁育")
    row = town.row(case)
    assert row.title == row.data["case_title"] == "沙打旺良种繁育"
    assert titles(town, case) == [("沙打旺良种繁育", provisional)]
    assert town.box("cf.gangbu")[0].case_title == "沙打旺良种繁育"


def test_the_title_comes_with_the_form_that_one_starts_with(town: Town) -> None:
    case = start(town, "cf_project", "cf.gangbu", answers=ANSWERS["apply"])
    assert town.row(case).title == ANSWERS["apply"]["project_title"]


def test_a_title_that_was_given_gives_way_to_the_data(town: Town) -> None:
    case = town.start("cf_project", "cf.gangbu", "暂名")
    assert town.row(case).title == "暂名"
    town.complete("cf.gangbu", case, "apply", project_title="沙打旺良种繁育")
    assert titles(town, case) == [("沙打旺良种繁育", "暂名")]


def test_a_case_is_renamed_when_a_returned_step_says_something_else(town: Town) -> None:
    case = town.applied("沙打旺良种繁育")
    town.send_back("cf.danwei", case, "unit_review", "apply")
    town.complete("cf.gangbu", case, "apply", project_title="沙打旺良种繁育与推广")
    assert town.row(case).title == "沙打旺良种繁育与推广"
    town.complete("cf.gangbu", case, "plan")
    assert len(titles(town, case)) == 1


def test_a_process_that_says_nothing_still_asks(town: Town) -> None:
    with pytest.raises(BadRequest) as refused:
        start(town, "cf_board", "cf.kjj")
    assert refused.value.facts["field"] == "title"
    with pytest.raises(BadRequest):
        start(town, "cf_project", "cf.gangbu", title="题" * 201)
    with pytest.raises(BadAnswers) as wrong:
        start(town, "cf_project", "cf.gangbu", answers={})
    assert "title" not in wrong.value.facts["errors"]


def test_a_filing_round_says_what_it_is(town: Town) -> None:
    town.reviewed()
    assert town.row(town.round()).title == "2026年第一批备案"


def test_a_demand_is_called_by_its_name(town: Town) -> None:
    case = start(town, "zy_demand", "zy.qiye", answers=ANSWERS["declare"])
    assert town.row(case).title == ANSWERS["declare"]["demand_name"]
