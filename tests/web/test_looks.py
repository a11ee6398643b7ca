"""What every page owes: no barrier, nothing blocked by its own policy, nothing wider than the
screen.
"""

import pytest
from playwright.sync_api import Page, expect

from tests.town import Town
from tests.web.conftest import LEVELS, Sit

PAGES = [
    "/api/v1/docs",
    "/inbox",
    "/inbox?box=done",
    "/cases",
    "/cases/{case}",
    "/items/{item}",
    "/start",
    "/cases/999999",
]


@pytest.fixture
def busy(town: Town) -> dict[str, int]:
    """A town with work done, work open and work overdue; ids to look at."""
    done = town.reviewed("牧草种植及深加工")
    case = town.applied()
    town.complete("cf.danwei", case, "unit_review")
    town.comment("cf.hongshan", town.item(case, "department_review").id, "请核对推荐文编号")
    town.forward(workdays=6)
    return {"case": case, "item": town.item(case, "department_review").id, "done": done}


def barriers(page: Page, axe: str) -> list[tuple[str, list[str]]]:
    """What stands in the way of somebody with a disability: rule and places. What was folded is
    looked at unfolded, and folded again afterwards: the help lies over the page.
    """
    page.evaluate(
        "window.unfolded = [...document.querySelectorAll('details:not([open])')];"
        "window.unfolded.forEach(one => { one.open = true })"
    )
    page.evaluate(axe)
    found = page.evaluate("levels => axe.run({runOnly: levels})", LEVELS)["violations"]
    page.evaluate("window.unfolded.forEach(one => { one.open = false })")
    return [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_no_page_is_a_barrier(sit: Sit, axe: str, busy: dict[str, int], size: str) -> None:
    desk = sit("cf.hongshan", size, bypass_csp=True)
    found = {path: barriers(desk.go(path.format(**busy)), axe) for path in PAGES}
    assert found == {path: [] for path in PAGES}


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_way_in_and_a_start_are_no_barriers(sit: Sit, axe: str, size: str) -> None:
    assert barriers(sit(None, size, bypass_csp=True).go("/login"), axe) == []
    page = sit("cf.gangbu", size, bypass_csp=True).go("/start/cf_project")
    page.get_by_role("button", name="提交", exact=True).click()
    assert barriers(page, axe) == []


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_pages_obey_their_policy_and_fit_the_screen(
    sit: Sit, busy: dict[str, int], size: str
) -> None:
    desk = sit("cf.hongshan", size)
    for path in PAGES[:-1]:
        page = desk.go(path.format(**busy))
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
    assert desk.complaints == []


def test_everything_comes_from_this_host_under_a_strict_policy(
    sit: Sit, busy: dict[str, int]
) -> None:
    desk, asked = sit("cf.hongshan"), list[str]()
    desk.page.on("request", lambda request: asked.append(request.url))
    answer = desk.page.goto(f"{desk.address}/cases/{busy['case']}")
    desk.settled()
    assert answer is not None
    policy = answer.headers["content-security-policy"].split("; ")
    assert policy[:3] == ["default-src 'none'", "script-src 'self'", "style-src 'self'"]
    assert [url for url in asked if not url.startswith((desk.address, "data:"))] == []


def test_the_makers_marks_are_seen_and_uncovered(sit: Sit, busy: dict[str, int]) -> None:
    desk = sit("cf.hongshan")
    for path, mark in (
        ("/cases/{case}", ".bjs-powered-by"),
        ("/items/{item}", ".fjs-powered-by-link"),
    ):
        page = desk.go(path.format(**busy))
        page.locator(mark).scroll_into_view_if_needed()
        assert page.locator(mark).is_visible()
        assert page.evaluate(
            """mark => {
            const box = document.querySelector(mark).getBoundingClientRect();
            const top = document.elementFromPoint(
              box.left + box.width / 2, box.top + box.height / 2);
            return Boolean(top.closest(mark));
        }""",
            mark,
        ), mark


def test_the_diagram_and_the_list_tell_the_same(sit: Sit, busy: dict[str, int]) -> None:
    page = sit("cf.hongshan").go(f"/cases/{busy['case']}")
    late = page.locator(".steps .step-late")
    assert late.count() == 1
    assert page.locator('[data-element-id="department_review"].state-late').count() == 1
    assert page.locator(".step-badge-late").count() == 1


def test_lights_are_words_and_not_only_colours(sit: Sit, busy: dict[str, int]) -> None:
    page = sit("cf.hongshan").go("/inbox")
    assert page.locator(".light-red").first.inner_text().strip()
    assert page.locator(".due .sub").first.inner_text().strip()


def test_the_inbox_reads_without_scripts(sit: Sit, busy: dict[str, int]) -> None:
    desk = sit("cf.hongshan", java_script_enabled=False)
    page = desk.page
    page.goto(f"{desk.address}/items/{busy['item']}")
    with page.expect_navigation():
        page.click("form[action$='/claim'] button")
    assert page.locator("form[action$='/release'] button").count() == 1


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_count_stands_in_what_it_counts(sit: Sit, busy: dict[str, int], size: str) -> None:
    page = sit("cf.hongshan", size).go("/inbox")
    inside = page.eval_on_selector_all(
        ".count",
        """found => found.map(one => {
        const [inner, outer] = [one, one.closest('a')].map(part => part.getBoundingClientRect());
        return inner.width > 0 && inner.left >= outer.left && inner.right <= outer.right + 12
            && inner.top >= outer.top - 12 && inner.bottom <= outer.bottom + 12;
    })""",
    )
    assert len(inside) >= 2
    assert all(inside)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_act_of_a_start_is_always_in_reach(sit: Sit, size: str) -> None:
    page = sit("cf.gangbu", size).go("/start/cf_project")
    act = page.get_by_role("button", name="提交", exact=True)
    box, height = act.bounding_box(), page.evaluate("innerHeight")
    assert box is not None
    assert box["y"] + box["height"] <= height
    assert page.evaluate("document.documentElement.scrollHeight") > height
    page.locator(".fjs-input").first.press("Control+Enter")
    expect(page.locator("[data-message]:visible")).to_contain_text("必填")
