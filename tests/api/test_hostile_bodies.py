"""Bodies that are meant to do harm, sent to every address that takes one: each is answered with a
refusal, none with an error of the program.
"""

import io
import json
import re
from collections.abc import Iterator
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from tests.api.conftest import Http
from tests.town import Town

WRONG_TYPES = [
    {"units": [1]},
    {"answers": []},
    {"answers": {"a": {"b": [[]]}}, "title": {}},
    {"items": [None], "ids": {"a": 1}, "reason": 5, "workdays": 10**18, "to": ["2026"]},
    {"login": ["x"], "password": {}, "year": -(10**30), "name": True, "roles": "admin", "unit": []},
    [],
    "text",
    7,
    None,
]
BODIES = {
    "nested": b"[" * 200_000,
    "nested, closed": b"[" * 900 + b"]" * 900,
    "objects": b'{"answers":' * 500 + b"1" + b"}" * 500,
    "digits": b'{"limit": ' + b"9" * 5000 + b"}",
    "not a number": b'{"limit": NaN}',
    "not closed": b'{"a": ',
    "no text": b"\xff\xfe\x00",
    **{f"type {number}": json.dumps(body).encode() for number, body in enumerate(WRONG_TYPES)},
}
PEOPLE = ["", "cf.gangbu", "cf.kjj", "cf.admin", "cf.owner", "cf.ducha"]
TOO_LARGE = b'{"answers": {"a": "' + b"x" * 1_100_000 + b'"}}'


def addresses(town: Town) -> Iterator[tuple[str, str]]:
    """Method and path of everything that takes a body, with 1 and ``x`` where something varies."""
    for rule in town.app.url_map.iter_rules():
        path = rule.rule
        for varying, sample in ((r"<int.*?>", "1"), (r"<any\((\w+).*?>", r"\1"), (r"<.*?>", "x")):
            path = re.sub(varying, sample, path)
        for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}):
            yield method, path


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize("login", PEOPLE)
def test_no_body_at_any_address_is_an_error_of_the_program(
    http: Http, town: Town, login: str
) -> None:
    town.applied()
    client = http(login)
    failed = [
        (method, path, name, answer.status_code)
        for method, path in addresses(town)
        for name, body in BODIES.items()
        if (
            answer := client.http.open(
                path,
                method=method,
                headers=client.headers,
                data=body,
                content_type="application/json",
            )
        ).status_code
        >= 500
    ]
    assert failed == []


@pytest.mark.only_on("sqlite")
def test_a_json_body_over_a_megabyte_is_refused_unread_everywhere(http: Http, town: Town) -> None:
    client = http()
    answers = {
        client.http.open(
            path, method=method, data=TOO_LARGE, content_type="application/json"
        ).status_code
        for method, path in addresses(town)
    }
    assert answers == {413}


@pytest.mark.parametrize("path", ["/items/1/attachments", "/calendar"])
def test_a_file_under_another_name_is_refused_by_name(http: Http, town: Town, path: str) -> None:
    town.applied()
    answer = http("cf.admin").post(path, status=422, data={"document": (io.BytesIO(b"x"), "x.pdf")})
    assert answer["facts"]["field"] == "document"


@pytest.mark.parametrize("limit", ["0", "-1", "101", "many"])
@pytest.mark.parametrize("path", ["/items", "/cases", "/demands"])
def test_a_page_of_impossible_length_is_refused(http: Http, path: str, limit: str) -> None:
    answer = http("cf.kjj").get(f"{path}?limit={limit}", 422)
    assert answer["code"] == "bad_request"
    assert "limit" in answer["detail"]


def test_a_token_of_a_page_that_is_no_ascii_is_a_refusal(http: Http) -> None:
    browser = http().http
    browser.set_cookie("jiebang_session", "x")
    assert browser.post("/logout", headers={"X-CSRF-Token": "页面"}).status_code == 403
    assert browser.post("/logout", data={"csrf_token": "页面"}).status_code == 403


def workbook(part: str, xml: bytes) -> bytes:
    """A workbook whose sheet is this part."""
    target = "xl/" + part
    made = io.BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/></Types>',
        )
        archive.writestr(target, xml)
    return made.getvalue()


BOMB = (
    '<?xml version="1.0" encoding="{}"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    '<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
)


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    ("part", "encoding"),
    [
        ("worksheets/sheet1.xml", "UTF-8"),
        ("worksheets/sheet1.xml", "UTF-16"),
        ("worksheets/sheet1.bin", "UTF-16"),
        ("worksheets/sheet1.xml", "UTF-32"),
    ],
)
def test_a_declaration_in_a_workbook_is_found_in_any_encoding_and_under_any_name(
    http: Http, part: str, encoding: str
) -> None:
    content = workbook(part, BOMB.format(encoding).encode(encoding))
    answer = http("cf.admin").post(
        "/calendar", status=422, data={"file": (io.BytesIO(content), "2027.xlsx")}
    )
    assert answer["code"] == "bad_request"


@pytest.mark.only_on("sqlite")
@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n",
        "year: !!python/object/apply:os.getcwd []\n",
        "year: &year 2027\n",
    ],
)
def test_aliases_anchors_and_types_in_a_calendar_are_refused(http: Http, text: str) -> None:
    answer = http("cf.admin").post(
        "/calendar", status=422, data={"file": (io.BytesIO(text.encode()), "2027.yaml")}
    )
    assert "锚点" in answer["detail"]
