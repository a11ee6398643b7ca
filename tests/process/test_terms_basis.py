"""Whose term it is (期限依据): the document's, ours, or set in the case; kept with each item and
shown with each timer.
"""

from datetime import date

from service.queries.terms.deadlines import deadlines
from tests.samples import LEDGER
from tests.town import Town


def test_a_review_in_five_working_days_is_ours_and_the_report_by_new_year_the_documents(
    town: Town,
) -> None:
    case = town.applied()
    assert town.item(case, "unit_review").term_basis == "ours"
    assert [line.term_basis for line in town.box("cf.danwei")] == ["ours"]
    filed = town.filed("低品位铜矿选矿")
    town.at(date(2026, 11, 16))
    assert town.item(filed, "annual_report").term_basis == "text"


def test_a_step_without_a_term_has_nobodys(town: Town) -> None:
    case = town.start("cf_project", "cf.gangbu")
    assert town.item(case, "apply").due_at is None
    assert town.item(case, "apply").term_basis == ""


def test_cooperating_units_have_our_term_even_where_the_leads_is_the_documents(town: Town) -> None:
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": "用地指标"})
    assert [
        town.item(case, "coordinate", part=part).term_basis for part in ("lead", "cooperate")
    ] == ["ours", "ours"]


def test_each_timer_of_a_case_says_whose_date_it_is(town: Town) -> None:
    page = town.case("cf.kjj", town.filed())
    assert {timer.element: timer.term_basis for timer in page.timers} == {
        "quarter_passed": "ours",
        "study_due": "ours",
        "term_over": "case",
        "year_reported": "ours",
    }
    step = next(step for step in page.steps if step.element == "tracking")
    assert step.term_basis == ""


def test_a_persons_calendar_knows_whose_terms_they_are(town: Town) -> None:
    town.applied()
    with town.runtime.query() as session:
        (line,) = deadlines(session, town.actor("cf.danwei"))
    assert line.term_basis == "ours"
