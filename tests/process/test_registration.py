"""账号注册: people from outside ask for an account, those who know them confirm."""

import pytest
from sqlalchemy import select

from service.commands.outside.submissions import StartFromOutside
from service.queries.outside import submission
from service.store.people.rows import PersonRow
from tests.town import Town

ENTERPRISE = {
    "applicant_kind": "enterprise",
    "enterprise_name": "民乐生态科技有限公司",
    "county": "minle",
    "applicant_name": "孔令山",
    "applicant_phone": "13900000003",
}
CADRE = {
    "applicant_kind": "cadre",
    "applicant_name": "孟和",
    "applicant_phone": "13900000004",
    "workplace_code": "forage_institute",
}


def registered(town: Town, code: str, answers: dict[str, str]) -> tuple[int, str]:
    sent = town.runtime.perform(
        StartFromOutside(
            jurisdiction=code, process="registration", payload=answers, address="b" * 64
        )
    )
    assert sent.code is not None
    return sent.case_id, sent.code


def person(town: Town, name: str) -> PersonRow | None:
    with town.runtime.query() as session:
        return session.scalar(select(PersonRow).where(PersonRow.name == name))


def word(town: Town, code: str) -> str:
    with town.runtime.query() as session:
        return submission(session, code).state


@pytest.mark.both_databases
def test_an_enterprise_registers_and_its_county_confirms_so_a_demander_has_an_account(town):
    case, code = registered(town, "zy", ENTERPRISE)
    town.complete("zy.minle", case, "confirm_enterprise")
    found = person(town, "孔令山")
    assert found is not None
    assert (found.roles, found.employer, found.jurisdiction) == (
        ["demander"],
        ENTERPRISE["enterprise_name"],
        "zy",
    )
    assert found.sponsor_id == town.actor("zy.minle").unit_id
    assert found.login in word(town, code)


def test_a_cadre_registers_and_their_own_unit_confirms_so_they_can_apply_for_it(town):
    case, code = registered(town, "cf", CADRE)
    assert [item.unit_id for item in town.items(case)] == [town.actor("cf.caoye").unit_id]
    town.complete("cf.caoye", case, "confirm_cadre")
    found = person(town, "孟和")
    assert found is not None
    assert (found.roles, found.unit_id) == (["applicant"], town.actor("cf.caoye").unit_id)
    assert found.login in word(town, code)


def test_whoever_is_not_confirmed_gets_no_account_and_reads_why(town):
    case, code = registered(town, "zy", ENTERPRISE)
    town.complete(
        "zy.minle",
        case,
        "confirm_enterprise",
        registration_conclusion="reject",
        registration_opinion="未在本县登记",
    )
    assert person(town, "孔令山") is None
    assert "未在本县登记" in word(town, code)
    assert town.row(case).status == "finished"
