"""补录 over HTTP: template, report, acceptance; and the page."""

import re
from io import BytesIO
from typing import Any

from openpyxl import load_workbook

from service.domain.vocabulary import BACKFILL
from service.papers.takeover import ledger
from tests.api.conftest import Client, Http
from tests.town import Town

PATH = "/processes/cf_project/imports"
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


def workbook(*rows: dict[str, Any]) -> bytes:
    return ledger.write_ledger(
        BACKFILL, [{**ROW, **row} for row in rows], department="红山区科技局"
    )


def send(client: Client, content: bytes, accept: str = "false", status: int = 200) -> Any:
    return client.post(
        f"{PATH}?accept={accept}",
        status=status,
        data={"file": (BytesIO(content), "台账.xlsx")},
        content_type="multipart/form-data",
    )


def test_a_report_then_the_import_then_the_same_again(http: Http, town: Town) -> None:
    staff = http("cf.kjj")
    report = send(staff, workbook({}))
    assert (report["rows"], report["errors"], report["warnings"], report["accepted"]) == (
        1,
        0,
        1,
        0,
    )
    assert [(f["row"], f["column"], f["severity"]) for f in report["findings"]] == [
        (4, "执行期起", "warning")
    ]
    assert staff.get("/cases")["cases"] == []
    assert send(staff, workbook({}), "true", 201)["accepted"] == 1
    assert [case["number"] for case in staff.get("/cases")["cases"]] == ["赤科榜备〔2025〕001号"]
    refused = send(staff, workbook({}), "true", 422)
    assert (refused["code"], refused["findings"][0]["column"]) == ("bad_sheet", "备案编号")


def test_findings_name_row_and_column(http: Http) -> None:
    report = send(
        http("cf.kjj"), workbook({}, {"filing_number": "赤科榜备〔2025〕002号", "phone": "1"})
    )
    assert report["acceptable"] is False
    assert [(f["row"], f["column"]) for f in report["findings"] if f["severity"] == "error"] == [
        (5, "联系电话")
    ]


def test_no_file_no_workbook_no_permission_and_no_such_import(http: Http) -> None:
    staff = http("cf.kjj")
    assert (
        staff.post(PATH, status=422, data={}, content_type="multipart/form-data")["code"]
        == "bad_request"
    )
    assert send(staff, b"serial,title", status=422)["code"] == "bad_request"
    assert send(http("cf.hongshan"), b"", status=403)["code"] == "not_allowed"
    assert send(http("zy.owner"), b"", status=404)["code"] == "not_found"
    assert http("cf.hongshan").get(f"{PATH}/template", 403)["code"] == "not_allowed"


def test_the_template_is_a_workbook(http: Http, town: Town) -> None:
    client = http("cf.owner")
    sent = client.http.get(f"/api/v1{PATH}/template", headers=client.headers)
    assert "序号" in {cell.value for cell in load_workbook(BytesIO(sent.data)).active["A"]}


def test_a_repeated_request_takes_over_once(http: Http, town: Town) -> None:
    staff = http("cf.kjj")
    staff.headers["Idempotency-Key"] = "import-1"
    content = workbook({})
    assert send(staff, content, "true", 201) == send(staff, content, "true", 201)


class Page:
    """The page as a browser without scripts uses it."""

    def __init__(self, town: Town, login: str) -> None:
        self.http = town.app.test_client()
        self.post("/login", login=login, password="jiebang")

    def get(self, path: str) -> str:
        return self.http.get(path).get_data(as_text=True)

    def post(self, path: str, **sent: Any) -> Any:
        found = re.search(r'name="csrf_token" value="(\w+)"', self.get(path))
        sent["csrf_token"] = found.group(1) if found else ""
        return self.http.post(path, data=sent, content_type="multipart/form-data")


def test_the_page_reports_first_and_takes_over_what_it_reported(town: Town) -> None:
    page, content = Page(town, "cf.kjj"), workbook({})
    assert "/backfill/cf_project" in page.get("/start")
    shown = page.post("/backfill/cf_project", file=(BytesIO(content), "a.xlsx")).get_data(
        as_text=True
    )
    digest = re.search(r'name="digest" value="(\w+)"', shown)
    assert digest is not None
    other = page.post(
        "/backfill/cf_project",
        file=(BytesIO(workbook({"phone": 13800138001})), "a.xlsx"),
        accept="true",
        digest=digest.group(1),
    )
    assert other.status_code == 409
    taken = page.post(
        "/backfill/cf_project",
        file=(BytesIO(content), "a.xlsx"),
        accept="true",
        digest=digest.group(1),
    )
    assert taken.status_code == 303
    assert town.row(1).number == "赤科榜备〔2025〕001号"


def test_a_report_with_errors_offers_no_acceptance(town: Town) -> None:
    page = Page(town, "cf.kjj")
    shown = page.post(
        "/backfill/cf_project", file=(BytesIO(workbook({"phone": "<b>1</b>"})), "a.xlsx")
    )
    text = shown.get_data(as_text=True)
    assert "第 4 行" in text
    assert 'name="accept"' not in text


def test_the_page_is_not_offered_to_others(town: Town) -> None:
    page = Page(town, "cf.hongshan")
    assert "/backfill/" not in page.get("/start")
    assert page.http.get("/backfill/cf_project").status_code == 403
