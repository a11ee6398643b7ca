"""Parent and children by the interface and on the page."""

from dataclasses import replace

from service.queries.papers.case_file import case_file
from tests.api.conftest import Http
from tests.diagrams.families import EACH, begun, call, child, children, deploy, parent


def test_a_case_shows_its_children_by_status_and_they_show_their_parent(http: Http) -> None:
    town = http.town
    deploy(town, parent=parent(call(inside="", loop=EACH)), child=child())
    case = begun(town)
    first, second, third = (one.id for one in children(town, case))
    town.complete("cf.kjj", first, "work", grade="甲")
    owner = http("cf.owner")
    assert [
        (one["id"], one["status"], one["light"]) for one in owner.get(f"/cases/{case}")["children"]
    ] == [(first, "finished", None), (second, "running", "green"), (third, "running", "green")]
    assert [one["id"] for one in owner.get(f"/cases/{case}?status=running")["children"]] == [
        second,
        third,
    ]
    assert owner.get(f"/cases/{second}")["parent"] == {"id": case, "title": "春季计划"}
    assert owner.get(f"/cases/{case}")["parent"] is None


def test_the_file_of_a_case_names_only_children_that_its_reader_sees(http: Http) -> None:
    town = http.town
    deploy(town, parent=parent(call(inside="", loop=EACH)), child=child())
    case = begun(town)
    for role, count in (("staff", 3), ("applicant", 0)):
        actor = replace(town.actor("cf.kjj"), roles=frozenset({role}))
        with town.runtime.query() as session:
            assert len(case_file(session, town.runtime, actor, case).children) == count


def test_ending_a_case_with_running_children_is_refused_until_they_are_named(http: Http) -> None:
    town = http.town
    deploy(town, parent=parent(call(inside="", loop=EACH)), child=child())
    case = begun(town)
    owner = http("cf.owner")
    refusal = owner.post(f"/cases/{case}/terminate", {"reason": "上级要求"}, status=409)
    assert (refusal["code"], refusal["facts"]["count"]) == ("has_children", 3)
    page = owner.post(f"/cases/{case}/terminate", {"reason": "上级要求", "children": True})
    assert [one["status"] for one in page["children"]] == ["terminated"] * 3


def test_the_page_lists_children_and_asks_before_they_end(http: Http) -> None:
    town = http.town
    deploy(town, parent=parent(call(inside="", loop=EACH)), child=child())
    case = begun(town)
    one = children(town, case)[0].id
    browser = town.app.test_client()
    browser.post("/login", data={"login": "cf.owner", "password": "jiebang"})
    shown = browser.get(f"/cases/{case}").get_data(as_text=True)
    assert f'href="/cases/{one}"' in shown
    assert 'name="children"' in shown
    assert f'href="/cases/{case}"' in browser.get(f"/cases/{one}").get_data(as_text=True)
    assert (
        browser.get(f"/cases/{case}?status=finished")
        .get_data(as_text=True)
        .count('data-label="期限"')
        == 0
    )
