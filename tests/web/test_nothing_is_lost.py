"""What somebody typed stays, whatever the server says."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.samples import ANSWERS
from tests.town import Town
from tests.web.conftest import Desk, Sit, kept_by_browser

OPINION = "textarea[id*=unit_opinion], .fjs-form-field-textarea textarea"


@pytest.fixture
def open_item(town: Town) -> int:
    """An application before its unit."""
    return town.item(town.applied(), "unit_review").id


def agree(page: Page, opinion: str = "同意申报") -> None:
    page.get_by_label("同意", exact=True).check()
    page.locator(OPINION).first.fill(opinion)


def opinion(page: Page) -> str:
    return page.locator(OPINION).first.input_value()


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def said(desk: Desk) -> str:
    """The sentence of the form's message, which has the focus."""
    box = desk.page.locator("[data-form] [data-message]")
    expect(box).to_be_visible()
    expect(box).to_be_focused()
    return box.inner_text()


def test_a_finished_form_moves_the_case_on(sit: Sit, town: Town, open_item: int) -> None:
    desk = sit("cf.danwei")
    agree(desk.go(f"/items/{open_item}"))
    with desk.page.expect_navigation():
        press(desk.page, "办结")
    assert desk.page.locator(".notice-success").count() == 1
    assert town.page("cf.danwei", open_item).item.state == "done"


def test_what_is_missing_is_said_beside_the_field(sit: Sit, open_item: int) -> None:
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{open_item}")
    page.locator(OPINION).first.fill("同意")
    press(page, "办结")
    assert "审核结论" in said(desk)
    assert page.locator(".fjs-form-field-error").first.inner_text() == "此项必填。"
    assert opinion(page) == "同意"


def test_the_server_names_the_field_too(sit: Sit, town: Town, open_item: int) -> None:
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{open_item}")
    page.route(
        "**/api/v1/items/*/complete",
        lambda route: route.continue_(
            post_data=(route.request.post_data or "").replace('"agree"', '"perhaps"')
        ),
    )
    agree(page, "写了很久的意见")
    press(page, "办结")
    assert "审核结论" in said(desk)
    assert page.locator(".fjs-form-field-radio .fjs-form-field-error").count() == 1
    assert opinion(page) == "写了很久的意见"


def test_what_does_not_fit_together_is_said_above_the_form_and_at_no_field(
    sit: Sit, town: Town
) -> None:
    item = town.item(town.start("cf_project", "cf.gangbu"), "apply").id
    town.draft(
        "cf.gangbu",
        item,
        **{**ANSWERS["apply"], "project_start": "2028-12-31", "project_end": "2026-03-01"},
    )
    desk = sit("cf.gangbu")
    page = desk.go(f"/items/{item}")
    press(page, "办结")
    assert "项目结束时间应晚于项目开始时间" in said(desk)
    assert page.locator(".fjs-form-field-error").count() == 0


def test_a_lost_race_keeps_what_was_typed(sit: Sit, town: Town, open_item: int) -> None:
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{open_item}")
    agree(page, "写了很久的意见")
    case = town.page("cf.danwei", open_item).item.case_id
    town.complete("cf.danwei", case, "unit_review")
    press(page, "办结")
    assert said(desk)
    assert opinion(page) == "写了很久的意见"


def test_after_a_session_has_ended_one_signs_in_elsewhere_and_goes_on(
    sit: Sit, town: Town, open_item: int
) -> None:
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{open_item}")
    agree(page, "写了很久的意见")
    desk.context.clear_cookies()
    press(page, "办结")
    assert "登录" in said(desk)
    assert opinion(page) == "写了很久的意见"
    with desk.context.expect_page() as opened:
        page.get_by_role("link", name="打开登录页").click()
    desk.sign_in("cf.danwei", page=opened.value)
    with page.expect_navigation():
        press(page, "办结")
    answered = town.page("cf.danwei", open_item)
    assert (answered.item.state, answered.values["unit_opinion"]) == ("done", "写了很久的意见")


def test_an_unsaved_draft_survives_a_reload(sit: Sit, open_item: int) -> None:
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{open_item}")
    page.locator(OPINION).first.fill("还没有写完")
    page.wait_for_function(
        "() => Object.keys(sessionStorage).some(key => key.startsWith('jiebang-draft:cf.danwei:'))"
    )
    page.reload()
    assert opinion(desk.settled()) == "还没有写完"


def test_a_remark_in_between_costs_nothing(sit: Sit, open_item: int) -> None:
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{open_item}")
    page.locator(OPINION).first.fill("还没有写完")
    page.wait_for_function(
        "() => Object.keys(sessionStorage).some(key => key.startsWith('jiebang-draft:'))"
    )
    for fill, button in (("", "form[action$='/claim'] button"), ("请核对", "#comments button")):
        if fill:
            page.fill("#comment", fill)
        with page.expect_navigation():
            page.click(button)
        assert opinion(desk.settled()) == "还没有写完"


def test_what_a_colleague_saved_meanwhile_is_not_overwritten_unasked(
    sit: Sit, town: Town, open_item: int
) -> None:
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{open_item}")
    page.locator(OPINION).first.fill("我写的")
    page.wait_for_function(
        "() => Object.keys(sessionStorage).some(key => key.startsWith('jiebang-draft:'))"
    )
    town.draft("cf.danwei", open_item, unit_opinion="同事写的")
    page.reload()
    assert opinion(desk.settled()) == "同事写的"
    press(page, "恢复我填写的内容")
    assert opinion(page) == "我写的"


def test_one_person_in_two_tabs_loses_nothing(sit: Sit, town: Town, open_item: int) -> None:
    desk = sit("cf.danwei")
    first, second = desk.page, desk.tab()
    desk.go(f"/items/{open_item}")
    second.goto(f"{desk.address}/items/{open_item}")
    second.wait_for_selector("[data-form][data-ready]")
    first.get_by_label("同意", exact=True).check()
    press(first, "暂存")
    expect(first.locator(".notice-success")).to_be_visible()
    second.locator(OPINION).first.fill("另一页写的意见")
    press(second, "暂存")
    expect(second.locator(".notice-success")).to_contain_text("另一个页面")
    expect(second.get_by_label("同意", exact=True)).to_be_checked()
    kept = town.row_of_item(open_item).draft or {}
    assert kept["unit_conclusion"] == "agree"
    assert kept["unit_opinion"] == "另一页写的意见"
    first.locator(OPINION).first.fill("第一页写的意见")
    press(first, "办结")
    expect(first.locator("[data-form] [data-message]")).to_contain_text("您已在另一个页面更新过")


def test_a_kept_draft_is_there_for_the_colleague_at_the_next_desk(sit: Sit, open_item: int) -> None:
    desk = sit("cf.danwei")
    page = desk.go(f"/items/{open_item}")
    page.locator(OPINION).first.fill("请你接着写")
    press(page, "暂存")
    expect(page.locator(".notice-success")).to_be_visible()
    assert opinion(sit("cf.danwei").go(f"/items/{open_item}")) == "请你接着写"


def test_a_process_that_names_its_cases_asks_for_no_title(sit: Sit, town: Town) -> None:
    desk = sit("cf.gangbu")
    page = desk.go("/start/cf_project")
    assert page.locator("#title").count() == 0
    press(page, "提交")
    assert "项目名称" in said(desk)
    page.get_by_label("项目名称").fill("苜蓿草高值化加工技术")
    with page.expect_navigation():
        press(page, "暂存")
    desk.settled()
    assert page.get_by_label("项目名称").input_value() == "苜蓿草高值化加工技术"
    assert [item.element for item in town.box("cf.gangbu")] == ["apply"]


def test_a_title_that_was_typed_survives_a_reload(sit: Sit) -> None:
    desk = sit("cf.kjj")
    page = desk.go("/start/cf_board")
    page.fill("#title", "2026年揭榜方向")
    page.reload()
    assert page.input_value("#title") == "2026年揭榜方向"
    with page.expect_navigation():
        press(page, "发起")
    desk.go("/start/cf_board")
    assert page.input_value("#title") == ""


def test_a_reason_beside_the_form_survives_a_reload(sit: Sit, town: Town) -> None:
    case = town.filed()
    matter = {**ANSWERS["ledger"], "coordination_matters": "电力增容需协调"}
    town.tell("cf.gangbu", case, "feedback", **matter)
    desk = sit("cf.kjj")
    page = desk.go(f"/items/{town.item(case, 'coordinate').id}")
    page.fill("#reason", "情况紧急")
    page.wait_for_function(
        "() => Object.values(sessionStorage).some(text => text.includes('情况紧急'))"
    )
    page.reload()
    assert desk.settled().input_value("#reason") == "情况紧急"


def test_a_bidder_reports_at_any_time_from_the_case(sit: Sit, town: Town) -> None:
    case = town.filed()
    desk = sit("cf.gangbu")
    page = desk.go(f"/cases/{case}")
    fold = page.locator("details:has([data-form])").filter(has_text="随时反馈")
    fold.locator("summary").click()
    fields = {
        "填报人": "高志远",
        "电话": "13800138000",
        "填报时间": "2026/03/02",
        "项目简要内容": "苜蓿草加工",
        "项目进展": "完成设备选型",
        "需协调事项": "电力增容需协调",
    }
    for label, text in fields.items():
        field = fold.get_by_role("textbox", name=re.compile(rf"^{label}\*?$"))
        if field.input_value() == "":
            field.fill(text)
            field.press("Tab")
    with page.expect_navigation():
        fold.get_by_role("button", name="提交", exact=True).click()
    assert "coordinate" in town.open(case)


def test_an_early_finish_asks_for_a_reason(sit: Sit, town: Town) -> None:
    case = town.filed()
    town.tell(
        "cf.gangbu",
        case,
        "feedback",
        **{**ANSWERS["ledger"], "coordination_matters": "电力增容需协调"},
    )
    item = town.item(case, "coordinate").id
    desk = sit("cf.kjj")
    page = desk.go(f"/items/{item}")
    assert page.locator("#reason").is_visible()
    page.get_by_label("已协调解决").check()
    page.get_by_label("处理情况及答复").fill("已协调电力部门增容")
    press(page, "办结")
    assert "红山区科技局" in said(desk)
    page.fill("#reason", "情况紧急，已电话沟通")
    with page.expect_navigation():
        press(page, "办结")
    assert town.page("cf.kjj", item).item.state == "done"


def test_what_is_typed_right_after_a_number_stays(town: Town, sit: Sit) -> None:
    case = town.start("zy_demand", "zy.qiye", "去雄机器人")
    desk = sit("zy.qiye")
    page = desk.go(f"/items/{town.item(case, 'declare').id}")
    page.get_by_label("攻关时限（月）").fill("24")
    page.get_by_label("联系人").click()
    page.keyboard.type("钱伟")
    kept_by_browser(page, '"months":24')
    assert page.get_by_label("联系人").input_value() == "钱伟"
    page.get_by_role("button", name="暂存", exact=True).click()
    page.get_by_text("已暂存").wait_for()
    draft = town.item(case, "declare").draft
    assert (draft["months"], draft["contact_name"]) == (24, "钱伟")
