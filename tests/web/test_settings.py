"""Notification settings and the bell, in a browser at both widths."""

import pytest
from sqlalchemy import select

from service.commands.notices.channels import SetChannel
from service.store.notices import ChannelRow, DeliveryRow
from tests.town import Town
from tests.web.conftest import Sit
from tests.web.test_looks import barriers

SIZES = ["desktop", "phone"]
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=robot-key"


@pytest.fixture
def told(town: Town) -> Town:
    """A town with reminders said, and channels of which one has given up a letter."""
    town.applied()
    kjj = town.actor("cf.kjj.head")
    for unit, kind, address in (
        (None, "email", "a.rather.long.name.of.a.person@mail.kjj.chifeng.gov.cn"),
        (kjj.unit_code, "wecom", ROBOT),
    ):
        town.runtime.perform(SetChannel(actor=kjj, unit=unit, kind=kind, address=address))
    town.reviewed("牧草种植及深加工")
    town.forward(workdays=6)
    return town


@pytest.mark.parametrize("size", SIZES)
def test_the_pages_are_no_barrier_and_fit_the_screen(
    sit: Sit, axe: str, told: Town, size: str
) -> None:
    desk = sit("cf.kjj.head", size, bypass_csp=True)
    for path in ("/settings", "/notices"):
        page = desk.go(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        assert barriers(page, axe) == [], path
    page = desk.go("/settings")
    page.get_by_role("button", name="生成订阅地址").click()
    page.wait_for_selector(".feed-address")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert barriers(page, axe) == []
    admin = sit("cf.admin", size, bypass_csp=True)
    assert barriers(admin.go("/settings"), axe) == []


@pytest.mark.parametrize("size", SIZES)
def test_an_address_is_added_refused_changed_and_removed(sit: Sit, town: Town, size: str) -> None:
    town.runtime.sends_mail = True
    desk = sit("cf.danwei", size)
    page = desk.go("/inbox")
    page.locator(".who-settings").click()
    page.wait_for_url("**/settings")
    page.fill("#address-mine", "a@localhost")
    page.click("#mine form.quick button")
    page.wait_for_selector("#mine [data-message]:not([hidden])")
    assert page.input_value("#address-mine") == "a@localhost", "nothing typed is lost"
    page.fill("#address-mine", "a@example.gov.cn")
    with page.expect_navigation():
        page.click("#mine form.quick button")
    with page.expect_navigation():
        page.click("#mine form[action$='/test'] button")
    page.select_option("#mine table select", "daily")
    with page.expect_navigation():
        page.click("#mine form[action$='/mode'] button")
    with town.runtime.query() as session:
        (channel,) = session.scalars(select(ChannelRow))
        assert (channel.address, channel.mode) == ("a@example.gov.cn", "daily")
        assert session.scalars(select(DeliveryRow.path)).all() == ["/settings"]
    page.on("dialog", lambda dialog: dialog.accept())
    with page.expect_navigation():
        page.click("#mine form[action$='/remove'] button")
    assert page.locator("#mine table").count() == 0
    assert [said for said in desk.complaints if "422" not in said] == []


def test_a_head_sets_a_robot_and_its_address_is_not_shown_again(sit: Sit, town: Town) -> None:
    page = sit("cf.kjj.head").go("/settings")
    page.select_option("#kind-unit", "wecom")
    page.fill("#address-unit", ROBOT)
    page.fill("#secret-unit", "hook-secret")
    with page.expect_navigation():
        page.click("#unit form.quick button")
    shown = page.content()
    assert "qyapi.weixin.qq.com" in shown
    assert "robot-key" not in shown
    assert "hook-secret" not in shown


def test_staff_do_not_see_the_channels_of_their_unit(sit: Sit, town: Town) -> None:
    assert sit("cf.kjj").go("/settings").locator("#unit").count() == 0


def test_the_bell_counts_and_leads_to_the_item(sit: Sit, told: Town) -> None:
    desk = sit("cf.danwei")
    page = desk.go("/inbox")
    count = int(page.locator(".bell .count").inner_text())
    assert count > 0
    page.locator(".bell").click()
    page.wait_for_url("**/notices")
    assert page.locator(".rows .tag").first.inner_text().strip()
    page.locator(".rows a").first.click()
    page.wait_for_url("**/items/*")
    page.go_back()
    with page.expect_navigation():
        page.click("main form button")
    assert page.locator(".bell .count").count() == 0
    assert desk.complaints == []


def test_without_a_mail_server_the_page_says_so(sit: Sit, town: Town) -> None:
    assert sit("cf.danwei").go("/settings").locator("main > .notice-warning").count() == 1
    town.runtime.sends_mail = True
    assert sit("cf.danwei").go("/settings").locator("main > .notice-warning").count() == 0
