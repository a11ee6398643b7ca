"""The lines of the first sign-in: shown until they are closed, and whom they say one can ask."""

from datetime import UTC

import pytest

from service.commands.people.accounts import DeactivateAccount
from service.queries.people.welcome import WelcomeLine, welcome
from tests.api.conftest import Http
from tests.town import Town


def told(town: Town, login: str) -> WelcomeLine:
    with town.runtime.query() as session:
        return welcome(session, town.actor(login))


def test_closing_is_remembered_once_and_for_one_person(http: Http, town: Town) -> None:
    kjj = http("cf.kjj")
    assert kjj.get("/me")["welcomed_at"] is None
    kjj.post("/me/welcome/close", status=204)
    first = town.now.astimezone(UTC).isoformat()
    assert kjj.get("/me")["welcomed_at"] == first
    town.forward(days=1)
    kjj.post("/me/welcome/close", status=204)
    assert kjj.get("/me")["welcomed_at"] == first
    assert http("cf.kjj.head").get("/me")["welcomed_at"] is None


def test_nobody_closes_it_without_signing_in(http: Http) -> None:
    assert http().post("/me/welcome/close", status=401)["code"] == "not_signed_in"


@pytest.mark.parametrize(
    ("login", "colleagues", "admins"),
    [
        ("cf.kjj", ("周立国",), ("邓小帆",)),  # the head of the bureau
        ("cf.kjj.head", ("乌兰图雅",), ("邓小帆",)),  # no other head: the staff
        ("cf.gangbu", ("郭丽华",), ("邓小帆",)),
        ("cf.hongshan", (), ("邓小帆",)),
        ("zy.expert1", (), ("彭宇",)),  # other experts are nobody to ask
    ],
)
def test_whom_to_ask_comes_from_the_directory(
    town: Town, login: str, colleagues: tuple[str, ...], admins: tuple[str, ...]
) -> None:
    found = told(town, login)
    assert (found.colleagues, found.admins) == (colleagues, admins)


def test_the_administrator_is_not_told_to_ask_himself_and_who_is_gone_is_not_named(
    town: Town,
) -> None:
    found = told(town, "cf.admin")
    assert (found.admins, found.owners) == ((), ("沈文博",))
    town.runtime.perform(
        DeactivateAccount(actor=town.actor("cf.admin"), login="cf.kjj.head", reason="调离")
    )
    assert told(town, "cf.kjj").colleagues == ()


def test_several_roles_are_told_of_in_the_order_of_the_vocabulary(town: Town) -> None:
    assert told(town, "cf.kjj.head").acts_as == ("staff", "head")
