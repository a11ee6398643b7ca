"""A POST that is sent again with the same key: one effect, one response."""

import threading
from collections import Counter
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from werkzeug.test import TestResponse

from service.store.cases.rows import JournalRow, OutboxRow
from service.store.items.rows import AttachmentRow, CommentRow
from service.store.operations.rows import IdempotencyRow
from tests.api.conftest import Http
from tests.samples import ANSWERS
from tests.town import Town


class Repeater:
    """Somebody who sends requests with a key."""

    def __init__(self, http: Http, login: str) -> None:
        signed_in = http(login)
        self.http: FlaskClient = signed_in.http
        self.headers = signed_in.headers

    def post(self, path: str, key: str, **more: Any) -> TestResponse:
        headers = {**self.headers, "Idempotency-Key": key}
        return self.http.post(f"/api/v1{path}", headers=headers, **(more or {"json": {}}))


def count(town: Town, row: Any) -> int:
    with town.runtime.query() as session:
        return session.scalar(select(func.count()).select_from(row)) or 0


def test_sent_again_it_gives_the_same_response_and_does_nothing(town: Town, http: Http) -> None:
    case = town.applied()
    path = f"/items/{town.item(case, 'unit_review').id}/complete"
    me = Repeater(http, "cf.danwei")
    first = me.post(path, "k1", json={"answers": ANSWERS["unit_review"]})
    lines = count(town, JournalRow)
    again = me.post(path, "k1", json={"answers": ANSWERS["unit_review"]})
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert first.status_code == 200
    assert "Idempotency-Replayed" not in first.headers
    assert again.headers["Idempotency-Replayed"] == "true"
    assert count(town, JournalRow) == lines


def test_a_started_case_stays_one_case(town: Town, http: Http) -> None:
    me = Repeater(http, "cf.gangbu")
    body = {"json": {"title": "苜蓿草高值化加工技术", "answers": ANSWERS["apply"]}}
    first, again = (me.post("/processes/cf_project/cases", "start", **body) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() == again.get_json()


def test_the_same_key_for_something_else_is_refused(town: Town, http: Http) -> None:
    item = town.item(town.applied(), "unit_review").id
    me = Repeater(http, "cf.danwei")
    assert me.post(f"/items/{item}/comment", "k", json={"text": "一"}).status_code < 300
    for path, body in ((f"/items/{item}/comment", {"text": "二"}), (f"/items/{item}/claim", {})):
        refused = me.post(path, "k", json=body)
        assert (refused.status_code, refused.get_json()["code"]) == (422, "key_reused")
    assert count(town, CommentRow) == 1


def test_a_key_belongs_to_a_person(town: Town, http: Http) -> None:
    around = town.start("cf_filing", "cf.kjj", "2026年第一批备案")
    path = f"/items/{town.item(around, 'open_round').id}/comment"
    for login in ("cf.kjj", "cf.kjj.head"):
        assert (
            "Idempotency-Replayed"
            not in Repeater(http, login).post(path, "k", json={"text": "好"}).headers
        )
    assert count(town, CommentRow) == 2


def test_a_refusal_is_not_kept(town: Town, http: Http) -> None:
    item = town.item(town.applied(), "unit_review").id
    me = Repeater(http, "cf.danwei")
    assert me.post(f"/items/{item}/complete", "k", json={"answers": {}}).status_code == 422
    assert count(town, IdempotencyRow) == 0
    assert (
        me.post(
            f"/items/{item}/complete", "k", json={"answers": ANSWERS["unit_review"]}
        ).status_code
        == 200
    )


def test_a_key_that_is_no_key_is_refused(town: Town, http: Http) -> None:
    item = town.item(town.applied(), "unit_review").id
    for key in ("", "k" * 201):
        assert Repeater(http, "cf.danwei").post(f"/items/{item}/claim", key).status_code == 422


def test_a_file_sent_again_is_attached_once(town: Town, http: Http) -> None:
    path = f"/items/{town.item(town.applied(), 'unit_review').id}/attachments"
    me = Repeater(http, "cf.danwei")

    def send(content: bytes) -> TestResponse:
        return me.post(path, "k", data={"file": (BytesIO(content), "证明.pdf")})

    first, again, other = send(b"%PDF-1"), send(b"%PDF-1"), send(b"%PDF-2")
    assert (first.status_code, first.data) == (again.status_code, again.data)
    assert (first.status_code, other.status_code) == (201, 422)
    assert count(town, AttachmentRow) == 1


def test_messages_are_delivered_though_the_response_was_kept(town: Town, http: Http) -> None:
    case = town.reviewed()
    path = f"/items/{town.item(town.round(), 'decide').id}/complete"
    me = Repeater(http, "cf.lxh")
    for _ in range(2):
        assert me.post(path, "k", json={"answers": ANSWERS["decide"]}).status_code == 200
    assert "tracking" in town.open(case)
    assert count(town, OutboxRow) == 1


def test_of_eight_at_the_same_moment_one_has_an_effect_and_all_get_its_response(
    town: Town, http: Http
) -> None:
    item = town.item(town.applied(), "unit_review").id
    clients = [Repeater(http, "cf.danwei") for _ in range(8)]
    barrier, found, bodies = threading.Barrier(8), Counter[str](), set[bytes]()

    def one(me: Repeater) -> None:
        barrier.wait()
        response = me.post(f"/items/{item}/comment", "k", json={"text": "同意"})
        found[response.headers.get("Idempotency-Replayed", "done")] += 1
        bodies.add(response.data)

    threads = [threading.Thread(target=one, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {"done": 1, "true": 7}
    assert len(bodies) == 1
    assert count(town, CommentRow) == 1


def test_without_a_key_nothing_is_asked_or_written(town: Town, http: Http) -> None:
    item = town.item(town.applied(), "unit_review").id
    me, statements = http("cf.danwei"), []
    event.listen(town.runtime.engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    me.post(f"/items/{item}/comment", {"text": "好"}, 201)
    assert not [text for text in statements if "idempotency" in text]


def test_a_token_is_never_kept(town: Town, http: Http) -> None:
    body = {"json": {"login": "cf.kjj", "password": "jiebang"}}
    first, again = (
        http().http.post("/api/v1/tokens", headers={"Idempotency-Key": "k"}, **body)
        for _ in range(2)
    )
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.get_json() != again.get_json()
    assert count(town, IdempotencyRow) == 0
