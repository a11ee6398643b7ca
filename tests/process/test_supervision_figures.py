"""What supervision counts is what there is, whatever people do; and yesterday's figures are kept
once.
"""

import random
from collections import Counter
from datetime import date, timedelta
from threading import Thread

from sqlalchemy import select

from service.clock import tick
from service.commands.cases.steering import ResumeCase, SuspendCase, TerminateCase
from service.commands.supervision.counting import Recount, count_items, keep_day_figures
from service.domain.terms.deadlines import last_day
from service.errors import Refused
from service.queries.operations.verify import differences
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.supervision import ClosedCountRow, DayFigureRow, OpenCountRow
from tests.samples import LEDGER
from tests.town import Town

FAR = date(9999, 12, 31)


def counted(town: Town, axis: str) -> Counter[tuple[int, str, str, date]]:
    with town.runtime.query() as session:
        rows = session.scalars(
            select(OpenCountRow).where(OpenCountRow.axis == axis, OpenCountRow.count != 0)
        ).all()
    return Counter({(row.unit_id, row.name, row.part, row.due_on): row.count for row in rows})


def there(
    town: Town,
) -> tuple[Counter[tuple[int, str, str, date]], Counter[tuple[int, str, str, date]]]:
    """The open items by unit and by step, counted one by one."""
    units: Counter[tuple[int, str, str, date]] = Counter()
    steps: Counter[tuple[int, str, str, date]] = Counter()
    with town.runtime.query() as session:
        wanted = (
            select(ItemRow, CaseRow.process)
            .join(CaseRow, CaseRow.id == ItemRow.case_id)
            .where(ItemRow.state == "open")
        )
        for item, process in session.execute(wanted):
            day = last_day(item.due_at) if item.due_at else FAR
            units[item.unit_id or 0, "", item.part, day] += 1
            steps[0, f"{process}/{item.element}", item.part, day] += 1
    return units, steps


def same(town: Town) -> None:
    count_items(town.runtime)
    units, steps = there(town)
    assert counted(town, "unit") == units
    assert counted(town, "step") == steps


def wander(town: Town, chance: random.Random, cases: list[int]) -> None:
    """One act of somebody, whatever comes of it."""
    case = chance.choice(cases)
    acts = [
        lambda: town.complete("cf.danwei", case, "unit_review"),
        lambda: town.complete("cf.hongshan", case, "department_review"),
        lambda: town.send_back("cf.hongshan", case, "department_review", "plan"),
        lambda: town.complete("cf.gangbu", case, "plan"),
        lambda: town.complete("cf.kjj", case, "initial_review"),
        lambda: town.claim("cf.danwei", town.item(case, "unit_review").id),
        lambda: town.withdraw("cf.danwei", town.items(case, "unit_review", state="done")[-1].id),
        lambda: town.steer(SuspendCase, "cf.owner", case),
        lambda: town.steer(ResumeCase, "cf.owner", case),
        lambda: town.steer(TerminateCase, "cf.owner", case) if chance.random() < 0.2 else None,
        lambda: town.forward(days=2),
        lambda: cases.append(town.applied(f"第{len(cases)}件")),
    ]
    try:
        chance.choice(acts)()
    except (Refused, AssertionError, IndexError):
        return


def test_counts_are_what_there_is_after_whatever_people_do(town: Town) -> None:
    chance, cases = random.Random(7), [town.applied("甲"), town.applied("乙")]
    for step in range(120):
        wander(town, chance, cases)
        if step % 10 == 0:
            same(town)
    same(town)
    assert [found for found in differences(town.runtime) if found.kind == "counts"] == []
    town.runtime.perform(Recount())
    same(town)


def test_cooperation_is_counted_by_unit_answered_unanswered_and_excused(town: Town) -> None:
    case = town.filed()
    town.tell("cf.gangbu", case, "feedback", **{**LEDGER, "coordination_matters": "用地指标"})
    same(town)
    town.forward(workdays=7)
    town.complete("cf.kjj", case, "coordinate", reason="已电话沟通")
    same(town)
    with town.runtime.query() as session:
        rows = session.scalars(select(ClosedCountRow).where(ClosedCountRow.unanswered > 0)).all()
        done = session.scalars(
            select(ClosedCountRow).where(ClosedCountRow.part == "lead", ClosedCountRow.done > 0)
        ).all()
    assert [(row.part, row.unanswered, row.done) for row in rows] == [("cooperate", 1, 0)]
    assert sum(row.handled_days for row in done) == 7
    assert sum(row.late for row in done) == 0


def test_late_work_counts_as_late_in_the_month_in_which_it_ended(town: Town) -> None:
    case = town.applied()
    town.at(date(2026, 4, 1))
    town.complete("cf.danwei", case, "unit_review")
    count_items(town.runtime)
    with town.runtime.query() as session:
        (row,) = session.scalars(select(ClosedCountRow).where(ClosedCountRow.late > 0)).all()
    assert (row.month, row.done, row.late) == (date(2026, 4, 1), 1, 1)


def test_two_clocks_count_each_item_once(town: Town) -> None:
    for number in range(6):
        town.applied(str(number))
    clocks = [Thread(target=count_items, args=(town.runtime,)) for _ in range(4)]
    for clock in clocks:
        clock.start()
    for clock in clocks:
        clock.join()
    same(town)


def test_the_figures_of_a_day_are_kept_once_and_from_the_counts(town: Town) -> None:
    town.applied()
    tick(town.runtime)
    town.at(date(2026, 3, 10))  # due on the 9th: at the end of the 9th it is overdue
    assert keep_day_figures(town.runtime) == 0, "the tick has kept them"
    with town.runtime.query() as session:
        rows = session.scalars(
            select(DayFigureRow)
            .where(DayFigureRow.jurisdiction == "cf", DayFigureRow.unit_id == 0)
            .order_by(DayFigureRow.day)
        ).all()
        units = session.scalars(
            select(DayFigureRow).where(
                DayFigureRow.unit_id != 0, DayFigureRow.day == date(2026, 3, 9)
            )
        ).all()
    assert [(row.day, row.open, row.yellow, row.red) for row in rows][-1] == (
        date(2026, 3, 9),
        1,
        0,
        1,
    )
    assert len(units) == 1
    town.forward(days=1)
    with town.runtime.query() as session:
        days = session.scalars(
            select(DayFigureRow.day).where(
                DayFigureRow.jurisdiction == "cf", DayFigureRow.unit_id == 0
            )
        ).all()
    assert max(days) - min(d for d in days if d > date(2026, 3, 5)) == timedelta(days=1)
