"""How the end of a child case reaches the parent that called it. It has a transaction of its own,
which locks the parent and only reads the child.
"""

from typing import Any

from service.commands.operations.failing import forget_failures
from service.domain.vocabulary import CASE_STATES
from service.engine import Run, Waiting
from service.errors import CaseRests, NobodyWaits, Uncaught
from service.store.cases.rows import CaseRow, OutboxRow
from service.unit_of_work import UnitOfWork
from service.unit_of_work.settle import settle


def come_back(work: UnitOfWork, message: OutboxRow) -> bool:
    """Let the parent go on. Returns False if it no longer waits for this child.

    An error that the parent does not catch is recorded in its journal, and the parent waits until
    people see to it.

    :raises CaseRests: the parent is suspended. :raises NobodyWaits: the sender is no child that has
        ended.
    """
    child = work.session.get_one(CaseRow, message.case_id)
    if child.parent_id is None or child.state is not None:
        raise NobodyWaits(message.name)
    parent = work.locked_case(child.parent_id)
    if parent.status == "suspended":
        raise CaseRests(CASE_STATES[parent.status])
    message.delivered_at = work.now
    message.attempt_at = None
    forget_failures(work, "message", [message.id])
    run = None if parent.state is None else work.restore(parent)
    wait = (
        next((wait for wait in run.waiting() if wait.task == child.parent_task), None)
        if run is not None
        else None
    )
    if run is None or wait is None:
        return False
    _go_on(work, parent, run, wait, child, (message.payload or {}).get("error"))
    return True


def _go_on(
    work: UnitOfWork, parent: CaseRow, run: Run, wait: Waiting, child: CaseRow, error: str | None
) -> None:
    """Pass on the child's data if it ran to its end or was terminated by people, or else its error
    code.
    """
    facts: dict[str, Any] = {
        "element": wait.element,
        "child": child.id,
        "title": child.title,
        "status": child.status,
        "error": error,
    }
    try:
        if error is None:
            run.fulfil(wait.task, {**child.data, "status": child.status})
        else:
            run.fail(wait.task, error)
    except Uncaught:
        work.record(parent, "child_failed", **facts)
        return
    work.record(parent, "child_end", **facts)
    settle(work, parent, run)
