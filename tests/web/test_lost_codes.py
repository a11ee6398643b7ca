"""找回查询码: beside the query page for whoever has lost the code, on the case's page for who
comes to the counter.
"""

import pytest
from playwright.sync_api import expect

from tests.project import Project
from tests.town import Town
from tests.web.conftest import LEVELS, Sit

NOBODY, SOMEBODY = "nobody@example.org", "fang@example.org"


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_the_answer_is_the_same_whether_anything_was_sent_or_not(
    sit: Sit, town: Town, axe: str, size: str
) -> None:
    Project(town).posted().bid(contact_email=SOMEBODY)
    town.runtime.sends_mail = True
    desk = sit(None, size)
    page = desk.go("/public/query")
    page.get_by_role("link", name="找回查询码").click()
    said = []
    for email in (NOBODY, SOMEBODY):
        page.select_option("#jurisdiction", "zy")
        page.fill("#email", email)
        with page.expect_navigation():
            page.get_by_role("button", name="发送新的查询码").click()
        said.append(page.locator("main").inner_text())
        expect(page.locator(".notice-success")).to_be_visible()
    assert said[0] == said[1]
    page.evaluate(axe)
    found = page.evaluate(
        "levels => axe.run(document, {runOnly: levels}).then(r => r.violations)", LEVELS
    )
    assert found == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert desk.complaints == []


def test_without_mail_the_page_says_whom_to_ask(sit: Sit, town: Town) -> None:
    page = sit(None).go("/public/lost")
    assert page.locator("form[action='/public/lost']").count() == 0
    assert "受理单位" in page.locator("main").inner_text()


def test_at_the_counter_staff_print_a_new_receipt(sit: Sit, town: Town) -> None:
    project = Project(town).posted()
    old = project.bid(contact_email=None)
    project.close()
    project.do("choose_bid")
    desk = sit("zy.kjj")
    page = desk.go(f"/cases/{project.case}")
    fold = page.locator("details", has_text="当面补发").last
    fold.locator("summary").click()
    fold.locator("input[name=reason]").fill("核对身份证和授权书")
    with page.expect_navigation():
        fold.get_by_role("button", name="补发查询码").click()
    new = page.locator(".code").inner_text()
    assert new != old
    assert page.get_by_role("button", name="打印回执").is_visible()
    outside = sit(None)
    outside.go("/public/query").fill("#code", new)
    outside.page.get_by_role("button", name="查询").click()
    expect(outside.page.locator("#submission section").first).to_be_visible()
    assert desk.complaints == []


def test_who_sees_the_case_from_outside_the_offices_finds_no_such_button(
    sit: Sit, town: Town
) -> None:
    project = Project(town).posted()
    project.bid()
    project.close()
    project.do("choose_bid")
    assert sit("zy.qiye").go(f"/cases/{project.case}").get_by_text("当面补发").count() == 0
