"""Signing in, moving about, and the verbs that need no form."""

import pytest
from playwright.sync_api import expect

from tests.town import Town
from tests.web.conftest import Sit


def test_a_visitor_is_led_to_the_sign_in_and_back(sit: Sit, town: Town) -> None:
    case = town.applied()
    desk = sit(None)
    desk.page.goto(f"{desk.address}/cases/{case}")
    assert "/login" in desk.page.url
    desk.page.fill("#login", "cf.gangbu")
    desk.page.fill("#password", "jiebang")
    with desk.page.expect_navigation():
        desk.page.click("main button[type=submit]")
    assert desk.page.url == f"{desk.address}/cases/{case}"


def test_a_wrong_password_is_refused_where_it_was_typed(sit: Sit) -> None:
    desk = sit(None)
    page = desk.go("/login")
    page.fill("#login", "cf.kjj")
    page.fill("#password", "wrong password")
    page.click("main button[type=submit]")
    message = page.locator("form [data-message]")
    expect(message).to_be_visible()
    expect(message).to_be_focused()
    assert page.input_value("#login") == "cf.kjj"


@pytest.mark.parametrize(
    "target", ["//example.org", "https://example.org", "/\\example.org", "javascript:alert(1)"]
)
def test_the_sign_in_leads_nowhere_else(sit: Sit, target: str) -> None:
    desk = sit(None)
    desk.page.goto(f"{desk.address}/login?next={target}")
    desk.page.fill("#login", "cf.kjj")
    desk.page.fill("#password", "jiebang")
    with desk.page.expect_navigation():
        desk.page.click("main button[type=submit]")
    assert desk.page.url == f"{desk.address}/inbox"


def test_signing_out_ends_the_session(sit: Sit) -> None:
    desk = sit("cf.kjj", by_page=True)
    with desk.page.expect_navigation():
        desk.page.click(".who button")
    desk.page.goto(desk.address + "/inbox")
    assert "/login" in desk.page.url


def test_another_jurisdiction_sees_nothing(sit: Sit, town: Town) -> None:
    desk = sit("zy.kjj")
    answer = desk.page.goto(f"{desk.address}/cases/{town.applied()}")
    assert answer is not None
    assert answer.status == 404
    assert desk.page.locator("h1").count() == 1


def test_claim_and_release_change_hands(sit: Sit, town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    page = sit("cf.danwei").go(f"/items/{item}")
    with page.expect_navigation():
        page.click("form[action$='/claim'] button")
    assert town.page("cf.danwei", item).item.assignee_login == "cf.danwei"
    with page.expect_navigation():
        page.click("form[action$='/release'] button")
    assert town.page("cf.danwei", item).item.assignee_login is None


def test_sending_back_asks_where_and_why(sit: Sit, town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    page = sit("cf.danwei").go(f"/items/{item}")
    page.click("#send-back summary")
    page.select_option("#to_element", "plan")
    page.fill("#send_back_reason", "请补充进度安排")
    with page.expect_navigation():
        page.click("#send-back button")
    assert town.open(case) == ["plan"]
    assert town.page("cf.gangbu", town.item(case, "plan").id).returned_why == "请补充进度安排"


def test_a_comment_and_a_file_join_the_record(sit: Sit, town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    page = sit("cf.danwei").go(f"/items/{item}")
    page.fill("#comment", "请核对单位名称")
    with page.expect_navigation():
        page.click("#comments button")
    page.set_input_files(
        "#file", {"name": "推荐文.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4"}
    )
    with page.expect_navigation():
        page.click("#attachments button")
    seen = town.page("cf.danwei", item)
    assert [one.text for one in seen.comments] == ["请核对单位名称"]
    assert [one.filename for one in seen.attachments] == ["推荐文.pdf"]
    assert page.get_by_text("推荐文.pdf").count() == 1


def test_what_is_not_offered_is_not_shown_and_why_not_is_told_on_asking(
    sit: Sit, town: Town
) -> None:
    case = town.applied()
    for path in (f"/items/{town.item(case, 'unit_review').id}", f"/cases/{case}"):
        page = sit("cf.owner").go(path)
        assert page.locator("main button:disabled").count() == 0
        assert page.get_by_role("button", name="办结", exact=True).count() == 0
        reasons = page.locator(".why ul")
        assert not reasons.is_visible()
        page.locator(".why summary").click()
        assert reasons.inner_text().strip()


def test_more_lines_are_appended(sit: Sit, town: Town) -> None:
    for number in range(23):
        town.start("cf_project", "cf.gangbu", f"项目 {number}")
    page = sit("cf.gangbu").go("/inbox")
    assert page.locator("tbody tr:not(.more)").count() == 20
    page.click(".more a")
    expect(page.locator("tbody tr:not(.more)")).to_have_count(23)
    assert page.locator(".more").count() == 0


def test_filters_narrow_the_inbox(sit: Sit, town: Town) -> None:
    town.start("cf_project", "cf.gangbu", "苜蓿")
    town.start("cf_project", "cf.gangbu", "油页岩")
    page = sit("cf.gangbu").go("/inbox")
    page.fill("#q", "苜蓿")
    with page.expect_navigation():
        page.click(".filters button")
    assert page.locator("tbody tr").count() == 1
    assert page.input_value("#q") == "苜蓿"


def test_a_change_that_no_page_of_ours_sent_is_refused(sit: Sit, town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    page = sit("cf.danwei").go(f"/items/{item}")
    page.evaluate(
        "document.querySelectorAll('[name=csrf_token]').forEach(one => { one.value = 'forged' })"
    )
    page.click("form[action$='/claim'] button")
    expect(page.locator("#page-message")).to_be_visible()
    assert town.page("cf.danwei", item).item.assignee_login is None


def test_what_people_write_is_text_and_nothing_else(sit: Sit, town: Town) -> None:
    title = "</script><img src=x onerror=alert(1)> 项目"
    case = town.applied(title)
    item = town.item(case, "unit_review").id
    town.comment("cf.danwei", item, "<b>粗</b><script>alert(1)</script>")
    desk = sit("cf.danwei")
    for path in ("/inbox", f"/items/{item}", f"/cases/{case}", "/cases"):
        page = desk.go(path)
        assert page.get_by_text(title).count() >= 1, path
        assert page.locator("main img").count() == 0, path
    assert desk.complaints == []


def test_what_i_finished_can_be_taken_back(sit: Sit, town: Town) -> None:
    case = town.applied()
    item = town.items(case, "plan", state="done")[-1].id
    page = sit("cf.gangbu").go(f"/items/{item}")
    page.click("#withdraw summary")
    with page.expect_navigation():
        page.click("#withdraw button")
    assert town.open(case) == ["plan"]


def test_the_process_owner_lets_a_case_rest_and_go_on_with_a_reason(sit: Sit, town: Town) -> None:
    case = town.applied()
    page = sit("cf.owner").go(f"/cases/{case}")
    for verb, status in (
        ("suspend", "suspended"),
        ("resume", "running"),
        ("terminate", "terminated"),
    ):
        page.click(f"#{verb} summary")
        page.fill(f"#{verb}_reason", "政策调整")
        if verb == "terminate":
            page.check("#terminate_sure")
        with page.expect_navigation():
            page.click(f"#{verb} button")
        assert town.row(case).status == status


def test_nobody_else_is_offered_to_steer(sit: Sit, town: Town) -> None:
    page = sit("cf.gangbu").go(f"/cases/{town.applied()}")
    assert page.locator("#suspend").count() == 0
