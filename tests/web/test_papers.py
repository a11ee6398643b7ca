"""文书 in a browser: a paper and the whole file taken from the case's page; a template replaced by
its office.
"""

from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import expect

from tests.api.test_papers import edited, text_of
from tests.town import Town
from tests.web.conftest import Sit
from tests.web.test_looks import barriers


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_papers_are_taken_from_the_cases_page(
    sit: Sit, axe: str, town: Town, tmp_path: Path, size: str
) -> None:
    case = town.reviewed()
    desk = sit("cf.hongshan", size, bypass_csp=True)
    page = desk.go(f"/cases/{case}")
    card = page.locator("[data-papers]")
    expect(card.get_by_text("办理到“提交年度报告（附件3）”环节后可以生成")).to_be_visible()
    with page.expect_download() as taken:
        card.get_by_role("link", name="推荐文").click()
    assert taken.value.suggested_filename == "推荐文.docx"
    assert "项目可行，予以推荐" in text_of(taken.value.path().read_bytes())
    with page.expect_download() as taken:
        card.get_by_role("link", name="下载案卷").click()
    assert taken.value.suggested_filename == "案卷-苜蓿草高值化加工技术.zip"
    with ZipFile(taken.value.path()) as file:
        assert "文书/推荐文.docx" in file.namelist()
    assert barriers(page, axe) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate(
        "window.innerWidth"
    )
    assert desk.complaints == []


def test_an_office_replaces_a_template(sit: Sit, axe: str, town: Town, tmp_path: Path) -> None:
    desk, file = sit("cf.owner", bypass_csp=True), tmp_path / "cf_annex1.docx"
    page = desk.go("/processes")
    for text in ("{{ applicant_name", "联系人 {{ applicant_name }}"):
        file.write_bytes(edited("cf_annex1.docx", text))
        page.set_input_files("#template_files", file)
        page.get_by_role("button", name="检查并部署").click()
        if "}}" not in text:
            expect(page.locator("#templates").get_by_text("模板中的标记有误")).to_be_visible()
            assert barriers(page, axe) == []
    expect(page.get_by_role("status")).to_contain_text("模板已部署")
    row = page.get_by_role("row").filter(has_text="cf_annex1.docx")
    expect(row).to_contain_text("附件1 项目申报表")
    with page.expect_download() as taken:
        row.get_by_role("link").click()
    assert taken.value.path().read_bytes() == file.read_bytes()
    assert [text for text in desk.complaints if "422" not in text] == []
