"""补录: projects that were running before this system begin in tracking, with their number and
term.
"""

from datetime import date

from service.commands.takeover.backfill import Backfill, check_backfill
from service.domain.takeover import Sheet, SheetEntry
from tests.town import Town

ROW = {
    "login": "cf.gangbu",
    "filing_number": "赤科榜备〔2025〕007号",
    "project_category": "农社领域",
    "project_title": "沙打旺良种繁育",
    "applicant_name": "高志远团队",
    "phone": "13800138000",
    "project_start": "2025-06-01",
    "project_end": "2027-05-31",
    "brief": "选育良种",
    "progress": "完成初选",
}


def taken_over(town: Town, **values: str) -> int:
    sheet = Sheet(rows=[SheetEntry(row=4, values={**ROW, **values})], remarks=[])
    actor = town.actor("cf.kjj")
    town.runtime.perform(
        Backfill(actor=actor, checked=check_backfill(town.runtime, actor, "cf_project", sheet))
    )
    return 1


def test_a_project_taken_over_begins_in_tracking_with_its_number(town: Town) -> None:
    case = taken_over(town)
    assert town.open(case) == ["tracking"]
    assert town.row(case).number == "赤科榜备〔2025〕007号"
    assert town.row(case).data["project_end"] == date(2027, 5, 31)
    assert "backfill" in {line.verb for line in town.case("cf.gangbu", case).journal}


def test_its_forms_show_what_the_ledger_said(town: Town) -> None:
    case = taken_over(town)
    town.at(date(2026, 6, 3))
    ledger = town.page("cf.gangbu", town.item(case, "ledger").id).values
    assert (ledger["brief"], ledger["reporter"]) == ("选育良种", "高志远团队")
    assert ledger["managing_department"] == "红山区科技局"
    town.at(date(2026, 11, 15))
    report = town.page("cf.gangbu", town.item(case, "annual_report").id).values
    assert (report["workplace"], report["project_category"]) == (
        "红山区农业技术推广中心",
        "agriculture",
    )


def test_its_term_ends_like_any_other(town: Town) -> None:
    case = taken_over(town)
    town.at(date(2027, 6, 1))
    assert "final_report" in town.open(case)


def test_a_term_that_is_over_leads_straight_to_the_closing(town: Town) -> None:
    case = taken_over(town, project_end="2026-01-31")
    town.at(date(2026, 3, 3))
    assert town.open(case) == ["final_report"]
