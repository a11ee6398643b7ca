"""Values that a database cannot keep or find: refused with a sentence, on both databases alike."""

from typing import Any

import pytest

from tests.api.conftest import Http
from tests.samples import ANSWERS
from tests.town import Town

HUGE, LARGER = 99_999_999_999, 10**30
ZERO, HALF = "前\0后", "前\ud800后"


@pytest.mark.parametrize(
    "path",
    [
        f"/items/{HUGE}",
        f"/items/{LARGER}",
        f"/cases/{HUGE}",
        f"/cases/{LARGER}",
        f"/cases/{HUGE}/journal",
    ],
)
def test_an_id_that_no_row_can_have_is_not_found(http: Http, path: str) -> None:
    http("cf.kjj").get(path, 404)


@pytest.mark.parametrize(
    "path",
    [
        "/items?q=%00",
        "/items?process=%00",
        "/cases?q=%00",
        "/cases?status=a%00",
        f"/cases?cursor={LARGER}",
    ],
)
def test_a_query_that_no_database_understands_is_refused(http: Http, path: str) -> None:
    assert http("cf.kjj").get(path, 422)["code"] == "bad_request"


@pytest.mark.parametrize(
    "body",
    [
        {"login": ZERO, "password": "x"},
        {"login": HALF, "password": "x"},
        {"login": "cf.kjj", "password": "jiebang", "name": ZERO},
    ],
)
def test_a_sign_in_with_half_characters_is_refused(http: Http, body: dict[str, Any]) -> None:
    assert http().post("/tokens", body, 422)["code"] == "bad_request"


@pytest.mark.parametrize("text", [ZERO, HALF, "后\udc00", "\udbff"])
def test_answers_that_cannot_be_kept_are_refused_and_nothing_is_done(
    http: Http, town: Town, text: str
) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    answers = {**ANSWERS["unit_review"], "unit_opinion": text}
    assert (
        http("cf.danwei").post(f"/items/{item}/complete", {"answers": answers}, 422)["code"]
        == "bad_request"
    )
    assert town.open(case) == ["unit_review"]


@pytest.mark.parametrize("text", ["𠀀与😀", "反斜杠 \\u0000 \\ud800", "C:\\udisk\\d800"])
def test_rare_characters_and_backslashes_come_back_as_they_went(
    http: Http, town: Town, text: str
) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    danwei = http("cf.danwei")
    danwei.post(
        f"/items/{item}/complete", {"answers": {**ANSWERS["unit_review"], "unit_opinion": text}}
    )
    answers = danwei.get(f"/cases/{case}")["answers"]
    assert text in [answer["answers"].get("unit_opinion") for answer in answers]


def test_a_search_does_not_care_for_capitals(http: Http, town: Town) -> None:
    town.applied("基于AI的草原监测_100%")
    for found in ("ai的", "AI的", "_100%"):
        assert [
            line["title"]
            for line in http("cf.gangbu").get(f"/cases?q={found.replace('%', '%25')}")["cases"]
        ]
    assert http("cf.gangbu").get("/cases?q=A_的")["cases"] == []


def test_a_business_key_that_is_too_long_is_refused(http: Http) -> None:
    body = {"title": "x", "business_key": "k" * 121}
    assert http("cf.gangbu").post("/processes/cf_project/cases", body, 422)["code"] == "bad_request"
