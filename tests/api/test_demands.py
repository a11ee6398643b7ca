"""The demand registry over HTTP: added, changed, withdrawn and merged with a history; Excel in and
out; the pages.
"""

import time
from io import BytesIO
from threading import Barrier, Thread
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from service.commands.processes.deployments import Deploy
from service.commands.registry.demands import ChangeDemand, MergeDemands
from service.commands.registry.sheets import ImportDemands, check_demands
from service.errors import Changed, NotOffered, Refused
from service.papers import registry as papers
from service.store.cases.rows import JournalRow
from tests.api.conftest import Client, Http
from tests.api.test_backfill import Page
from tests.process.test_registry_actions import act
from tests.town import ROOT, Town

RECORD: dict[str, Any] = {
    "demand_name": "膜下滴灌水肥一体化技术",
    "demander_name": "金张掖种业有限公司",
    "demander_kind": "规上企业",
    "county": "ganzhou",
    "field": "节水",
    "kind": "技术研发",
    "shortage": "bottleneck",
    "problem": "滴灌带堵塞",
    "indicators": "节水三成",
    "total_amount": 3000000,
    "bounty": 1000000.5,
    "months": 24,
    "ownership": "双方共有",
    "bidder_requirements": "有相关成果",
    "contact_name": "钱伟",
    "contact_phone": "13800138000",
}
LABELS = {
    "demand_name": "技术需求名称",
    "demander_name": "需求方（企业名称）",
    "demander_kind": "申报主体类别",
    "county": "项目所在县区",
    "field": "产业领域",
    "kind": "需求类型",
    "shortage": "清单类别",
    "problem": "技术瓶颈和关键难题",
    "indicators": "攻关目标和考核指标",
    "total_amount": "项目投入总额（元）",
    "bounty": "揭榜额（元）",
    "months": "攻关时限（月）",
    "ownership": "知识产权归属",
    "bidder_requirements": "对揭榜方的要求",
    "contact_name": "联系人",
    "contact_phone": "联系电话",
}


def add(client: Client, status: int = 201, **record: Any) -> Any:
    return client.post("/demands", {"record": {**RECORD, **record}}, status)


def change(
    client: Client, demand: int, status: int = 200, version: int | None = None, **record: Any
) -> Any:
    return client.post(
        f"/demands/{demand}/change", {"record": {**RECORD, **record}, "version": version}, status
    )


def workbook(*rows: dict[str, Any], drop: str = "") -> bytes:
    columns = {key: label for key, label in LABELS.items() if key != drop}
    said = {**RECORD, "county": "甘州区", "shortage": "“卡脖子”技术"}
    return papers.table.write_table(
        papers._layout(columns), "项目库", [{**said, **row} for row in rows]
    )


def send(client: Client, content: bytes, accept: str = "false", status: int = 200) -> Any:
    return client.post(
        f"/demands/import?accept={accept}",
        status=status,
        content_type="multipart/form-data",
        data={"file": (BytesIO(content), "需求.xlsx")},
    )


def errors(report: Any, severity: str = "error") -> list[tuple[int | None, str]]:
    return [
        (found["row"], found["column"])
        for found in report["findings"]
        if found["severity"] == severity
    ]


# -- one by one


def test_a_demand_is_added_with_a_number_and_changed_with_what_was_before(
    http: Http, town: Town
) -> None:
    staff = http("zy.kjj")
    made = add(staff)
    assert (made["number"], made["state"], made["bounty"], made["county_name"]) == (
        "张技需〔2026〕0001号",
        "listed",
        "1000000.50",
        "甘州区",
    )
    changed = change(staff, made["id"], version=made["version"], bounty=900000, shortage="shortage")
    assert (changed["bounty"], changed["version"]) == ("900000.00", 2)
    assert [line["verb"] for line in changed["history"]] == ["changed", "added"]
    assert changed["history"][0]["fields"] == [
        ["清单类别", "“卡脖子”技术", "产业短缺技术"],
        ["揭榜额（元）", 1000000.5, 900000],
    ]
    assert changed["history"][0]["person"] == "马晓燕"
    with town.runtime.query() as session:
        verbs = session.scalars(
            select(JournalRow.verb)
            .where(
                JournalRow.jurisdiction == "zy",
                JournalRow.case_id.is_(None),
                JournalRow.person_id.is_not(None),
            )
            .order_by(JournalRow.id)
        ).all()
    assert verbs == ["demand_add", "demand_change"]


def test_what_does_not_fit_the_form_or_changes_nothing_is_refused(http: Http) -> None:
    staff = http("zy.kjj")
    refused = add(staff, 422, bounty="一百万元", county="beijing", contact_phone="12")
    assert set(refused["facts"]["errors"]) == {"bounty", "county", "contact_phone"}
    made = add(staff)
    assert change(staff, made["id"], 422)["code"] == "bad_request"
    assert staff.get("/demands/999", 404)["code"] == "not_found"


@pytest.mark.parametrize("amount", [0, 0.001, -1, 1e12, 1e90])
def test_an_amount_that_cannot_be_is_refused_at_the_form(http: Http, amount: float) -> None:
    assert (
        "total_amount" in add(http("zy.kjj"), 422, total_amount=amount, bounty=0)["facts"]["errors"]
    )


def test_somebody_who_looked_at_an_older_version_is_told(http: Http) -> None:
    staff = http("zy.kjj")
    made = add(staff)
    change(staff, made["id"], version=made["version"], months=12)
    refused = change(staff, made["id"], 409, version=made["version"], months=36)
    assert refused["code"] == "changed"
    assert "您已在另一个页面更新过" in refused["detail"]


def test_of_two_who_change_the_same_demand_one_is_told(http: Http, town: Town) -> None:
    made, actor = add(http("zy.kjj")), town.actor("zy.kjj")
    ready, outcomes = Barrier(2), list[str]()

    def one(months: int) -> None:
        ready.wait()
        try:
            town.runtime.perform(
                ChangeDemand(
                    actor=actor,
                    demand_id=made["id"],
                    version=made["version"],
                    record={**RECORD, "months": months},
                )
            )
            outcomes.append("done")
        except Changed:
            outcomes.append("changed")

    threads = [Thread(target=one, args=(months,)) for months in (12, 36)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["changed", "done"]
    assert [line["verb"] for line in http("zy.kjj").get(f"/demands/{made['id']}")["history"]] == [
        "changed",
        "added",
    ]


def test_a_county_adds_and_changes_its_own_and_nothing_else(http: Http) -> None:
    county, staff = http("zy.ganzhou"), http("zy.kjj")
    mine, theirs = add(county), add(staff, county="linze")
    assert change(county, mine["id"], months=12)["record"]["months"] == 12
    assert (mine["verbs"], county.get(f"/demands/{theirs['id']}")["verbs"]) == (["change"], [])
    for refused in (
        add(county, 403, county="linze"),
        change(county, mine["id"], 403, county="linze"),
        change(county, theirs["id"], 403, months=12),
        county.post(f"/demands/{mine['id']}/withdraw", {"reason": "重复"}, 403),
        county.post(f"/demands/{mine['id']}/merge", {"into": theirs["id"]}, 403),
    ):
        assert refused["code"] == "not_allowed"


@pytest.mark.parametrize("login", ["zy.qiye", "zy.bidder", "zy.expert1", "zy.envoy", "cf.kjj"])
def test_the_registry_is_none_of_an_outsiders_or_anothers_business(http: Http, login: str) -> None:
    made, other = add(http("zy.kjj")), http(login)
    assert other.get("/demands", 404)["code"] == "not_found"
    assert other.get(f"/demands/{made['id']}", 404)["code"] == "not_found"
    assert add(other, 404)["code"] == "not_found"
    assert other.post("/demands/import", status=404)["code"] == "not_found"


def test_offices_without_a_part_in_it_may_look(http: Http) -> None:
    made = add(http("zy.kjj"))
    for login in ("zy.gxj", "zy.ducha", "zy.owner"):
        assert http(login).get(f"/demands/{made['id']}")["verbs"] == []
        assert add(http(login), 403)["code"] == "not_allowed"


def test_a_withdrawn_demand_stays_on_record_with_its_reason(http: Http) -> None:
    staff = http("zy.kjj")
    made = add(staff)
    assert (
        staff.post(f"/demands/{made['id']}/withdraw", {"reason": " "}, 422)["code"] == "bad_request"
    )
    gone = staff.post(f"/demands/{made['id']}/withdraw", {"reason": "企业停产"})
    assert (gone["state"], gone["history"][0]["reason"], gone["verbs"]) == (
        "withdrawn",
        "企业停产",
        [],
    )
    assert change(staff, made["id"], 409, months=1)["code"] == "not_offered"


def test_what_may_be_the_same_is_shown_and_merged_by_a_person(http: Http) -> None:
    staff = http("zy.kjj")
    first = add(staff)
    near = add(staff, demand_name="膜下滴灌水肥一体化 技术。", demander_name="别家")
    other = add(staff, demand_name="制种玉米去雄机械")
    assert ([one["id"] for one in near["alike"]], other["alike"]) == ([first["id"]], [])
    assert near["state"] == "listed"
    kept = staff.post(f"/demands/{near['id']}/merge", {"into": first["id"], "reason": "同一需求"})
    merged = staff.get(f"/demands/{near['id']}")
    assert (kept["id"], merged["state"], merged["merged_into"]["id"]) == (
        first["id"],
        "merged",
        first["id"],
    )
    assert merged["record"]["demander_name"] == "别家"
    assert [kept["history"][0]["verb"], merged["history"][0]["verb"]] == ["merged", "merged"]
    assert near["number"] in kept["history"][0]["reason"]
    assert (
        staff.post(f"/demands/{other['id']}/merge", {"into": near["id"]}, 422)["code"]
        == "bad_request"
    )
    assert (
        staff.post(f"/demands/{other['id']}/merge", {"into": other["id"]}, 422)["code"]
        == "bad_request"
    )
    assert staff.post(f"/demands/{other['id']}/merge", {"into": 999}, 404)["code"] == "not_found"


def test_two_who_merge_each_into_the_other_leave_one(http: Http, town: Town) -> None:
    staff, actor = http("zy.kjj"), town.actor("zy.kjj")
    one, two = add(staff)["id"], add(staff)["id"]
    ready, outcomes = Barrier(2), list[str]()

    def merge(demand: int, into: int) -> None:
        ready.wait()
        try:
            town.runtime.perform(MergeDemands(actor=actor, demand_id=demand, into=into))
            outcomes.append("done")
        except Refused as exc:
            outcomes.append(exc.code)

    threads = [Thread(target=merge, args=pair) for pair in ((one, two), (two, one))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert "done" in outcomes
    assert len(set(outcomes)) == 2
    assert sorted(line["state"] for line in staff.get("/demands")["demands"]) == [
        "listed",
        "merged",
    ]


def test_a_selected_demand_is_its_pilots_to_withdraw_and_a_posted_one_its_projects_to_change(
    http: Http, town: Town
) -> None:
    staff, pilot = http("zy.kjj"), town.applied()
    with town.runtime.transaction() as work:
        work.locked_case(pilot).jurisdiction = "zy"
    made = add(staff)
    act(town, pilot, "mark_demands", ids=[made["id"]], state="selected")
    assert change(staff, made["id"], months=12)["state"] == "selected"
    assert (
        staff.post(f"/demands/{made['id']}/withdraw", {"reason": "重复"}, 409)["code"]
        == "not_offered"
    )
    act(town, pilot, "mark_demands", ids=[made["id"]], state="posted")
    with pytest.raises(NotOffered):
        town.runtime.perform(
            ChangeDemand(actor=town.actor("zy.kjj"), demand_id=made["id"], record=RECORD)
        )


def test_a_posted_demand_shows_its_projects_state(http: Http, town: Town) -> None:
    staff, pilot, child = http("zy.kjj"), town.applied(), town.applied()
    made = add(staff)
    with town.runtime.transaction() as work:
        work.locked_case(pilot).jurisdiction = "zy"
        project = work.locked_case(child)
        project.jurisdiction, project.parent_id, project.business_key = "zy", pilot, made["number"]
    act(town, pilot, "mark_demands", ids=[made["id"]], state="posted")
    (line,) = staff.get("/demands")["demands"]
    assert (line["project_id"], line["project_status"]) == (child, "running")
    cases = staff.get(f"/demands/{made['id']}")["cases"]
    assert cases["project"] == {"id": None, "title": cases["project"]["title"], "status": "running"}
    assert http("zy.owner").get(f"/demands/{made['id']}")["cases"]["project"]["id"] == child


# -- the list


def test_the_list_is_filtered_and_paged(http: Http) -> None:
    staff = http("zy.kjj")
    for number in range(5):
        add(staff, demand_name=f"需求{number}", county="linze" if number % 2 else "ganzhou")
    staff.post("/demands/2/withdraw", {"reason": "重复"})

    def found(query: str) -> list[int]:
        return [line["id"] for line in staff.get(f"/demands?{query}")["demands"]]

    assert found("county=linze") == [4, 2]
    assert found("county=linze&state=listed") == [4]
    assert (found("q=需求3"), found("q=%25"), found("field=节水&kind=技术改造")) == ([4], [], [])
    assert found("q=张技需〔2026〕0005号") == [5]
    first = staff.get("/demands?limit=2")
    assert (len(first["demands"]), first["total"]) == (2, 5)
    assert found(f"limit=2&cursor={first['next']}") == [3, 2]
    assert staff.get("/demands?cursor=x", 422)["code"] == "bad_request"


# -- Excel


def test_what_is_listed_goes_out_as_a_workbook_and_may_come_in_again(http: Http) -> None:
    staff = http("zy.kjj")
    add(staff, demand_name="=1+1")
    sent = staff.http.get("/api/v1/demands?format=xlsx&county=ganzhou", headers=staff.headers).data
    cells = [
        [cell.value for cell in row] for row in load_workbook(BytesIO(sent)).active.iter_rows()
    ]
    assert cells[1][:6] == [
        "需求编号",
        "状态",
        "项目办理",
        "技术需求名称",
        "需求方（企业名称）",
        "申报主体类别",
    ]
    assert cells[2][:4] == ["张技需〔2026〕0001号", "在库", None, "=1+1"]
    report = send(staff, sent)
    assert (report["rows"], report["errors"]) == (1, 0)
    assert errors(report, "warning") == [
        (2, "需求编号"),
        (2, "状态"),
        (2, "项目办理"),
        (3, "技术需求名称"),
    ]


def test_a_report_then_the_import_and_nothing_before(http: Http) -> None:
    staff, content = (
        http("zy.kjj"),
        workbook({}, {"demand_name": "制种玉米去雄机械", "total_amount": "3,000,000.00"}),
    )
    report = send(staff, content)
    assert (
        report["rows"],
        report["errors"],
        report["accepted"],
        staff.get("/demands")["total"],
    ) == (2, 0, 0, 0)
    assert send(staff, content, "true", 201)["accepted"] == 2
    lines = staff.get("/demands")["demands"]
    assert [
        (line["number"], line["county"], line["total_amount"], line["source"]) for line in lines
    ] == [
        ("张技需〔2026〕0002号", "ganzhou", "3000000.00", "imported"),
        ("张技需〔2026〕0001号", "ganzhou", "3000000.00", "imported"),
    ]


def test_every_finding_names_its_row_and_column(http: Http) -> None:
    staff = http("zy.kjj")
    add(staff)
    report = send(
        staff,
        workbook(
            {"total_amount": "三百万元"},
            {"bounty": "100万"},
            {"county": "北京市"},
            {"demand_name": None},
            {"contact_phone": "12", "shortage": "急需"},
            {},
            {},
            {"field": "渔业"},
        ),
    )
    assert errors(report) == [
        (3, "项目投入总额（元）"),
        (4, "揭榜额（元）"),
        (5, "项目所在县区"),
        (6, "技术需求名称"),
        (7, "清单类别"),
        (7, "联系电话"),
        (10, "产业领域"),
    ]
    assert errors(report, "warning") == [(8, "技术需求名称"), (9, "技术需求名称")]
    assert report["acceptable"] is False
    assert send(staff, workbook({"bounty": "100万"}), "true", 422)["code"] == "bad_sheet"
    assert staff.get("/demands")["total"] == 1


def test_a_form_deployed_between_report_and_import_asks_for_another_report(town: Town) -> None:
    actor = town.actor("zy.kjj")
    checked = check_demands(town.runtime, actor, papers.read_demands(workbook({}), LABELS))
    form = (ROOT / "forms/zy_demand.form").read_bytes()
    town.runtime.perform(
        Deploy(
            actor=town.actor("zy.owner"),
            jurisdiction="zy",
            files={
                "zy_demand.form": form + b"\n",
                "zy_demand.bpmn": (ROOT / "bpmn/zy/zy_demand.bpmn").read_bytes(),
            },
        )
    )
    with pytest.raises(Changed):
        town.runtime.perform(ImportDemands(actor=actor, checked=checked))


def test_wrong_columns_and_no_table_at_all(http: Http) -> None:
    staff = http("zy.kjj")
    assert errors(send(staff, workbook({}, drop="county"))) == [(2, "项目所在县区")]
    assert send(staff, workbook({}, drop="demand_name"), status=422)["code"] == "bad_request"
    assert send(staff, b"a,b,c", status=422)["code"] == "bad_request"
    assert staff.post("/demands/import", status=422, data={}, content_type="multipart/form-data")[
        "facts"
    ] == {"field": "file"}


def test_a_county_imports_its_own_rows_only(http: Http) -> None:
    report = send(http("zy.ganzhou"), workbook({}, {"county": "临泽县", "demand_name": "另一项"}))
    assert errors(report) == [(4, "项目所在县区")]
    assert send(http("zy.gxj"), workbook({}), status=403)["code"] == "not_allowed"


def test_ten_thousand_rows_are_checked_and_entered_in_bounded_time(http: Http) -> None:
    staff = http("zy.kjj")
    content = workbook(
        *(
            {"demand_name": f"第{number:05d}号关键技术攻关", "demander_name": f"企业{number % 70}"}
            for number in range(10_000)
        )
    )
    started = time.perf_counter()
    sent = staff.http.post(
        "/api/v1/demands/import?accept=true",
        headers=staff.headers,
        data={"file": (BytesIO(content), "需求.xlsx")},
        content_type="multipart/form-data",
    )
    sent.request.environ["wsgi.input"].close()  # the test client leaves a large body's file open
    assert sent.get_json()["accepted"] == 10_000
    assert time.perf_counter() - started < 120
    assert staff.get("/demands?q=张技需〔2026〕10000号")["total"] == 1


# -- the pages


def test_the_pages_list_add_withdraw_and_merge(http: Http, town: Town) -> None:
    first, second = add(http("zy.kjj"))["id"], add(http("zy.kjj"))["id"]
    page = Page(town, "zy.kjj")
    assert "/demands/1" in page.get("/demands?state=listed")
    assert 'data-post="/api/v1/demands"' in page.get("/demands/new")
    assert f'value="{first}"' in page.get(f"/demands/{second}")
    moved = page.http.post(
        f"/demands/{second}/merge", data={"into": first, "csrf_token": token(page)}
    )
    assert (moved.status_code, moved.location) == (303, f"/demands/{first}?notice=demand_merged")
    gone = page.http.post(
        f"/demands/{first}/withdraw", data={"reason": "停产", "csrf_token": token(page)}
    )
    assert gone.status_code == 303
    assert "停产" in page.get(f"/demands/{first}")
    assert page.http.get("/demands.xlsx").mimetype == "application/octet-stream"
    assert page.http.get("/demands/import/template.xlsx").status_code == 200


def token(page: Page) -> str:
    return page.get("/demands").partition('name="csrf_token" value="')[2].partition('"')[0]


def test_the_menu_offers_the_registry_to_those_who_may_look(town: Town) -> None:
    offered = {
        login: 'href="/demands"' in Page(town, login).get("/inbox")
        for login in ("zy.kjj", "zy.ganzhou", "zy.owner", "zy.qiye", "cf.kjj")
    }
    assert offered == {
        "zy.kjj": True,
        "zy.ganzhou": True,
        "zy.owner": True,
        "zy.qiye": False,
        "cf.kjj": False,
    }
    assert Page(town, "cf.kjj").http.get("/demands").status_code == 404


def test_the_page_reports_first_and_imports_what_it_reported(town: Town) -> None:
    page, content = Page(town, "zy.kjj"), workbook({})
    shown = page.post("/demands/import", file=(BytesIO(content), "a.xlsx")).get_data(as_text=True)
    digest = shown.partition('name="digest" value="')[2].partition('"')[0]
    other = page.post(
        "/demands/import",
        file=(BytesIO(workbook({"months": 3})), "a.xlsx"),
        accept="1",
        digest=digest,
    )
    assert other.status_code == 409
    taken = page.post(
        "/demands/import", file=(BytesIO(content), "a.xlsx"), accept="1", digest=digest
    )
    assert (taken.status_code, taken.location) == (303, "/demands?notice=demands_imported")
