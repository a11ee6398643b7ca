"""Pages about time, in a browser at both widths: the calendar, the clock, an extension."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from service.clock import tick
from tests.faults.test_clocks import spoiled, waiting
from tests.process.test_extension import coordinated, last
from tests.town import Town
from tests.unit.domain.test_calendar_years import NOTICE
from tests.web.conftest import Sit
from tests.web.test_looks import barriers

WIDTHS = pytest.mark.parametrize("size", ["desktop", "phone"])


def sound(page: Page, axe: str) -> None:
    """No barrier, and nothing wider than the screen."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), page.url
    assert barriers(page, axe) == [], page.url


def upload(page: Page, file: Path, text: str) -> None:
    file.write_text(text, "utf-8")
    page.set_input_files("#file", file)
    page.get_by_role("button", name="载入").click()


@WIDTHS
def test_a_year_is_looked_at_a_bad_file_is_refused_with_its_faults_and_a_good_one_loaded(
    sit: Sit, axe: str, town: Town, tmp_path: Path, size: str
) -> None:
    desk = sit("cf.admin", size, bypass_csp=True)
    page = desk.go("/calendar?year=2026")
    expect(page.locator("table.month")).to_have_count(12)
    expect(page.locator("table.month").nth(9).locator(".day-work")).to_have_text("10班")
    sound(page, axe)
    upload(page, tmp_path / "2027.yaml", NOTICE.replace("2027-02-05", "立春"))
    expect(page.locator("[data-message]:visible")).to_contain_text("立春")
    sound(page, axe)
    upload(page, tmp_path / "2027.yaml", NOTICE)
    page.wait_for_url("**notice=calendar_loaded**")
    expect(page.locator(".page-head")).to_contain_text("本测试的安排")
    sound(page, axe)
    assert [said for said in desk.complaints if "422" not in said] == []


@WIDTHS
def test_a_failed_timer_is_listed_with_its_error_and_the_administrator_retries_it(
    sit: Sit, axe: str, town: Town, size: str
) -> None:
    _, _, timer = spoiled(town)
    tick(town.runtime)
    failed = town.failure("timer", timer.id)
    assert failed is not None
    assert failed.error
    desk = sit("cf.admin", size, bypass_csp=True)
    page = desk.go("/clock")
    expect(page.locator(".rows .said").first).to_have_text(failed.error)
    sound(page, axe)
    with page.expect_navigation(url="**notice=retried**"):
        page.get_by_role("button", name="重试").first.click()
    retried = town.failure("timer", timer.id)
    assert retried is not None
    assert retried.attempts == 0
    assert timer.id in {one.id for one in waiting(town)}
    assert desk.complaints == []


@WIDTHS
def test_an_extension_is_applied_for_granted_by_the_leads_head_and_the_new_due_is_shown(
    sit: Sit, axe: str, town: Town, size: str
) -> None:
    _, item = coordinated(town)
    desk, head = (
        sit("cf.hongshan", size, bypass_csp=True),
        sit("cf.kjj.head", size, bypass_csp=True),
    )
    page = desk.go(f"/items/{item}")
    page.get_by_text("申请延期", exact=True).click()
    page.fill("#extend-until", "2026-03-20")
    page.fill("#extend-reason", "材料尚未收齐")
    sound(page, axe)
    with page.expect_navigation(url="**notice=extended**"):
        page.get_by_role("button", name="提交申请").click()
    sound(page, axe)
    asked = town.row_of_item(item).extension_id
    assert asked is not None
    town.complete(
        "cf.kjj.head",
        asked,
        "decide_by_head",
        extension_conclusion="grant",
        due_granted="2026-03-20",
    )
    sound(head.go(f"/cases/{asked}"), axe)
    shown = desk.go(f"/items/{item}").get_by_role("complementary", name="期限与承办")
    expect(shown).to_contain_text("3月20日（周五）")
    assert str(last(town, item)) == "2026-03-20"
    assert desk.complaints == []
