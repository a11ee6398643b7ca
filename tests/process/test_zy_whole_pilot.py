"""A whole pilot of 张掖: six counties with their demands, four postings, twelve bids, inspections
for two years, an objection, a shortfall, a recovery, a problem that goes up to the leading group;
to the end.
"""

from collections import Counter
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, true

from service.commands.items.verbs import ContributeItem
from service.commands.outside.submissions import StartFromOutside
from service.commands.registry.demands import MergeDemands, WithdrawDemand
from service.store.cases.rows import CaseRow, OutboxRow, TimerRow
from service.store.outside import PublicationRow, SubmissionRow
from service.store.people.rows import UnitRow
from service.store.registry import DemandRow
from tests.project import BUREAU, PARTY, STAFF, Project
from tests.samples import ANSWERS, BID, DEMAND, FINDING, RESPONSIBLE
from tests.town import Town

COUNTIES = ("ganzhou", "linze", "gaotai", "shandan", "minle", "sunan")
LOGINS = {**STAFF, **{code: f"zy.{code}" for code in COUNTIES}, "development_zone": "zy.jkq"}
ENVOY_PROBLEM = {
    "problem_title": "试验田不足",
    "problem_detail": "缺二百亩",
    "problem_wish": "请协调农场",
}


def bids(project: Project, *names: str) -> None:
    """The first by the county from paper, the others by the public page."""
    first, *others = names
    project.town.tell(
        f"zy.{project.data['county']}", project.case, "bid", **{**BID, "bidder_name": first}
    )
    for name in others:
        project.bid(bidder_name=name)


def code_of(town: Town, unit_id: int | None) -> str:
    with town.runtime.query() as session:
        return session.get_one(UnitRow, unit_id).code


class Pilot:
    """The pilot and what belongs to it."""

    def __init__(self, town: Town) -> None:
        self.town = town
        self.case = town.start("zy_pilot", BUREAU, "2026年揭榜挂帅制项目试点")

    @property
    def open(self) -> Counter[str]:
        return Counter(self.town.open(self.case))

    def do(
        self, login: str, element: str, co: dict[str, Any] | None = None, **answers: Any
    ) -> None:
        """Finish a step when all co-operating units have answered."""
        given = {code: co or ANSWERS["contribution"] for code in LOGINS}
        for item in self.town.items(self.case, element, part="cooperate"):
            self.give(item.id, code_of(self.town, item.unit_id), given)
        self.town.complete(login, self.case, element, **answers)

    def give(self, item: int, code: str, given: dict[str, dict[str, Any]]) -> None:
        self.town.runtime.perform(
            ContributeItem(actor=self.town.actor(LOGINS[code]), item_id=item, answers=given[code])
        )

    def surveyed(self) -> None:
        """Each county has found two demands, the other units none."""
        for item in self.town.items(self.case, "survey", part="cooperate"):
            code = code_of(self.town, item.unit_id)
            rows = [demand(f"{code}的需求{n}", code) for n in (1, 2)] if code in COUNTIES else []
            self.give(item.id, code, {code: {"survey_opinion": "摸底完毕", "demands": rows}})
        self.town.complete(BUREAU, self.case, "survey")

    def rows(self, element: str, key: str) -> list[dict[str, Any]]:
        page = self.town.page(BUREAU, self.town.item(self.case, element).id)
        return list(page.values[key])

    def children(self) -> list[Project]:
        with self.town.runtime.query() as session:
            wanted = select(CaseRow.id).where(CaseRow.parent_id == self.case).order_by(CaseRow.id)
            return [Project(self.town, case) for case in session.scalars(wanted)]

    def registry(self) -> Counter[str]:
        with self.town.runtime.query() as session:
            return Counter(session.scalars(select(DemandRow.state)))

    def until(self, day: date) -> None:
        """Live through the months; each quarter's inspection is done as it comes, the first one
        with a circular.
        """
        now = self.town.now.date()
        while now < day:
            year, month = divmod(now.month, 12)
            now = min(day, date(now.year + year, month + 1, min(now.day, 28)))
            self.town.at(now)
            while self.open["inspect"]:
                self.inspected()

    def inspected(self) -> None:
        inspections = self.town.row(self.case).data["inspections"]
        if len(inspections) > 1:
            self.do("zy.ldb", "inspect")
            return
        self.do("zy.ldb", "inspect", circulate="yes", findings=[FINDING])
        self.do("zy.ldb", "draft_circular")
        self.do(PARTY, "approve_circular")


def demand(name: str, county: str) -> dict[str, Any]:
    return {**DEMAND, "demand_name": name, "county": county, "demander_name": f"{county}企业"}


def declared(town: Town) -> None:
    """In each county an enterprise declares: one with an account, the others by the public form."""
    case = town.start("zy_demand", "zy.qiye", "去雄机器人", demand("去雄机器人", "ganzhou"))
    town.complete("zy.ganzhou", case, "review_demand")
    for code in COUNTIES[1:]:
        sent = town.runtime.perform(
            StartFromOutside(
                jurisdiction="zy",
                process="zy_demand",
                payload=demand(f"{code}企业申报", code),
                address=code * 8,
            )
        )
        town.complete(f"zy.{code}", sent.case_id, "review_demand")


@pytest.fixture
def pilot(town: Town) -> Pilot:
    """Under way: named, announced, surveyed."""
    found = Pilot(town)
    found.do("zy.ldb", "plan_inspections")
    found.do(PARTY, "name_responsible", RESPONSIBLE)
    found.do(BUREAU, "campaign")
    declared(town)
    found.surveyed()
    return found


def selected(pilot: Pilot) -> None:
    """Eighteen demands: two are one, one is withdrawn, four proposed, three posted."""
    assert pilot.registry() == {"listed": 18}
    actor = pilot.town.actor(BUREAU)
    with pilot.town.runtime.query() as session:
        first, second, third = session.scalars(
            select(DemandRow.id).order_by(DemandRow.id.desc()).limit(3)
        )
    pilot.town.runtime.perform(
        MergeDemands(actor=actor, demand_id=first, into=second, reason="同一需求")
    )
    pilot.town.runtime.perform(
        WithdrawDemand(actor=actor, demand_id=third, reason="企业已自行解决")
    )
    pilot.do(BUREAU, "compile_list")
    lines = pilot.rows("argue", "argued_demands")
    assert len(lines) == 16
    wanted = [n % 3 == 0 for n in range(16)]
    pilot.do(
        BUREAU,
        "argue",
        site_visit_needed="yes",
        argued_demands=[
            {"argument_conclusion": "keep" if keep else "drop", "argument_opinion": "已论证"}
            for keep in wanted
        ],
    )
    pilot.do(
        BUREAU,
        "visit_site",
        visited_demands=[
            {"visit_opinion": "已考察"} for _ in pilot.rows("visit_site", "visited_demands")
        ],
    )
    pilot.do(
        BUREAU,
        "propose",
        proposed_demands=[{"proposed": "yes" if n in (0, 3, 6, 9) else "no"} for n in range(16)],
    )
    pilot.do(
        BUREAU,
        "settle_list",
        settled_demands=[{"posted": one} for one in ("yes", "yes", "yes", "no")],
    )


def posted(pilot: Pilot) -> list[Project]:
    """A fourth demand is posted later; each posting gets three bids and is chosen from."""
    selected(pilot)
    pilot.town.tell(BUREAU, pilot.case, "post_more", more_reason="企业急需")
    rows = pilot.rows("select_more", "more_demands")
    pilot.do(
        BUREAU,
        "select_more",
        more_demands=[{"posted_more": "yes" if n == 0 else "no"} for n in range(len(rows))],
    )
    projects = pilot.children()
    for number, project in enumerate(projects):
        project.do("prepare_posting", demander_account=project.data.get("demander"))
        bids(project, *(f"第{number}榜第{n}家" for n in (1, 2, 3)))
    projects[0].close()
    return projects


def established(projects: list[Project]) -> None:
    """All four are reviewed; the third publicity meets an objection, the fourth project is
    refused.
    """
    for project in projects:
        project.reach("head_decision")
    *supported, refused = projects
    refused.do("head_decision", decision="refuse", approved_amount=None, count_reason=None)
    for project in supported:
        project.do("head_decision")
    supported[2].object()
    supported[0].town.forward(workdays=6)
    supported[2].do("investigate")


def paid(projects: list[Project]) -> None:
    """The first three are paid; the second topped up its funding first."""
    first, second, third, _ = projects
    second.reach("submit_vouchers").do("submit_vouchers", paid_by_demander="1799999.99")
    second.do("verify_funding", funding_conclusion="short")
    second.do("decide_shortfall", funding_approved_by=None, funding_reason=None)
    for project in (first, second, third):
        project.reach("implement")
        for step in ("assign_envoy", "envoy_arrives", "talent_policy"):
            project.do(step)


def accepted(projects: list[Project]) -> None:
    """Two projects pass; the third fails and pays a part back."""
    first, second, third, _ = projects
    for project in (first, second):
        project.reach("pay_final").do("pay_final")
    third.reach("accept_project").do("accept_project", acceptance="failed")
    third.do("recover", recovery_amount=100000)


def told(pilot: Pilot, project: Project) -> None:
    """A problem that the bureau cannot settle goes up to the leading group."""
    pilot.town.tell("zy.envoy", project.case, "envoy_problem", **ENVOY_PROBLEM)
    project.do("coordinate_problem", coordination_result="unresolved")
    assert pilot.open["resolve_problem"] == 1
    assert pilot.town.item(pilot.case, "resolve_problem").name.endswith("（试验田不足）")
    pilot.do("zy.ldxzu", "resolve_problem")


@pytest.mark.both_databases
def test_a_whole_pilot(pilot: Pilot) -> None:
    projects = posted(pilot)
    assert [len(project.data["bids"]) for project in projects] == [3, 3, 3, 3]
    assert len({project.data["posting_number"] for project in projects}) == 4
    assert pilot.registry() == {"listed": 12, "posted": 4, "merged": 1, "withdrawn": 1}
    established(projects)
    paid(projects)
    told(pilot, projects[0])
    pilot.until(date(2028, 4, 20))
    assert pilot.open == {}
    accepted(projects)
    assert pilot.open == {"review_incentives": 1}
    pilot.do(BUREAU, "review_incentives")
    assert pilot.town.row(pilot.case).data["count_check"]["verdict"] == "within"
    pilot.do(BUREAU, "evaluate_pilot", pilot_count_reason=None)
    pilot.do(BUREAU, "promote")
    assert_over(pilot, projects)


def assert_over(pilot: Pilot, projects: list[Project]) -> None:
    """Everything has ended, and the figures stand where an auditor looks."""
    data = pilot.town.row(pilot.case).data
    found = data["all_projects"]
    assert [entry.get("acceptance") for entry in found] == ["passed", "passed", "failed", None]
    numbers = [f"张科榜立〔2026〕00{n}号" for n in (1, 2, 3)]
    assert [entry.get("establish_number") for entry in found] == [*numbers, None]
    assert [entry.get("recovery_amount") for entry in found] == [None, None, Decimal(100000), None]
    assert [entry["subsidy"] for entry in found[:3]] == [Decimal(600000)] * 3
    assert pilot.registry() == {"listed": 13, "posted": 3, "merged": 1, "withdrawn": 1}
    assert len(data["inspections"]) == 8
    assert data["inspections"][0]["circular_number"]
    assert {
        pilot.town.row(case).status for case in (pilot.case, *(one.case for one in projects))
    } == {"finished"}
    wanted = {
        SubmissionRow: (SubmissionRow.kind == "bid", 12),
        PublicationRow: (PublicationRow.kind == "posting", 4),
        OutboxRow: (OutboxRow.delivered_at.is_(None), 0),
        TimerRow: (true(), 0),
    }
    with pilot.town.runtime.query() as session:
        for table, (which, count) in wanted.items():
            assert session.scalar(select(func.count()).select_from(table).where(which)) == count, (
                table
            )
