"""Bad input: the right status, a sentence in Chinese, and nothing half done."""

import io
from typing import Any

from tests.api.conftest import Http
from tests.samples import ANSWERS
from tests.town import ROOT, Town

PROBLEM = {"type", "title", "status", "detail", "code", "facts"}


def test_without_a_token_there_is_nothing_to_see(http: Http) -> None:
    for path in ("/me", "/items", "/cases", "/processes", "/deployments"):
        assert http().get(path, 401)["code"] == "not_signed_in"


def test_a_wrong_password_is_refused_and_five_of_them_rest_the_account(http: Http) -> None:
    body = {"login": "cf.kjj", "password": "wrong-wrong"}
    for _ in range(5):
        assert http().post("/tokens", body, 401)["code"] == "not_signed_in"
    refused = http().post("/tokens", {"login": "cf.kjj", "password": "jiebang"}, 429)
    assert refused["code"] == "too_many"
    assert refused["facts"]["retry_after"] <= 300


def test_an_unknown_login_answers_like_a_wrong_password(http: Http) -> None:
    assert (
        http().post("/tokens", {"login": "nobody", "password": "x"}, 401)["code"] == "not_signed_in"
    )


def test_the_other_jurisdiction_does_not_exist(http: Http, town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    zy = http("zy.admin")
    assert zy.get(f"/cases/{case}", 404)["code"] == "not_found"
    assert zy.get(f"/items/{item}", 404)["code"] == "not_found"
    assert zy.post(f"/items/{item}/claim", {}, 404)["code"] == "not_found"
    assert zy.get("/cases")["cases"] == []


def test_a_county_that_is_not_involved_sees_nothing(http: Http, town: Town) -> None:
    case = town.applied()
    assert http("cf.songshan").get(f"/cases/{case}", 404)["code"] == "not_found"


def test_supervision_sees_all_and_changes_nothing(http: Http, town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    supervisor = http("cf.ducha")
    assert supervisor.get(f"/cases/{case}")["id"] == case
    assert (
        supervisor.post(f"/items/{item}/complete", {"answers": ANSWERS["unit_review"]}, 403)["code"]
        == "not_allowed"
    )


def test_answers_out_of_range_or_of_unknown_fields_are_named_each(http: Http, town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    answers = {"unit_conclusion": "perhaps", "unit_opinion": "x" * 1001, "budget": 5}
    refused = http("cf.danwei").post(f"/items/{item}/complete", {"answers": answers}, 422)
    assert refused["code"] == "bad_answers"
    assert set(refused["facts"]["errors"]) == {"unit_conclusion", "unit_opinion", "budget"}
    assert town.open(case) == ["unit_review"]


def test_a_second_person_gets_409_and_the_first_answer_stands(http: Http, town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    client = http("cf.danwei")
    client.post(f"/items/{item}/complete", {"answers": ANSWERS["unit_review"]})
    again = client.post(
        f"/items/{item}/complete",
        {"answers": {**ANSWERS["unit_review"], "unit_opinion": "另一意见"}},
        409,
    )
    assert again["code"] == "not_open"
    assert town.row(case).data["unit_opinion"] == "同意申报"


def test_an_older_version_gets_409(http: Http, town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review")
    client = http("cf.danwei")
    client.post(f"/items/{item.id}/claim", {"version": item.version})
    late = client.post(
        f"/items/{item.id}/complete",
        {"answers": ANSWERS["unit_review"], "version": item.version},
        409,
    )
    assert late["code"] == "changed"


def test_a_field_of_the_request_that_is_not_known_is_refused_by_name(
    http: Http, town: Town
) -> None:
    item = town.item(town.applied(), "unit_review").id
    refused = http("cf.danwei").post(f"/items/{item}/complete", {"answer": {}}, 422)
    assert "answer" in refused["detail"]
    assert set(refused) >= PROBLEM


def test_a_body_that_is_not_json_is_refused(http: Http) -> None:
    client = http("cf.kjj")
    refused = client.post(
        "/processes/cf_board/cases", status=400, data=b"{", content_type="application/json"
    )
    assert refused["status"] == 400


def test_a_message_nobody_waits_for_is_refused_and_nothing_is_kept(http: Http, town: Town) -> None:
    case = town.applied()
    refused = http("cf.gangbu").post(
        f"/cases/{case}/messages", {"name": "feedback", "payload": {}}, 409
    )
    assert refused["code"] == "nobody_waits"
    assert len(town.case("cf.gangbu", case).answers) == 2


def test_only_the_applicant_role_may_start_an_application(http: Http) -> None:
    refused = http("cf.danwei").post("/processes/cf_project/cases", {"title": "x"}, 403)
    assert refused["code"] == "not_allowed"


def test_a_case_needs_a_title(http: Http) -> None:
    for body in ({"title": "  "}, {}):
        refused = http("cf.kjj").post("/processes/cf_board/cases", body, 422)
        assert (refused["code"], refused["facts"]["field"]) == ("bad_request", "title")
    made = http("cf.gangbu").post("/processes/cf_project/cases", {}, 201)
    assert made["title"].startswith("揭榜项目（")


def test_an_unknown_box_or_cursor_is_refused(http: Http) -> None:
    client = http("cf.kjj")
    assert client.get("/items?box=everything", 422)["facts"] == {"box": "everything"}
    assert client.get("/items?cursor=nonsense", 422)["code"] == "bad_request"


def upload(**files: bytes) -> dict[str, Any]:
    parts = {name: (io.BytesIO(content), name) for name, content in files.items()}
    return {"data": parts, "content_type": "multipart/form-data"}


def test_only_the_process_owner_deploys(http: Http) -> None:
    refused = http("cf.kjj").post("/deployments", status=403, **upload(**{"a.bpmn": b"<x/>"}))
    assert refused["code"] == "not_allowed"


def test_a_bad_diagram_is_refused_with_all_findings_and_nothing_is_stored(http: Http) -> None:
    owner = http("cf.owner")
    before = owner.get("/deployments")
    diagram = (ROOT / "bpmn/cf/cf_project.bpmn").read_bytes()
    spoiled = diagram.replace("归口管理部门".encode(), "归囗管理部门".encode()).replace(
        b"P5WD", b"P5XD"
    )
    refused = owner.post("/deployments", status=422, **upload(**{"cf_project.bpmn": spoiled}))
    rules = {finding["rule"] for finding in refused["findings"]}
    assert len(refused["findings"]) > 3
    assert len(rules) >= 2
    assert all(
        finding["line"] and finding["element"] and finding["message"]
        for finding in refused["findings"]
    )
    assert owner.get("/deployments") == before


def test_the_same_files_again_give_the_deployment_that_exists(http: Http) -> None:
    owner = http("cf.owner")
    diagram = (ROOT / "bpmn/cf/cf_project.bpmn").read_bytes()
    first = owner.post("/deployments", status=201, **upload(**{"cf_project.bpmn": diagram}))
    second = owner.post("/deployments", status=201, **upload(**{"cf_project.bpmn": diagram}))
    assert first == second


def test_checking_stores_nothing(http: Http) -> None:
    owner = http("cf.owner")
    before = owner.get("/deployments")
    diagram = (ROOT / "bpmn/cf/cf_board.bpmn").read_bytes().replace(b"CF-1.1", b"CF-1.1")
    checked = owner.post(
        "/deployments?check_only=true", status=200, **upload(**{"cf_board.bpmn": diagram})
    )
    assert checked == {"findings": []}
    assert owner.get("/deployments") == before


def test_hostile_xml_is_a_finding(http: Http) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    refused = http("cf.owner").post("/deployments", status=422, **upload(**{"bomb.bpmn": bomb}))
    assert refused["findings"][0]["file"] == "bomb.bpmn"


def test_an_attachment_comes_back_as_a_download_for_those_who_see_the_case(
    http: Http, town: Town
) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    unit = http("cf.danwei")
    stored = unit.post(
        f"/items/{item}/attachments",
        status=201,
        data={"file": (io.BytesIO(b"<script>1</script>"), "../证明.html")},
        content_type="multipart/form-data",
    )
    assert stored["filename"] == "证明.html"
    answer = unit.http.get(f"/api/v1/attachments/{stored['id']}", headers=unit.headers)
    assert answer.data == b"<script>1</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.mimetype == "application/octet-stream"
    assert http("cf.songshan").get(f"/attachments/{stored['id']}", 404)["code"] == "not_found"


def test_the_specification_and_its_page_need_no_outside_host(http: Http) -> None:
    client = http()
    assert "/api/v1/items/{item_id}/complete" in client.get("/openapi.json")["paths"]
    page = client.http.get("/api/v1/docs").get_data(as_text=True)
    assert "http://" not in page
    assert "https://" not in page


def test_an_unknown_address_answers_as_a_problem(http: Http) -> None:
    assert set(http("cf.kjj").get("/nothing", 404)) >= PROBLEM
