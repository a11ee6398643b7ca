"""Policy and process side by side, on the page."""

import re

from playwright.sync_api import expect

from tests.town import Town
from tests.web.conftest import LEVELS, Sit


def test_from_a_clause_to_its_step_on_the_diagram(sit: Sit, town: Town, axe: str) -> None:
    town.applied()
    desk = sit("cf.gangbu")
    page = desk.go("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="依据").click()
    assert page.locator("[data-share=clauses]").inner_text().startswith("100%")
    assert page.locator("[data-share=steps]").inner_text().startswith("100%")
    assert page.locator("[data-lacking]").count() == 0
    row = page.locator("[data-clause='CF-2.2.2'] [data-step=unit_review]")
    assert "揭榜人所在单位" in row.inner_text()
    assert row.locator("[data-standing]").inner_text() == "1 件"
    page.evaluate(axe)
    assert (
        page.evaluate(
            "levels => axe.run(document, {runOnly: levels}).then(r => r.violations)", LEVELS
        )
        == []
    )
    row.get_by_role("link").click()
    desk.settled()
    assert "element=unit_review" in page.url
    shown = page.locator("[data-element-id=unit_review]")
    expect(shown).to_have_class(re.compile("state-shown"))
    expect(shown).to_be_in_viewport()
    assert page.locator(".step-badge-shown").inner_text() == "CF-2.2.2"
    assert page.locator(".bjs-powered-by").is_visible()
    assert desk.complaints == []


def test_filters_show_one_clause_or_one_process(sit: Sit) -> None:
    page = sit("cf.ducha", size="phone").go("/coverage")
    page.select_option("#clause", "CF-2.3.1")
    with page.expect_navigation(url="**clause=CF-2.3.1*"):
        page.get_by_role("button", name="筛选").click()
    assert page.locator("[data-clause]").evaluate_all("all => all.map(e => e.dataset.clause)") == [
        "CF-2.3.1"
    ]
    page.goto(page.url.split("?")[0] + "?process=cf_board")
    assert page.locator("[data-clause]").evaluate_all("all => all.map(e => e.dataset.clause)") == [
        "CF-1.1",
        "CF-1.2",
    ]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_another_towns_diagram_is_not_there(sit: Sit) -> None:
    desk = sit("cf.kjj")
    for path in ("/coverage/zy_pilot", "/coverage/zy_pilot/diagram.json", "/coverage/nothing"):
        answer = desk.page.goto(desk.address + path)
        assert answer is not None
        assert answer.status == 404
