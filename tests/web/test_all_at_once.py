"""An empty form is refused once, with everything that is missing, whoever finds it."""

from playwright.sync_api import Page, expect

from tests.samples import ANSWERS
from tests.town import Town
from tests.web.conftest import Sit
from tests.web.filling import fill_form


def lines(page: Page) -> list[str]:
    """What the form's message lists."""
    box = page.locator("[data-form] [data-message]")
    expect(box).to_be_focused()
    return box.locator("li").all_inner_texts()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def test_what_page_and_server_find_is_named_in_one_message(sit: Sit, town: Town) -> None:
    item = town.item(town.start("cf_project", "cf.gangbu"), "apply").id
    town.draft("cf.gangbu", item, project_start="2028-12-31", project_end="2026-03-01")
    page = sit("cf.gangbu").go(f"/items/{item}")
    press(page, "办结")
    found = lines(page)
    assert found[0].startswith("项目名称："), found
    assert any(line.startswith("联系电话：") for line in found)
    assert found[-1] == "项目结束时间应晚于项目开始时间"
    assert len(found) == len(set(found))
    assert "此项必填。" in page.locator(".fjs-form-field-error").all_inner_texts()
    fill_form(page, "cf_annex1", ANSWERS["apply"])
    with page.expect_navigation():
        press(page, "办结")
    assert town.page("cf.gangbu", item).item.state == "done"


def test_without_the_server_the_page_says_what_it_knows(sit: Sit, town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{item}")
    desk.context.set_offline(True)
    press(page, "办结")
    assert len(lines(page)) == 2
