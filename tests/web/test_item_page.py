"""The page of an item: what stands where, what stays in reach, what it weighs."""

import pytest
from playwright.sync_api import Page, expect

from tests.api.test_item_page import again, coordinating, returned
from tests.town import Town
from tests.web.conftest import Sit
from tests.web.test_looks import barriers
from tests.web.test_nothing_is_lost import agree, press

COLD_BYTES = 260_000
SIZES = ["desktop", "phone"]


@pytest.fixture
def pages(town: Town) -> dict[str, tuple[str, int]]:
    """Items of each kind, with somebody who opens them."""
    judged = town.item(again(town), "initial_review").id
    back = town.item(returned(town), "plan").id
    (asked,) = town.items(coordinating(town), "coordinate", part="cooperate")
    town.reviewed()
    decided = town.item(town.round(), "decide").id
    town.forward(workdays=6)
    return {
        "judged": ("cf.kjj", judged),
        "returned": ("cf.gangbu", back),
        "asked": ("cf.hongshan", asked.id),
        "decided": ("cf.lxh", decided),
        "watched": ("cf.ducha", judged),
    }


def top(page: Page, selector: str) -> float:
    """Where a part of the page begins, from the top of the page."""
    return float(
        page.locator(selector).first.evaluate(
            "found => found.getBoundingClientRect().top + window.scrollY"
        )
    )


def left(page: Page, selector: str) -> float:
    return float(page.locator(selector).first.evaluate("e => e.getBoundingClientRect().left"))


@pytest.mark.parametrize("size", SIZES)
def test_what_is_judged_stands_above_the_conclusion_and_who_and_when_beside_it(
    sit: Sit, pages: dict[str, tuple[str, int]], size: str
) -> None:
    login, item = pages["judged"]
    page = sit(login, size).go(f"/items/{item}")
    order = ["h1", "#judged", "#work", "#send-back"]
    places = [top(page, part) for part in order]
    assert places == sorted(places)
    assert page.locator("#judged .handed").count() == 2, "the application and its plan are open"
    assert page.locator("#judged .changed").count() == 2
    if size == "desktop":
        assert left(page, ".desk-who") > left(page, "#judged") + 600
        assert abs(top(page, ".desk-who") - top(page, "#judged")) < 4
    else:
        assert top(page, "h1") < top(page, ".desk-who") < top(page, "#judged")
        assert left(page, ".desk-who") == left(page, "#judged")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("kind", ["judged", "returned", "asked", "decided"])
def test_the_main_act_stays_at_the_lower_edge_of_the_window(
    sit: Sit, pages: dict[str, tuple[str, int]], kind: str, size: str
) -> None:
    login, item = pages[kind]
    page = sit(login, size).go(f"/items/{item}")
    height = page.viewport_size["height"] if page.viewport_size else 0
    length = page.evaluate("document.documentElement.scrollHeight")
    assert length > 1.3 * height
    for scrolled in (0, length // 3, length // 2):
        page.evaluate("to => window.scrollTo(0, to)", scrolled)
        box = page.locator(".acts-bar").bounding_box()
        act = page.locator("[data-main]").bounding_box()
        assert box
        assert act
        assert abs(box["y"] + box["height"] - height) <= 1, scrolled
        assert act["y"] >= 0
        assert act["y"] + act["height"] <= height
        assert act["height"] >= (44 if size == "phone" else 36)
        assert box["height"] < 80, "one line, whatever stands in it"


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_of_items_are_no_barriers(
    sit: Sit, axe: str, pages: dict[str, tuple[str, int]], size: str
) -> None:
    found = {}
    for kind, (login, item) in pages.items():
        page = sit(login, size, bypass_csp=True).go(f"/items/{item}")
        found[kind] = barriers(page, axe)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), kind
    assert found == {kind: [] for kind in pages}


def test_a_co_operating_unit_begins_with_what_it_is_asked(
    sit: Sit, pages: dict[str, tuple[str, int]]
) -> None:
    login, item = pages["asked"]
    page = sit(login).go(f"/items/{item}")
    places = [top(page, part) for part in ("h1", "#matter", "#judged", "#work")]
    assert places == sorted(places)
    asked = page.locator("#matter").inner_text()
    for words in ("市科技局", "协调处理", "电力增容需协调", "前反馈"):
        assert words in asked


def test_who_goes_on_with_their_own_paper_has_the_form_first(
    sit: Sit, pages: dict[str, tuple[str, int]]
) -> None:
    login, item = pages["returned"]
    page = sit(login).go(f"/items/{item}")
    assert top(page, ".returned") < top(page, "#work") < top(page, "#judged")
    assert "李文静" in page.locator(".returned").inner_text()


def test_the_keyboard_finishes_moves_on_and_goes_back(sit: Sit, town: Town) -> None:
    first, second = (
        town.item(town.applied(f"项目 {number}"), "unit_review").id for number in range(2)
    )
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{first}")
    with page.expect_navigation():
        page.keyboard.press("j")
    assert page.url.endswith(f"/items/{second}")
    with page.expect_navigation():
        page.keyboard.press("k")
    assert page.url.endswith(f"/items/{first}")
    desk.settled()
    agree(page, "同意j")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    done = town.page("cf.danwei", first)
    assert (done.item.state, done.values["unit_opinion"]) == ("done", "同意j")
    page = desk.go(f"/items/{second}")
    page.get_by_label("添加批注").focus()
    page.keyboard.press("Escape")
    assert page.url.endswith(f"/items/{second}"), "the first time it only leaves the field"
    with page.expect_navigation():
        page.keyboard.press("Escape")
    assert page.url.endswith("/inbox?box=todo")
    page.keyboard.press("j")
    expect(page.locator("tbody .name a").first).to_be_focused()


def test_a_draft_says_when_it_was_kept_beside_the_act(sit: Sit, town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    page = sit("cf.danwei").go(f"/items/{item}")
    agree(page)
    press(page, "暂存")
    expect(page.locator("[data-saved]")).to_contain_text("暂存于")
    assert town.row_of_item(item).draft


def test_sending_back_is_reached_from_the_bar(sit: Sit, town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    page = sit("cf.danwei", "phone").go(f"/items/{item}")
    assert not page.locator("#to_element").is_visible()
    page.locator(".acts-bar").get_by_text("退回").click()
    expect(page.locator("#to_element")).to_be_focused()
    expect(page.locator("#to_element")).to_be_in_viewport()


def test_the_lead_urges_who_is_late_without_leaving_the_page(sit: Sit, town: Town) -> None:
    case = coordinating(town)
    town.forward(workdays=6)
    item = town.item(case, "coordinate").id
    page = sit("cf.kjj").go(f"/items/{item}")
    page.locator(".urging summary").click()
    with page.expect_navigation():
        page.locator(".urging button").click()
    assert f"/items/{item}" in page.url
    assert page.locator(".urging").count() == 0
    assert "催办过" in page.locator(".who-has").inner_text()


@pytest.mark.parametrize("kind", ["judged", "returned", "decided"])
def test_an_item_opened_for_the_first_time_weighs_little(
    sit: Sit, pages: dict[str, tuple[str, int]], kind: str
) -> None:
    login, item = pages[kind]
    desk = sit(login)
    wire = desk.context.new_cdp_session(desk.page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    came: list[float] = []
    wire.on("Network.loadingFinished", lambda event: came.append(event["encodedDataLength"]))
    desk.go(f"/items/{item}")
    assert len(came) > 5
    assert sum(came) <= COLD_BYTES
