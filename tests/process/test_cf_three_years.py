"""Three years of a project in 赤峰, every third day of them: ledgers, studies, yearly reports, the
closing.

State is stored and restored at every step; time is moved by the test.
"""

from collections import Counter
from datetime import date, timedelta

import pytest

from service.store.items.rows import ItemRow
from tests.samples import BREAKTHROUGH, LEDGER, SCORES, SUPPORT
from tests.town import Town

STEP = timedelta(days=3)
NEGLECTED = date(2027, 11, 1), date(2028, 1, 20)
"""Nobody does anything about the second yearly report between these days."""
SPEED = {
    "ledger": 4,
    "study": 8,
    "coordinate": 6,
    "policy_support": 12,
    "publicity": 9,
    "annual_report": 30,
    "annual_audit": 5,
    "annual_assessment": 10,
    "annual_result": 3,
    "annual_incentive": 14,
    "final_report": 10,
    "final_audit": 5,
    "final_assessment": 10,
    "final_result": 3,
    "final_incentive": 14,
}
"""After how many days each step is done."""
BY = {
    "ledger": "cf.gangbu",
    "annual_report": "cf.gangbu",
    "final_report": "cf.gangbu",
    "annual_audit": "cf.hongshan",
    "final_audit": "cf.hongshan",
    "annual_incentive": "cf.lxh",
    "final_incentive": "cf.lxh",
}
HELPER = {
    "coordinate": "cf.hongshan",
    "study": "cf.hongshan",
    "annual_incentive": "cf.kjj",
    "final_incentive": "cf.kjj",
}
ANNUAL_SCORES = {"2026年度评估": 95, "2027年度评估": 75, "2028年度评估": 40}


class Life:
    """A case whose people do their work in their usual time."""

    def __init__(self, town: Town, case: int) -> None:
        self.town, self.case, self.day = town, case, date(2026, 3, 2)
        self.lights: set[str | None] = set()
        self.largest = 0

    def until(self, last: date) -> None:
        while self.day < last and (row := self.town.row(self.case)).status == "running":
            self.largest = max(self.largest, len(row.state or b""))
            before, self.day = self.day, self.day + STEP
            self.town.at(self.day)
            items = self.town.items(self.case)
            if self.day.month != before.month and "tracking" in [item.element for item in items]:
                self.tell()
            for item in items:
                if item.element != "tracking":
                    self.work(item)

    def tell(self) -> None:
        matter = "用地指标" if self.day.month == 5 else None
        self.town.tell(
            "cf.gangbu", self.case, "feedback", **{**LEDGER, "coordination_matters": matter}
        )
        if self.day.month == 6:
            self.town.tell("cf.gangbu", self.case, "breakthrough", **BREAKTHROUGH)
            self.town.tell("cf.kjj", self.case, "support_proposed", **SUPPORT)

    def work(self, item: ItemRow) -> None:
        login = BY.get(item.element, "cf.kjj")
        age = (self.town.now - item.opened_at).days
        if item.element == "annual_report":
            self.lights.add(self.town.page(login, item.id).item.light)
        neglected = item.element == "annual_report" and NEGLECTED[0] <= self.day < NEGLECTED[1]
        if age < SPEED[item.element] or neglected:
            return
        if item.element in HELPER:
            self.town.contribute(HELPER[item.element], self.case, item.element)
        self.town.complete(login, self.case, item.element, place=item.place, **self.answers(item))

    def answers(self, item: ItemRow) -> dict[str, int]:
        points = ANNUAL_SCORES.get(item.given.get("evaluation_name", ""))
        return (
            dict.fromkeys(SCORES, points) if item.element == "annual_assessment" and points else {}
        )


@pytest.mark.both_databases
def test_three_years_from_filing_to_the_closing(town: Town) -> None:
    case = town.filed()
    life = Life(town, case)
    life.until(date(2029, 4, 1))
    row = town.row(case)
    assert (row.status, row.number) == ("finished", "赤科榜备〔2026〕001号")
    counts = Counter(item.element for item in town.items(case, state="done"))
    assert {
        name: counts[name]
        for name in ("ledger", "study", "coordinate", "policy_support", "publicity")
    } == {"ledger": 11, "study": 5, "coordinate": 3, "policy_support": 3, "publicity": 3}
    assert {
        counts[f"annual_{step}"]
        for step in ("report", "audit", "assessment", "result", "incentive")
    } == {3}
    assert {
        counts[f"final_{step}"] for step in ("report", "audit", "assessment", "result", "incentive")
    } == {1}
    grades = [
        (entry["evaluation"]["name"], entry["grading"]["grade"])
        for entry in row.data["annual_rounds"]
    ]
    assert grades == [("2026年度评估", "一类"), ("2027年度评估", "二类"), ("2028年度评估", "三类")]
    assert [entry["grading"] for entry in row.data["final_rounds"]] == [
        {"grade": "一类", "total_score": 85.5}
    ]
    assert life.lights == {"green", "yellow", "red"}
    assert town.open(case) == []
    assert life.largest < 1500
