"""Accounts: opened by those who vouch, activated by their owners alone, stopped and admitted again
with a reason.
"""

from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import select

from service.access.people import digest
from service.commands.people.accounts import ActivateByInvitation, activate
from service.errors import Refused
from service.store.cases.rows import JournalRow
from service.store.operations.rows import IdempotencyRow
from service.store.outside import SubmissionRow
from service.store.people.rows import CredentialRow, PersonRow
from tests.api.conftest import Client, Http
from tests.api.test_backfill import Page
from tests.process.test_registry_actions import act, rows
from tests.town import Town

EXPERT = {"role": "expert", "name": "郭敏", "employer": "兰州大学", "phone": "13900000000"}
PASSWORD = "correct horse"


def opened(client: Client, **more: Any) -> str:
    return str(client.post("/accounts", {**EXPERT, **more}, 201)["login"])


def invited(client: Client, login: str) -> str:
    return str(client.post(f"/accounts/{login}/invitation", status=201)["code"])


def logins(client: Client, query: str = "") -> list[str]:
    return [line["login"] for line in client.get(f"/accounts{query}")["accounts"]]


def test_an_expert_is_added_invited_and_sets_a_password(http: Http, town: Town) -> None:
    staff = http("zy.kjj")
    login = opened(staff)
    (line,) = staff.get("/accounts")["accounts"]
    assert (line["login"], line["state"], line["sponsor"], line["verbs"]) == (
        "zy.e0001",
        "waiting",
        "市科技局",
        ["invite", "deactivate"],
    )
    code = invited(staff, login)
    page = Visitor(town)
    moved = page.send(
        "/activate", code=code.lower().replace("-", " "), password=PASSWORD, again=PASSWORD
    )
    assert (moved.status_code, moved.location) == (303, "/inbox?notice=activated")
    assert "郭敏" in page.http.get("/inbox").get_data(as_text=True)
    assert http(login, password=PASSWORD).get("/me")["roles"] == ["expert"]
    assert (
        staff.get("/accounts")["accounts"][0]["state"],
        staff.get("/accounts")["accounts"][0]["verbs"],
    ) == ("active", ["deactivate"])
    used = Visitor(town).send("/activate", code=code, password="another one", again="another one")
    assert used.status_code == 422
    with town.runtime.query() as session:
        lines = session.scalars(
            select(JournalRow)
            .where(JournalRow.jurisdiction == "zy", JournalRow.verb.startswith("account"))
            .order_by(JournalRow.id)
        ).all()
    assert [(line.verb, line.facts["login"]) for line in lines] == [
        ("account_open", login),
        ("account_invite", login),
        ("account_activate", login),
    ]


class Visitor:
    """Somebody who has not signed in."""

    def __init__(self, town: Town) -> None:
        self.http = town.app.test_client()

    def send(self, path: str, **sent: str) -> Any:
        return self.http.post(path, data=sent)


def test_no_account_can_be_entered_without_a_password(http: Http) -> None:
    login = opened(http("zy.kjj"))
    for password in ("", "jiebang"):
        http().post("/tokens", {"login": login, "password": password}, 401)


def test_codes_and_passwords_stand_nowhere(
    http: Http, town: Town, caplog: pytest.LogCaptureFixture
) -> None:
    staff = http("zy.kjj")
    staff.headers["Idempotency-Key"] = "once"
    code = invited(staff, opened(staff, role="expert"))
    Visitor(town).send("/activate", code=code, password=PASSWORD, again=PASSWORD)
    kept = [row.body or b"" for row in rows_of(town, IdempotencyRow)]
    assert kept
    said = [
        *kept,
        *(str(row.facts).encode() for row in rows_of(town, JournalRow)),
        caplog.text.encode(),
    ]
    assert not [text for text in said if code.encode() in text or PASSWORD.encode() in text]
    assert [row.kind for row in rows_of(town, CredentialRow)] == ["token", "session"]


def rows_of(town: Town, row: type[Any]) -> list[Any]:
    with town.runtime.query() as session:
        return list(session.scalars(select(row)))


@pytest.mark.parametrize(
    ("password", "again", "field"),
    [("short", "short", "password"), (PASSWORD, "other horse", "again")],
)
def test_a_weak_password_or_one_mistyped_leaves_the_code_as_it_is(
    http: Http, town: Town, password: str, again: str, field: str
) -> None:
    code = invited(http("zy.kjj"), opened(http("zy.kjj")))
    with pytest.raises(Refused) as refused:
        activate(town.runtime, ActivateByInvitation, code, password, again)
    assert refused.value.facts == {"field": field}
    activate(town.runtime, ActivateByInvitation, code, PASSWORD, PASSWORD)


def test_a_code_fits_for_two_weeks_and_only_the_newest(http: Http, town: Town) -> None:
    staff = http("zy.kjj")
    login = opened(staff)
    first, second = invited(staff, login), invited(staff, login)
    town.now += timedelta(days=13)
    assert (
        Visitor(town).send("/activate", code=first, password=PASSWORD, again=PASSWORD).status_code
        == 422
    )
    town.now += timedelta(days=2)
    assert (
        Visitor(town).send("/activate", code=second, password=PASSWORD, again=PASSWORD).status_code
        == 422
    )


def test_of_two_who_use_a_code_at_once_one_gets_in(http: Http, town: Town) -> None:
    code = invited(http("zy.kjj"), opened(http("zy.kjj")))
    ready, outcomes = Barrier(2), list[str]()

    def enter(password: str) -> None:
        ready.wait()
        try:
            activate(town.runtime, ActivateByInvitation, code, password, password)
            outcomes.append("in")
        except Refused as exc:
            outcomes.append(exc.code)

    threads = [Thread(target=enter, args=(word * 8,)) for word in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["bad_request", "in"]


def test_a_unit_opens_what_the_rules_let_it(http: Http) -> None:
    assert opened(http("zy.zzb")) == "zy.e0001"
    assert opened(http("zy.linze"), role="envoy", phone="13900000001") == "zy.v0001"
    assert (
        opened(http("zy.admin"), role="bidder", phone="13900000002", sponsor="gaotai") == "zy.b0001"
    )
    for login, role in (
        ("zy.linze", "expert"),
        ("zy.gxj", "envoy"),
        ("zy.kjj", "admin"),
        ("zy.qiye", "expert"),
        ("zy.owner", "expert"),
        ("cf.kjj", "expert"),
    ):
        assert http(login).post("/accounts", {**EXPERT, "role": role}, 403)["code"] == "not_allowed"
    again = http("zy.kjj").post("/accounts", EXPERT, 422)
    assert again["facts"] == {"login": "zy.e0001"}


def test_each_sees_those_they_vouch_for_a_head_also_their_own_the_administrator_all(
    http: Http, town: Town
) -> None:
    expert, envoy = (
        opened(http("zy.kjj")),
        opened(http("zy.linze"), role="envoy", phone="13900000001"),
    )
    assert (logins(http("zy.kjj")), logins(http("zy.linze"))) == ([expert], [envoy])
    head = logins(http("zy.kjj.head"))
    assert {expert, "zy.kjj", "zy.kjj.head"} <= set(head)
    assert envoy not in head
    admin = http("zy.admin")
    assert len(logins(admin, "?limit=100")) == len(
        [row for row in rows(town, PersonRow) if row.jurisdiction == "zy"]
    )
    assert logins(admin, "?q=兰州") == [envoy, expert]
    first = admin.get("/accounts?limit=1")
    assert logins(admin, f"?limit=1&cursor={first['next']}") == [expert]
    for login in ("zy.qiye", "zy.czj", "zy.ducha", "cf.kjj"):
        assert http(login).get("/accounts", 404)["code"] == "not_found"


def test_nobody_but_the_administrator_gets_hold_of_anothers_account(http: Http) -> None:
    head, staff = http("zy.kjj.head"), http("zy.kjj")
    expert = opened(staff)
    for login in ("zy.admin", "zy.owner"):  # of the head's own unit
        assert head.post(f"/accounts/{login}/invitation", status=404)["code"] == "not_found"
        assert (
            head.post(f"/accounts/{login}/deactivate", {"reason": "x"}, 404)["code"] == "not_found"
        )
    assert head.post("/accounts/zy.kjj/invitation", status=409)["code"] == "not_offered"
    assert (
        http("zy.linze").post(f"/accounts/{expert}/invitation", status=404)["code"] == "not_found"
    )
    assert (
        http("cf.admin").post(f"/accounts/{expert}/invitation", status=404)["code"] == "not_found"
    )
    assert invited(http("zy.admin"), "zy.kjj")


def test_a_stopped_account_is_out_at_once_and_comes_back_with_a_reason(
    http: Http, town: Town
) -> None:
    staff, expert = http("zy.kjj"), opened(http("zy.kjj"))
    code = invited(staff, expert)
    activate(town.runtime, ActivateByInvitation, code, PASSWORD, PASSWORD)
    signed_in = http(expert, password=PASSWORD)
    assert (
        staff.post(f"/accounts/{expert}/deactivate", {"reason": " "}, 422)["code"] == "bad_request"
    )
    staff.post(f"/accounts/{expert}/deactivate", {"reason": "不再担任评审专家"}, 204)
    signed_in.get("/me", 401)
    http().post("/tokens", {"login": expert, "password": PASSWORD}, 401)
    assert (
        staff.post(f"/accounts/{expert}/deactivate", {"reason": "再次"}, 409)["code"]
        == "not_offered"
    )
    assert staff.post(f"/accounts/{expert}/invitation", status=409)["code"] == "not_offered"
    staff.post(f"/accounts/{expert}/reactivate", {"reason": "恢复"}, 204)
    assert http(expert, password=PASSWORD).get("/me")["login"] == expert
    admin = http("zy.admin")
    assert (
        admin.post("/accounts/zy.admin/deactivate", {"reason": "x"}, 409)["code"] == "not_offered"
    )


def test_a_stopped_account_cannot_be_activated(http: Http, town: Town) -> None:
    staff, expert = http("zy.kjj"), opened(http("zy.kjj"))
    code = invited(staff, expert)
    staff.post(f"/accounts/{expert}/deactivate", {"reason": "有误"}, 204)
    staff.post(f"/accounts/{expert}/reactivate", {"reason": "恢复"}, 204)
    assert (
        Visitor(town).send("/activate", code=code, password=PASSWORD, again=PASSWORD).status_code
        == 422
    )


@pytest.fixture
def chosen(town: Town) -> str:
    """The query code of a bid whose sender has been given an account."""
    case = town.applied()
    with town.runtime.transaction() as work:
        work.locked_case(case).jurisdiction = "zy"
        sent = SubmissionRow(
            jurisdiction="zy",
            case_id=case,
            kind="bid",
            name="郭敏",
            code_digest=digest("K7QM2-XHD9R-TV3C5"),
            address_digest="0" * 64,
            at=town.now,
            state="已选中",
            state_at=town.now,
        )
        work.session.add(sent)
        work.session.flush()
        number = sent.id
    act(town, case, "open_account", role="bidder", name="郭敏", sponsor="linze", submission=number)
    return "K7QM2-XHD9R-TV3C5"


def test_a_bidder_sets_a_password_where_the_query_code_is_shown(town: Town, chosen: str) -> None:
    page = Visitor(town)
    shown = page.send("/public/query", code=chosen).get_data(as_text=True)
    assert "zy.b0001" in shown
    assert 'name="again"' in shown
    moved = page.send("/public/activate", code=chosen, password=PASSWORD, again=PASSWORD)
    assert moved.status_code == 303
    later = Visitor(town).send("/public/query", code=chosen).get_data(as_text=True)
    assert 'name="again"' not in later
    assert (
        Visitor(town)
        .send("/public/activate", code=chosen, password="x" * 8, again="x" * 8)
        .status_code
        == 422
    )


def test_a_query_code_without_an_account_activates_nothing(town: Town, chosen: str) -> None:
    with town.runtime.transaction() as work:
        sent = work.session.scalars(select(SubmissionRow)).one()
        sent.person_id = None
    page = Visitor(town)
    assert 'name="again"' not in page.send("/public/query", code=chosen).get_data(as_text=True)
    assert (
        page.send("/public/activate", code=chosen, password=PASSWORD, again=PASSWORD).status_code
        == 422
    )


def test_a_query_code_does_not_wake_a_stopped_account(http: Http, town: Town, chosen: str) -> None:
    http("zy.linze").post("/accounts/zy.b0001/deactivate", {"reason": "放弃揭榜"}, 204)
    page = Visitor(town)
    assert (
        page.send("/public/activate", code=chosen, password=PASSWORD, again=PASSWORD).status_code
        == 422
    )
    assert 'name="again"' not in page.send("/public/query", code=chosen).get_data(as_text=True)


def test_the_page_opens_invites_and_stops(town: Town) -> None:
    page = Page(town, "zy.kjj")
    assert 'href="/accounts"' in page.get("/inbox")
    moved = page.post("/accounts", **EXPERT)
    assert (moved.status_code, moved.location) == (
        303,
        "/accounts?q=zy.e0001&notice=account_opened",
    )
    token = page.get("/accounts").partition('name="csrf_token" value="')[2].partition('"')[0]
    shown = page.http.post("/accounts/zy.e0001/invitation", data={"csrf_token": token}).get_data(
        as_text=True
    )
    assert "/activate" in shown
    gone = page.http.post(
        "/accounts/zy.e0001/deactivate", data={"csrf_token": token, "reason": "有误"}
    )
    assert gone.status_code == 303
    assert 'action="/accounts/zy.e0001/reactivate"' in page.get("/accounts")
    assert 'href="/accounts"' not in Page(town, "zy.czj").get("/inbox")
