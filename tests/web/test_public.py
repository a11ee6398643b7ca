"""The public pages in a real browser: somebody without an account finds a posting, bids, and
follows the bid.
"""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.outside import BID, INSIDE, NUMBER, OBJECTION, posted
from tests.town import Town
from tests.web.conftest import Desk, Sit
from tests.web.test_looks import barriers

LABELS = {
    "揭榜方": BID["bidder_name"],
    "联系电话": BID["contact_phone"],
    "解决方案": BID["solution"],
    "报价": BID["quote"],
}
SHOTS = os.environ.get("JIEBANG_SHOTS")


def fill(page: Page, **words: object) -> None:
    for label, word in words.items():
        page.locator(".fjs-container").get_by_label(label, exact=False).fill(str(word))


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def code_of(page: Page) -> str:
    """The query code of the receipt, which has the focus."""
    expect(page.locator("[data-focus]")).to_be_focused()
    return page.locator("[data-code]").inner_text()


def bid(desk: Desk) -> str:
    """Send a bid; gives its code."""
    page = desk.go(f"/public/postings/{NUMBER}")
    fill(page, **LABELS)
    press(page, "提交揭榜方案")
    return code_of(page)


def test_a_visitor_finds_a_posting_bids_with_a_file_and_follows_the_bid(
    town: Town, sit: Sit, tmp_path: Path
) -> None:
    case, desk = posted(town), sit(None)
    page = desk.go("/login")
    page.get_by_role("link", name="无需登录").click()
    page.get_by_role("link", name="节水灌溉关键技术").click()
    desk.settled()
    (tmp_path / "方案.pdf").write_bytes(b"plan")
    page.get_by_label("附件").set_input_files(tmp_path / "方案.pdf")
    fill(page, **LABELS)
    press(page, "提交揭榜方案")
    code = code_of(page)
    assert code not in page.url
    expect(page.locator("main form, main [data-post]")).to_have_count(0)
    page.get_by_role("link", name="去查询").click()
    page.get_by_label("查询码").fill(code.lower())
    press(page, "查询")
    expect(page.get_by_text("已受理，等待评审")).to_be_visible()
    assert code not in page.url
    assert [one["bidder_name"] for one in town.row(case).data["bids"]] == [BID["bidder_name"]]
    assert desk.complaints == []


def test_what_is_wrong_stands_at_the_field_and_nothing_is_lost(
    town: Town, sit: Sit, tmp_path: Path
) -> None:
    posted(town)
    page = sit(None).go(f"/public/postings/{NUMBER}")
    (tmp_path / "方案.pdf").write_bytes(b"plan")
    page.get_by_label("附件").set_input_files(tmp_path / "方案.pdf")
    fill(page, **{**LABELS, "报价": 0})
    press(page, "提交揭榜方案")
    expect(page.locator("[data-form] [data-message]")).to_be_focused()
    expect(page.locator(".fjs-form-field-error")).to_be_visible()
    assert page.locator(".fjs-container").get_by_label("解决方案").input_value() == BID["solution"]
    assert page.evaluate("document.querySelector('#files').files.length") == 1
    page.reload()
    page.wait_for_selector("[data-form][data-ready]")
    assert page.locator(".fjs-container").get_by_label("解决方案").input_value() == BID["solution"]


def test_what_only_the_server_finds_wrong_stands_at_the_field_too(town: Town, sit: Sit) -> None:
    posted(town)
    desk = sit(None)
    desk.page.route(
        "**/public/postings/*",
        lambda route: route.fulfill(
            body=route.fetch().text().replace('"min": 1', '"min": 0'), content_type="text/html"
        ),
    )
    page = desk.go(f"/public/postings/{NUMBER}")
    fill(page, **{**LABELS, "报价": 0})
    press(page, "提交揭榜方案")
    expect(page.locator("[data-form] [data-message]")).to_be_focused()
    field = page.locator(".fjs-form-field-number")
    expect(field.locator(".fjs-form-field-error")).to_contain_text("1")
    assert page.locator(".fjs-container").get_by_label("解决方案").input_value() == BID["solution"]
    page.locator(".fjs-container").get_by_label("报价").fill("7")
    press(page, "提交揭榜方案")
    assert code_of(page)


def test_a_posting_that_closes_meanwhile_says_so_and_keeps_what_was_typed(
    town: Town, sit: Sit
) -> None:
    posted(town)
    desk = sit(None)
    page = desk.go(f"/public/postings/{NUMBER}")
    fill(page, **LABELS)
    town.forward(days=20)
    press(page, "提交揭榜方案")
    expect(page.locator("[data-form] [data-message]")).to_contain_text("已截止")
    assert page.locator(".fjs-container").get_by_label("解决方案").input_value() == BID["solution"]
    expect(desk.go(f"/public/postings/{NUMBER}").get_by_text("已截止").first).to_be_visible()


def test_an_objection_is_made_on_the_notice_and_a_demand_declared(town: Town, sit: Sit) -> None:
    case, desk = posted(town), sit(None, "phone")
    town.complete("zy.kjj", case, "collect")
    page = desk.go("/public/notices")
    page.get_by_role("link", name="拟立项公示").click()
    desk.settled()
    fill(
        page,
        异议人=OBJECTION["objector_name"],
        联系方式=OBJECTION["objector_phone"],
        异议内容=OBJECTION["objection_text"],
    )
    press(page, "提交异议")
    code_of(page)
    assert town.row(case).data["objection"]["objector_name"] == OBJECTION["objector_name"]
    page = desk.go("/public/apply/zy/try_demand")
    fill(page, 需求名称="换热管除垢", 联系人="李四")
    press(page, "提交")
    code_of(page)
    assert "流程（换热管除垢）" in [item.case_title for item in town.box("zy.kjj")]
    assert desk.complaints == []


def test_staff_who_type_a_bid_in_get_the_code_to_hand_over(town: Town, sit: Sit) -> None:
    case, desk = posted(town), sit("zy.kjj")
    page = desk.go(f"/cases/{case}")
    page.locator("summary", has_text="提交").first.click()
    fill(page, **LABELS)
    press(page, "提交")
    assert len(code_of(page)) == 17
    assert len(town.row(case).data["bids"]) == 1


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_public_pages_are_no_barrier_fit_the_screen_and_tell_nothing_of_the_inside(
    town: Town, sit: Sit, axe: str, size: str
) -> None:
    case, desk = posted(town), sit(None, size, bypass_csp=True)
    code = bid(desk)
    assert barriers(desk.page, axe) == []
    shot(desk, f"receipt-{size}")
    town.complete("zy.kjj", case, "collect", score_opinion="评分九十一，赵内部")
    town.now = town.now.replace(hour=10)
    paths = [
        "/public",
        f"/public/postings/{NUMBER}",
        "/public/notices",
        "/public/notices/2",
        "/public/apply/zy/try_demand",
        "/public/query",
        "/public/postings/999",
    ]
    for path in paths:
        page = desk.go(path)
        shot(desk, f"{path.strip('/').replace('/', '-')}-{size}")
        assert barriers(page, axe) == [], path
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert [word for word in (*INSIDE, "zy.kjj") if word in page.content()] == [], path
    page = desk.go("/public/query")
    page.get_by_label("查询码").fill(code)
    press(page, "查询")
    expect(page.get_by_text("已受理")).to_be_visible()
    shot(desk, f"answer-{size}")
    assert barriers(page, axe) == []


def shot(desk: Desk, name: str) -> None:
    if SHOTS:
        desk.page.screenshot(path=f"{SHOTS}/{name}.png", full_page=True)
