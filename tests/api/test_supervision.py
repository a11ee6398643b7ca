"""The supervision board over REST: figures, lists, workbooks, urging; and that 督查 changes nothing
else.
"""

import re
from datetime import date
from io import BytesIO

from openpyxl import load_workbook
from werkzeug.routing import Rule

from service.clock import tick
from service.web.items.items import ACTS
from tests.api.conftest import Client, Http
from tests.town import Town

THEIRS = {
    "/api/v1/tokens",
    "/api/v1/items/<int:item_id>/urge",
    "/api/v1/supervision/urge",
    "/api/v1/supervision/orders",
    "/api/v1/supervision/circulars",
    "/login",
    "/logout",
    "/items/<int:item_id>/<verb>",
    "/supervision/urge",
    "/supervision/orders/new",
    "/supervision/circulars/new",
}
"""What 督查 may send: urging, orders, circulars, signing in and out. A page's verbs are those of
the interface.
"""
OWN = ("/me", "/notices", "/settings", "/welcome")
"""One's own settings and notices."""
DOORS_WITHOUT_SIGN_IN = ("/public", "/activate", "/api/v1/public")
REFUSED = {400, 403, 404, 405, 409, 413, 415, 422, 503}


def late(town: Town) -> int:
    """An application whose unit is late since 10 March; gives the item."""
    item = town.item(town.applied("逾期的项目"), "unit_review").id
    town.at(date(2026, 3, 16))
    return item


def test_the_board_says_what_is_late_and_for_how_long(http: Http, town: Town) -> None:
    late(town)
    board = http("cf.ducha").get("/supervision/board")
    assert (board["total"]["open"], board["total"]["red"], board["ages"]) == (1, 1, [0, 1, 0, 0])
    assert [(one["red"], one["key"]) for one in board["steps"]] == [(1, "cf_project/unit_review")]
    assert [one["key"] for one in board["processes"]] == ["cf_project"]
    assert board["behind"] == 0
    assert board["trend"][-1] == {"day": "2026-03-15", "open": 1, "yellow": 0, "red": 1}


def test_what_was_finished_late_lowers_the_rate_of_its_unit(http: Http, town: Town) -> None:
    case = town.applied()
    town.at(date(2026, 3, 16))
    town.complete("cf.danwei", case, "unit_review")
    tick(town.runtime)
    (unit,) = [
        one
        for one in http("cf.ducha").get("/supervision/units?period=month")["units"]
        if one["done"] and one["key"] != "persons"
    ]
    assert (unit["on_time"], unit["days"], unit["open"]) == (0.0, 10.0, 0)
    assert [one for one in http("cf.ducha").get("/supervision/units?period=quarter")["units"]] != []


def test_a_list_goes_on_from_its_cursor_the_earliest_due_first(http: Http, town: Town) -> None:
    first = late(town)
    second = town.item(town.applied("后来的项目"), "unit_review").id
    town.at(date(2026, 4, 1))
    supervisor = http("cf.ducha")
    page = supervisor.get("/supervision/items?limit=1")
    rest = supervisor.get(f"/supervision/items?limit=1&cursor={page['next']}")
    assert ([one["id"] for one in page["items"]], [one["id"] for one in rest["items"]]) == (
        [first],
        [second],
    )
    assert supervisor.get("/supervision/items?light=green")["items"] == []
    assert (
        len(
            supervisor.get("/supervision/items?process=cf_project&element=unit_review&part=lead")[
                "items"
            ]
        )
        == 2
    )
    assert supervisor.get("/supervision/items?unit=nowhere", 422)["code"] == "bad_request"
    assert supervisor.get("/supervision/items?light=blue", 422)["code"] == "bad_request"
    assert supervisor.get("/supervision/units?period=week", 422)["code"] == "bad_request"


def test_the_board_is_for_those_who_see_all(http: Http, town: Town) -> None:
    late(town)
    for path in ("board", "units", "items"):
        assert http("cf.kjj").get(f"/supervision/{path}", 403)["code"] == "not_allowed"
        assert http("cf.owner").get(f"/supervision/{path}")
    assert http("zy.ducha").get("/supervision/board")["total"]["open"] == 0, "another town's board"


def test_the_workbook_has_units_steps_and_what_is_late(http: Http, town: Town) -> None:
    late(town)
    supervisor = http("cf.ducha")
    reply = supervisor.http.get("/api/v1/supervision/board?format=xlsx", headers=supervisor.headers)
    book = load_workbook(BytesIO(reply.data))
    assert len(book.sheetnames) == 3
    assert "逾期的项目" in [cell.value for row in book[book.sheetnames[2]] for cell in row]


def test_an_urging_stands_with_the_item_and_is_not_repeated_that_day(
    http: Http, town: Town
) -> None:
    item, supervisor = late(town), http("cf.ducha")
    supervisor.post(f"/items/{item}/urge", {"message": "请今日办结"})
    refusal = supervisor.post(f"/items/{item}/urge", {"message": "请今日办结"}, 409)
    assert refusal["code"] == "not_offered"
    assert "2026年3月17日" in refusal["detail"]
    assert supervisor.get("/supervision/items")["urged"][str(item)]["text"] == "请今日办结"
    town.forward(days=1)
    supervisor.post(f"/items/{item}/urge", {"message": "请今日办结"})
    assert supervisor.post(f"/items/{item}/urge", {"message": " "}, 422)["code"] == "bad_request"
    assert (
        http("cf.hongshan").post(f"/items/{item}/urge", {"message": "快"}, 404)["code"]
        == "not_found"
    )


def test_all_that_is_late_is_urged_by_the_clock_but_nothing_twice(http: Http, town: Town) -> None:
    first, supervisor = late(town), http("cf.ducha")
    second = town.item(town.applied("后来的项目"), "unit_review").id
    town.at(date(2026, 4, 1))
    supervisor.post(f"/items/{first}/urge", {"message": "请先办理"})
    assert supervisor.post("/supervision/urge", {"message": "已逾期，请办理"}, 202)["job_id"]
    tick(town.runtime)
    urged = supervisor.get("/supervision/items")["urged"]
    assert {int(item): one["text"] for item, one in urged.items()} == {
        first: "请先办理",
        second: "已逾期，请办理",
    }
    assert http("cf.kjj").post("/supervision/urge", {"message": "快"}, 403)["code"] == "not_allowed"


def changes(town: Town) -> list[tuple[str, str]]:
    """Every address of the program that takes a change, and how."""

    def rules(rule: Rule) -> list[tuple[str, str]]:
        return [
            (rule.rule, method)
            for method in sorted((rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"})
        ]

    return [found for rule in town.app.url_map.iter_rules() for found in rules(rule)]


def test_supervisors_can_change_nothing_but_urge_order_and_report(http: Http, town: Town) -> None:
    case = town.start("zy_pilot", "zy.kjj")
    item = town.items(case)[0].id
    supervisor, walked = http("zy.ducha"), []
    filled = {"case_id": case, "item_id": item, "parent_id": case}
    for rule, method in changes(town):
        if (
            rule in THEIRS
            or any(part in rule for part in OWN)
            or rule.startswith(DOORS_WITHOUT_SIGN_IN)
        ):
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", lambda part: str(filled.get(part[1], 1)), rule)
        walked.append((method, rule, sent(supervisor, method, path)))
    walked += [
        ("POST", verb, sent(supervisor, "POST", f"/items/{item}/{verb}"))
        for verb in ACTS
        if verb != "urge"
    ]
    assert len(walked) > 30
    assert [one for one in walked if one[2] not in REFUSED] == []
    assert town.row(case).status == "running"
    assert town.item(case, town.items(case)[0].element).version == 1


def sent(client: Client, method: str, path: str) -> int:
    """What becomes of a change with something in every field that is commonly asked for."""
    body = {
        "reason": "试试",
        "title": "试试",
        "text": "试试",
        "answers": {},
        "name": "试试",
        "to_element": "x",
        "payload": {},
        "login": "zy.kjj",
        "message": "试试",
        "key": "x",
    }
    return client.http.open(path, method=method, json=body, headers=client.headers).status_code
