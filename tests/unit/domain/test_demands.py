"""The demand registry's rules: which names may mean the same, who may do what, amounts in fen."""

from decimal import Decimal

import pytest

from service.domain.people.actor import Actor
from service.domain.people.units import Directory, Unit
from service.domain.registry import (
    Names,
    Registry,
    columns_of,
    demand_offers,
    fen,
    may_enter,
    reads,
    record_of,
    registry_of,
    same_name,
)
from service.errors import BadRequest

REGISTRY = Registry(owner="bureau", form="demand")
UNITS = Directory(
    groups={},
    relatives={},
    persons={},
    units={
        code: Unit(id=number, code=code, name=code, kind=kind)
        for number, (code, kind) in enumerate(
            (("bureau", "bureau"), ("linze", "county"), ("company", "workplace"))
        )
    },
)


def somebody(unit: str, *roles: str) -> Actor:
    known = UNITS.units.get(unit)
    return Actor(
        person_id=1,
        login="a",
        name="a",
        jurisdiction="zy",
        unit_id=known.id if known else None,
        unit_name=unit,
        unit_code=unit,
        roles=frozenset(roles or ("staff",)),
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [("水肥 一体化。", "水肥一体化"), ("ＡＩ育种", "ai育种"), ("“卡脖子”技术", "卡脖子技术")],
)
def test_names_that_differ_in_writing_only_are_one(one: str, other: str) -> None:
    assert same_name(one) == same_name(other)


def test_equal_names_come_first_and_of_the_same_demander_before_others() -> None:
    names = Names()
    for mark, name, demander in (
        (1, "水肥一体化技术", "甲"),
        (2, "水肥一体化技术", "乙"),
        (3, "水肥一体化技术的", "乙"),
        (4, "水稻育种", "乙"),
    ):
        names.add(mark, name, demander)
    assert names.like("水肥一体化 技术", "乙") == [2, 1, 3]
    assert names.like("玉米去雄", "乙") == []
    assert Names().like("", "") == []


def test_near_equal_begins_at_the_stated_ratio() -> None:
    names = Names()
    names.add("far", "制种玉米机械化收获", "甲")
    names.add("near", "制种玉米去雄机械化收获", "甲")
    assert names.like("制种玉米去雄机械化收割", "甲") == ["near"]


def test_ten_thousand_names_alike_are_compared_with_few() -> None:
    names = Names()
    for number in range(10_000):
        names.add(number, f"关键技术攻关{number}", "甲")
    assert len(names.like("关键技术攻关9999号", "甲")) <= 8


def test_amounts_are_kept_to_the_cent() -> None:
    assert [
        fen(value) for value in (None, "", 0, Decimal("0.005"), 1000000.5, "12345678901.23")
    ] == [0, 0, 0, 1, 100000050, 1234567890123]
    for value in (10**15, "1e30", Decimal("-1e90")):
        with pytest.raises(BadRequest):
            fen(value)


def test_a_record_is_its_own_keys_and_columns_never_overflow() -> None:
    facts = record_of({"demand_name": "名" * 300, "note": 1, "demander": "zy.qiye"})
    assert ("note" in facts, facts["demander"], facts["months"]) == (False, "zy.qiye", None)
    assert len(columns_of(facts)["name"]) == 200


def test_a_jurisdiction_without_the_rule_has_no_registry() -> None:
    assert registry_of({}) is None
    assert registry_of({"registry": {"owner": "bureau", "form": "demand"}}) == REGISTRY


@pytest.mark.parametrize(
    ("actor", "may_look", "may_add"),
    [
        (somebody("bureau"), True, True),
        (somebody("linze"), True, True),
        (somebody("company"), False, False),
        (somebody("linze", "envoy"), False, False),
        (somebody("", "supervisor"), True, False),
    ],
)
def test_who_looks_and_who_adds(actor: Actor, may_look: bool, may_add: bool) -> None:
    assert (reads(actor, UNITS), may_enter(actor, REGISTRY, UNITS)) == (may_look, may_add)


@pytest.mark.parametrize(
    ("state", "verbs"),
    [
        ("listed", {"change", "withdraw", "merge"}),
        ("selected", {"change"}),
        ("posted", set()),
        ("merged", set()),
        ("withdrawn", set()),
    ],
)
def test_what_the_keeper_may_do_hangs_on_the_state(state: str, verbs: set[str]) -> None:
    offers = demand_offers(somebody("bureau"), REGISTRY, state=state, county="linze")
    assert {verb for verb, offer in offers.items() if offer.allowed} == verbs
    assert all(offer.why for offer in offers.values() if not offer.allowed)
    assert set(demand_offers(somebody("linze"), REGISTRY, state=state, county="linze")) == {
        "change"
    }
    assert demand_offers(somebody("linze"), REGISTRY, state=state, county="gaotai") == {}
