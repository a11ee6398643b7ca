"""Channels, notices and the calendar by HTTP: whose they are to set, and what is never shown."""

from datetime import timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import select

from service.commands.cases.steering import ResumeCase, SuspendCase
from service.domain.vocabulary import TERMS
from service.store.cases.rows import JournalRow
from service.store.people.rows import CredentialRow
from tests.api.conftest import Client, Http
from tests.town import Town

ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=robot-key"


def feed(http: Http, url: str) -> Any:
    """What stands behind a calendar's address, asked for without any session."""
    return http().http.get("/feeds/" + url.rpartition("/feeds/")[2])


def remove(client: Client, path: str) -> int:
    return client.http.delete(f"/api/v1{path}", headers=client.headers).status_code


def test_a_person_sets_their_own_mail(http: Http) -> None:
    danwei = http("cf.danwei")
    channel = danwei.post("/me/channels", {"kind": "email", "address": "a@example.gov.cn"}, 201)[
        "id"
    ]
    again = danwei.post(
        "/me/channels", {"kind": "email", "address": "a@example.gov.cn", "mode": "daily"}, 201
    )["id"]
    assert again == channel, "the same address is the same channel"
    (line,) = danwei.get("/me/channels")["channels"]
    assert (line["id"], line["mode"], line["signed"], line["waiting"]) == (
        channel,
        "daily",
        False,
        0,
    )
    assert http("cf.kjj").get("/me/channels")["channels"] == []
    assert remove(http("cf.admin"), f"/me/channels/{channel}") == 404, "nobody else's"
    assert remove(danwei, f"/me/channels/{channel}") == 204
    assert danwei.get("/me/channels")["channels"] == []


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "wecom", "address": ROBOT},
        {"kind": "email", "address": "a"},
        {"kind": "email"},
        {"kind": "email", "address": "a@example.cn", "mode": "hourly"},
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(http: Http, body: dict[str, str]) -> None:
    assert http("cf.danwei").post("/me/channels", body, 422)["detail"]


def test_a_unit_is_set_by_its_heads_and_administrators(http: Http, town: Town) -> None:
    head, admin, staff = http("cf.kjj.head"), http("cf.admin"), http("cf.kjj")
    unit = town.actor("cf.kjj").unit_code
    channel = head.post(
        "/unit/channels", {"kind": "wecom", "address": ROBOT, "secret": "hook-secret"}, 201
    )["id"]
    assert "robot-key" not in str(head.get("/unit/channels"))
    (line,) = admin.get(f"/unit/channels?unit={unit}")["channels"]
    assert (line["id"], line["address"], line["signed"]) == (
        channel,
        "https://qyapi.weixin.qq.com/…",
        True,
    )
    staff.get("/unit/channels", 403)
    staff.post("/unit/channels", {"kind": "email", "address": "a@example.cn"}, 403)
    assert remove(staff, f"/unit/channels/{channel}") == 404
    assert remove(http("zy.admin"), f"/unit/channels/{channel}") == 404
    assert remove(admin, f"/unit/channels/{channel}") == 204


def test_there_are_few_channels_each(http: Http) -> None:
    danwei = http("cf.danwei")
    for number in range(5):
        danwei.post("/me/channels", {"kind": "email", "address": f"a{number}@example.cn"}, 201)
    danwei.post("/me/channels", {"kind": "email", "address": "a5@example.cn"}, 422)


def test_notices_are_read_and_seen(http: Http, town: Town) -> None:
    case = town.applied()
    town.forward(workdays=4)
    danwei = http("cf.danwei")
    answer = danwei.get("/notices")
    assert answer["unread"] == len(answer["notices"]) > 0
    first = answer["notices"][0]
    assert (first["kind"], first["case_id"]) == ("reminder", case)
    assert first["item_id"] == town.item(case, "unit_review").id
    danwei.post("/notices/seen", {"last": first["id"]}, 204)
    after = danwei.get("/notices")
    assert after["unread"] == 0
    assert not any(line["fresh"] for line in after["notices"])


def test_a_calendar_shows_open_deadlines_to_whoever_knows_its_address(
    http: Http, town: Town
) -> None:
    case = town.applied()
    item = town.item(case, "unit_review")
    danwei = http("cf.danwei")
    url = danwei.post("/me/calendar", status=201)["url"]
    answer = feed(http, url)
    assert answer.status_code == 200
    assert answer.mimetype == "text/calendar"
    assert "private" in answer.headers["Cache-Control"]
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["uid"].startswith(f"item-{item.id}@")
    assert TERMS["ours"][0] in event["description"]
    assert item.due_at is not None
    assert event.decoded("dtend") == (item.due_at + timedelta(hours=8)).date()
    with town.runtime.query() as session:
        kept = session.scalars(
            select(CredentialRow.digest).where(CredentialRow.kind == "calendar")
        ).all()
        lines = [str(line.facts) for line in session.scalars(select(JournalRow))]
    secret = url.rpartition("/")[2].removesuffix(".ics")
    assert secret not in str(kept) + str(lines)


def test_a_calendar_leaves_out_what_rests_what_is_done_and_what_colleagues_do(
    http: Http, town: Town
) -> None:
    case = town.applied()
    url = http("cf.danwei").post("/me/calendar", status=201)["url"]
    town.steer(SuspendCase, "cf.owner", case)
    assert Calendar.from_ical(feed(http, url).data).walk("VEVENT") == []
    town.steer(ResumeCase, "cf.owner", case)
    assert len(Calendar.from_ical(feed(http, url).data).walk("VEVENT")) == 1
    town.complete("cf.danwei", case, "unit_review")
    assert Calendar.from_ical(feed(http, url).data).walk("VEVENT") == []


def test_an_address_that_was_renewed_or_closed_is_unknown(http: Http, town: Town) -> None:
    danwei = http("cf.danwei")
    first = danwei.post("/me/calendar", status=201)["url"]
    second = danwei.post("/me/calendar", status=201)["url"]
    assert [feed(http, url).status_code for url in (first, second)] == [404, 200]
    assert remove(danwei, "/me/calendar") == 204
    assert feed(http, second).status_code == 404
    assert http().http.get("/feeds/guess.ics").status_code == 404


def test_a_calendar_is_no_way_in(http: Http) -> None:
    danwei = http("cf.danwei")
    secret = danwei.post("/me/calendar", status=201)["url"].rpartition("/")[2].removesuffix(".ics")
    danwei.headers = {"Authorization": f"Bearer {secret}"}
    danwei.get("/me", 401)
