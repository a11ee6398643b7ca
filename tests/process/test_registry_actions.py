"""What a diagram does with the demand registry and with accounts: rows collected, entered, marked;
people asked.
"""

from typing import Any

import pytest
from sqlalchemy import select

from service.commands.actions import ALL_ACTIONS
from service.commands.items.verbs import ContributeItem
from service.commands.processes.deployments import Deploy
from service.errors import BadRequest, NotOffered
from service.store.outside import SubmissionRow
from service.store.people.rows import PersonRow, UnitRow
from service.store.registry import DemandChangeRow, DemandRow
from tests.diagrams.draw import END, START, diagram, flows, form, task, text
from tests.town import Town


def service(name: str, action: str, **given: str) -> str:
    inputs = "".join(
        f'<c:inputParameter name="{key}">={value}</c:inputParameter>'
        for key, value in given.items()
    )
    return (
        f'<serviceTask id="{name}" name="自动" '
        f'c:resultVariable="{name}"><extensionElements><c:properties>'
        '<c:property name="basis" value="ours"/><c:property '
        f'name="action" value="{action}"/></c:properties>'
        f"<c:inputOutput>{inputs}</c:inputOutput></extensionElements></serviceTask>"
    )


SURVEY = diagram(
    "\n".join(
        (
            START,
            task(
                "poll",
                form="survey_done",
                coUnits="各县区;市工信局",
                coForm="survey_rows",
                coRule="any",
            ),
            service("found", "collect", step='"poll"', key='"demand_rows"'),
            task("poll_sum", form="survey_done"),
            service("entered", "enter_demands", rows="found", source='"contributed"'),
            service("listed", "demands", state='"listed"', pilot="null"),
            task("poll_choice", form="survey_done"),
            END,
            service("selected", "mark_demands", ids="entered", state='"selected"'),
            flows("start>poll>found>poll_sum>entered>listed>poll_choice>selected>end"),
        )
    ),
    process="survey_round",
)
ROWS = form(
    {
        "type": "dynamiclist",
        "id": "rows",
        "path": "demand_rows",
        "label": "需求",
        "components": [
            text("demand_name"),
            text("demander_name"),
            text("county"),
            {
                "type": "number",
                "id": "amount",
                "key": "total_amount",
                "label": "金额",
                "decimalDigits": 2,
            },
        ],
    },
    name="survey_rows",
)


@pytest.fixture
def survey(town: Town) -> int:
    """A survey that waits for its co-operating units."""
    files = {
        "survey.bpmn": SURVEY,
        "survey_rows.form": ROWS,
        "survey_done.form": form(text("note"), name="survey_done"),
    }
    town.runtime.perform(Deploy(actor=town.actor("zy.owner"), jurisdiction="zy", files=files))
    return town.start("survey_round", "zy.kjj", "2026年摸底征集")


def contribute(town: Town, login: str, case: int, *names: str) -> None:
    actor, items = town.actor(login), town.items(case, "poll", part="cooperate")
    item = next(one for one in items if one.holder in actor.holders)
    rows = [
        {
            "demand_name": name,
            "demander_name": "某公司",
            "county": "linze",
            "total_amount": "1000000.50",
        }
        for name in names
    ]
    town.runtime.perform(
        ContributeItem(actor=actor, item_id=item.id, answers={"demand_rows": rows})
    )


def act(town: Town, case: int, action: str, /, **arguments: Any) -> Any:
    """What an action does when a case's service task runs it."""
    with town.runtime.transaction() as work:
        found = ALL_ACTIONS[action].carry_out(work, work.locked_case(case), arguments)
        work.write_journal()
        return found


def rows(town: Town, row: type[Any] = DemandRow) -> list[Any]:
    with town.runtime.query() as session:
        return list(session.scalars(select(row).order_by(row.id)))


def test_what_counties_contribute_is_entered_with_numbers_and_selected(
    town: Town, survey: int
) -> None:
    contribute(town, "zy.linze", survey, "膜下滴灌", "制种机械")
    contribute(town, "zy.gxj", survey, "节能窑炉")
    town.complete("zy.kjj", survey, "poll", reason="其余县区无需求", note="完")
    town.complete("zy.kjj", survey, "poll_sum", note="汇总")
    data = town.row(survey).data
    assert [(row["demand_name"], row["unit_code"]) for row in data["found"]] == [
        ("膜下滴灌", "linze"),
        ("制种机械", "linze"),
        ("节能窑炉", "industry_bureau"),
    ]
    assert [row["demand_number"] for row in data["listed"]] == [
        "张技需〔2026〕0001号",
        "张技需〔2026〕0002号",
        "张技需〔2026〕0003号",
    ]
    town.complete("zy.kjj", survey, "poll_choice", note="选")
    assert [
        (row.state, row.pilot_id, row.source, row.total_fen, row.case_id) for row in rows(town)
    ] == [("selected", survey, "contributed", 100_000_050, survey)] * 3
    assert [line.verb for line in rows(town, DemandChangeRow)] == ["contributed"] * 3 + [
        "selected"
    ] * 3


def test_a_unit_that_is_not_asked_again_counts_with_what_it_said_before(
    town: Town, survey: int
) -> None:
    contribute(town, "zy.linze", survey, "膜下滴灌")
    town.complete("zy.kjj", survey, "poll", reason="其余县区无需求", note="完")
    town.send_back("zy.kjj", survey, "poll_sum", "poll")
    contribute(town, "zy.gaotai", survey, "节能窑炉")
    town.complete("zy.kjj", survey, "poll", reason="其余县区无需求", note="完")
    found = [(row["demand_name"], row["unit_code"]) for row in town.row(survey).data["found"]]
    assert sorted(found) == [("膜下滴灌", "linze"), ("节能窑炉", "gaotai")]


def test_a_unit_that_is_asked_again_counts_only_with_what_it_says_now(
    town: Town, survey: int
) -> None:
    contribute(town, "zy.linze", survey, "膜下滴灌")
    town.complete("zy.kjj", survey, "poll", reason="其余县区无需求", note="完")
    town.send_back("zy.kjj", survey, "poll_sum", "poll", co_again=True)
    assert act(town, survey, "collect", step="poll", key="demand_rows") == []
    contribute(town, "zy.linze", survey, "制种机械")
    (now,) = act(town, survey, "collect", step="poll", key="demand_rows")
    assert now["demand_name"] == "制种机械"


def test_nobody_goes_back_behind_demands_that_have_their_numbers(town: Town, survey: int) -> None:
    town.complete("zy.kjj", survey, "poll", reason="无需求", note="完")
    town.complete("zy.kjj", survey, "poll_sum", note="汇总")
    with pytest.raises(NotOffered):
        town.send_back("zy.kjj", survey, "poll_choice", "poll_sum")


def test_demands_are_found_by_state_and_pilot(town: Town, survey: int) -> None:
    first, second = act(
        town,
        survey,
        "enter_demands",
        source="declared",
        rows=[
            {"demand_name": "甲", "demander": "zy.qiye", "county": "ganzhou", "note": "不属于记录"},
            {"demand_name": "乙"},
        ],
    )
    act(town, survey, "mark_demands", ids=[first], state="selected")
    listed = act(town, survey, "demands", state="listed", pilot=None)
    assert [(one["demand_id"], one["demand_number"]) for one in listed] == [
        (second, "张技需〔2026〕0002号")
    ]
    (mine,) = act(town, survey, "demands", state=None, pilot=survey)
    assert (mine["demand_id"], mine["demander"], mine["state"], "note" in mine) == (
        first,
        "zy.qiye",
        "selected",
        False,
    )


def test_a_demand_goes_only_where_its_state_allows(town: Town, survey: int) -> None:
    (one,) = act(town, survey, "enter_demands", source="declared", rows=[{"demand_name": "甲"}])
    act(town, survey, "mark_demands", ids=one, state="withdrawn", reason="企业停产")
    for wrong in (
        {"ids": one, "state": "posted"},
        {"ids": 999, "state": "posted"},
        {"ids": one, "state": "done"},
    ):
        with pytest.raises(BadRequest):
            act(town, survey, "mark_demands", **wrong)
    with pytest.raises(BadRequest):
        act(town, survey, "enter_demands", source="declared", rows=[{"demand_name": None}])
    assert [row.state for row in rows(town)] == ["withdrawn"]
    assert rows(town, DemandChangeRow)[-1].reason == "企业停产"


def test_a_demand_that_is_listed_again_belongs_to_no_pilot(town: Town, survey: int) -> None:
    (one,) = act(town, survey, "enter_demands", source="declared", rows=[{"demand_name": "甲"}])
    act(town, survey, "mark_demands", ids=[one], state="selected")
    act(town, survey, "mark_demands", ids=[one], state="listed", reason="未入选")
    assert [(row.state, row.pilot_id) for row in rows(town)] == [("listed", None)]


def test_experts_are_offered_without_those_of_the_parties(town: Town, survey: int) -> None:
    def logins(**given: Any) -> list[str]:
        return [one["value"] for one in act(town, survey, "people", role="expert", **given)]

    assert logins() == ["zy.expert1", "zy.expert2", "zy.expert3"]
    assert logins(without=["评审专家库（示例）"]) == []
    act(
        town,
        survey,
        "open_account",
        role="expert",
        name="郭敏",
        employer="兰州大学",
        sponsor="science_bureau",
    )
    assert act(town, survey, "people", role="expert", without="评审专家库（示例）") == [
        {"value": "zy.e0001", "label": "郭敏（兰州大学）"}
    ]
    assert logins(without=["兰州大学", None]) == ["zy.expert1", "zy.expert2", "zy.expert3"]


def submission(town: Town, case: int, jurisdiction: str = "zy") -> int:
    row = SubmissionRow(
        jurisdiction=jurisdiction,
        case_id=case,
        kind="bid",
        name="郭敏",
        code_digest=jurisdiction * 32,
        address_digest="0" * 64,
        at=town.now,
        state="已收到",
        state_at=town.now,
    )
    with town.runtime.transaction() as work:
        work.session.add(row)
        work.session.flush()
        return row.id


def test_an_account_is_opened_once_for_a_submission_and_waits_without_a_password(
    town: Town, survey: int
) -> None:
    sent = submission(town, survey)
    asked = {
        "role": "bidder",
        "name": "郭敏",
        "employer": "兰州大学",
        "phone": "13900000000",
        "sponsor": "linze",
    }
    assert act(town, survey, "open_account", **asked, login=None, submission=sent) == "zy.b0001"
    assert act(town, survey, "open_account", **asked, login=None, submission=sent) == "zy.b0001"
    person, linze = (
        rows(town, PersonRow)[-1],
        next(one for one in rows(town, UnitRow) if one.code == "linze"),
    )
    assert (person.password, person.roles, person.sponsor_id, person.unit_id) == (
        "",
        ["bidder"],
        linze.id,
        None,
    )
    assert rows(town, SubmissionRow)[0].person_id == person.id


def test_an_existing_login_wins_and_gains_the_role(town: Town, survey: int) -> None:
    assert (
        act(town, survey, "open_account", role="expert", name="田野", login="zy.qiye") == "zy.qiye"
    )
    assert town.actor("zy.qiye").roles == {"demander", "expert"}


def test_no_account_is_opened_for_a_role_of_the_inside_or_on_unknown_grounds(
    town: Town, survey: int
) -> None:
    sent = submission(town, survey, "cf")
    for wrong in (
        {"role": "admin"},
        {"role": "bidder", "name": ""},
        {"role": "bidder", "sponsor": "hongshan"},
        {"role": "bidder", "login": "cf.kjj"},
        {"role": "bidder", "submission": sent},
    ):
        with pytest.raises(BadRequest):
            act(town, survey, "open_account", **{"name": "甲", **wrong})
