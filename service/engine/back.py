"""Sending back (退回): where to, and how.

Decided: our own reset and a rule of three parts, instead of SpiffWorkflow's ``reset_from_task_id``.
Because that keeps the task's id, wipes the loop's index and revives used-up boundary events. A step
T is offered if and only if

1. T is completed work, or a finished loop, call or embedded subprocess as a whole. It stands on the
   current token's own line of ancestors, in this scope or an enclosing one.
2. The only open work or wait below T is the one that is sent back. Boundary events of open
   activities and tokens that wait at a join do not count.
3. T does not lie between a join and the place from which its tokens came.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.specs.Join import Join

from service.engine.specs.joins import Meeting
from service.engine.specs.steps import Loop, Manual, Sub
from service.engine.tokens import (
    COMPLETED,
    FUTURE,
    OPEN,
    UNFINISHED,
    enclosing,
    inner_workflow,
    line,
)

NOT_WORK = (BoundaryEvent, Join, Meeting, Loop)
"""Specifications whose open tasks are no work and no wait of their own."""


def targets(task: Any) -> dict[str, Any]:
    """The steps to which work can be sent back without ending the work of others, nearest first.

    Returns the tasks by the ids of their elements.
    """
    targets_by_element: dict[str, Any] = {}
    activity = task
    while activity is not None:
        for step in _before_joins(activity):
            if step is activity or not _is_finished_step(step):
                continue
            if _open_below(step) <= {task.id}:
                targets_by_element.setdefault(step.task_spec.bpmn_id, step)
        activity = enclosing(activity)
    return targets_by_element


def begin_again(target: Any) -> None:
    """Begin a task again, and take it out of the tree with all that followed it.

    The new token has a new id and a new ``since``.
    """
    if isinstance(target.parent.task_spec, BoundaryEventSplit):
        target = target.parent  # its boundary events begin again, too
    parent = target.parent
    target.workflow._remove_task(target.id)
    again = parent._add_child(target.task_spec, FUTURE)
    again.task_spec._predict(again, mask=UNFINISHED)
    again.task_spec._update(again)


def _is_finished_step(task: Any) -> bool:
    return task.state == COMPLETED and isinstance(task.task_spec, Manual | Loop | Sub)


def _before_joins(activity: Any) -> Iterator[Any]:
    """The activity and its ancestors, nearest first.

    Those between a join and the place from which its tokens came are left out.
    """
    origins: set[str] = set()
    for task in line(activity):
        if isinstance(task.task_spec, Meeting) and "from" in task.internal_data:
            origins.add(task.internal_data["from"])
        origins.discard(task.id.hex)
        if not origins:
            yield task


def _open_below(task: Any) -> set[UUID]:
    """The ids of open work and waits in this subtree, and in the subprocesses in it."""
    open_ids: set[UUID] = set()
    todo = [task]
    while todo:
        # a task iterates over its subtree
        for descendant in todo.pop():
            if not descendant.has_state(OPEN) or isinstance(descendant.task_spec, NOT_WORK):
                continue
            inner = inner_workflow(descendant)
            if inner is None:
                open_ids.add(descendant.id)
            else:
                todo.append(inner.task_tree)
    return open_ids
