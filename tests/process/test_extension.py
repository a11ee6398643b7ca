"""延期: asked for by who works on an item, decided by the leading unit's heads or 流程管理员, all
on record.
"""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from service.commands.cases.steering import ResumeCase, SuspendCase, TerminateCase
from service.commands.terms.extending import ExtendItem
from service.domain.terms.deadlines import last_day
from service.domain.vocabulary import NAMELESS
from service.errors import BadAnswers, BadRequest, NotFound, NotOffered
from service.queries.cases.lists import CasesAsked, cases
from service.queries.cases.pages import case_page
from service.store.cases.rows import CaseRow, OutboxRow
from service.store.notices import NoticeRow
from service.store.operations.rows import FailureRow
from tests.process.test_told import lines
from tests.project import Project
from tests.samples import LEDGER
from tests.town import Town


def extend(town: Town, login: str, item: int, **asked: Any) -> int:
    town.runtime.perform(
        ExtendItem(actor=town.actor(login), item_id=item, **{"reason": "材料尚未收齐", **asked})
    )
    case = town.row_of_item(item).extension_id
    assert case is not None
    return case


def last(town: Town, item: int) -> date:
    due_at = town.row_of_item(item).due_at
    assert due_at is not None
    return last_day(due_at)


def told(town: Town) -> set[str]:
    with town.runtime.query() as session:
        return set(session.scalars(select(NoticeRow.holder).where(NoticeRow.kind == "extension")))


def coordinated(town: Town) -> tuple[int, int]:
    """A case with a co-operating item of 红山区科技局 under the lead of 市科技局; and that item."""
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": "用地指标"})
    return case, town.item(case, "coordinate", part="cooperate").id


@pytest.mark.both_databases
def test_a_lead_asks_the_process_owner_and_the_term_ends_later(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    asked = extend(town, "cf.danwei", item, workdays=3)
    assert last(town, item) == date(2026, 3, 9)
    assert town.open(asked) == ["decide_by_owner"]
    town.complete(
        "cf.owner",
        asked,
        "decide_by_owner",
        extension_conclusion="grant",
        due_granted="2026-03-12",
        extension_opinion="同意",
    )
    assert last(town, item) == date(2026, 3, 12)
    assert town.row_of_item(item).term_basis == "case"
    assert town.row(asked).status == "finished"
    assert town.row_of_item(item).extension_id is None
    assert told(town) == {f"person:{town.actor('cf.danwei').person_id}", "role:cf:supervisor"}
    said = [(one.kind, one.text) for one in town.page("cf.danwei", item).comments]
    assert [kind for kind, _ in said] == ["extension", "extension"]
    assert "2026年3月12日" in said[-1][1]
    assert [
        line.verb
        for line in town.case("cf.owner", case).journal
        if line.verb in {"extend", "due_change"}
    ] == ["due_change", "extend"]


def test_a_cooperating_unit_asks_the_heads_of_the_leading_unit(town: Town) -> None:
    _, item = coordinated(town)
    asked = extend(town, "cf.hongshan", item, until=date(2026, 3, 20))
    assert town.open(asked) == ["decide_by_head"]
    with pytest.raises(NotFound):
        town.complete("cf.kjj", asked, "decide_by_head", extension_conclusion="refuse")
    town.complete(
        "cf.kjj.head",
        asked,
        "decide_by_head",
        extension_conclusion="grant",
        due_granted="2026-03-13",
    )
    assert last(town, item) == date(2026, 3, 13), "less than was asked for"


def test_without_a_head_in_the_leading_unit_the_process_owner_decides(town: Town) -> None:
    _, item = coordinated(town)
    with town.runtime.transaction() as work:
        town.person(work.session, "cf.kjj.head").active = False
    assert town.open(extend(town, "cf.hongshan", item, workdays=1)) == ["decide_by_owner"]


def test_refused_the_term_stays_and_one_may_ask_again(town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    asked = extend(town, "cf.danwei", item, workdays=3)
    town.complete(
        "cf.owner",
        asked,
        "decide_by_owner",
        extension_conclusion="refuse",
        extension_opinion="请按期办结",
    )
    assert last(town, item) == date(2026, 3, 9)
    assert extend(town, "cf.danwei", item, workdays=1) != asked


def test_what_was_finished_while_the_application_rested_needs_no_more_time(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    asked = extend(town, "cf.danwei", item, workdays=3)
    town.steer(SuspendCase, "cf.owner", asked)
    town.complete("cf.danwei", case, "unit_review")
    town.steer(ResumeCase, "cf.owner", asked)
    town.complete(
        "cf.owner", asked, "decide_by_owner", extension_conclusion="grant", due_granted="2026-03-12"
    )
    assert town.row(asked).data["extension_result"] == "closed"
    assert decided(town, asked) == ([], "moot")
    town.forward(days=1)
    with town.runtime.query() as session:  # nobody waits for the news any more: no failure
        assert list(session.scalars(select(FailureRow))) == []
        assert session.scalar(select(OutboxRow).where(OutboxRow.delivered_at.is_(None))) is None


def test_two_applications_at_once_are_one_too_many(town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    extend(town, "cf.danwei", item, workdays=3)
    assert town.page("cf.danwei", item).offers["extend"].why == "已有一份延期申请尚未审批"
    with pytest.raises(NotOffered):
        extend(town, "cf.danwei", item, workdays=3)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"workdays": 0},
        {"workdays": 1000},
        {"workdays": 1, "until": date(2026, 3, 20)},
        {"until": date(2026, 3, 9)},
        {"until": date(2026, 3, 1)},
        {"workdays": 1, "reason": " "},
    ],
)
def test_an_application_that_asks_for_nothing_later_or_gives_no_reason_is_refused(
    town: Town, asked: dict[str, Any]
) -> None:
    item = town.item(town.applied(), "unit_review").id
    with pytest.raises(BadRequest):
        extend(town, "cf.danwei", item, **asked)
    assert town.row_of_item(item).extension_id is None


@pytest.mark.parametrize("granted", [None, "2026-03-09", "2026-03-05"])
def test_a_term_is_never_made_shorter(town: Town, granted: str | None) -> None:
    item = town.item(town.applied(), "unit_review").id
    asked = extend(town, "cf.danwei", item, workdays=3)
    with pytest.raises(Exception, match="原期限"):
        town.complete(
            "cf.owner", asked, "decide_by_owner", extension_conclusion="grant", due_granted=granted
        )
    assert last(town, item) == date(2026, 3, 9)


def test_reminders_follow_the_new_term(town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    town.forward(workdays=3)
    asked = extend(town, "cf.danwei", item, workdays=5)
    town.complete(
        "cf.owner", asked, "decide_by_owner", extension_conclusion="grant", due_granted="2026-03-16"
    )
    town.forward(workdays=7)
    with town.runtime.query() as session:
        keys = session.scalars(
            select(NoticeRow.key)
            .where(NoticeRow.item_id == item, NoticeRow.kind == "reminder")
            .order_by(NoticeRow.id)
        )
        assert [key.split("/")[1:3] for key in keys if key] == [
            ["2026-03-09", "half"],
            ["2026-03-16", "half"],
            ["2026-03-16", "eve"],
            ["2026-03-16", "due"],
        ]


def test_after_an_application_was_terminated_one_may_ask_again(town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    first = extend(town, "cf.danwei", item, workdays=3)
    town.steer(TerminateCase, "cf.owner", first)
    assert town.page("cf.danwei", item).offers["extend"].allowed
    assert extend(town, "cf.danwei", item, workdays=2) != first


def test_no_more_is_granted_than_was_asked_for(town: Town) -> None:
    item = town.item(town.applied(), "unit_review").id
    asked = extend(town, "cf.danwei", item, workdays=3)
    with pytest.raises(BadAnswers):
        town.complete(
            "cf.owner",
            asked,
            "decide_by_owner",
            extension_conclusion="grant",
            due_granted="2026-12-31",
        )
    assert last(town, item) == date(2026, 3, 9)


def decided(town: Town, asked: int) -> tuple[list[str], str | None]:
    """The open steps of an application, and what came of it."""
    with town.runtime.query() as session:
        return town.open(asked), session.get_one(CaseRow, asked).outcome


def test_an_application_ends_with_its_item_and_who_asked_is_told(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    asked = extend(town, "cf.danwei", item, workdays=3)
    waiting = town.item(asked, "decide_by_owner").id
    assert waiting in {line.item_id for line in lines(town, "cf.owner")}
    town.complete("cf.danwei", case, "unit_review")
    assert decided(town, asked) == ([], "moot")
    assert town.row_of_item(waiting).state == "cancelled"
    assert waiting not in {line.item_id for line in lines(town, "cf.owner")}
    assert (asked, "outcome") in {(line.case_id, line.kind) for line in lines(town, "cf.danwei")}


def test_an_application_ends_when_its_item_is_taken_back(town: Town) -> None:
    case, item = coordinated(town)
    asked = extend(town, "cf.hongshan", item, workdays=3)
    assert town.open(asked) == ["decide_by_head"]
    town.steer(TerminateCase, "cf.owner", case)
    assert decided(town, asked) == ([], "moot")


def test_whoever_decides_sees_the_case_and_not_who_asks_where_names_are_kept(town: Town) -> None:
    project = Project(town)
    project.reach("score")
    item = next(
        row
        for row in town.items(project.case, "score")
        if row.holder in town.actor("zy.expert1").holders
    )
    expert = town.actor("zy.expert1").name
    asked = extend(town, "zy.expert1", item.id, workdays=3)
    decision = town.page("zy.owner", town.item(asked, "decide_by_owner").id)
    assert decision.about is not None
    assert decision.about.id == project.case
    assert decision.item.about_id == project.case
    with town.runtime.query() as session:
        for login in ("zy.owner", "zy.ducha"):
            actor = town.actor(login)
            page = case_page(session, town.runtime, actor, asked)
            listed = cases(session, town.runtime, actor, CasesAsked(process="extension"))
            assert [page.case.starter, *(line.starter for line in listed.cases)] == [NAMELESS] * 2
            assert expert not in {line.person for line in page.journal}
        own = case_page(session, town.runtime, town.actor("zy.expert1"), asked)
        assert own.case.starter == expert
    ordinary = extend(town, "cf.danwei", town.item(town.applied(), "unit_review").id, workdays=3)
    with town.runtime.query() as session:
        page = case_page(session, town.runtime, town.actor("cf.owner"), ordinary)
        assert page.case.starter == town.actor("cf.danwei").name
