"""A file is read only for somebody who may do with it what they ask: reading may cost much."""

from io import BytesIO

import pytest

from service.http import sheets
from tests.api.conftest import Http

BROKEN = b"years: &a [*a"
WHO_MAY_NOT = [
    pytest.param("/calendar", "cf.kjj", 403, id="a calendar, by staff"),
    pytest.param("/calendar", "cf.gangbu", 403, id="a calendar, by an applicant"),
    pytest.param("/demands/import", "zy.ducha", 403, id="demands, by 督查"),
    pytest.param("/demands/import", "cf.kjj", 404, id="demands, where there is no registry"),
    pytest.param("/processes/cf_project/imports", "cf.gangbu", 403, id="projects, by an applicant"),
    pytest.param("/deployments", "cf.kjj", 403, id="diagrams, by staff"),
]


@pytest.mark.parametrize(("address", "login", "status"), WHO_MAY_NOT)
def test_nobody_else_learns_what_is_wrong_with_a_file(
    http: Http, monkeypatch: pytest.MonkeyPatch, address: str, login: str, status: int
) -> None:
    monkeypatch.setattr(sheets, "sent_file", lambda _: pytest.fail("the file was read"))
    sent = {"file": (BytesIO(BROKEN), "holidays.yaml")}
    answer = http(login).post(address, status=status, data=sent, content_type="multipart/form-data")
    assert "第" not in answer["detail"], "no line of the file is spoken of"
