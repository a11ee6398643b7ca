"""What people answer on these forms, as the server checks it: what each choice asks for, and what
it spares.
"""

import pytest

from service.domain.forms.answers import check_answers

LISTS = {"cf_directions": [{"value": "生物育种技术项目", "label": "生物育种技术项目"}]}
APPLICATION = {
    "project_title": "沙打旺良种繁育",
    "project_category": "agriculture",
    "directions": ["生物育种技术项目"],
    "managing_department": "红山区科技局",
    "project_start": "2026-12-01",
    "project_end": "2028-11-30",
    "applicant_kind": "person",
    "applicant_name": "高志远",
    "workplace": "红山区农业技术推广中心",
    "phone": "13800000000",
    "approach": "引进团队",
    "goals": "选育良种",
    "milestones": "2027年底完成初选",
}
MEMBER = {
    "member_name": "梁思雨",
    "member_workplace": "市草业科学研究所",
    "member_duty": "田间试验",
}
AGREED = {"department_conclusion": "agree", "department_opinion": "同意推荐"}
RECOMMENDATION = {
    "recommendation_number": "红科发〔2026〕1号",
    "recommendation_date": "2026-12-01",
    "recommendation": "同意推荐",
}


@pytest.fixture
def answered(forms):
    def answered(name, answers, **given):
        return check_answers(forms[name], answers, given=given, lists=LISTS)

    return answered


def test_an_application_by_one_person_needs_no_members(answered):
    clean, errors = answered("cf_annex1", APPLICATION)
    assert errors == {}
    assert clean["members"] is None
    assert clean["correction_opinion"] is None


def test_a_team_names_its_members(answered):
    _, errors = answered(
        "cf_annex1",
        APPLICATION | {"applicant_kind": "team", "members": [{"member_name": "梁思雨"}]},
    )
    assert set(errors) == {"members[0].member_workplace", "members[0].member_duty"}
    clean, errors = answered(
        "cf_annex1", APPLICATION | {"applicant_kind": "team", "members": [MEMBER]}
    )
    assert errors == {}
    assert clean["members"][0]["member_name"] == "梁思雨"


def test_a_direction_off_the_board_is_refused(answered):
    _, errors = answered("cf_annex1", APPLICATION | {"directions": ["永动机"]})
    assert set(errors) == {"directions"}


def test_the_meetings_wish_for_corrections_is_shown_and_cannot_be_rewritten(answered):
    clean, errors = answered(
        "cf_annex1", APPLICATION | {"correction_opinion": "已改"}, correction_opinion="请补充预算"
    )
    assert errors == {}
    assert clean["correction_opinion"] == "请补充预算"


@pytest.mark.parametrize("phone", ["12345", "1380000000", "电话"])
def test_a_telephone_number_can_be_dialled(answered, phone):
    _, errors = answered("cf_annex1", APPLICATION | {"phone": phone})
    assert set(errors) == {"phone"}


def test_a_department_that_agrees_recommends(answered):
    _, errors = answered("cf_department_review", AGREED)
    assert set(errors) == set(RECOMMENDATION)
    assert answered("cf_department_review", AGREED | RECOMMENDATION)[1] == {}


def test_a_department_that_refuses_recommends_nothing(answered):
    clean, errors = answered(
        "cf_department_review", {"department_conclusion": "reject", "department_opinion": "重复"}
    )
    assert errors == {}
    assert clean["recommendation_number"] is None


def test_a_first_review_that_passes_has_both_copies_and_discs(answered):
    passed = {"initial_conclusion": "agree", "initial_opinion": "合格"}
    assert set(answered("cf_initial_review", passed)[1]) == {
        "bound_copies_received",
        "discs_received",
    }
    assert (
        answered(
            "cf_initial_review", passed | {"bound_copies_received": True, "discs_received": True}
        )[1]
        == {}
    )


def test_a_first_review_that_fails_asks_for_no_copies(answered):
    assert (
        answered(
            "cf_initial_review", {"initial_conclusion": "reject", "initial_opinion": "材料不齐"}
        )[1]
        == {}
    )


@pytest.mark.parametrize("name", ["cf_unit_review", "cf_filing_decision"])
def test_no_conclusion_without_an_opinion(answered, forms, name):
    _, errors = answered(name, {})
    assert len(errors) == 2


def test_a_ledger_may_have_nothing_to_coordinate(answered):
    ledger = {
        "reporter": "高志远",
        "reporter_phone": "0476-8330000",
        "ledger_filled_on": "2027-03-01",
        "brief": "良种繁育",
        "progress": "完成播种",
    }
    clean, errors = answered("cf_annex4", ledger, project_title="沙打旺良种繁育")
    assert errors == {}
    assert clean["coordination_matters"] is None
    assert clean["project_title"] == "沙打旺良种繁育"


def test_a_direction_on_the_board_has_a_name(answered):
    _, errors = answered("cf_board_agriculture", {"agriculture_directions": [{"direction": ""}]})
    assert set(errors) == {"agriculture_directions[0].direction"}
