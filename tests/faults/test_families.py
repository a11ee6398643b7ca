"""Parent and children under fire: killed at every statement, and both at work in the same
moment.
"""

from collections import Counter
from typing import Any

import pytest
from sqlalchemy import func, select

from service.clock import tick
from service.commands.cases.steering import SuspendCase, TerminateCase
from service.commands.cases.waits import DeliverMessage
from service.commands.items.verbs import CompleteItem
from service.queries.operations.verify import differences
from service.store.cases.rows import CaseRow, JournalRow, OutboxRow
from service.store.items.rows import ItemRow
from tests.diagrams.families import EACH, begun, call, child, children, deploy, parent
from tests.faults.test_kill import MOST, killed_before
from tests.faults.test_race import together
from tests.town import Town

ANSWERS = {"topic": "苜蓿草", "money": 7}
OUT = '<c:out source="grade" target="grade"/>'


@pytest.fixture
def family(town: Town) -> Town:
    """A town with a process that calls three children at once."""
    deploy(town, parent=parent(call(inside=OUT, loop=EACH, results="projects")), child=child())
    return town


def facts(town: Town) -> dict[str, Any]:
    """Everything that starting children could leave half done."""
    with town.runtime.query() as session:
        return {
            "cases": session.scalar(select(func.count()).select_from(CaseRow)),
            "journal": session.scalar(select(func.count()).select_from(JournalRow)),
            "messages": session.scalar(select(func.count()).select_from(OutboxRow)),
            "open": sorted(
                f"{case} {element}"
                for case, element in session.execute(
                    select(ItemRow.case_id, ItemRow.element).where(ItemRow.state == "open")
                )
            ),
        }


def completion(town: Town, case: int, element: str, **answers: Any) -> CompleteItem:
    return CompleteItem(
        actor=town.actor("cf.kjj"), item_id=town.item(case, element).id, answers=answers
    )


def consistent(town: Town) -> bool:
    return list(differences(town.runtime)) == []


def test_killed_anywhere_while_children_start_leaves_none_of_them(family: Town) -> None:
    case = family.start("parent", "cf.kjj", "春季计划")
    command, before = completion(family, case, "prepare", **ANSWERS), facts(family)
    for statement in range(1, MOST):
        if not killed_before(family, statement, command):
            break
        assert facts(family) == before, f"half done after a kill before statement {statement}"
    else:
        raise AssertionError("the command never came to its end")
    assert statement > 20
    assert len(children(family, case)) == 3
    assert consistent(family)


def test_killed_anywhere_while_a_child_ends_it_ends_once_and_its_parent_hears_of_it(
    family: Town,
) -> None:
    """Two transactions: the child's last step, then what it gives its parent; the clock finishes
    what a kill left.
    """
    case = begun(family)
    first, *others = children(family, case)
    command = completion(family, first.id, "work", grade="甲")
    for statement in range(1, MOST):
        if not killed_before(family, statement, command):
            break
        if not family.open(first.id):  # the first transaction is through
            break
    assert family.open(first.id) == []
    kills = 0
    while family.row(case).data["projects"][0].get("grade") is None and kills < MOST:
        kills += 1
        with family.runtime.query() as session:
            waiting = session.scalars(
                select(OutboxRow.id).where(OutboxRow.delivered_at.is_(None))
            ).all()
        assert len(waiting) == 1, "the end waits to be delivered"
        assert not killed_before(
            family, kills, DeliverMessage(message_id=waiting[0])
        ) or consistent(family)
    assert kills > 3
    assert family.row(case).data["projects"][0]["grade"] == "甲"
    for other in others:
        family.complete("cf.kjj", other.id, "work", grade="乙")
    tick(family.runtime)
    assert family.open(case) == ["check"]
    assert consistent(family)


def test_children_that_end_at_the_same_moment_all_come_back(family: Town) -> None:
    case = begun(family)
    commands = [
        completion(family, one.id, "work", grade=str(number))
        for number, one in enumerate(children(family, case))
    ]
    found = together(
        [lambda command=command: family.runtime.perform(command) for command in commands]
    )
    assert found == {"done": 3}
    tick(family.runtime)
    assert family.open(case) == ["check"]
    assert [entry["grade"] for entry in family.row(case).data["projects"]] == ["0", "1", "2"]
    with family.runtime.query() as session:
        verbs = Counter(session.scalars(select(JournalRow.verb).where(JournalRow.case_id == case)))
    assert verbs["child_end"] == 3
    assert consistent(family)


def test_an_end_delivered_by_eight_has_its_effect_once(family: Town) -> None:
    case = begun(family)
    one = children(family, case)[0].id
    family.steer(SuspendCase, "cf.owner", case)
    with family.runtime.transaction() as work:
        row = work.locked_case(one)
        row.status, row.suspended_with = "running", None
    family.complete("cf.kjj", one, "work", grade="甲")
    with family.runtime.transaction() as work:
        work.locked_case(case).status = "running"
    with family.runtime.query() as session:
        message = session.scalars(select(OutboxRow.id)).one()
    found = together([lambda: family.runtime.perform(DeliverMessage(message_id=message))] * 8)
    assert found["done"] == 1
    assert found["done"] + found["nothing"] == 8


def test_a_parent_that_is_ended_while_its_children_work_leaves_none_behind(family: Town) -> None:
    for _ in range(4):
        case = begun(family)
        acts: list[Any] = [
            completion(family, one.id, "work", grade="甲") for one in children(family, case)
        ]
        end = TerminateCase(
            actor=family.actor("cf.owner"), case_id=case, reason="上级要求", children=True
        )
        found = together(
            [lambda act=act: family.runtime.perform(act) for act in [*acts[:2], end, acts[2]]]
        )
        assert found["done"] >= 1
        assert set(found) <= {"done", "not_open", "not_offered", "changed"}
        if family.row(case).status != "terminated":
            family.runtime.perform(end)
        tick(family.runtime)
        assert family.row(case).status == "terminated"
        assert {one.status for one in children(family, case)} <= {"finished", "terminated"}
        assert [family.open(one.id) for one in children(family, case)] == [[]] * 3
    assert consistent(family)


def test_a_parent_suspended_while_its_children_work_rests_with_all_that_run(family: Town) -> None:
    case = begun(family)
    acts: list[Any] = [
        completion(family, one.id, "work", grade="甲") for one in children(family, case)
    ]
    rest = SuspendCase(actor=family.actor("cf.owner"), case_id=case, reason="上级要求")
    found = together([lambda act=act: family.runtime.perform(act) for act in [*acts, rest]])
    assert set(found) <= {"done", "case_rests", "changed", "not_offered", "not_open"}
    if family.row(case).status == "suspended":
        assert {one.status for one in children(family, case)} <= {"finished", "suspended"}
    assert consistent(family)
