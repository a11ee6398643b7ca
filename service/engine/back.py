"""Sending back (退回): where to, and how.

Decided: our own reset and a rule of three parts, instead of SpiffWorkflow's ``reset_from_task_id``,
which keeps the task's id, wipes the loop's index and revives used-up boundary events. A step T is
offered if and only if

1. T is completed work or a finished loop, call or embedded subprocess as a whole, on the current
  token's own line of ancestors, in this scope or an enclosing one;
2. the only open work or wait below T is the one being sent back (boundary events of open activities
  and tokens waiting at a join do not count);
3. T does not lie between a join and the place its tokens came from.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.mixins.events.intermediate_event import BoundaryEvent
from SpiffWorkflow.specs.Join import Join

from service.engine.specs.joins import Meeting
from service.engine.specs.steps import Loop, Manual, Sub
from service.engine.tokens import COMPLETED, FUTURE, OPEN, STARTED, UNFINISHED, enclosing, line


def targets(task: Any) -> dict[str, Any]:
    """Where this work can be sent back without ending anybody else's, nearest first: element id ->
    task.
    """
    found: dict[str, Any] = {}
    activity = task
    while activity is not None:
        for t in _before_joins(activity):
            if t is not activity and _is_step(t) and _open_below(t) <= {task.id}:
                found.setdefault(t.task_spec.bpmn_id, t)
        activity = enclosing(activity)
    return found


def begin_again(target: Any) -> None:
    """Take this task out of the tree with all that followed and begin it anew: new token, new id,
    new ``since``.
    """
    if isinstance(target.parent.task_spec, BoundaryEventSplit):
        target = target.parent  # its boundary events begin anew too
    parent = target.parent
    target.workflow._remove_task(target.id)
    again = parent._add_child(target.task_spec, FUTURE)
    again.task_spec._predict(again, mask=UNFINISHED)
    again.task_spec._update(again)


def _is_step(task: Any) -> bool:
    return task.state == COMPLETED and isinstance(task.task_spec, Manual | Loop | Sub)


def _before_joins(activity: Any) -> Iterator[Any]:
    """The activity and its ancestors, without those between a join and the place from which its
    tokens came.
    """
    walls: set[str] = set()
    for task in line(activity):
        if isinstance(task.task_spec, Meeting) and "from" in task.internal_data:
            walls.add(task.internal_data["from"])
        walls.discard(task.id.hex)
        if not walls:
            yield task


def _open_below(task: Any) -> set[UUID]:
    """Open work and waits in this subtree."""
    found: set[UUID] = set()
    todo = [task]
    while todo:
        top = todo.pop()
        for t in top:
            if t.has_state(OPEN) and not isinstance(
                t.task_spec, BoundaryEvent | Join | Meeting | Loop
            ):
                inner = (
                    t.workflow.top_workflow.subprocesses.get(t.id) if t.state == STARTED else None
                )
                if inner is None:
                    found.add(t.id)
                else:
                    todo.append(inner.task_tree)
    return found
