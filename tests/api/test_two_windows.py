"""One person with the same item in two windows, and a colleague in between."""

from typing import Any

import pytest

from service.commands.terms.reminding import RemindItem
from tests.api.conftest import Client, Http
from tests.samples import ANSWERS
from tests.town import Town

OWN = "您已在另一个页面更新过"


@pytest.fixture
def review(town: Town) -> int:
    case = town.applied()
    town.complete("cf.danwei", case, "unit_review")
    town.complete("cf.hongshan", case, "department_review")
    return town.item(case, "initial_review").id


def draft(client: Client, item: int, version: int, status: int = 200, **answers: Any) -> Any:
    body = {"answers": answers, "version": version}
    return client.post(f"/items/{item}/draft", body, status)


def test_drafts_of_two_windows_are_put_together(http: Http, town: Town, review: int) -> None:
    client, seen = http("cf.kjj"), town.row_of_item(review).version
    first = draft(client, review, seen, initial_conclusion="agree", initial_opinion="")
    assert first["merged"] is False
    second = draft(client, review, seen, initial_conclusion=None, initial_opinion="材料齐全")
    assert second["merged"] is True
    kept = {"initial_conclusion": "agree", "initial_opinion": "材料齐全"}
    assert town.row_of_item(review).draft == kept
    third = draft(client, review, second["version"], initial_opinion="")
    assert (third["merged"], town.row_of_item(review).draft) == (False, {"initial_opinion": ""})


def test_of_the_same_field_the_later_window_counts(http: Http, town: Town, review: int) -> None:
    client, seen = http("cf.kjj"), town.row_of_item(review).version
    draft(client, review, seen, initial_opinion="先写的")
    draft(client, review, seen, initial_opinion="后写的")
    assert town.row_of_item(review).draft == {"initial_opinion": "后写的"}


def test_finishing_in_a_window_that_is_behind_says_that_it_was_oneself(
    http: Http, town: Town, review: int
) -> None:
    client, seen = http("cf.kjj"), town.row_of_item(review).version
    draft(client, review, seen, initial_opinion="在另一个窗口写的")
    body = {"answers": ANSWERS["initial_review"], "version": seen}
    refused = client.post(f"/items/{review}/complete", body, 409)
    assert refused["code"] == "changed"
    assert OWN in refused["detail"]
    assert town.row_of_item(review).draft == {"initial_opinion": "在另一个窗口写的"}


def test_what_a_colleague_did_is_a_colleagues(http: Http, town: Town, review: int) -> None:
    seen = town.row_of_item(review).version
    town.claim("cf.kjj.head", review)
    town.release("cf.kjj.head", review)
    for verb in ("draft", "complete"):
        body = {"answers": ANSWERS["initial_review"], "version": seen}
        refused = http("cf.kjj").post(f"/items/{review}/{verb}", body, 409)
        assert refused["code"] == "changed"
        assert OWN not in refused["detail"]


def test_what_the_clock_did_is_nobodys(http: Http, town: Town, review: int) -> None:
    seen = town.row_of_item(review)
    town.forward(workdays=3)
    town.runtime.perform(RemindItem(item_id=review))
    assert town.row_of_item(review).version > seen.version
    body = {"answers": ANSWERS["initial_review"], "version": seen.version}
    http("cf.kjj").post(f"/items/{review}/complete", body)


def test_a_version_that_never_was_is_refused(http: Http, town: Town, review: int) -> None:
    body = {"answers": ANSWERS["initial_review"], "version": 77}
    assert http("cf.kjj").post(f"/items/{review}/complete", body, 409)["code"] == "changed"
