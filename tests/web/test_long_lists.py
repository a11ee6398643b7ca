"""A form with hundreds of rows in a browser: as quick to fill in as one with a few, and as
right.
"""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.town import Town
from tests.web.conftest import Sit

KEYS = ("member_name", "member_workplace", "member_position", "member_duty")
SLOWER = 4  # times; drawn all anew, two hundred rows take more than ten times as long as three


def opened(town: Town, sit: Sit, rows: int) -> Page:
    """The application's form with so many members."""
    case = town.start("cf_project", "cf.gangbu")
    item = town.item(case, "apply").id
    members = [dict.fromkeys(KEYS, f"甲{number}") for number in range(1, rows + 1)]
    town.draft("cf.gangbu", item, applicant_kind="team", members=members)
    return sit("cf.gangbu").go(f"/items/{item}")


def worked(page: Page, act: Callable[[], None]) -> float:
    """Seconds that the page's scripts ran for something."""
    tools = page.context.new_cdp_session(page)
    tools.send("Performance.enable")

    def spent() -> float:
        return next(
            one["value"]
            for one in tools.send("Performance.getMetrics")["metrics"]
            if one["name"] == "ScriptDuration"
        )

    before = spent()
    act()
    return float(spent() - before)


def typing(page: Page) -> float:
    """What twenty characters in a row's field cost."""
    page.get_by_label("分工").nth(1).focus()
    return worked(page, lambda: page.keyboard.type("甲乙丙丁戊己庚辛壬癸甲乙丙丁戊己庚辛壬癸"))


def test_a_character_among_two_hundred_rows_costs_about_what_it_costs_among_three(
    town: Town, sit: Sit
) -> None:
    few, many = opened(town, sit, 3), opened(town, sit, 200)
    typing(few), typing(many)  # what runs for the first time is compiled
    assert typing(many) < SLOWER * typing(few)


def test_a_forgotten_field_is_named_with_its_row_and_marked_in_it_alone(
    town: Town, sit: Sit
) -> None:
    page = opened(town, sit, 12)
    page.locator(".fjs-repeat-render-collapse").click()
    field = page.get_by_label("分工")
    field.nth(8).fill("")
    field.nth(3).fill("高志远")
    page.locator("[data-post*=complete]").click()
    expect(page.locator("[data-form] [data-message]")).to_contain_text("分工（第 9 行）：必填")
    wrong = page.locator(".fjs-has-errors", has=page.get_by_label("分工"))
    assert wrong.count() == 1
    field.nth(8).fill("梁思雨")
    assert wrong.count() == 0
    page.get_by_label("删除第 2 行").click()
    assert [field.nth(at).input_value() for at in (0, 1, 2, 7, 10)] == [
        "甲1",
        "甲3",
        "高志远",
        "梁思雨",
        "甲12",
    ]
