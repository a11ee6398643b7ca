"""Every reviewer of both procedures, in front of the browser: what they were told, and what they
see before they decide.

The steps themselves are taken by the shell of the tests; what is looked at is the bell, the page
its newest notice leads to, and what stands there above the place where they judge.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page

from tests.project import COUNTY, Project
from tests.samples import ANSWERS, BID, DEMAND
from tests.town import Town
from tests.web.conftest import Desk, Sit

EVIDENCE = "申报表盖章件.pdf"


class Reviewers:
    """People at their desks, each signed in once."""

    def __init__(self, sit: Sit) -> None:
        self.sit, self.desks = sit, dict[str, Desk]()

    def desk(self, login: str) -> Desk:
        if login not in self.desks:
            self.desks[login] = self.sit(login)
        return self.desks[login]

    def opened(self, login: str, path: str) -> Page:
        """A page; whose session is over, because weeks have passed, signs in again."""
        page = self.desk(login).go(path)
        if "/login" in page.url:
            self.desk(login).sign_in(login)
            page = self.desk(login).go(path)
        return page

    def told(self, login: str, *words: str, item: str = "") -> Page:
        """Open the bell; the newest notice with these words leads to the page of its item or
        case.
        """
        page = self.opened(login, "/notices")
        line = page.locator("main ul.rows > li")
        for word in (*words, item):
            line = line.filter(has_text=word) if word else line
        line.first.wait_for()
        line.first.get_by_role("link").first.click()
        page.wait_for_load_state()
        self.desk(login).settled()
        assert page.locator("h1").inner_text()
        return page

    def sees(self, login: str, element: str, *content: str) -> None:
        """What stands above the place where this person judges."""
        page = self.desk(login).page
        assert page.locator("h1").inner_text() == element
        judged = page.locator("#judged, #matter")
        shown = " ".join(judged.all_inner_texts() + self._folded(page))
        for one in content:
            assert one in shown, f"{login} does not see {one} at {element}"
        if page.locator("#judged").count() and page.locator("#work-form").count():
            above = page.locator("#judged").bounding_box()
            below = page.locator("#work").bounding_box()
            assert above is not None
            assert below is not None
            assert above["y"] < below["y"]
        act = page.locator(".acts-bar .main-act")
        if act.count():
            box = act.bounding_box()
            assert box is not None
            assert 0 <= box["y"] < 900, "in reach without scrolling"

    @staticmethod
    def _folded(page: Page) -> list[str]:
        """What stands in folds that a click opens."""
        return page.locator("#judged details").evaluate_all(
            "all => all.map(one => one.textContent)"
        )

    def hides(self, login: str, *content: str) -> None:
        """What is nowhere on the page."""
        text = self.desk(login).page.content()
        for one in content:
            assert one not in text, f"{login} should not see {one}"


@contextmanager
def reviewing(sit: Sit) -> Iterator[Reviewers]:
    """Reviewers; at the end no browser has complained."""
    people = Reviewers(sit)
    yield people
    for login, desk in people.desks.items():
        assert desk.complaints == [], login


def test_every_reviewer_of_an_application_is_told_and_sees_what_they_judge(
    sit: Sit, town: Town
) -> None:
    with reviewing(sit) as people:
        case = town.start("cf_project", "cf.gangbu", "苜蓿草高值化加工技术", ANSWERS["apply"])
        plan = town.item(case, "plan").id
        town.attach("cf.gangbu", plan, EVIDENCE, b"%PDF-1.4")
        town.complete("cf.gangbu", case, "plan")

        people.told("cf.danwei", "待办理", item="所在单位党委（党组）审核")
        people.sees("cf.danwei", "所在单位党委（党组）审核", "建成一条示范线", "低温干燥", EVIDENCE)

        town.send_back("cf.danwei", case, "unit_review", "apply", "附件2缺绩效指标")
        page = people.told("cf.gangbu", "被", "退回", "附件2缺绩效指标")
        assert "附件2缺绩效指标" in page.locator(".returned").inner_text()
        assert town.actor("cf.danwei").name in page.locator(".returned").inner_text()
        town.complete("cf.gangbu", case, "apply", goals="建成两条示范线")
        town.complete("cf.gangbu", case, "plan")

        people.told("cf.danwei", "待办理", item="所在单位党委（党组）审核")
        people.sees("cf.danwei", "所在单位党委（党组）审核", "建成两条示范线", "与上次的不同")
        town.complete("cf.danwei", case, "unit_review")

        people.told("cf.hongshan", "归口管理部门审核并推荐")
        people.sees("cf.hongshan", "归口管理部门审核并推荐", "建成两条示范线", EVIDENCE, "同意申报")
        town.complete("cf.hongshan", case, "department_review")

        people.told("cf.kjj", "市科技局初审")
        people.sees(
            "cf.kjj", "市科技局初审", "建成两条示范线", EVIDENCE, "同意推荐", "红科〔2026〕1号"
        )
        town.complete("cf.kjj", case, "initial_review")

        around = town.round()
        people.told("cf.lxh", "联席会议审核")
        people.sees(
            "cf.lxh",
            "联席会议审核（苜蓿草高值化加工技术）",
            "建成两条示范线",
            "低温干燥",
            EVIDENCE,
            "同意推荐",
            "初审合格",
        )
        town.complete("cf.lxh", around, "decide")

        page = people.told("cf.gangbu", "已备案", "赤科榜备〔2026〕001号")
        assert "已备案" in page.locator("main").inner_text()
        page = people.opened("cf.gangbu", "/inbox?box=started")
        assert "已备案" in page.locator("main table").inner_text()

        matter = {**ANSWERS["ledger"], "coordination_matters": "电力增容需协调"}
        town.tell("cf.gangbu", case, "feedback", **matter)
        people.told("cf.hongshan", "市科技局请您单位配合", item="协调处理")
        people.sees("cf.hongshan", "协调处理", "电力增容需协调", "市科技局")
        town.contribute("cf.hongshan", case, "coordinate", opinion="供电所已答应")
        people.told("cf.kjj", "红山区科技局已反馈")
        assert "供电所已答应" in people.desk("cf.kjj").page.locator("main").inner_text()


def test_every_reviewer_of_a_project_is_told_and_sees_what_they_judge(sit: Sit, town: Town) -> None:
    with reviewing(sit) as people:
        project = Project(town).posted()
        people.told("zy.qiye", "已张榜")
        people.told(COUNTY, "指派驻企特派员")
        project.bid()
        project.bid(bidder_name="另一家单位", solution="只此一家的方案")
        people.hides(COUNTY, BID["solution"])
        project.close()

        people.told("zy.qiye", "需求方择优")
        people.sees("zy.qiye", "需求方择优", BID["solution"], "只此一家的方案")
        project.do("choose_bid")
        project.do("negotiate")
        bidder = str(project.data["bidder"])
        project.do("confirm_agreement")
        people.told(COUNTY, "县区汇总报送")
        project.do("report_county")
        project.do("form_panel")

        expert = str(project.data["experts"][0])
        people.told(expert, "专家评审打分")
        people.sees(
            expert,
            "专家评审打分",
            DEMAND["problem"],
            BID["solution"],
            BID["execution_plan"],
            BID["market_prospects"],
            BID["economic_targets"],
            BID["team"],
            BID["schedule"],
        )
        people.hides(expert, "只此一家的方案", BID["contact_phone"])
        for other in project.data["experts"][1:]:
            people.hides(expert, town.actor(other).name)
        people.told("zy.qiye", "发榜单位打分")
        for other in project.data["experts"]:
            people.hides("zy.qiye", town.actor(other).name)
        project.score(*project.data["experts"])
        project.do("demander_score")

        people.told("zy.zzb", "评审意见汇总")
        project.do("summarise_review")
        people.told("zy.ldxz", "组长审议")
        people.sees(
            "zy.ldxz", "组长审议", BID["solution"], ANSWERS["summarise_review"]["review_opinion"]
        )
        project.do("head_decision")
        project.reach("incorporate")
        people.told("zy.qiye", "已立项", "立项编号")
        assert bidder
        project.reach("verify_funding")
        people.told("zy.czj", "请您单位配合", item="发榜方资金到位核验")
        people.sees("zy.czj", "发榜方资金到位核验", "市科技局")
        project.reach("accept_project")
        people.told("zy.zzb", "验收或绩效评价")
        project.reach("pay_final").do("pay_final")
        people.told("zy.qiye", "验收通过")
        page = people.desk("zy.qiye").page
        assert "验收通过" in page.locator("main").inner_text()
