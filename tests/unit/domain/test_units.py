"""From the names a diagram uses to those who act."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.items import Step, plan
from service.domain.people.actor import Actor
from service.domain.people.units import Directory, PersonOf, Unit
from service.errors import Unresolved

UNITS = [
    Unit(id=1, code="bureau", name="市科技局", kind="bureau"),
    Unit(id=2, code="hongshan", name="红山区科技局", kind="county"),
    Unit(id=3, code="station", name="农技中心", kind="workplace", managed_by="hongshan"),
    Unit(id=4, code="orphan", name="无主单位", kind="workplace"),
]
DIRECTORY = Directory(
    units={unit.code: unit for unit in UNITS},
    groups={"成员单位": ("bureau", "hongshan", "hongshan", "gone")},
    relatives={
        "所在单位": {"from": "starter_unit"},
        "归口管理部门": {"from": "starter_unit", "then": "managed_by"},
    },
    persons={"揭榜人": PersonOf(variable="starter", role="applicant")},
)
NOON = datetime(2026, 3, 2, 4, tzinfo=UTC)


def planned(
    leads: list[str], co_units: list[str], values: dict[str, Any], **more: Any
) -> list[tuple[str, str]]:
    step = Step(
        element="review", name="审核", leads=leads, co_units=co_units, co_rule="all", **more
    )
    found = plan(step, DIRECTORY, values, answered=(), person={"cf.gangbu": 9}.get)
    return [(entry.part, entry.holder) for entry in found]


def test_nobody_stands_for_a_unit_that_the_case_does_not_know_yet() -> None:
    staff = Actor(
        person_id=1,
        login="cf.nongji",
        name="农技",
        jurisdiction="cf",
        unit_id=3,
        unit_name="农技中心",
        unit_code="station",
        roles=frozenset({"staff"}),
    )
    assert DIRECTORY.stands_for(staff, "所在单位", {"starter_unit": "station"})
    assert not DIRECTORY.stands_for(staff, "所在单位", {})


def test_a_relative_unit_follows_the_starter() -> None:
    assert planned(["归口管理部门"], [], {"starter_unit": "station"}) == [("lead", "unit:2")]


def test_a_group_expands_without_the_lead_duplicates_and_dissolved_members() -> None:
    assert planned(["市科技局"], ["成员单位"], {}) == [("lead", "unit:1"), ("cooperate", "unit:2")]


def test_joint_leads_each_get_an_item() -> None:
    assert planned(["市科技局", "红山区科技局"], [], {}) == [("lead", "unit:1"), ("lead", "unit:2")]


def test_a_persons_lane_leads_to_the_person() -> None:
    assert planned(["揭榜人"], [], {"starter": "cf.gangbu"}) == [("lead", "person:9")]


@pytest.mark.parametrize(
    ("leads", "values"),
    [
        (["市林业局"], {}),
        (["归口管理部门"], {"starter_unit": "orphan"}),
        (["所在单位"], {"starter_unit": "nowhere"}),
        (["揭榜人"], {"starter": "left.office"}),
        ([], {}),
    ],
)
def test_a_task_that_nobody_would_see_is_refused_with_the_name(
    leads: list[str], values: dict[str, Any]
) -> None:
    with pytest.raises(Unresolved) as refused:
        planned(leads, [], values)
    assert refused.value.facts["element"] == "审核"


def test_a_returned_step_asks_nothing_of_those_who_have_answered() -> None:
    step = Step(
        element="review", name="审核", leads=["市科技局"], co_units=["红山区科技局"], co_rule="all"
    )
    found = plan(step, DIRECTORY, {}, answered={2}, person={}.get)
    assert [entry.part for entry in found] == ["lead"]


def test_the_leads_own_default_is_two_working_days_after_the_cooperating_units() -> None:
    step = Step(
        element="review", name="审核", leads=["市科技局"], co_units=["红山区科技局"], co_rule="all"
    )
    found = plan(step, DIRECTORY, {}, answered=(), person={}.get)
    assert [(entry.part, entry.due_rule) for entry in found] == [
        ("lead", "P5WD;P2WD"),
        ("cooperate", "P5WD"),
    ]


def test_from_its_last_day_on_a_unit_that_is_no_more_is_asked_nothing_and_may_send_nothing() -> (
    None
):
    closing = replace(UNITS[1], valid_to=NOON)
    directory = replace(DIRECTORY, units={**DIRECTORY.units, "hongshan": closing})
    before, after = directory.at(NOON - timedelta(seconds=1)), directory.at(NOON)
    actor = Actor(
        person_id=1,
        login="cf.hongshan",
        name="李文静",
        jurisdiction="cf",
        unit_id=2,
        unit_code="hongshan",
        unit_name="红山区科技局",
        roles=frozenset({"staff"}),
    )
    for name in ("红山区科技局", "成员单位"):
        assert 2 in [unit.id for unit in before.co_units("审核", [name], {}, ())]
        assert 2 not in [unit.id for unit in after.co_units("审核", [name], {}, ())]
        assert before.stands_for(actor, name, {})
        assert not after.stands_for(actor, name, {})
    with pytest.raises(Unresolved):
        after.unit("审核", "红山区科技局", {})
