"""Year-end reports (报送) and supervision orders (督办单) in a browser, at both widths."""

from datetime import date

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from service.clock import tick
from service.domain.terms.deadlines import last_day
from service.store.cases.rows import CaseRow
from service.store.notices import NoticeRow
from tests.town import Town
from tests.web.conftest import Sit
from tests.web.test_time import WIDTHS, sound


@pytest.fixture
def january(town: Town) -> dict[str, int]:
    """Three projects on 4 January, of which one has sent its report of last year."""
    town.at(date(2026, 8, 3))
    found = {name: town.filed(name) for name in ("早交的", "没交的一", "没交的二")}
    town.at(date(2026, 11, 15))
    town.complete("cf.gangbu", found["早交的"], "annual_report")
    town.at(date(2027, 1, 4))
    return found


@WIDTHS
def test_who_leads_the_reports_sees_who_is_late_narrows_the_list_and_urges_all(
    sit: Sit, axe: str, town: Town, january: dict[str, int], size: str
) -> None:
    desk = sit("cf.kjj", size, bypass_csp=True)
    page = desk.go("/campaigns")
    expect(page.locator("h1")).to_have_text("2026年度报告")
    expect(page.locator(".figures .num-red")).to_have_text("2")
    sound(page, axe)
    page.fill("#q", "没交的二")
    page.get_by_role("button", name="查找").click()
    expect(page.locator("#reports .rows > li")).to_have_count(1)
    page.get_by_role("link", name="全部项目").click()
    expect(page.locator("#reports .rows > li")).to_have_count(3)
    page.get_by_role("link", name="红山区科技局").click()
    expect(page.locator("#reports-title")).to_contain_text("红山区科技局")
    sound(page, axe)
    with page.expect_navigation(url="**notice=urging**"):
        page.get_by_role("button", name="催办全部逾期").click()
    tick(town.runtime)
    with town.runtime.query() as session:
        urged = set(session.scalars(select(NoticeRow.case_id).where(NoticeRow.kind == "urge")))
    assert urged == {january["没交的一"], january["没交的二"]}
    assert desk.complaints == []


@WIDTHS
def test_an_order_with_its_own_day_is_opened_answered_and_shown(
    sit: Sit, axe: str, town: Town, size: str
) -> None:
    town.applied("逾期的项目")
    town.at(date(2026, 3, 17))
    desk = sit("cf.ducha", size, bypass_csp=True)
    page = desk.go("/supervision")
    page.get_by_role("link", name="开督办单").first.click()
    sound(page, axe)
    page.select_option("#unit", "hongshan")
    page.fill("#text", "请三日内办结")
    page.fill("#wanted", "2026-03-01")
    page.get_by_role("button", name="送达").click()
    expect(page.locator("[data-message]:visible")).to_contain_text("已经过去")
    page.fill("#wanted", "2026-03-27")
    with page.expect_navigation(url="**notice=ordered**"):
        page.get_by_role("button", name="送达").click()
    sound(page, axe)
    with town.runtime.query() as session:
        case = session.scalars(
            select(CaseRow.id).where(CaseRow.process == "supervision_order")
        ).one()
    item = town.item(case, "reply_order")
    assert item.due_at is not None
    assert last_day(item.due_at) == date(2026, 3, 27)
    unit = sit("cf.hongshan", size, bypass_csp=True)
    answer = unit.go(f"/items/{item.id}")
    answer.get_by_role("textbox", name="办理情况").fill("已于今日办结")
    sound(answer, axe)
    with answer.expect_navigation(url="**notice=**"):
        answer.get_by_role("button", name="办结").last.click()
    assert town.open(case) == ["check_reply"]
    assert [said for said in desk.complaints if "422" not in said] == unit.complaints == []
