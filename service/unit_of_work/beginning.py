"""Writing down many cases that begin at once: what settling does, without looking for what cannot
be there yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sqlalchemy import insert

from service.engine import Run
from service.store.cases.rows import CaseRow, SubscriptionRow, TimerRow
from service.unit_of_work.children import settle_children
from service.unit_of_work.settle import message_waits, opened, timer_waits

if TYPE_CHECKING:
    from service.unit_of_work.work import UnitOfWork


def settle_begun(work: UnitOfWork, started: Sequence[tuple[CaseRow, Run]]) -> None:
    """Items, timers and subscriptions of cases that have none, in one statement each."""
    items, timers, messages = [], [], []
    for case, run in started:
        waits = run.waiting()
        items += [
            (case, item)
            for wait in waits
            if wait.kind == "user"
            for item in opened(work, case, run, wait, 1)
        ]
        timers += [{**vars(wait), "case_id": case.id} for wait in timer_waits(work, case, waits)]
        messages += [
            {**vars(wait), "case_id": case.id, "jurisdiction": case.jurisdiction}
            for wait in message_waits(waits)
        ]
    work.session.add_all([item for _, item in items])
    work.session.flush()
    for case, item in items:
        work.record(
            case, "open", element=item.element, item_id=item.id, part=item.part, holder=item.holder
        )
    for case, run in started:
        if "call" in run.definition.events:
            settle_children(work, case, run, run.waiting())
    for row, values in ((TimerRow, timers), (SubscriptionRow, messages)):
        if values:
            work.session.execute(insert(row), values)
