"""One verb on many items: each on its own, and how each went is told."""

from typing import Any

import pytest
from sqlalchemy import func, select

from service.store.cases.rows import JournalRow
from tests.api.conftest import Client, Http
from tests.town import Town

FILED = {"filing_decision": "filed", "filing_opinion": "同意备案"}


@pytest.fixture
def meeting(town: Town) -> list[int]:
    """The items of a meeting over three applications."""
    for name in "甲乙丙":
        town.reviewed(f"项目{name}")
    around = town.round()
    return [item.id for item in town.items(around, "decide")]


def sent(client: Client, ids: list[Any], **more: Any) -> list[dict[str, Any]]:
    body = {"ids": ids, "verb": "complete", "answers": FILED, **more}
    return client.post("/items/batch", body)["items"]


def test_one_opinion_finishes_all_items_and_each_case_gets_its_decision(
    town: Town, http: Http, meeting: list[int]
) -> None:
    found = sent(http("cf.lxh"), meeting)
    assert [(one["id"], one["done"], one["problem"]) for one in found] == [
        (item, True, None) for item in meeting
    ]
    assert {one["item"]["state"] for one in found} == {"done"}
    with town.runtime.query() as session:
        told = select(func.count()).select_from(JournalRow).where(JournalRow.verb == "complete")
        assert session.scalar(told.where(JournalRow.item_id.in_(meeting))) == 3
    filed = [case for case in (1, 2, 3) if town.row(case).number]
    assert [town.open(case) for case in filed] == [["tracking"]] * 3


def test_a_row_that_is_refused_is_told_and_the_others_are_done(
    town: Town, http: Http, meeting: list[int]
) -> None:
    first, second, third = meeting
    town.complete("cf.lxh", town.row_of_item(first).case_id, "decide", place="decisions/0")
    found = sent(http("cf.lxh"), [first, second, 999_999, third], versions={str(third): 77})
    assert [(one["done"], (one["problem"] or {}).get("code")) for one in found] == [
        (False, "not_open"),
        (True, None),
        (False, "not_found"),
        (False, "changed"),
    ]
    assert "项目甲" in found[0]["problem"]["detail"]
    assert town.row_of_item(third).state == "open"


def test_answers_that_do_not_fit_finish_nothing(town: Town, http: Http, meeting: list[int]) -> None:
    found = sent(http("cf.lxh"), meeting, answers={"filing_decision": "filed"})
    assert {one["problem"]["code"] for one in found} == {"bad_answers"}
    assert "filing_opinion" in found[0]["problem"]["facts"]["errors"]
    assert {town.row_of_item(item).state for item in meeting} == {"open"}


def test_sent_again_with_the_same_key_nothing_is_done_twice(
    town: Town, http: Http, meeting: list[int]
) -> None:
    client = http("cf.lxh")
    client.headers["Idempotency-Key"] = "meeting-1"
    first = sent(client, meeting[:2])
    again = sent(client, meeting)
    assert [one["done"] for one in again] == [True, True, True]
    assert again[:2] == first
    other = sent(client, meeting, answers={**FILED, "filing_opinion": "改变意见"})
    assert {one["problem"]["code"] for one in other} == {"key_reused"}


def test_an_item_that_is_named_twice_is_done_once(http: Http, meeting: list[int]) -> None:
    assert [one["done"] for one in sent(http("cf.lxh"), [meeting[0], meeting[0]])] == [True]


def test_what_is_others_work_is_refused_item_by_item(
    town: Town, http: Http, meeting: list[int]
) -> None:
    found = sent(http("cf.kjj"), meeting[:1])
    assert found[0]["problem"]["code"] == "not_allowed"
    found = sent(http("cf.songshan"), meeting[:1])
    assert found[0]["problem"]["code"] == "not_found"
    assert sent(http("zy.kjj"), meeting[:1])[0]["problem"]["code"] == "not_found"
    assert town.row_of_item(meeting[0]).state == "open"


@pytest.mark.parametrize(
    "body",
    [
        {"ids": [], "verb": "claim"},
        {"ids": list(range(1, 102)), "verb": "claim"},
        {"ids": ["1"], "verb": "claim"},
        {"ids": [2**31], "verb": "claim"},
        {"ids": [-1], "verb": "claim"},
        {"ids": [1], "verb": "terminate"},
        {"ids": [1]},
        {"verb": "claim"},
        {"ids": [1], "verb": "complete", "answers": "全部同意"},
    ],
)
def test_a_batch_that_cannot_be_read_is_refused_as_a_whole(
    http: Http, town: Town, body: dict[str, Any]
) -> None:
    problem = http("cf.lxh").post("/items/batch", body, status=422)
    assert not {"[", "{"} & set(problem["detail"])


def test_claiming_and_releasing_go_many_at_once_too(
    town: Town, http: Http, meeting: list[int]
) -> None:
    client = http("cf.lxh")
    for verb, holder in (("claim", "cf.lxh"), ("release", None)):
        found = client.post("/items/batch", {"ids": meeting, "verb": verb})["items"]
        assert [one["item"]["assignee"] for one in found] == [holder] * 3
