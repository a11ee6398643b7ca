"""通报: drafted by 督查, edited, approved, numbered, sent to the units named, each of which
answers.
"""

import pytest
from sqlalchemy import select

from service.commands.supervision.orders import StartCircular
from service.errors import BadAnswers, NotAllowed
from service.store.notices import NoticeRow
from tests.town import Town

UNITS = {"cf": ("hongshan", "songshan"), "zy": ("ganzhou", "linze")}
ISSUER = {"cf": "cf.kjj", "zy": "zy.ldb"}
APPROVERS = {"cf": ("cf.kjj.head",), "zy": ("zy.zzb", "zy.kjj")}
PATHS = pytest.mark.parametrize(
    ("city", "approver"), [(c, a) for c, all_ in APPROVERS.items() for a in all_]
)


def circular(town: Town, city: str) -> int:
    return town.runtime.perform(
        StartCircular(
            actor=town.actor(f"{city}.ducha"),
            title="关于3月督查情况的通报",
            text="以下单位逾期。",
            units=UNITS[city],
        )
    )


def edited(town: Town, city: str) -> int:
    case = circular(town, city)
    town.complete(
        ISSUER[city],
        case,
        "edit_circular",
        circular_title="关于3月督查情况的通报",
        circular_text="定稿。",
    )
    return case


@pytest.mark.both_databases
@PATHS
def test_approved_by_a_lead_it_is_numbered_sent_and_answered_by_each_unit(
    town: Town, city: str, approver: str
) -> None:
    case = edited(town, city)
    town.complete(approver, case, "approve_issue", circular_conclusion="agree")
    assert "001号" in str(town.row(case).number)
    with town.runtime.query() as session:
        notices = session.scalars(
            select(NoticeRow).where(NoticeRow.case_id == case, NoticeRow.kind == "circular")
        ).all()
    assert (
        len({notice.holder for notice in notices})
        == len(notices)
        == len(UNITS[city]) + (2 if city == "zy" else 1)
    )
    assert all("定稿。" in notice.text for notice in notices)
    assert [item.element for item in town.items(case)] == ["read_circular"] * 2
    for unit in UNITS[city]:
        town.complete(f"{city}.{unit}", case, "read_circular", circular_reply="已整改")
    assert town.row(case).status == "finished"


def test_what_is_not_approved_is_written_again_with_the_opinion_beside_it(town: Town) -> None:
    case = edited(town, "cf")
    town.complete(
        "cf.kjj.head",
        case,
        "approve_issue",
        circular_conclusion="reject",
        circular_objection="请核对数字",
    )
    item = town.item(case, "edit_circular")
    page = town.page("cf.kjj", item.id)
    assert (page.values["circular_objection"], page.values["circular_text"]) == (
        "请核对数字",
        "定稿。",
    )
    assert town.row(case).number is None


def test_who_is_no_head_does_not_approve(town: Town) -> None:
    case = edited(town, "cf")
    with pytest.raises(NotAllowed):
        town.complete("cf.kjj", case, "approve_issue", circular_conclusion="agree")


def test_only_supervisors_draft_and_a_circular_names_units(town: Town) -> None:
    with pytest.raises(NotAllowed):
        town.runtime.perform(
            StartCircular(actor=town.actor("cf.kjj"), title="甲", text="乙", units=("hongshan",))
        )
    with pytest.raises(BadAnswers):
        town.runtime.perform(
            StartCircular(actor=town.actor("cf.ducha"), title="甲", text="乙", units=())
        )
