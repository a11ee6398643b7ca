"""A page of another site cannot make a visitor's browser do anything here."""

import pytest

from service.store.outside import SubmissionRow
from tests.api.conftest import Http
from tests.api.test_item_page import signed_in, token
from tests.api.test_public import BIDS, count, multipart
from tests.outside import BID, posted
from tests.town import Town

ELSEWHERE = {"Sec-Fetch-Site": "cross-site"}


def test_nothing_is_sent_from_another_site_by_somebody_who_is_not_signed_in(
    town: Town, http: Http
) -> None:
    posted(town)
    body = multipart(BID)
    refused = http().http.post(f"/api/v1{BIDS}", headers=ELSEWHERE, **body)
    assert (refused.status_code, refused.get_json(force=True)["detail"]) == (
        403,
        "请求来自其他网站，已拒绝",
    )
    assert count(town, SubmissionRow) == 0
    http().post(BIDS, status=201, **body)


def test_nobody_is_signed_in_from_another_site(town: Town) -> None:
    browser = town.app.test_client()
    sent = {
        "login": "cf.kjj",
        "password": "jiebang",
        "csrf_token": token(browser.get("/login").text),
    }
    assert browser.post("/login", data=sent, headers=ELSEWHERE).status_code == 403
    assert browser.get("/inbox").status_code == 302
    assert browser.post("/login", data=sent).status_code == 303


def test_the_token_of_a_page_does_not_help_another_site(town: Town) -> None:
    browser = signed_in(town, "cf.kjj")
    sent = {"csrf_token": token(browser.get("/inbox").text)}
    assert browser.post("/logout", data=sent, headers=ELSEWHERE).status_code == 403
    assert browser.get("/inbox").status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "none", None])
def test_without_the_token_of_a_page_a_cookie_allows_nothing(town: Town, site: str | None) -> None:
    browser = signed_in(town, "cf.kjj")
    headers = {"Sec-Fetch-Site": site} if site else {}
    assert browser.post("/logout", headers=headers).status_code == 403
    assert browser.get("/inbox").status_code == 200


def test_a_program_with_its_own_key_is_asked_for_no_token(town: Town, http: Http) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    http("cf.danwei").post(f"/items/{item}/claim")
