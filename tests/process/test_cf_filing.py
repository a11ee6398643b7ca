"""定期备案: a round collects applications, the 联席会议 decides on each, the decisions reach their
cases.
"""

from datetime import date

import pytest
from sqlalchemy import select

from service.clock import tick
from service.store.cases.rows import CaseRow, JournalRow, OutboxRow, ReceivedRow
from service.store.outside import PublicationRow
from tests.samples import ANSWERS
from tests.town import Town


@pytest.mark.both_databases
def test_three_applications_decided_in_one_round_take_three_ways(town: Town) -> None:
    cases = [town.reviewed(f"项目{n}") for n in "甲乙丙"]
    around = town.round()
    assert [item.name for item in town.items(around, "decide")] == [
        f"联席会议审核（项目{n}）" for n in "甲乙丙"
    ]
    for place, decision in zip(
        ("decisions/0", "decisions/1", "decisions/2"),
        ("filed", "to_correct", "refused"),
        strict=True,
    ):
        town.complete("cf.lxh", around, "decide", place=place, filing_decision=decision)
    assert [town.open(case) for case in cases] == [["tracking"], ["apply"], []]
    assert [town.row(case).status for case in cases] == ["running", "running", "finished"]
    assert [town.row(case).number for case in cases] == ["赤科榜备〔2026〕001号", None, None]
    assert town.row(around).status == "finished"


def test_the_number_is_taken_with_the_decision_and_without_gaps(town: Town) -> None:
    cases = [town.reviewed(f"项目{n}") for n in "甲乙丙"]
    around = town.round()
    for place in ("decisions/2", "decisions/0", "decisions/1"):
        town.complete("cf.lxh", around, "decide", place=place)
    assert sorted(str(town.row(case).number) for case in cases) == [
        f"赤科榜备〔2026〕00{n}号" for n in (1, 2, 3)
    ]
    assert town.row(cases[2]).number == "赤科榜备〔2026〕001号"


def test_filed_projects_are_published_together_by_the_round(town: Town) -> None:
    for name in "甲乙":
        town.reviewed(f"项目{name}")
    around = town.round()
    town.complete("cf.lxh", around, "decide", place="decisions/0")
    with town.runtime.query() as session:
        assert session.scalars(select(PublicationRow)).all() == []
    town.complete("cf.lxh", around, "decide", place="decisions/1")
    with town.runtime.query() as session:
        published = session.scalars(select(PublicationRow)).one()
    assert published.kind == "filing"
    assert "赤科榜备〔2026〕001号" in published.text
    assert "赤科榜备〔2026〕002号" in published.text


def test_a_round_without_applications_ends_at_once(town: Town) -> None:
    assert town.row(town.round()).status == "finished"


def test_an_application_in_one_open_round_is_not_collected_by_another(town: Town) -> None:
    town.reviewed()
    first, second = town.round(), town.round()
    assert town.open(first) == ["decide"]
    assert town.row(second).status == "finished"


def test_a_corrected_application_comes_back_filled_in_and_is_filed_in_the_next_round(
    town: Town,
) -> None:
    case = town.reviewed()
    town.complete(
        "cf.lxh",
        town.round(),
        "decide",
        filing_decision="to_correct",
        filing_opinion="补充经费来源",
    )
    page = town.page("cf.gangbu", town.item(case, "apply").id)
    assert page.values["correction_opinion"] == "补充经费来源"
    assert page.values["goals"] == ANSWERS["apply"]["goals"]
    for login, step in (
        ("cf.gangbu", "apply"),
        ("cf.gangbu", "plan"),
        ("cf.danwei", "unit_review"),
        ("cf.hongshan", "department_review"),
        ("cf.kjj", "initial_review"),
    ):
        town.complete(login, case, step)
    town.complete("cf.lxh", town.round(), "decide")
    assert town.open(case) == ["tracking"]


def test_each_decision_is_delivered_exactly_once(town: Town) -> None:
    case = town.reviewed()
    town.complete("cf.lxh", town.round(), "decide")
    with town.runtime.query() as session:
        message = session.scalars(select(OutboxRow)).one()
        received = session.scalars(select(ReceivedRow)).all()
    assert message.delivered_at is not None
    assert [(row.case_id, row.message_id) for row in received] == [(case, message.id)]
    town.runtime.deliver(town.runtime, message.id)
    assert town.open(case) == ["tracking"]


def test_a_round_begins_by_itself_each_quarter(town: Town) -> None:
    case = town.reviewed()
    town.forward(days=93)
    (around,) = [line for line in town.box("cf.kjj") if line.process == "cf_filing"]
    assert around.element == "open_round"
    town.complete("cf.kjj", around.case_id, "open_round")
    town.complete("cf.lxh", around.case_id, "decide")
    assert "tracking" in town.open(case)
    town.reviewed("乙项目")
    town.forward(days=93)
    assert len([line for line in town.box("cf.kjj") if line.process == "cf_filing"]) == 1


def rounds(town: Town) -> list[CaseRow]:
    with town.runtime.query() as session:
        wanted = select(CaseRow).where(CaseRow.process == "cf_filing").order_by(CaseRow.id)
        return list(session.scalars(wanted))


def skipped(town: Town) -> list[tuple[str, int | None]]:
    """The dates that the clock passed over, each with the round that was gathering."""
    with town.runtime.query() as session:
        lines = session.scalars(
            select(JournalRow)
            .where(JournalRow.verb == "start_skipped", JournalRow.jurisdiction == "cf")
            .order_by(JournalRow.id)
        ).all()
    assert all(line.case_id is None and line.element == "round_due" for line in lines)
    assert all(line.facts["process"] == "cf_filing" for line in lines)
    return [(line.facts["due_at"][:10], line.facts["gathering"]) for line in lines]


def test_no_round_begins_by_itself_while_nothing_waits_and_the_quarter_is_on_record(
    town: Town,
) -> None:
    town.forward(days=93)
    assert rounds(town) == []
    assert [day for day, _ in skipped(town)] == ["2026-06-02"]
    town.reviewed()
    town.forward(days=30)
    assert rounds(town) == []
    town.forward(days=62)
    assert [around.title for around in rounds(town)] == ["定期备案 2026-09-03"]
    assert len(skipped(town)) == 1


def test_while_a_round_is_still_gathering_the_next_quarter_is_skipped(town: Town) -> None:
    town.reviewed("甲项目")
    town.forward(days=93)
    town.reviewed("乙项目")
    town.forward(days=92)
    (around,) = rounds(town)
    assert [gathering for _, gathering in skipped(town)] == [around.id]
    town.complete("cf.kjj", around.id, "open_round")
    assert len(town.items(around.id, "decide")) == 2


def test_a_round_begins_beside_one_that_has_collected_what_waited(town: Town) -> None:
    town.reviewed("甲项目")
    first = town.round()
    town.reviewed("乙项目")
    town.forward(days=93)
    second = rounds(town)[-1].id
    assert second != first
    town.complete("cf.kjj", second, "open_round")
    assert [item.name for item in town.items(second, "decide")] == ["联席会议审核（乙项目）"]


def test_what_another_open_round_has_collected_does_not_begin_a_new_one(town: Town) -> None:
    town.reviewed()
    around = town.round()
    town.forward(days=93)
    assert [row.id for row in rounds(town)] == [around]
    assert [gathering for _, gathering in skipped(town)] == [None]


def test_after_a_year_of_downtime_what_waited_is_taken_in_once(town: Town) -> None:
    case = town.reviewed()
    town.at(date(2027, 4, 1))
    for _ in range(5):
        tick(town.runtime)
    (around,) = rounds(town)
    assert around.title == "定期备案 2027-03-03"
    town.complete("cf.kjj", around.id, "open_round")
    town.complete("cf.lxh", around.id, "decide")
    assert "tracking" in town.open(case)


def test_after_a_year_of_downtime_with_nothing_waiting_nothing_begins(town: Town) -> None:
    town.at(date(2027, 4, 1))
    for _ in range(5):
        tick(town.runtime)
    assert rounds(town) == []
    assert [day for day, _ in skipped(town)] == ["2027-03-02"]
    town.reviewed()
    town.forward(days=70)
    assert [around.title for around in rounds(town)] == ["定期备案 2027-06-03"]


def test_whoever_starts_a_round_for_nothing_reads_it_before(town: Town) -> None:
    assert town.starting("cf.kjj", "cf_filing").nothing_waits
    town.reviewed()
    page = town.starting("cf.kjj", "cf_filing")
    assert (page.nothing_waits, page.gathering) == (False, None)
    town.forward(days=93)
    (around,) = rounds(town)
    assert town.starting("cf.kjj", "cf_filing").gathering == (around.id, around.title)
    assert not town.starting("cf.kjj", "cf_board").nothing_waits
