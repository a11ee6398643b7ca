"""补录导入 in a browser: the file chosen once is reported on and then taken over."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from service.domain.vocabulary import BACKFILL
from service.papers.takeover import ledger
from tests.town import Town
from tests.web.conftest import Sit
from tests.web.test_looks import barriers

ROW: dict[str, Any] = {
    "serial": 1,
    "project_category": "农社领域",
    "project_title": "沙打旺良种繁育",
    "applicant_name": "高志远团队",
    "phone": 13800138000,
    "brief": "选育良种",
    "progress": "完成初选",
    "filing_number": "赤科榜备〔2025〕001号",
    "login": "cf.gangbu",
    "project_start": "2025年6月",
    "project_end": "2027.5.31",
}


def workbook(folder: Path, name: str, *rows: dict[str, Any]) -> Path:
    file = folder / name
    file.write_bytes(
        ledger.write_ledger(BACKFILL, [{**ROW, **row} for row in rows], department="红山区科技局")
    )
    return file


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_a_workbook_is_corrected_then_taken_over(
    sit: Sit, axe: str, town: Town, tmp_path: Path, size: str
) -> None:
    desk = sit("cf.kjj", size, bypass_csp=True)
    page = desk.go("/start")
    page.get_by_role("link", name="补录").click()
    page.set_input_files(
        "#file", workbook(tmp_path, "a.xlsx", {}, {"phone": "12", "filing_number": "x"})
    )
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_role("cell", name="第 5 行").first).to_be_visible()
    expect(page.get_by_role("button", name="补录 2 个项目")).to_have_count(0)
    assert barriers(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate(
        "window.innerWidth"
    )
    page.set_input_files("#file", workbook(tmp_path, "b.xlsx", {}))
    page.get_by_role("button", name="核对").click()
    accept = page.get_by_role("button", name="补录 1 个项目")
    expect(accept).to_be_visible()
    with page.expect_navigation():
        accept.click()
    expect(page.get_by_role("status")).to_contain_text("补录完成")
    assert town.row(1).number == "赤科榜备〔2025〕001号"
    assert desk.complaints == []
