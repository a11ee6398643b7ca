"""The whole first walk by the REST interface alone: from 揭榜 to 备案 and 跟榜."""

from typing import Any

from tests.api.conftest import Client, Http
from tests.samples import ANSWERS, LEDGER


def step(client: Client, case: int, element: str, **answers: Any) -> Any:
    """Find the open item of a step in the client's box, claim it, complete it."""
    items = client.get("/items?box=todo&limit=100")["items"]
    item = next(i for i in items if i["case_id"] == case and i["element"] == element)
    if "claim" in [
        verb
        for verb, offer in client.get(f"/items/{item['id']}")["offers"].items()
        if offer["allowed"]
    ]:
        item = client.post(f"/items/{item['id']}/claim", {"version": item["version"]})
        assert item["assignee"]
    body = {"answers": {**ANSWERS[element], **answers}, "version": item["version"]}
    return client.post(f"/items/{item['id']}/complete", body)


def test_an_application_goes_from_rest_to_filing_and_tracking(http: Http) -> None:
    applicant, unit, county, bureau, meeting = map(
        http, ("cf.gangbu", "cf.danwei", "cf.hongshan", "cf.kjj", "cf.lxh")
    )
    assert "cf_project" in [process["key"] for process in applicant.get("/processes")["processes"]]
    started = {"title": "苜蓿草高值化加工技术", "answers": ANSWERS["apply"]}
    case = applicant.post("/processes/cf_project/cases", started, status=201)["id"]
    step(applicant, case, "plan")
    step(unit, case, "unit_review")
    step(county, case, "department_review")
    step(bureau, case, "initial_review")

    around = bureau.post(
        "/processes/cf_filing/cases",
        {"title": "2026年第一批备案", "answers": ANSWERS["open_round"]},
        status=201,
    )["id"]
    step(meeting, around, "decide")

    page = applicant.get(f"/cases/{case}")
    assert page["number"] == "赤科榜备〔2026〕001号"
    assert page["where"][0].startswith("跟榜")
    assert [message["name"] for message in page["messages"]] == ["breakthrough", "feedback"]

    payload = {**LEDGER, "coordination_matters": "电力增容需协调"}
    applicant.post(f"/cases/{case}/messages", {"name": "feedback", "payload": payload})
    owed = county.get("/items?box=contribute")["items"][0]
    assert (
        county.post(f"/items/{owed['id']}/contribute", {"answers": {"opinion": "已现场核实"}})[
            "state"
        ]
        == "done"
    )
    done = step(bureau, case, "coordinate")
    assert done["state"] == "done"
    assert [c["state"] for c in bureau.get(f"/items/{done['id']}")["contributions"]] == ["done"]

    verbs = [line["verb"] for line in bureau.get(f"/cases/{case}/journal")["journal"]]
    assert verbs.count("complete") == 6
    assert {"start", "message_in", "contribute", "claim"} <= set(verbs)
    states = applicant.get(f"/cases/{case}/diagram")["states"]
    assert states["tracking"]["state"] == "open"
    assert states["initial_review"]["state"] == "done"
