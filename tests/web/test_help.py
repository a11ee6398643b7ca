"""Help inside the product: a paragraph for each page and task, the lines of the first sign-in, what
comes next, and what an empty list says.
"""

import re
from collections.abc import Iterator, Mapping

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import expect
from werkzeug.routing import Rule

from service.domain.people.rights import ROLES
from service.web.site.help import Paragraph, manual
from tests.town import Town
from tests.web.conftest import PASSWORD, Sit
from tests.web.test_looks import barriers

LONGEST = 150
NOT_PAGES = {
    "view_attachment": "a file",
    "beside": "leads to another item",
    "content": "stands beside a table",
    "assets": "files of the bundle",
    "icon": "a picture",
    "home": "leads to the inbox",
    "diagram": "for the island",
    "choices": "for the modeler",
    "coverage_drawing": "for the island",
    "case_papers": "a part of the case's page",
    "help_part": "a part of every page",
    "calendar_feed": "for calendars",
    "demands_sheet": "a workbook",
    "demand_template": "a workbook",
    "supervision_workbook": "a workbook",
    "campaign_workbook": "a workbook",
    "backfill_template": "a workbook",
    "calendar_template": "a file to fill in",
}
OF_NO_VIEW = {"problem"}
"""What the frame shows instead of a view's page."""


def page_views(town: Town) -> Iterator[Rule]:
    for rule in town.app.url_map.iter_rules():
        if rule.endpoint.startswith("web.") and "GET" in (rule.methods or ()):
            yield rule


def paragraphs() -> Mapping[str, Paragraph]:
    whole = manual()
    return {
        **{f"page {name}": one for name, one in whole.pages.items()},
        **{f"task {name}": one for name, one in whole.tasks.items()},
    }


def signed_in(town: Town, login: str) -> FlaskClient:
    http = town.app.test_client()
    http.post("/login", data={"login": login, "password": PASSWORD})
    return http


def shown(http: FlaskClient, path: str) -> str:
    """The heading of what a page's button 帮助 fetches."""
    page = http.get(path, follow_redirects=True).get_data(as_text=True)
    source = re.search(r'class="help" hx-get="([^"]+)"', page)
    assert source, path
    part = http.get(source[1], headers={"HX-Request": "true"}).get_data(as_text=True)
    found = re.search("<h2>([^<]+)<", part)
    assert found, path
    return found[1]


# -- the words


def test_every_page_has_a_paragraph_and_no_paragraph_is_an_orphan(town: Town) -> None:
    views = {rule.endpoint.removeprefix("web.") for rule in page_views(town)}
    assert set(NOT_PAGES) <= views
    assert set(manual().pages) == views - set(NOT_PAGES) | OF_NO_VIEW


def test_every_task_is_reached_from_a_page_and_every_link_leads_to_one() -> None:
    named = {task for one in manual().pages.values() for task in one.see}
    assert named == set(manual().tasks)


def test_paragraphs_are_short_and_end() -> None:
    assert {
        name: len(one.text) for name, one in paragraphs().items() if len(one.text) > LONGEST
    } == {}
    assert [name for name, one in paragraphs().items() if not one.text.endswith("。")] == []


def test_every_role_is_told_what_it_does_and_where_it_appears() -> None:
    assert set(manual().duties) == ROLES
    assert all({"does", "appears"} == set(lines) for lines in manual().duties.values())


def test_what_a_page_for_outsiders_links_to_is_for_outsiders() -> None:
    whole = manual()
    for page in whole.pages.values():
        for task in page.see:
            if page.is_for(signed_in=False):
                assert whole.tasks[task].is_for(signed_in=False), (page.id, task)


# -- on the pages


@pytest.mark.parametrize(
    ("login", "path", "title"),
    [
        ("cf.kjj", "/", "待办"),
        ("cf.kjj", "/cases", "案件"),
        ("cf.kjj", "/start/cf_filing", "填写并发起"),
        ("cf.ducha", "/supervision", "督查"),
        ("cf.admin", "/clock", "运行状况"),
        ("cf.owner", "/processes/modeler", "流程图"),
        ("zy.kjj", "/demands", "项目库"),
        ("cf.kjj", "/cases/999999", "没有成功"),
        ("cf.kjj", "/no/such/page", "没有成功"),
        (None, "/login", "登录"),
        (None, "/public", "榜单"),
        (None, "/public/query", "查询"),
    ],
)
def test_a_page_brings_its_own_paragraph(
    town: Town, login: str | None, path: str, title: str
) -> None:
    http = signed_in(town, login) if login else town.app.test_client()
    assert shown(http, path) == title


def test_the_manual_tells_visitors_of_public_pages_only(town: Town) -> None:
    outside = town.app.test_client().get("/help").get_data(as_text=True)
    inside = signed_in(town, "cf.kjj").get("/help").get_data(as_text=True)
    assert 'id="page-public_query"' in outside
    assert 'id="page-inbox"' not in outside
    assert 'id="page-inbox"' in inside
    assert 'id="page-public_query"' not in inside


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_help_opens_and_closes_by_keyboard_and_lies_within_the_screen(sit: Sit, size: str) -> None:
    page = sit("cf.hongshan", size).go("/inbox")
    button, text = page.locator(".help > summary"), page.locator(".help-text")
    button.focus()
    page.keyboard.press("Enter")
    page.locator(".help-task").first.wait_for()
    box = text.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= page.viewport_size["width"]  # type: ignore[index]
    page.locator(".help-task > summary").first.press("Enter")
    expect(page.locator(".help-task p").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(text).to_be_hidden()
    assert page.evaluate("document.activeElement.matches('.help > summary')")


def test_help_goes_away_when_something_else_is_wanted_and_is_not_printed(sit: Sit) -> None:
    page = sit("cf.hongshan").go("/inbox")
    page.click(".help > summary")
    page.click("h1")
    expect(page.locator(".help-text")).to_be_hidden()
    page.click(".help > summary")
    expect(page.locator(".help-text")).to_be_visible()
    page.emulate_media(media="print")
    assert not page.locator(".help-text").is_visible()


def test_help_opens_without_scripts(sit: Sit) -> None:
    desk = sit("cf.hongshan", java_script_enabled=False, by_page=True)
    desk.page.goto(f"{desk.address}/inbox")
    desk.page.click(".help > summary")
    with desk.page.expect_navigation():
        desk.page.click(".help-text a")
    assert desk.page.url.endswith("/help#page-inbox")


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_manual_and_the_first_lines_are_no_barrier_and_fit(
    sit: Sit, axe: str, size: str
) -> None:
    desk = sit("cf.kjj.head", size, bypass_csp=True, by_page=True)
    assert desk.page.locator("#welcome section").is_visible()
    assert barriers(desk.page, axe) == []
    for path in ("/help", "/inbox", "/start/cf_filing"):
        page = desk.go(path)
        page.click(".help > summary")
        page.locator(".help-text h2").wait_for()
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert barriers(page, axe) == [], path
    visitor = sit(None, size, bypass_csp=True)
    for path in ("/help", "/public", "/public/query"):
        assert barriers(visitor.go(path), axe) == [], path


# -- the first sign-in


def test_the_first_lines_stand_on_the_first_page_until_they_are_closed(sit: Sit) -> None:
    desk = sit("cf.kjj.head", by_page=True)
    lines = desk.page.locator("#welcome section")
    assert lines.is_visible()
    assert "周立国" in lines.inner_text(), "by name"
    assert "邓小帆" in lines.inner_text(), "whom to ask"
    assert lines.locator("dt").count() == 3
    assert desk.go("/cases").locator("#welcome").count() == 0, "on the first page only"
    desk.sign_in("cf.kjj.head")
    desk.page.emulate_media(media="print")
    assert not lines.is_visible()
    desk.page.emulate_media(media="screen")
    lines.get_by_role("button").click()
    lines.wait_for(state="detached")
    assert desk.page.evaluate("document.activeElement.matches('[data-focus]')")
    desk.sign_in("cf.kjj.head")
    assert lines.count() == 0, "never again"
    assert sit("cf.kjj", by_page=True).page.locator("#welcome").count() == 1, (
        "others are not concerned"
    )
    assert desk.complaints == []


def test_they_stand_on_the_page_that_somebody_was_heading_for(sit: Sit, town: Town) -> None:
    desk, case = sit(None), town.applied()
    desk.page.goto(f"{desk.address}/cases/{case}")
    desk.page.fill("#login", "cf.danwei")
    desk.page.fill("#password", PASSWORD)
    with desk.page.expect_navigation():
        desk.page.click("main button[type=submit]")
    assert desk.page.url == f"{desk.address}/cases/{case}"
    assert desk.page.locator("#welcome section").is_visible()


def test_they_close_without_scripts(sit: Sit) -> None:
    desk = sit("cf.kjj", java_script_enabled=False, by_page=True)
    with desk.page.expect_navigation():
        desk.page.click("#welcome button")
    desk.sign_in("cf.kjj")
    assert desk.page.locator("#welcome").count() == 0


def test_whoever_looks_for_them_finds_them_in_the_manual(town: Town) -> None:
    http = signed_in(town, "cf.gangbu")
    page = http.get("/help").get_data(as_text=True)
    assert 'id="welcome"' not in page, "not twice on one page"
    assert manual().duties["applicant"]["does"] in page


# -- what comes next


def test_a_case_tells_below_where_it_stands_who_comes_next(sit: Sit, town: Town) -> None:
    case = town.applied()
    page = sit("cf.danwei").go(f"/cases/{case}")
    rows = page.locator("section[aria-labelledby=ahead-title] .next-steps li")
    assert rows.count() == 2
    assert "红山区科技局" in rows.first.inner_text()
    assert "一般 5 个工作日（系统默认）" in rows.first.inner_text()


def test_a_case_that_waits_tells_how_often_it_is_decided(sit: Sit, town: Town) -> None:
    page = sit("cf.gangbu").go(f"/cases/{town.reviewed()}")
    said = page.locator("section[aria-labelledby=ahead-title]").inner_text()
    assert "联席会议 · 每季度一轮（系统默认）" in said


def test_before_the_start_the_way_is_told(sit: Sit) -> None:
    page = sit("cf.gangbu").go("/start/cf_project")
    page.click("#way-title")
    rows = page.locator(".way li")
    expect(rows).to_have_count(12)
    assert "每季度一轮" in rows.nth(5).inner_text()


# -- nothing there


@pytest.mark.parametrize(
    ("login", "path"),
    [
        *(
            ("cf.danwei", f"/inbox?box={box}")
            for box in ("todo", "claimed", "contribute", "done", "started")
        ),
        ("cf.danwei", "/cases"),
        ("cf.danwei", "/notices"),
        ("cf.ducha", "/supervision"),
        ("cf.ducha", "/supervision/items"),
        ("cf.admin", "/clock"),
        ("zy.kjj", "/demands"),
        ("zy.kjj", "/campaigns"),
        (None, "/public"),
        (None, "/public/notices"),
    ],
)
def test_an_empty_list_says_what_will_come(town: Town, login: str | None, path: str) -> None:
    http = signed_in(town, login) if login else town.app.test_client()
    page = http.get(path).get_data(as_text=True)
    found = re.search(r'<div class="empty">\s*<b>([^<]+)</b>(.*?)</div>', page, re.S)
    assert found, path
    assert len(re.sub(r"<[^>]+>|\s", "", found[2])) > 10, path


def test_an_empty_inbox_leads_on_those_who_may_start_something(town: Town) -> None:
    starter = signed_in(town, "cf.gangbu").get("/inbox").get_data(as_text=True)
    other = signed_in(town, "cf.hongshan").get("/inbox").get_data(as_text=True)
    assert "从“<a" in starter
    assert "从“<a" not in other
