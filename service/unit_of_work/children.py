"""Child cases: they are ended, suspended and resumed together with the case that called them.

Decided: a child is a case of its own. It is started in the transaction of its parent, with the
version in force then. A transaction may lock a parent and then its children, never the other way
round. The end of a child is reported to the parent by the outbox, in a transaction of its own that
only reads the child. Because a step of a child must neither wait for its parent nor for its fifty
siblings.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from service.domain.vocabulary.notices import NEWS
from service.store.cases.rows import CaseRow
from service.store.items.projection import project_messages, project_timers
from service.unit_of_work.news import tell_closed
from service.unit_of_work.outcomes import end_early
from service.unit_of_work.terms import resume_terms, stop_terms
from service.unit_of_work.work import UnitOfWork

ENDED = "$case_ended"
"""The message in the outbox that a child has ended.

Its key is the id of the parent. Its payload has the code of an uncaught error.
"""
ALIVE = ("running", "suspended")


def running_children(
    work: UnitOfWork, case: CaseRow, *, but: Collection[str] = ()
) -> list[CaseRow]:
    """The children of a case that have not ended, oldest first. They are locked.

    :param but: the tasks of calls whose children are left out.
    """
    children = (
        select(CaseRow)
        .where(
            CaseRow.parent_id == case.id,
            CaseRow.status.in_(ALIVE),
            CaseRow.parent_task.not_in(but),
        )
        .order_by(CaseRow.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(work.session.scalars(children))


def count_below(work: UnitOfWork, case: CaseRow) -> int:
    """How many cases below a case have not ended, including children of children."""
    parents = [case.id]
    count = 0
    while parents:
        children = select(CaseRow.id).where(
            CaseRow.parent_id.in_(parents), CaseRow.status.in_(ALIVE)
        )
        parents = list(work.session.scalars(children))
        count += len(parents)
    return count


def end_children(work: UnitOfWork, case: CaseRow, *, still: Collection[str] = ()) -> None:
    """Terminate the children for which the case does not wait any more, with all below them.

    :param still: the tasks of calls for which the case still waits.
    """
    for child in running_children(work, case, but=still):
        work.record(child, "terminate", parent=case.id, above=case.title)
        _cut_off(work, child)
        end_early(work, child, NEWS["with_parent"].format(case.title))
        end_children(work, child)


def _cut_off(work: UnitOfWork, case: CaseRow) -> None:
    """Close everything that is open in a case, and mark it as terminated."""
    closed = work.close_items(case)
    tell_closed(work, case, closed)
    project_timers(work.session, case, ())
    project_messages(work.session, case, ())
    case.status = "terminated"
    case.ended_at = work.now
    case.state = None
    case.suspended_with = None


def suspend_children(work: UnitOfWork, case: CaseRow) -> None:
    """Let the running children of a case rest with it, and their children with them."""
    for child in running_children(work, case):
        if child.status == "running":
            child.status = "suspended"
            child.suspended_with = case.id
            work.record(child, "suspend", parent=case.id, above=case.title)
            stop_terms(work, child)
            suspend_children(work, child)


def resumed_children(work: UnitOfWork, case: CaseRow) -> list[CaseRow]:
    """Let the children that rest because of their parent go on, and their children with them.

    :returns: all cases that go on.
    """
    resumed = []
    for child in running_children(work, case):
        if child.suspended_with == case.id:
            child.status = "running"
            child.suspended_with = None
            work.record(child, "resume", parent=case.id, above=case.title)
            resume_terms(work, child)
            resumed.append(child)
            resumed += resumed_children(work, child)
    return resumed
