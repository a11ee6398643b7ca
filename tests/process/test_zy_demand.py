"""技术需求申报: two ways in, the county's word, the registry, an answer to everybody."""

import pytest
from sqlalchemy import select

from service.commands.outside.submissions import StartFromOutside
from service.errors import BadAnswers, NotAllowed
from service.queries.outside import submission
from service.queries.processes.starting import start_page
from service.store.notices import NoticeRow
from service.store.registry import DemandRow
from tests.samples import ANSWERS, DEMAND
from tests.town import Town

REFUSED = {"county_conclusion": "reject", "county_opinion": "与在库需求重复"}


def listed(town: Town) -> list[DemandRow]:
    with town.runtime.query() as session:
        return list(session.scalars(select(DemandRow).order_by(DemandRow.id)))


def notices(town: Town, case: int) -> list[str]:
    with town.runtime.query() as session:
        return list(
            session.scalars(
                select(NoticeRow.holder).where(
                    NoticeRow.case_id == case, NoticeRow.kind == "outcome"
                )
            )
        )


def sent_in(town: Town, **answers: object) -> tuple[int, str]:
    """A declaration by the public form: its case and the query code."""
    sent = town.runtime.perform(
        StartFromOutside(
            jurisdiction="zy", process="zy_demand", payload={**DEMAND, **answers}, address="a" * 64
        )
    )
    assert sent.code is not None
    return sent.case_id, sent.code


def word(town: Town, code: str) -> str:
    with town.runtime.query() as session:
        return submission(session, code).state


@pytest.mark.both_databases
def test_a_demander_declares_and_the_county_agrees_so_the_demand_is_in_the_registry(town):
    case = town.start("zy_demand", "zy.qiye", "去雄机器人", ANSWERS["declare"])
    assert [item.unit_id for item in town.items(case, "review_demand")] == [
        town.actor("zy.ganzhou").unit_id
    ]
    town.complete("zy.ganzhou", case, "review_demand")
    [row] = listed(town)
    assert (row.name, row.county, row.source, row.state, row.case_id) == (
        DEMAND["demand_name"],
        "ganzhou",
        "declared",
        "listed",
        case,
    )
    assert row.facts["demander"] == "zy.qiye"
    assert row.bounty_fen == 300_000_000
    assert notices(town, case) == [f"person:{town.actor('zy.qiye').person_id}"]
    assert town.row(case).status == "finished"


def test_an_enterprise_without_account_declares_publicly_and_reads_the_answer_by_its_code(
    town,
):
    case, code = sent_in(town, county="linze", demander_name="临泽某公司")
    assert town.open(case) == ["review_demand"]
    town.complete("zy.linze", case, "review_demand")
    [row] = listed(town)
    assert (row.demander_name, row.facts.get("demander")) == ("临泽某公司", None)
    assert DEMAND["demand_name"] in word(town, code)
    assert notices(town, case) == []


def test_a_demand_that_the_county_rejects_stays_out_and_its_reason_is_told(town):
    case, code = sent_in(town)
    town.complete("zy.ganzhou", case, "review_demand", **REFUSED)
    assert listed(town) == []
    assert REFUSED["county_opinion"] in word(town, code)
    assert town.row(case).status == "finished"


def test_a_demander_whose_demand_is_rejected_is_told_inside(town):
    case = town.start("zy_demand", "zy.qiye", "去雄机器人", ANSWERS["declare"])
    town.complete("zy.ganzhou", case, "review_demand", **REFUSED)
    assert listed(town) == []
    assert notices(town, case) == [f"person:{town.actor('zy.qiye').person_id}"]


def test_a_bounty_above_the_whole_amount_is_refused(town):
    with pytest.raises(BadAnswers) as refused:
        sent_in(town, bounty=6000001)
    assert set(refused.value.facts["errors"]) == {"bounty"}


def test_only_a_demander_declares_inside(town):
    with pytest.raises(NotAllowed):
        town.start("zy_demand", "zy.kjj", "去雄机器人", ANSWERS["declare"])


def test_the_page_for_starting_shows_the_form_of_the_step_that_a_computed_one_leads_to(town):
    with town.runtime.query() as session:
        page = start_page(session, town.runtime, town.actor("zy.qiye"), "zy_demand")
    assert page.form is not None
    assert page.form["id"] == "zy_demand"
