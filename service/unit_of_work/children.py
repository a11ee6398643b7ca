"""Child cases: what becomes of them with the case that called them.

Decided: a child is a case of its own, started in its parent's transaction with the version in force
then. A transaction may lock a parent and then its children, never the other way round: how a child
ended goes to the parent by the outbox, in a transaction of its own that only reads the child.
Because a step of a child must neither wait for its parent nor for its fifty siblings.
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
"""The outbox's name for the end of a child; its key is the parent's id, its payload the code of an
uncaught error.
"""
ALIVE = ("running", "suspended")


def running_children(
    work: UnitOfWork, case: CaseRow, *, but: Collection[str] = ()
) -> list[CaseRow]:
    """The children that have not ended, except those of these calls; locked, oldest first."""
    wanted = select(CaseRow).where(
        CaseRow.parent_id == case.id, CaseRow.status.in_(ALIVE), CaseRow.parent_task.not_in(but)
    )
    return list(
        work.session.scalars(
            wanted.order_by(CaseRow.id).with_for_update(),
            execution_options={"populate_existing": True},
        )
    )


def count_below(work: UnitOfWork, case: CaseRow) -> int:
    """How many cases below this one have not ended, children of children too."""
    level, count = [case.id], 0
    while level:
        wanted = select(CaseRow.id).where(CaseRow.parent_id.in_(level), CaseRow.status.in_(ALIVE))
        level = list(work.session.scalars(wanted))
        count += len(level)
    return count


def end_children(work: UnitOfWork, case: CaseRow, *, still: Collection[str] = ()) -> None:
    """Terminate the children whose call is no longer waited for, with all below them; their record
    stays.
    """
    for child in running_children(work, case, but=still):
        work.record(child, "terminate", parent=case.id, above=case.title)
        _cut_off(work, child)
        end_early(work, child, NEWS["with_parent"].format(case.title))
        end_children(work, child)


def _cut_off(work: UnitOfWork, case: CaseRow) -> None:
    tell_closed(work, case, work.close_items(case))
    project_timers(work.session, case, ())
    project_messages(work.session, case, ())
    case.status, case.ended_at, case.state, case.suspended_with = "terminated", work.now, None, None


def suspend_children(work: UnitOfWork, case: CaseRow) -> None:
    """Let the running children rest with their parent, and theirs with them."""
    for child in running_children(work, case):
        if child.status == "running":
            child.status, child.suspended_with = "suspended", case.id
            work.record(child, "suspend", parent=case.id, above=case.title)
            stop_terms(work, child)
            suspend_children(work, child)


def resumed_children(work: UnitOfWork, case: CaseRow) -> list[CaseRow]:
    """Wake the children that rest because of their parent, and theirs; gives all that were
    woken.
    """
    woken = []
    for child in running_children(work, case):
        if child.suspended_with == case.id:
            child.status, child.suspended_with = "running", None
            work.record(child, "resume", parent=case.id, above=case.title)
            resume_terms(work, child)
            woken += [child, *resumed_children(work, child)]
    return woken
