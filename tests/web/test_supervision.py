"""The supervision board on the page: at a desk, on a telephone, on paper."""

from datetime import date

import pytest
from playwright.sync_api import expect

from tests.town import Town
from tests.web.conftest import LEVELS, Sit


def busy(town: Town) -> None:
    """Applications that are late, near their due, new, and finished."""
    for number in range(3):
        town.applied(f"逾期项目{number}")
    done = town.applied("办结项目")
    town.at(date(2026, 3, 6))
    town.complete("cf.danwei", done, "unit_review")
    town.at(date(2026, 3, 11))
    town.applied("临期项目")
    for day in (12, 13, 16, 17):
        town.at(date(2026, 3, day))
    town.applied("新项目")
    town.forward(days=1)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_board_can_be_read_and_used_at_both_widths(
    sit: Sit, town: Town, axe: str, size: str
) -> None:
    busy(town)
    desk = sit("cf.ducha", size=size)
    for path in (
        "/supervision",
        "/supervision/items?light=red",
        "/supervision/circulars/new?period=month",
    ):
        page = desk.go(path)
        page.evaluate(axe)
        assert (
            page.evaluate(
                "levels => axe.run(document, {runOnly: levels}).then(r => r.violations)", LEVELS
            )
            == []
        )
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    page = desk.go("/supervision")
    assert page.locator(".figures .num-red").inner_text() == "4"
    with page.expect_navigation(url="**notice=urged**"):
        page.get_by_role("button", name="催办：").first.click()
    assert "催办：请抓紧办理" in page.locator("#oldest").inner_text()
    page.locator(".figures .num-red a").click()
    expect(page.locator(".rows > li")).to_have_count(4)
    assert desk.complaints == []


def test_an_empty_board_says_what_will_appear(sit: Sit) -> None:
    desk = sit("cf.ducha")
    assert "还没有办理中的事项" in desk.go("/supervision").locator("main").inner_text()
    assert desk.complaints == []


def test_who_does_not_see_all_has_no_board(sit: Sit) -> None:
    desk = sit("cf.kjj")
    assert desk.go("/").get_by_role("link", name="督查", exact=True).count() == 0
    answer = desk.page.goto(desk.address + "/supervision")
    assert answer is not None
    assert answer.status == 403
