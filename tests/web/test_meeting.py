"""The meeting (联席会议) at one table: the file beside it, one opinion for many, nothing sent
before the summary is confirmed. And the experts' score sheet.
"""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.project import Project
from tests.samples import BID
from tests.town import Town
from tests.web.conftest import LEVELS, SIZES, Desk, Sit

BAD = "<script>document.title='hacked'</script>谷子节水"


@pytest.fixture
def meeting(town: Town) -> int:
    """A round over six applications, each with a file."""
    for number in range(6):
        title = BAD if number == 5 else f"项目{number + 1}"
        case = town.applied(title)
        town.complete("cf.danwei", case, "unit_review")
        item = town.item(case, "department_review").id
        town.attach("cf.hongshan", item, f"推荐文{number + 1}.pdf", b"%PDF")
        town.complete("cf.hongshan", case, "department_review")
        town.complete("cf.kjj", case, "initial_review", initial_opinion=f"合格{number + 1} <b>")
    return town.round()


def at_the_table(desk: Desk) -> Page:
    desk.go("/inbox")
    desk.page.get_by_role("link", name="打开审议表").click()
    desk.page.get_by_role("button", name="核对后办结").wait_for()
    return desk.page


def row(page: Page, number: int) -> Locator:
    return page.locator("form.meeting tbody tr").nth(number - 1)


def fill_many(page: Page, opinion: str) -> None:
    many = page.get_by_role("group", name="多项一次填写")
    many.get_by_label("予以备案").check()
    many.get_by_role("textbox").fill(opinion)
    many.get_by_role("button", name="填入选定各项").click()
    page.get_by_text("已填入选定的").wait_for()


def states(town: Town, around: int) -> list[str]:
    return [
        item.state
        for state in ("open", "done")
        for item in town.items(around, "decide", state=state)
    ]


def test_the_file_of_an_application_opens_beside_the_table(sit: Sit, meeting: int) -> None:
    desk = sit("cf.lxh")
    page = at_the_table(desk)
    row(page, 1).get_by_label("联席会议意见").fill("先记一笔")
    row(page, 1).get_by_role("link").first.click()
    beside = page.get_by_role("complementary")
    expect(beside.get_by_role("heading", name="项目1")).to_be_focused()
    for text in ("推荐文1.pdf", "建成一条示范线", "合格1 <b>", "同意推荐"):
        expect(beside).to_contain_text(text)
    row(page, 2).get_by_role("link", name="材料").click()
    expect(beside).to_contain_text("推荐文2.pdf")
    page.keyboard.press("Escape")
    expect(page.locator("#beside")).to_be_empty()
    expect(row(page, 1).get_by_label("联席会议意见")).to_have_value("先记一笔")
    assert page.url.endswith(f"/cases/{meeting}/table/decide")
    assert desk.complaints == []


def test_one_opinion_for_many_is_sent_only_when_the_summary_is_confirmed(
    town: Town, sit: Sit, meeting: int
) -> None:
    desk = sit("cf.lxh")
    page = at_the_table(desk)
    page.get_by_label("选定全部").check()
    row(page, 6).get_by_label("选定").uncheck()
    fill_many(page, "同意备案 <i>")
    row(page, 3).get_by_label("退回补正").check()
    row(page, 3).get_by_label("联席会议意见").fill("补充经费来源")
    page.get_by_role("button", name="核对后办结").click()
    page.get_by_role("heading", name="请核对，确认后办结 5 项").wait_for()
    summary = page.locator("#table-area")
    for text in ("予以备案 4 项", "退回补正 1 项", "另有 1 项没有填写", "补充经费来源"):
        expect(summary).to_contain_text(text)
    assert states(town, meeting) == ["open"] * 6
    page.get_by_role("button", name="返回修改").click()
    row(page, 2).get_by_label("不予备案").check()
    page.get_by_role("button", name="核对后办结").click()
    page.get_by_role("button", name="确认办结 5 项").click()
    page.get_by_text("已办结 5 项。").wait_for()
    assert states(town, meeting) == ["open"] + ["done"] * 5
    assert [town.open(case) for case in range(1, 7)] == [
        ["tracking"],
        [],
        ["apply"],
        ["tracking"],
        ["tracking"],
        [],
    ]
    expect(page.locator("form.meeting tbody tr")).to_have_count(1)
    expect(row(page, 1)).to_contain_text("<script>")
    assert page.title() == "联席会议审核 · 2026年第一批备案 · 揭榜"
    assert desk.complaints == []


def test_what_cannot_be_sent_is_told_in_its_row_and_stays_as_it_was_typed(
    town: Town, sit: Sit, meeting: int
) -> None:
    desk = sit("cf.lxh")
    page = at_the_table(desk)
    page.get_by_role("button", name="核对后办结").click()
    expect(page.locator("form.meeting [data-message]")).to_contain_text("还没有填写任何一项")
    page.get_by_role("button", name="填入选定各项").click()
    expect(page.locator("form.meeting [data-message]")).to_contain_text("请先勾选")
    for number in (1, 2):
        row(page, number).get_by_label("予以备案").check()
    row(page, 2).get_by_label("联席会议意见").fill("同意")
    page.get_by_role("button", name="核对后办结").click()
    expect(row(page, 1)).to_contain_text("联席会议意见：必填")
    row(page, 1).get_by_label("联席会议意见").fill("同意")
    page.get_by_role("button", name="核对后办结").click()
    page.get_by_role("button", name="确认办结 2 项").wait_for()
    town.claim("cf.lxh", town.items(meeting, "decide")[1].id)  # in another tab
    page.get_by_role("button", name="确认办结 2 项").click()
    page.get_by_text("已办结 1 项。").wait_for()
    expect(page.locator(".notice-danger")).to_contain_text("1 项没有办结")
    expect(row(page, 1)).to_contain_text("项目")
    expect(row(page, 1).get_by_label("联席会议意见")).to_have_value("同意")
    page.get_by_role("button", name="核对后办结").click()
    page.get_by_role("button", name="确认办结 1 项").click()
    page.get_by_text("已办结 1 项。").wait_for()
    assert states(town, meeting).count("done") == 2


def test_a_confirmation_that_is_sent_twice_is_done_once_and_told_as_done(
    town: Town, sit: Sit, meeting: int
) -> None:
    desk = sit("cf.lxh")
    page = at_the_table(desk)
    page.get_by_label("选定全部").check()
    fill_many(page, "同意备案")
    page.get_by_role("button", name="核对后办结").click()
    page.get_by_role("button", name="确认办结 6 项").wait_for()
    page.route("**/table/decide", lambda route: (route.fetch(), route.abort()))
    page.get_by_role("button", name="确认办结 6 项").click()
    expect(page.locator("#table-area [data-message]")).to_contain_text("无法连接服务器")
    page.unroute("**/table/decide")
    page.get_by_role("button", name="确认办结 6 项").click()
    page.get_by_text("已办结 6 项，全部办完").wait_for()
    assert states(town, meeting) == ["done"] * 6
    assert [town.row(case).number for case in range(1, 7)] == [
        f"赤科榜备〔2026〕00{n}号" for n in range(1, 7)
    ]


@pytest.mark.parametrize("size", sorted(SIZES))
def test_the_table_has_no_barriers(sit: Sit, axe: str, meeting: int, size: str) -> None:
    desk = sit("cf.lxh", size=size)
    page = at_the_table(desk)
    row(page, 1).get_by_role("link").first.click()
    page.get_by_role("complementary").get_by_role("heading", name="项目1").wait_for()
    page.evaluate(axe)

    def barriers() -> list[str]:
        return page.evaluate(
            "levels => axe.run(document, {runOnly: levels})"
            ".then(found => found.violations.map(one => one.id + ' ' + one.nodes[0].html))",
            LEVELS,
        )

    assert barriers() == []
    page.get_by_role("button", name="关闭").click()
    page.get_by_label("选定全部").check()
    fill_many(page, "同意")
    assert barriers() == []
    page.get_by_role("button", name="核对后办结").click()
    page.get_by_role("button", name="确认办结").wait_for()
    assert barriers() == []
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide


def test_an_expert_sees_weights_and_a_total_that_follows_what_is_typed(
    town: Town, sit: Sit
) -> None:
    project = Project(town).reach("score")
    item = town.item(project.case, "score", place="scores/0").id
    desk = sit("zy.expert1")
    page = desk.go(f"/items/{item}")
    for key in ("market_prospects", "execution_plan", "economic_targets", "team", "schedule"):
        assert BID[key] in {
            one.input_value() for one in page.locator("[data-form] textarea").all()
        }, key
    points = ("80.1", "76.5", "90", "61.3", "70")
    labels = ("技术合理性", "技术创新点", "预期技术指标和经济指标", "市场前景", "项目执行计划")
    expect(page.locator("[data-form]")).to_contain_text("填完五项后显示")
    for label, value in zip(labels, points, strict=True):
        page.get_by_label(label).first.fill(value)
    expect(page.locator("[data-form]")).to_contain_text("加权总分：77.52")
    expect(page.get_by_label("技术合理性权重（%）")).to_have_value("25")
    page.get_by_label("市场前景").first.fill("100")
    expect(page.locator("[data-form]")).to_contain_text("加权总分：83.33")
    page.get_by_label("评审意见").fill("方案可行")
    with page.expect_navigation():
        page.get_by_role("button", name="办结", exact=True).click()
    page.get_by_text("83.33").first.wait_for()
    assert desk.complaints == []
