"""A database that somebody has damaged: ``verify`` names the place, ``reproject`` repairs what can
be.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import Connection, delete, insert, select, text, update

from service.clock import keep_up
from service.commands.cases.steering import ResumeCase, SuspendCase
from service.commands.operations.reproject import Reproject
from service.errors import StateUnreadable
from service.queries.operations.verify import case_ids, differences, last_anchor
from service.store.cases.rows import (
    AnchorRow,
    CaseRow,
    JournalRow,
    OutboxRow,
    SubscriptionRow,
    TimerRow,
)
from service.store.items.rows import ItemRow
from service.store.notices import NoticeRow
from service.store.operations.rows import IdempotencyRow
from service.store.processes.rows import JurisdictionRow
from tests.diagrams import families
from tests.town import Town


@contextmanager
def raw(town: Town) -> Iterator[Connection]:
    """Somebody with the database's own tools, whom nothing checks."""
    with town.runtime.engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
            connection.exec_driver_sql("BEGIN IMMEDIATE")
        else:
            connection.execute(text("SET session_replication_role = replica"))
        yield connection
        connection.commit()
        connection.invalidate()


def verified(town: Town) -> list[str]:
    return [f"{found.of}: {found.kind}" for found in differences(town.runtime)]


def reproject(town: Town) -> int:
    return sum(town.runtime.perform(Reproject(case_id=case)) for case in case_ids(town.runtime))


def lines(town: Town, case: int | None) -> list[int]:
    with town.runtime.query() as session:
        return list(
            session.scalars(
                select(JournalRow.id).where(JournalRow.case_id == case).order_by(JournalRow.seq)
            )
        )


def test_a_town_at_work_has_no_difference(town: Town) -> None:
    told: list[tuple[int, int]] = []
    town.filed()
    town.applied("第二个项目")
    town.forward(days=100)
    assert list(differences(town.runtime, lambda done, total: told.append((done, total)))) == []
    assert told == [(done, len(told)) for done in range(1, len(told) + 1)]
    assert len(told) >= 3
    assert reproject(town) == 0


def test_a_changed_line_is_named(town: Town) -> None:
    case = town.applied()
    with raw(town) as connection:
        connection.execute(
            update(JournalRow).where(JournalRow.id == lines(town, case)[2]).values(verb="load")
        )
    found = list(differences(town.runtime))
    assert [(one.of, one.kind, one.facts) for one in found] == [
        (f"case {case}", "line_changed", {"seq": 3})
    ]


@pytest.mark.parametrize(
    "column", ["verb", "person_id", "element", "item_id", "at", "facts", "jurisdiction"]
)
def test_every_part_of_a_line_is_sealed(town: Town, column: str) -> None:
    case = town.applied()
    values = {
        "person_id": 2,
        "item_id": 99,
        "at": town.now + timedelta(seconds=1),
        "facts": {"more": "x"},
    }
    with raw(town) as connection:
        connection.execute(
            update(JournalRow)
            .where(JournalRow.id == lines(town, case)[0])
            .values({column: values.get(column, "zy")})
        )
    assert verified(town) == [f"case {case}: line_changed"]


def test_a_line_taken_out_is_named(town: Town) -> None:
    case = town.applied()
    for position, kind in ((1, "line_missing"), (-1, "line_missing")):
        with raw(town) as connection:
            connection.execute(
                delete(JournalRow).where(JournalRow.id == lines(town, case)[position])
            )
        assert verified(town) == [f"case {case}: {kind}"]


def test_a_last_line_taken_out_is_named(town: Town) -> None:
    case = town.applied()
    with raw(town) as connection:
        connection.execute(delete(JournalRow).where(JournalRow.id == lines(town, case)[-1]))
    assert verified(town) == [f"case {case}: chain_end"]


def test_a_line_put_in_is_named(town: Town) -> None:
    case = town.applied()
    with raw(town) as connection:
        connection.execute(
            insert(JournalRow).values(
                case_id=case,
                jurisdiction="cf",
                at=town.now,
                verb="complete",
                facts={},
                seq=len(lines(town, case)) + 1,
                digest=b"x" * 32,
            )
        )
    assert verified(town) == [f"case {case}: line_changed"]


def test_a_changed_line_of_a_jurisdiction_is_named(town: Town) -> None:
    with raw(town) as connection:
        connection.execute(
            update(JournalRow)
            .where(
                JournalRow.case_id.is_(None), JournalRow.jurisdiction == "cf", JournalRow.seq == 2
            )
            .values(facts={})
        )
    assert verified(town) == ["jurisdiction cf: line_changed"]


def test_a_case_deleted_with_everything_shows_at_the_anchor(town: Town) -> None:
    case = town.start("cf_filing", "cf.kjj", "2026年第一批备案")
    assert keep_up(town.runtime)
    town.applied()
    assert verified(town) == []
    with raw(town) as connection:
        for row in (JournalRow, NoticeRow, ItemRow, TimerRow, SubscriptionRow):
            connection.execute(delete(row).where(row.case_id == case))
        connection.execute(delete(CaseRow).where(CaseRow.id == case))
    assert verified(town) == [f"anchor {town.now.date()}: anchor"]


def test_the_journal_is_anchored_once_a_day(town: Town) -> None:
    assert last_anchor(town.runtime) == ("", "")
    found = []
    for hours in (0, 1, 30, 31):
        town.now += timedelta(hours=hours)
        found.append(keep_up(town.runtime))
        town.applied(f"项目{hours}")
    assert found == [True, False, True, True]
    assert verified(town) == []
    day, digest = last_anchor(town.runtime)
    assert (len(day), len(digest)) == (10, 64)
    with raw(town) as connection:
        connection.execute(update(AnchorRow).where(AnchorRow.id == 2).values(digest=b"x" * 32))
    assert [found.split(": ")[1] for found in verified(town)] == ["anchor", "anchor"]


def test_kept_responses_are_forgotten_after_a_day(town: Town) -> None:
    person = town.actor("cf.kjj").person_id
    with raw(town) as connection:
        connection.execute(
            insert(IdempotencyRow),
            [
                {
                    "person_id": person,
                    "key": key,
                    "at": town.now - timedelta(hours=hours),
                    "digest": b"",
                    "status": 200,
                }
                for key, hours in (("old", 25), ("young", 23))
            ],
        )
    keep_up(town.runtime)
    with town.runtime.query() as session:
        assert list(session.scalars(select(IdempotencyRow.key))) == ["young"]


def test_a_lost_item_is_named_and_made_again(town: Town) -> None:
    case = town.applied()
    with raw(town) as connection:
        connection.execute(delete(NoticeRow).where(NoticeRow.case_id == case))
        connection.execute(
            delete(ItemRow).where(ItemRow.case_id == case, ItemRow.element == "unit_review")
        )
    assert verified(town) == [f"case {case}: item_missing"]
    assert reproject(town) == 1
    assert town.open(case) == ["unit_review"]
    assert verified(town) == []
    town.complete("cf.danwei", case, "unit_review")


def test_an_item_closed_behind_the_engines_back_is_opened_again_as_it_was(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    town.draft("cf.danwei", item, unit_opinion="同意")
    with raw(town) as connection:
        connection.execute(
            update(ItemRow).where(ItemRow.id == item).values(state="done", closed_at=town.now)
        )
    assert verified(town) == [f"case {case}: item_missing"]
    assert reproject(town) == 1
    row = town.item(case, "unit_review")
    assert (row.id, row.draft, row.assignee_id) == (
        item,
        {"unit_opinion": "同意"},
        town.actor("cf.danwei").person_id,
    )
    assert verified(town) == []


def test_an_item_of_another_step_is_named_and_put_right(town: Town) -> None:
    case = town.applied()
    with raw(town) as connection:
        connection.execute(
            update(ItemRow)
            .where(ItemRow.case_id == case, ItemRow.state == "open")
            .values(element="department_review")
        )
    assert verified(town) == [f"case {case}: item_missing", f"case {case}: item_extra"]
    assert reproject(town) == 2
    assert town.open(case) == ["unit_review"]
    assert verified(town) == []


def test_an_item_the_engine_does_not_know_is_named_and_taken_back(town: Town) -> None:
    case = town.applied()
    with raw(town) as connection:
        connection.execute(
            update(ItemRow)
            .where(ItemRow.case_id == case, ItemRow.state == "done", ItemRow.element == "plan")
            .values(state="open")
        )
    assert verified(town) == [f"case {case}: item_extra"]
    assert reproject(town) == 1
    assert town.open(case) == ["unit_review"]
    assert verified(town) == []


def test_lost_and_wrong_timers_and_subscriptions_are_named_and_repaired(town: Town) -> None:
    lost, wrong = town.filed("项目一"), town.filed("项目二")
    with town.runtime.query() as session:
        timers = len(session.scalars(select(TimerRow).where(TimerRow.case_id == lost)).all())
        messages = len(
            session.scalars(select(SubscriptionRow).where(SubscriptionRow.case_id == lost)).all()
        )
    assert timers
    assert messages
    with raw(town) as connection:
        for row in (TimerRow, SubscriptionRow):
            connection.execute(delete(row).where(row.case_id == lost))
        connection.execute(
            update(TimerRow)
            .where(TimerRow.case_id == wrong)
            .values(due_at=town.now + timedelta(days=9999))
        )
        connection.execute(
            update(SubscriptionRow).where(SubscriptionRow.case_id == wrong).values(name="other")
        )
    found = verified(town)
    assert found.count(f"case {lost}: timer_missing") == timers
    assert found.count(f"case {lost}: message_missing") == messages
    assert found.count(f"case {wrong}: timer_extra") == timers
    assert found.count(f"case {wrong}: message_extra") == messages
    assert reproject(town) == len(found)
    assert verified(town) == []


def test_waits_of_an_ended_case_are_named_and_taken_away(town: Town) -> None:
    case, other = town.applied("项目一"), town.filed("项目二")
    with raw(town) as connection:
        connection.execute(
            update(CaseRow).where(CaseRow.id == case).values(state=None, status="terminated")
        )
        connection.execute(update(TimerRow).where(TimerRow.case_id == other).values(case_id=case))
    assert set(verified(town)) == {
        f"case {case}: item_extra",
        f"case {case}: timer_extra",
        f"case {other}: timer_missing",
    }
    reproject(town)
    assert verified(town) == []


def test_a_status_that_does_not_fit_is_named(town: Town) -> None:
    case = town.applied()
    with raw(town) as connection:
        connection.execute(update(CaseRow).where(CaseRow.id == case).values(status="finished"))
    assert verified(town) == [f"case {case}: status"]


def test_a_case_that_cannot_be_restored_is_named_and_the_others_still_looked_at(town: Town) -> None:
    broken, muddled, other = (town.applied(f"项目{n}") for n in range(3))
    with raw(town) as connection:
        connection.execute(update(CaseRow).where(CaseRow.id == broken).values(state=b"rubbish"))
        connection.execute(
            text("UPDATE case_ SET data = 'rubbish' WHERE id = :id"), {"id": muddled}
        )
        connection.execute(delete(NoticeRow).where(NoticeRow.case_id == other))
        connection.execute(delete(ItemRow).where(ItemRow.case_id == other, ItemRow.state == "open"))
    assert verified(town) == [
        f"case {broken}: unreadable",
        f"case {muddled}: unreadable",
        f"case {other}: item_missing",
    ]
    with pytest.raises(StateUnreadable):
        town.runtime.perform(Reproject(case_id=broken))
    assert town.runtime.perform(Reproject(case_id=other)) == 1


def test_rows_without_what_they_refer_to_are_named(town: Town) -> None:
    case = town.applied()
    item = town.item(case, "unit_review").id
    with raw(town) as connection:
        connection.execute(update(ItemRow).where(ItemRow.id == item).values(assignee_id=99_999))
        connection.execute(delete(JurisdictionRow).where(JurisdictionRow.code == "zy"))
    found = [
        (one.of, one.facts["column"], one.facts["target"])
        for one in differences(town.runtime)
        if one.kind == "orphan"
    ]
    assert (f"item {item}", "assignee_id", "person") in found
    assert "jurisdiction" in {target for _, _, target in found}
    assert {column for _, column, _ in found} == {"assignee_id", "jurisdiction"}


def test_a_call_without_its_child_is_named_and_the_child_started(town: Town) -> None:
    families.deploy(town, parent=families.parent(families.call()), child=families.child())
    case = families.begun(town)
    one = families.only_child(town, case)
    assert verified(town) == []
    with raw(town) as connection:
        connection.execute(update(CaseRow).where(CaseRow.id == one).values(parent_id=None))
    assert verified(town) == [f"case {case}: child_missing"]
    assert reproject(town) == 1
    assert verified(town) == []
    town.complete("cf.kjj", families.only_child(town, case), "work", grade="甲")
    assert town.open(case) == ["check"]


def test_a_child_that_nobody_waits_for_is_named_and_ended(town: Town) -> None:
    families.deploy(town, parent=families.parent(families.call()), child=families.child())
    case, other = families.begun(town), families.begun(town)
    one = families.only_child(town, case)
    with raw(town) as connection:
        connection.execute(update(CaseRow).where(CaseRow.id == one).values(parent_id=other))
    assert sorted(verified(town)) == [f"case {case}: child_missing", f"case {other}: child_extra"]
    assert reproject(town) == 2
    assert verified(town) == []
    assert town.row(one).status == "terminated"


def test_an_end_that_the_parent_was_never_told_is_named_and_told(town: Town) -> None:
    families.deploy(town, parent=families.parent(families.call()), child=families.child())
    case = families.begun(town)
    one = families.only_child(town, case)
    town.steer(SuspendCase, "cf.owner", case)
    with raw(town) as connection:
        connection.execute(
            update(CaseRow).where(CaseRow.id == one).values(status="running", suspended_with=None)
        )
    town.complete("cf.kjj", one, "work", grade="甲")
    town.steer(ResumeCase, "cf.owner", case)
    with raw(town) as connection:
        connection.execute(delete(OutboxRow))
    assert verified(town) == [f"case {case}: child_untold"]
    assert reproject(town) == 1
    assert town.open(case) == ["check"]
    assert verified(town) == []
