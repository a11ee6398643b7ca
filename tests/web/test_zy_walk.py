"""A demand of 张掖 from its declaration to the first payment, through the pages."""

from urllib.parse import quote

from playwright.sync_api import Page

from tests.process.test_zy_pilot import EARLY, projects, surveying
from tests.project import BUREAU, COUNTY, DEMANDER, PARTY, Project
from tests.samples import ANSWERS, BID
from tests.town import Town
from tests.web.conftest import Sit
from tests.web.filling import fill_form


class Walk:
    """People at the pages of one town. Time moves between them, so everybody signs in anew."""

    def __init__(self, town: Town, sit: Sit) -> None:
        self.town, self.sit, self.complaints = town, sit, list[str]()

    def does(self, login: str, case: int, element: str, place: str = "") -> None:
        """Open the item, fill in its form, press 办结."""
        item = self.town.item(case, element, place=place)
        desk = self.sit(login)
        page = desk.go(f"/items/{item.id}")
        fill_form(page, item.form or "", ANSWERS[element])
        with page.expect_navigation():
            page.get_by_role("button", name="办结", exact=True).click()
        assert not [one for one in self.town.items(case, element, place=place) if one.id == item.id]
        self.complaints += desk.complaints

    def sends(
        self, path: str, form: str, answers: dict[str, object], size: str = "desktop"
    ) -> Page:
        """Fill in a public form and send it, without signing in."""
        desk = self.sit(None, size=size)
        page = desk.go(path)
        fill_form(page, form, answers)
        page.get_by_role("button", name="提交").first.click()
        page.get_by_text("查询码", exact=True).wait_for()
        self.complaints += desk.complaints
        return page


def posted(walk: Walk) -> Project:
    """Declared on the page, agreed to by the county, selected by a pilot and posted."""
    town = walk.town
    desk = walk.sit(DEMANDER)
    page = desk.go("/start/zy_demand")
    fill_form(page, "zy_demand", ANSWERS["declare"])
    with page.expect_navigation():
        page.locator("main button[data-post]").first.click()
    declaration = int(page.url.rsplit("/", 1)[-1].split("?")[0])
    walk.does(COUNTY, declaration, "review_demand")
    pilot = surveying(town)
    town.complete(BUREAU, pilot, "survey", EARLY)
    town.complete(BUREAU, pilot, "compile_list")
    town.complete(
        BUREAU,
        pilot,
        "argue",
        EARLY,
        argued_demands=[{"argument_conclusion": "keep", "argument_opinion": "可行"}],
    )
    town.complete(BUREAU, pilot, "propose", proposed_demands=[{"proposed": "yes"}])
    town.complete(BUREAU, pilot, "settle_list", EARLY, settled_demands=[{"posted": "yes"}])
    project = Project.__new__(Project)
    project.town, project.case = town, projects(town, pilot)[0]
    walk.does(BUREAU, project.case, "prepare_posting")
    return project


def test_a_demand_is_declared_posted_bid_on_scored_decided_objected_to_and_paid(
    town: Town, sit: Sit
) -> None:
    walk = Walk(town, sit)
    project = posted(walk)
    address = f"/public/postings/{quote(project.data['posting_number'])}"
    walk.sends(address, "zy_bid", {**BID, "bidder_name": "河西智能装备研究所"})
    walk.sends(address, "zy_bid", {**BID, "bidder_name": "金城机器人公司"}, size="phone")
    assert [bid["bidder_name"] for bid in project.data["bids"]] == [
        "河西智能装备研究所",
        "金城机器人公司",
    ]
    project.do("assign_envoy")
    project.close()
    walk.does(DEMANDER, project.case, "choose_bid")
    project.reach("score")
    for number, expert in enumerate(project.data["experts"]):
        walk.does(expert, project.case, "score", place=f"scores/{number}")
    project.reach("head_decision")
    walk.does("zy.ldxz", project.case, "head_decision")
    walk.sends(
        f"/public/notices/{quote(project.data['publicity_number'])}",
        "zy_objection",
        {
            "objector_name": "李某",
            "objector_phone": "13500000001",
            "objection_text": "指标抄袭他人成果",
        },
    )
    town.forward(workdays=6)
    project.shares("investigate")
    walk.does(PARTY, project.case, "investigate")
    project.reach("pay_first")
    assert project.data["establish_number"]
    project.shares("pay_first")
    walk.does(BUREAU, project.case, "pay_first")
    assert "implement" in project.open
    assert walk.complaints == []
