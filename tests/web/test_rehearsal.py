"""Rehearsal (演练) in a browser: the banner is on every page, and time is moved to the end of the
year.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from playwright.sync_api import expect

from service.domain.terms.deadlines import local_day
from service.settings import Settings
from tests.town import Town
from tests.web.conftest import Sit
from tests.web.test_time import WIDTHS, sound


@pytest.fixture
def town(settings: Settings) -> Iterator[Town]:
    """A town that rehearses."""
    made = Town(replace(settings, rehearsal=True))
    yield made
    made.close()


@WIDTHS
def test_an_administrator_moves_time_to_the_end_of_the_year(
    sit: Sit, axe: str, town: Town, size: str
) -> None:
    case = town.filed("年底要报的项目")
    desk = sit("cf.admin", size, bypass_csp=True)
    page = desk.go("/rehearsal")
    sound(page, axe)
    page.fill("#to", "2026-03-01")
    page.get_by_role("button", name="移到这一天").click()
    expect(page.locator("#page-message")).to_be_visible()
    assert local_day(town.runtime.now()) == date(2026, 3, 2)
    page.fill("#to", "2026-12-31")
    page.get_by_role("button", name="移到这一天").click()
    page.wait_for_url("**notice=rehearsed**", timeout=90_000)
    sound(page, axe)
    for path in ("/", "/cases", f"/cases/{case}", "/supervision", "/calendar", "/settings"):
        expect(desk.go(path).locator("body")).to_contain_text("当前时间 2026年12月31日")
        sound(page, axe)
    assert "annual_report" in town.open(case)
    assert [said for said in desk.complaints if "422" not in said] == []
