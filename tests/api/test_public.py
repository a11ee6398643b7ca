"""What is open to everybody: postings, bids, notices, objections, applications, query codes;
nothing of the inside.
"""

import html
import re
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from typing import Any
from urllib.parse import quote

import orjson
from sqlalchemy import func, select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from service.commands.cases.messages import Sent
from service.commands.cases.steering import SuspendCase, TerminateCase
from service.domain.outside import PER_HOUR
from service.store.items.rows import AnswerRow, AttachmentRow
from service.store.operations.rows import IdempotencyRow
from service.store.outside import PublicationRow, SubmissionRow
from service.store.people.rows import PersonRow
from tests.api.conftest import Client, Http
from tests.outside import BID, INSIDE, NUMBER, OBJECTION, PROJECT, deploy, posted
from tests.project import Project
from tests.town import Town

POSTING = f"/public/postings/{quote(NUMBER)}"
BIDS = f"{POSTING}/bids"
PRIVATE = re.compile("phone|email|contact|solution|team|opinion|recusal|choice_reason")


def multipart(answers: dict[str, Any], *files: tuple[str, bytes]) -> dict[str, Any]:
    """A body with files."""
    sent = [FileStorage(BytesIO(content), filename=name) for name, content in files]
    border, body = encode_multipart({"answers": orjson.dumps(answers).decode(), "file": sent})
    return {"data": body, "content_type": f"multipart/form-data; boundary={border}"}


def count(town: Town, row: Any) -> int:
    with town.runtime.query() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def publicity(client: Client) -> str:
    """The address of the notice that is open."""
    (line,) = client.get("/public/notices?state=open&jurisdiction=zy")["notices"]
    return f"/public/notices/{line['number']}"


def test_a_posting_is_found_by_anybody_with_its_form_and_deadline(town: Town, http: Http) -> None:
    posted(town)
    for asked in (
        "",
        "?jurisdiction=zy",
        "?state=open",
        f"?q={quote('节水')}",
        f"?q={quote('现代农业')}",
    ):
        (line,) = http().get(f"/public/postings{asked}")["postings"]
        assert (line["number"], line["state"]) == (NUMBER, "open")
    for asked in ("?jurisdiction=cf", "?state=past", f"?q={quote('没有')}"):
        assert http().get(f"/public/postings{asked}")["postings"] == []
    page = http().get(POSTING)
    assert page["details"] == {"所属领域": "现代农业", "榜单金额": 500000}
    assert page["until"] == "2026-03-12T16:00:00+00:00"
    assert [field["key"] for field in page["form"]["components"]][:2] == [
        "bidder_name",
        "contact_phone",
    ]
    http().get("/public/postings/1", status=404)
    http().get(f"/public/notices/{quote(NUMBER)}", status=404)


def test_postings_come_in_pages(town: Town, http: Http) -> None:
    posted(town)
    with town.runtime.transaction() as work:
        work.session.add_all(
            PublicationRow(
                jurisdiction="zy",
                case_id=1,
                kind="posting",
                number=f"{n}号",
                title="榜",
                text="",
                at=town.now,
            )
            for n in range(3)
        )
    first = http().get("/public/postings?limit=3")
    second = http().get(f"/public/postings?limit=3&cursor={first['next']}")
    assert [line["number"] for line in first["postings"] + second["postings"]] == [
        "2号",
        "1号",
        "0号",
        NUMBER,
    ]
    assert second["next"] is None


def test_a_bid_with_files_is_kept_and_followed_by_its_code(town: Town, http: Http) -> None:
    case = posted(town)
    sent = http().post(
        BIDS, status=201, **multipart(BID, ("方案.pdf", b"plan"), ("资质.docx", b"proof"))
    )
    found = http().get(f"/public/submissions/{sent['code'].lower().replace('-', ' ')}")
    assert (found["receipt"], found["kind"], found["about"]) == (
        sent["receipt"],
        "bid",
        "节水灌溉关键技术",
    )
    assert found["state"] == "已受理，等待评审"
    (bid,) = town.row(case).data["bids"]
    assert (bid["bidder_name"], bid["quote"], bid["submission"]) == (
        BID["bidder_name"],
        BID["quote"],
        1,
    )
    assert bid["received_at"] == town.now
    with town.runtime.query() as session:
        files = session.execute(
            select(
                AttachmentRow.filename,
                AttachmentRow.person_id,
                AttachmentRow.item_id,
                AnswerRow.element,
            ).join(AnswerRow, AnswerRow.id == AttachmentRow.answer_id)
        )
        assert [tuple(row) for row in files] == [
            ("方案.pdf", None, None, "bid"),
            ("资质.docx", None, None, "bid"),
        ]
        row = session.get_one(SubmissionRow, 1)
        assert sent["code"] not in repr(vars(row))
        assert "127.0.0.1" not in row.address_digest
    http().get("/public/submissions/00000-00000-00000", status=404)


def test_wrong_answers_are_refused_field_by_field_and_leave_nothing(town: Town, http: Http) -> None:
    case = posted(town)
    wrong = {"bidder_name": "", "quote": "many", "chosen": True}
    problem = http().post(BIDS, {"answers": wrong}, status=422)
    assert set(problem["facts"]["errors"]) == {"bidder_name", "contact_phone", "quote", "chosen"}
    for body in ({"answers": []}, {"answers": "x"}):
        assert http().post(BIDS, body, status=422)["code"] == "bad_request"
    http().post(BIDS, status=422, data={"answers": "{"}, content_type="multipart/form-data")
    assert (count(town, SubmissionRow), count(town, AttachmentRow)) == (0, 0)
    assert "bid" not in town.row(case).data


def test_files_that_are_too_large_or_too_many_are_refused(town: Town, http: Http) -> None:
    posted(town)
    large = http().post(BIDS, status=422, **multipart(BID, ("大.zip", b"x" * 20_000_001)))
    assert large["facts"]["field"] == "file"
    http().post(BIDS, status=422, **multipart(BID, *[(f"{n}.pdf", b"x") for n in range(11)]))
    http().post(
        BIDS, status=413, **multipart(BID, *[(f"{n}.zip", b"x" * 20_000_000) for n in range(6)])
    )
    assert (count(town, SubmissionRow), count(town, AttachmentRow)) == (0, 0)
    http().post(
        BIDS, status=201, **multipart(BID, *[(f"{n}.zip", b"x" * 15_000_000) for n in range(2)])
    )


def test_the_last_second_counts_by_the_instant_and_not_by_the_clock(town: Town, http: Http) -> None:
    case = posted(town)
    with town.runtime.query() as session:
        until = session.scalars(select(PublicationRow.until)).one()
    assert until is not None
    town.now = until - timedelta(microseconds=1)
    http().post(BIDS, {"answers": BID}, status=201)
    town.now = until
    assert http().post(BIDS, {"answers": BID}, status=409)["code"] == "no_longer_taken"
    assert http().get(POSTING)["state"] == "closed"
    assert http().get(POSTING)["form"] is None
    assert len(town.row(case).data["bids"]) == 1
    assert [line["number"] for line in http().get("/public/postings?state=past")["postings"]] == [
        NUMBER
    ]


def test_a_withdrawn_posting_says_why_and_takes_nothing(town: Town, http: Http) -> None:
    case = posted(town)
    with town.runtime.transaction() as work:
        town.runtime.actions["close_publication"].carry_out(
            work,
            work.locked_case(case),
            {"publication": 1, "state": "withdrawn", "reason": "需求方已自行解决"},
        )
    problem = http().post(BIDS, {"answers": BID}, status=409)
    assert problem["code"] == "no_longer_taken"
    assert "需求方已自行解决" in problem["detail"]
    page = http().get(POSTING)
    assert (page["state"], page["reason"], page["form"]) == ("withdrawn", "需求方已自行解决", None)


def test_a_case_that_rests_or_has_moved_on_takes_nothing_and_says_nothing_of_itself(
    town: Town, http: Http
) -> None:
    case = posted(town)
    town.steer(SuspendCase, "zy.owner", case)
    problem = http().post(BIDS, {"answers": BID}, status=409)
    assert problem["code"] == "no_longer_taken"
    assert "挂起" not in problem["detail"]
    assert http().get(POSTING)["form"] is None


def test_the_posting_of_a_case_that_was_ended_is_closed(town: Town, http: Http) -> None:
    case = posted(town)
    code = http().post(BIDS, {"answers": BID}, status=201)["code"]
    assert "终止" not in http().get(f"/public/submissions/{code}")["state"]
    town.steer(TerminateCase, "zy.owner", case)
    assert "终止" in http().get(f"/public/submissions/{code}")["state"]
    assert http().get(POSTING)["state"] == "closed"
    assert http().get("/public/postings?state=open")["postings"] == []
    assert len(http().get("/public/postings?state=past")["postings"]) == 1
    assert http().post(BIDS, {"answers": BID}, status=409)["code"] == "no_longer_taken"


def test_a_message_that_is_not_public_takes_nothing_from_outside(town: Town, http: Http) -> None:
    deploy(town, project=PROJECT.replace(b'name="public" value="yes"', b'name="public" value="no"'))
    case = town.start("try_project", "zy.kjj", "祁连")
    town.complete("zy.kjj", case, "prepare", topic="节水灌溉关键技术")
    assert http().get(POSTING)["form"] is None
    assert http().post(BIDS, {"answers": BID}, status=409)["code"] == "no_longer_taken"


def test_who_sends_too_much_is_asked_to_wait_others_are_not(town: Town, http: Http) -> None:
    posted(town)
    for _ in range(PER_HOUR):
        http().post(BIDS, {"answers": BID}, status=201)
    refused = http().http.post(f"/api/v1{BIDS}", json={"answers": BID})
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "3600"
    other = http().http.post(
        f"/api/v1{BIDS}", json={"answers": BID}, environ_base={"REMOTE_ADDR": "203.0.113.9"}
    )
    assert other.status_code == 201
    proxied = http().http.post(
        f"/api/v1{BIDS}", json={"answers": BID}, headers={"X-Forwarded-For": "6.6.6.6, 2001:db8::1"}
    )
    assert proxied.status_code == 201
    http().post(
        "/public/processes/zy/try_demand/cases",
        {"answers": {"demand_name": "除垢", "contact_name": "李四"}},
        status=201,
    )
    town.now += timedelta(hours=1)
    http().post(BIDS, {"answers": BID}, status=201)


def test_a_proxy_in_a_containers_network_names_the_sender_and_nobody_else_does(
    town: Town, http: Http
) -> None:
    posted(town)

    def status(near: str, named: str) -> int:
        return (
            http()
            .http.post(
                f"/api/v1{BIDS}",
                json={"answers": BID},
                environ_base={"REMOTE_ADDR": near},
                headers={"X-Forwarded-For": named},
            )
            .status_code
        )

    assert {status("172.17.0.1", f"9.9.9.{n}") for n in range(PER_HOUR + 1)} == {201}
    assert [status("8.8.8.8", f"9.9.9.{n}") for n in range(PER_HOUR + 1)] == [201] * PER_HOUR + [
        429
    ]


def test_sent_again_with_its_key_a_bid_is_one_and_has_the_same_code(town: Town, http: Http) -> None:
    posted(town)
    client = http()
    client.headers = {"Idempotency-Key": "k1"}
    first = client.post(BIDS, status=201, **multipart(BID, ("方案.pdf", b"plan")))
    town.now += timedelta(days=30)  # the answer counts even when the posting is over
    assert client.post(BIDS, status=201, **multipart(BID, ("方案.pdf", b"plan"))) == first
    assert (
        client.post(BIDS, status=422, **multipart(BID, ("方案.pdf", b"other")))["code"]
        == "key_reused"
    )
    assert client.post(BIDS, {"answers": {**BID, "quote": 1}}, status=422)["code"] == "key_reused"
    assert count(town, SubmissionRow) == 1
    client.headers = {"Idempotency-Key": "x" * 201}
    client.post(BIDS, {"answers": BID}, status=422)


def test_a_bid_typed_in_by_the_office_leaves_the_same_record(town: Town, http: Http) -> None:
    case = posted(town)
    http().post(BIDS, {"answers": BID}, status=201)
    told = http("zy.kjj").post(f"/cases/{case}/messages", {"name": "try_bid", "payload": BID})
    outside, inside = town.row(case).data["bids"]
    assert {**outside, "submission": 2} == inside
    assert http().get(f"/public/submissions/{told['code']}")["state"] == "已受理，等待评审"
    with town.runtime.query() as session:
        rows = session.scalars(select(SubmissionRow).order_by(SubmissionRow.id)).all()
        assert [(row.kind, row.publication_id, row.name) for row in rows] == [
            ("bid", 1, BID["bidder_name"])
        ] * 2
        people = session.scalars(
            select(AnswerRow.person_id).where(AnswerRow.element == "bid").order_by(AnswerRow.id)
        )
        assert [person is None for person in people] == [True, False]


def test_the_code_of_a_bid_typed_in_is_shown_once_and_kept_nowhere(town: Town, http: Http) -> None:
    case, office = posted(town), http("zy.kjj")
    office.headers["Idempotency-Key"] = "paper 1"
    told, again = (
        office.post(f"/cases/{case}/messages", {"name": "try_bid", "payload": BID})
        for _ in range(2)
    )
    assert (again["receipt"], again["code"]) == (told["receipt"], None)
    assert http().get(f"/public/submissions/{told['code']}")["receipt"] == told["receipt"]
    with town.runtime.query() as session:
        assert told["code"].encode() not in (
            session.scalars(select(IdempotencyRow.body)).one() or b""
        )


def test_an_objection_needs_name_and_contact_and_counts_until_the_publicity_is_over(
    town: Town, http: Http
) -> None:
    case = posted(town)
    town.complete("zy.kjj", case, "collect")
    address = f"{publicity(http())}/objections"
    assert set(
        http().post(address, {"answers": {"objection_text": "不公"}}, status=422)["facts"]["errors"]
    ) == {"objector_name", "objector_phone"}
    sent = http().post(address, {"answers": OBJECTION}, status=201)
    assert http().get(f"/public/submissions/{sent['code']}")["kind"] == "objection"
    assert town.row(case).data["objection"]["objection_text"] == OBJECTION["objection_text"]
    town.now += timedelta(days=8)
    assert http().post(address, {"answers": OBJECTION}, status=409)["code"] == "no_longer_taken"


def test_a_demand_is_declared_from_outside_and_answered(town: Town, http: Http) -> None:
    deploy(town)
    demand = {"demand_name": "换热管除垢", "contact_name": "李四"}
    address = "/public/processes/zy/try_demand"
    assert http().get(address)["form"]["id"] == "try_demand"
    sent = http().post(f"{address}/cases", status=201, **multipart(demand, ("图.png", b"png")))
    case = town.box("zy.kjj")[0].case_id
    row = town.row(case)
    assert (row.title, row.starter_id) == ("流程（换热管除垢）", None)
    assert {key: row.data[key] for key in (*demand, "submission")} == {**demand, "submission": 1}
    assert http().get(f"/public/submissions/{sent['code']}")["state"] == "已收到，等待处理"
    town.complete("zy.kjj", case, "review")
    assert http().get(f"/public/submissions/{sent['code']}")["state"] == "已入库"
    for other in (
        "/public/processes/zy/try_project",
        "/public/processes/cf/try_demand",
        "/public/processes/zy/none",
    ):
        http().get(other, status=404)
        http().post(f"{other}/cases", {"answers": demand}, status=404)
    client = http()
    client.headers = {"Idempotency-Key": "k1"}
    first = client.post(f"{address}/cases", {"answers": demand}, status=201)
    assert client.post(f"{address}/cases", {"answers": demand}, status=201) == first
    assert count(town, SubmissionRow) == 2


def test_nothing_of_the_inside_is_seen_outside(town: Town, http: Http) -> None:
    case = posted(town)
    bid = http().post(BIDS, status=201, **multipart(BID, ("河西节水研究所.pdf", b"plan")))
    town.complete("zy.kjj", case, "collect", score_opinion="评分九十一，赵内部")
    objection = http().post(f"{publicity(http())}/objections", {"answers": OBJECTION}, status=201)
    addresses = [
        "/public/postings",
        POSTING,
        "/public/notices",
        publicity(http()),
        "/public/processes/zy/try_demand",
        *(f"/public/submissions/{sent['code']}" for sent in (bid, objection)),
    ]
    for address in addresses:
        text = orjson.dumps(http().get(address)).decode()
        assert [word for word in (*INSIDE, "case_id", "zy.kjj") if word in text] == [], address


def test_a_query_code_is_not_part_of_what_is_logged() -> None:
    assert "SECRET" not in repr(Sent(case_id=1, receipt="r", code="SECRET"))


def said(value: Any, key: str = "") -> Iterator[str]:
    """What stands in a case's data under keys that are nobody's business outside."""
    if isinstance(value, dict):
        yield from (word for name, inner in value.items() for word in said(inner, name))
    elif isinstance(value, list):
        yield from (word for inner in value for word in said(inner, key))
    elif isinstance(value, str) and len(value) > 3 and PRIVATE.search(key):
        yield value


def test_nothing_of_a_filled_project_is_seen_outside(town: Town, http: Http) -> None:
    project = Project(town).posted()
    codes = [
        project.bid(),
        project.bid(bidder_name="落选研究院", contact_phone="13700007777", solution="另一方案"),
    ]
    project.close()
    for step in ("choose_bid", "negotiate", "confirm_agreement", "report_county", "form_panel"):
        project.reach(step)
    project.reach("head_decision").do("head_decision")
    codes.append(project.object("举报材料"))
    with town.runtime.query() as session:
        people = {
            name
            for (name,) in session.execute(
                select(PersonRow.name).where(PersonRow.jurisdiction == "zy")
            )
        }
    inside = {*said(project.data), *people, "落选研究院", "举报材料", "zy.expert"}
    assert {"13700007777", "另一方案"} <= inside
    client, paths = http(), ["/public", "/public/notices"]
    lines = [
        (kind, line)
        for kind in ("postings", "notices")
        for line in client.get(f"/public/{kind}")[kind]
    ]
    assert {line["kind"] for _, line in lines} >= {"posting", "publicity"}
    paths += [f"/public/{kind}/{quote(line['number'])}" for kind, line in lines]
    texts = {path: html.unescape(client.http.get(path).get_data(as_text=True)) for path in paths}
    asked = [*paths[1:], "/public/postings", *(f"/public/submissions/{code}" for code in codes)]
    texts |= {f"/api{path}": orjson.dumps(client.get(path)).decode() for path in asked}
    assert [path for path, text in texts.items() if project.data["demand_name"] not in text] == []
    found = {path: sorted(word for word in inside if word in text) for path, text in texts.items()}
    assert found == dict.fromkeys(texts, [])


def test_a_lost_code_is_asked_for_and_the_answer_tells_nothing(town: Town, http: Http) -> None:
    Project(town).posted().bid(contact_email="fang@example.org")
    asked = {"jurisdiction": "zy", "email": "fang@example.org"}
    assert http().post("/public/codes", asked, 409)["code"] == "no_longer_taken"
    town.runtime.sends_mail = True
    found = http().post("/public/codes", asked, 202)
    assert http().post("/public/codes", {**asked, "email": "no@example.org"}, 202) == found
    refused = http().post("/public/codes", {**asked, "email": "no"}, 422)
    assert refused["facts"]["field"] == "email"
    assert http().post("/public/codes", {**asked, "kind": "else"}, 422)["facts"]["field"] == "kind"


def test_staff_issue_a_code_by_the_interface_and_nobody_else(town: Town, http: Http) -> None:
    project = Project(town).posted()
    old = project.bid()
    project.close()
    project.do("choose_bid")
    with town.runtime.query() as session:
        (row,) = session.scalars(select(SubmissionRow)).all()
    path, why = f"/submissions/{row.id}/code", {"reason": "核对身份证"}
    http().post(path, why, 401)
    http("cf.kjj").post(path, why, 404)
    http("zy.qiye").post(path, why, 403)
    issued = http("zy.kjj").post(path, why, 201)
    http().get(f"/public/submissions/{old}", 404)
    assert http().get(f"/public/submissions/{issued['code']}")["receipt"] == issued["receipt"]
