"""The page of a case: now and next first, what may come folded; whose term it is beside each."""

import pytest
from playwright.sync_api import Page, expect

from service.domain.vocabulary import STEP_STATES, TERMS
from tests.samples import LEDGER
from tests.town import Town
from tests.web.conftest import LEVELS, Sit


def violations(page: Page, axe: str) -> list[object]:
    page.evaluate(axe)
    return page.evaluate(  # type: ignore[no-any-return]
        "levels => axe.run(document, {runOnly: levels}).then(r => r.violations)", LEVELS
    )


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_what_is_now_and_what_comes_stand_first(sit: Sit, town: Town, axe: str, size: str) -> None:
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": "电力增容"})
    desk = sit("cf.owner", size)
    page = desk.go(f"/cases/{case}")
    now = page.locator("section", has=page.get_by_role("heading", name="现在")).first
    assert now.get_by_role("link", name="协调处理").count() == 2
    assert now.get_by_text(TERMS["ours"][1]).count() >= 2
    assert now.get_by_text("季度更新跟榜台账").count() == 1
    first = page.locator(".page-head + section")
    expect(first.get_by_role("heading", name="现在")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert violations(page, axe) == []
    assert desk.complaints == []


def test_what_may_come_is_folded_and_nothing_else_is(sit: Sit, town: Town, axe: str) -> None:
    case = town.filed()
    page = sit("cf.owner").go(f"/cases/{case}")
    steps = page.locator(".steps-scroll")
    certain = steps.locator("> .steps > li")
    assert steps.locator("> .steps > .step-possible").count() == 0
    assert certain.locator("text=提交结题报告").count() == 1
    fold = steps.locator("details")
    expect(fold.get_by_text("定期研判")).to_be_hidden()
    fold.locator("summary").click()
    expect(fold.get_by_text("定期研判")).to_be_visible()
    assert violations(page, axe) == []


def test_a_case_that_is_over_has_neither_now_nor_next(sit: Sit, town: Town) -> None:
    case = town.applied()
    town.complete("cf.danwei", case, "unit_review", unit_conclusion="reject")
    page = sit("cf.gangbu").go(f"/cases/{case}")
    assert page.get_by_role("heading", name="现在").count() == 0
    assert page.get_by_role("heading", name="要来的").count() == 0
    assert page.locator(".steps-scroll").get_by_text(STEP_STATES["ahead"]).count() == 0
    assert page.locator(".steps-scroll details").count() == 0


def test_a_round_for_nothing_is_said_before_and_can_still_be_begun(sit: Sit, town: Town) -> None:
    desk = sit("cf.kjj")
    page = desk.go("/start/cf_filing")
    assert page.locator("[data-form]").count() == 0
    page.get_by_role("link", name="仍要发起").click()
    desk.settled()
    assert page.locator("[data-form]").count() == 1
    town.reviewed()
    assert desk.go("/start/cf_filing").locator("[data-form]").count() == 1
    assert desk.complaints == []


def test_a_round_that_is_gathering_is_named_before_another_is_begun(sit: Sit, town: Town) -> None:
    town.reviewed()
    around = town.start("cf_filing", "cf.kjj", "2026年第一批备案")
    page = sit("cf.kjj").go("/start/cf_filing")
    said = page.locator(".notice-warning").get_by_role("link", name="2026年第一批备案")
    assert (said.get_attribute("href") or "").endswith(f"/cases/{around}")
    assert page.locator("[data-form]").count() == 1


def test_the_inbox_says_whose_term_it_is(sit: Sit, town: Town) -> None:
    town.applied()
    page = sit("cf.danwei").go("/inbox")
    mark = page.locator(".due .sub span")
    assert mark.inner_text() == TERMS["ours"][1]
    assert mark.get_attribute("title") == TERMS["ours"][0]
