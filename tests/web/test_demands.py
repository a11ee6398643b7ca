"""The demand registry in a browser: a workbook reported on and imported; a demand changed by its
form; an account.
"""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.api.test_demands import workbook
from tests.town import Town
from tests.web.conftest import Sit
from tests.web.test_looks import barriers


def saved(folder: Path, name: str, content: bytes) -> Path:
    file = folder / name
    file.write_bytes(content)
    return file


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_workbook_is_corrected_then_imported(
    sit: Sit, axe: str, town: Town, tmp_path: Path, size: str
) -> None:
    desk = sit("zy.kjj", size, bypass_csp=True)
    page = desk.go("/demands")
    page.get_by_role("link", name="从 Excel 导入").click()
    wrong = workbook({}, {"bounty": "100万", "county": "北京市"}, {})
    page.set_input_files("#file", saved(tmp_path, "a.xlsx", wrong))
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("cell", name="第 4 行").first).to_be_visible()
    expect(page.get_by_role("button", name="导入 3 项技术需求")).to_have_count(0)
    assert barriers(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate(
        "window.innerWidth"
    )
    page.set_input_files("#file", saved(tmp_path, "b.xlsx", workbook({}, {})))
    page.get_by_role("button", name="核对").click()
    accept = page.get_by_role("button", name="导入 2 项技术需求")
    expect(accept).to_be_visible()
    with page.expect_navigation():
        accept.click()
    expect(page.get_by_role("status")).to_contain_text("导入完成")
    assert barriers(page, axe) == []
    page.get_by_role("link", name="膜下滴灌水肥一体化技术").first.click()
    expect(page.get_by_role("heading", name="可能重复")).to_be_visible()
    assert barriers(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate(
        "window.innerWidth"
    )
    assert desk.complaints == []


def test_a_demand_is_changed_by_its_form_and_its_history_shows_both(
    sit: Sit, town: Town, tmp_path: Path
) -> None:
    desk = sit("zy.kjj")
    page = desk.go("/demands/import")
    page.set_input_files("#file", saved(tmp_path, "a.xlsx", workbook({})))
    page.get_by_role("button", name="核对").click()
    with page.expect_navigation():
        page.get_by_role("button", name="导入 1 项技术需求").click()
    page.get_by_role("link", name="膜下滴灌水肥一体化技术").click()
    page.get_by_text("修改前后的内容都记入变更记录").click()
    page.locator("[data-form][data-ready]").wait_for()
    page.get_by_label("技术需求名称").fill("膜下滴灌智能水肥一体化技术")
    page.get_by_label("揭榜额").fill("1230000")
    with page.expect_navigation():
        page.get_by_role("button", name="保存修改").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("膜下滴灌智能水肥一体化技术")
    expect(page.locator("#history ins")).to_have_text(["膜下滴灌智能水肥一体化技术", "1,230,000"])
    assert desk.complaints == []


def test_an_account_is_opened_and_its_owner_goes_in(sit: Sit, axe: str, town: Town) -> None:
    desk = sit("zy.kjj", bypass_csp=True)
    page = desk.go("/accounts")
    page.get_by_text("开通后生成激活码交给本人").click()
    page.get_by_label("角色").select_option("expert")
    for label, value in (("姓名", "郭敏"), ("电话", "13900000000"), ("工作单位", "兰州大学")):
        page.get_by_label(label, exact=True).fill(value)
    with page.expect_navigation():
        page.get_by_role("button", name="开通", exact=True).click()
    page.get_by_role("button", name="生成激活码").click()
    code = page.locator("#invitation .code").inner_text()
    assert re.fullmatch(r"(\w{5}-){2}\w{5}", code)
    assert barriers(page, axe) == []
    guest = sit(None, bypass_csp=True)
    door = guest.go("/activate")
    assert barriers(door, axe) == []
    door.get_by_label("激活码").fill(code)
    door.get_by_label("密码", exact=True).fill("correct horse")
    door.get_by_label("再输入一次").fill("correct horse")
    with door.expect_navigation():
        door.get_by_role("button", name="设置密码并登录").click()
    expect(door.get_by_role("status")).to_contain_text("密码已设置")
    assert (desk.complaints, guest.complaints) == ([], [])
