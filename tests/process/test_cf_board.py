"""设榜: the list of fields and directions, versioned."""

import pytest

from service.errors import BadAnswers, NotAllowed
from service.store.processes.lookups import lists_in_force
from tests.samples import ANSWERS
from tests.town import Town


def publish(town: Town) -> int:
    case = town.start("cf_board", "cf.kjj", "2026年榜单调整")
    town.complete("cf.kjj", case, "post_agriculture")
    town.complete("cf.kjj", case, "post_high_tech")
    return case


def test_the_form_shows_the_list_in_force(town: Town) -> None:
    case = town.start("cf_board", "cf.kjj", "2026年榜单调整")
    page = town.page("cf.kjj", town.item(case, "post_agriculture").id)
    assert [entry["direction"] for entry in page.values["agriculture_directions"]] == [
        "牧草种植及深加工技术项目",
        "生物育种技术项目",
        "生物医药技术项目",
    ]


@pytest.mark.both_databases
def test_publishing_puts_a_new_version_in_force(town: Town) -> None:
    publish(town)
    with town.runtime.query() as session:
        row = lists_in_force(session, "cf")["cf_directions"]
    assert row.version == 2
    assert [entry["value"] for entry in row.entries] == [
        "牧草种植及深加工技术项目",
        "节能降碳技术项目",
    ]


def test_an_application_can_only_choose_directions_on_the_list_in_force(town: Town) -> None:
    publish(town)
    with pytest.raises(BadAnswers) as refused:
        town.start(
            "cf_project",
            "cf.gangbu",
            answers={**ANSWERS["apply"], "directions": ["生物育种技术项目"]},
        )
    assert set(refused.value.facts["errors"]) == {"directions"}


def test_a_new_version_leaves_running_cases_alone(town: Town) -> None:
    case = town.start("cf_project", "cf.gangbu")
    publish(town)
    town.complete("cf.gangbu", case, "apply", directions=["生物育种技术项目"])
    assert town.open(case) == ["plan"]


def test_only_the_science_bureau_posts(town: Town) -> None:
    with pytest.raises(NotAllowed):
        town.start("cf_board", "cf.hongshan", "越权设榜")
