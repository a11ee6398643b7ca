"""Repairing items, timers, subscriptions and children from the cases (``jiebang reproject``). What
people added stays.
"""

from dataclasses import dataclass

from sqlalchemy import select

from service.domain.items import outcome
from service.engine import Waiting
from service.store.cases.rows import CaseRow
from service.store.items.projection import (
    close_items,
    project_messages,
    project_timers,
    put_right,
    reopen,
)
from service.store.items.rows import ItemRow
from service.unit_of_work import UnitOfWork
from service.unit_of_work.children import ENDED, end_children, suspend_children
from service.unit_of_work.compare import Difference, compared, waits_of
from service.unit_of_work.opening import message_waits, place_text, timer_waits
from service.unit_of_work.settle import settle
from service.unit_of_work.terms import rest_items, set_term


@dataclass(frozen=True, kw_only=True)
class Reproject:
    """Make a case's rows equal to what its engine waits for. Returns the number of differences
    found.

    :raises Refused: the state cannot be restored.
    """

    case_id: int

    def carry_out(self, work: UnitOfWork) -> int:
        case = work.locked_case(self.case_id)
        waits = waits_of(work, case)
        differences = [
            difference for difference in compared(work, case, waits) if difference.kind != "status"
        ]
        if differences:
            work.record(
                case,
                "reproject",
                differences=[
                    f"{difference.kind} {difference.facts['element']}" for difference in differences
                ],
            )
            self._repair(work, case, waits)
            _tell_ends(work, case, differences)
        return len(differences)

    def _repair(self, work: UnitOfWork, case: CaseRow, waits: list[Waiting]) -> None:
        _reopen(work, case, waits)
        if case.state is None:
            close_items(work.open_items(case), (), completed=None, now=work.now, outcome=outcome)
            end_children(work, case)
        else:
            settle(work, case, work.restore(case))
        for item in work.open_items(case):
            set_term(item, work.calendar(case.jurisdiction), case.pauses, work.now)
        if case.status == "suspended":
            suspend_children(work, case)
            rest_items(work, case)
        project_timers(work.session, case, timer_waits(work, case, waits))
        project_messages(work.session, case, message_waits(waits))


def _tell_ends(work: UnitOfWork, case: CaseRow, differences: list[Difference]) -> None:
    """Tell the case of children that have ended without its being told."""
    for difference in differences:
        if difference.kind == "child_untold":
            child = work.session.get_one(CaseRow, int(difference.facts["rest"]))
            work.post(child, ENDED, str(case.id), {"error": None})


def _reopen(work: UnitOfWork, case: CaseRow, waits: list[Waiting]) -> None:
    """Reopen items of open steps that something other than the engine has closed or misplaced."""
    steps = {wait.task: wait for wait in waits if wait.kind == "user"}
    items_of_open_steps = select(ItemRow).where(ItemRow.case_id == case.id, ItemRow.task.in_(steps))
    again = []
    for item in work.session.scalars(items_of_open_steps).all():
        step = steps[item.task]
        put_right(item, step.element, place_text(step))
        is_closed_lead = item.part == "lead" and item.state != "open"
        if item.state == "cancelled" or is_closed_lead:
            reopen(item)
            again.append(item)
    work.add_items(case, again)
