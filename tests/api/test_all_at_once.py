"""Whoever hands in a form is told everything that is wrong at once, and may ask before."""

from typing import Any

import pytest

from tests.api.conftest import Http
from tests.samples import ANSWERS
from tests.town import Town

APPLICATION = ANSWERS["apply"]
BACKWARDS = {**APPLICATION, "project_start": "2028-12-31", "project_end": "2026-03-01"}
NO_PHONE = {key: value for key, value in BACKWARDS.items() if key != "phone"}


@pytest.fixture
def apply(town: Town) -> int:
    return town.item(town.start("cf_project", "cf.gangbu"), "apply").id


def errors(refused: Any) -> set[str]:
    assert refused["code"] == "bad_answers"
    return set(refused["facts"]["errors"])


def test_fields_and_the_rule_across_them_are_said_together(http: Http, apply: int) -> None:
    body = {"answers": NO_PHONE}
    assert errors(http("cf.gangbu").post(f"/items/{apply}/complete", body, 422)) == {"phone", ""}


def test_a_rule_across_fields_that_cannot_be_computed_hides_no_missing_field(
    http: Http, apply: int
) -> None:
    body = {"answers": {}}
    found = errors(http("cf.gangbu").post(f"/items/{apply}/complete", body, 422))
    assert {"project_title", "project_start", "phone"} <= found


def test_units_that_still_owe_an_answer_are_named_with_the_missing_fields(
    http: Http, town: Town
) -> None:
    case = town.filed()
    matter = {"coordination_matters": "电力增容需协调"}
    town.tell("cf.gangbu", case, "feedback", **ANSWERS["ledger"], **matter)
    item = town.item(case, "coordinate").id
    api = http("cf.kjj")
    refused = api.post(f"/items/{item}/complete", {"answers": {}}, 422)
    assert {"coordination_outcome", ""} <= errors(refused)
    assert refused["facts"]["still_waiting"] is True
    answers = {"answers": ANSWERS["coordinate"]}
    waiting = api.post(f"/items/{item}/complete", answers, 409)
    assert waiting["code"] == "still_waiting"


def test_the_title_is_named_with_the_fields_of_the_first_form(http: Http) -> None:
    path, long = "/processes/cf_project/cases", "题" * 201
    refused = http("cf.gangbu").post(path, {"title": long, "answers": NO_PHONE}, 422)
    assert errors(refused) == {"title", "phone", ""}
    alone = http("cf.gangbu").post(path, {"title": long}, 422)
    assert alone["facts"]["field"] == "title"
    assert http("cf.gangbu").get("/cases")["cases"] == []


def test_asking_first_names_all_and_changes_nothing(http: Http, town: Town, apply: int) -> None:
    api = http("cf.gangbu")
    before = town.row_of_item(apply)
    found = api.post(f"/items/{apply}/complete?check_only=true", {"answers": NO_PHONE})
    assert set(found["errors"]) == {"phone", ""}
    fine = api.post(f"/items/{apply}/complete?check_only=1", {"answers": APPLICATION})
    assert fine == {"errors": {}}
    after = town.row_of_item(apply)
    assert (after.state, after.version) == (before.state, before.version)
    api.post(f"/items/{apply}/complete", {"answers": APPLICATION})


def test_asking_first_may_be_refused_like_the_request_itself(http: Http, apply: int) -> None:
    refused = http("cf.danwei").post(f"/items/{apply}/complete?check_only=true", {}, 404)
    assert refused["code"] == "not_found"
