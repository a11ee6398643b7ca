"""Walking the tree of tokens: the few questions about it that several modules ask.

Every function takes and gives SpiffWorkflow's ``Task`` and ``Workflow``, which are untyped.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.util.task import TaskState

from service.engine.values import Place

READY, WAITING, STARTED = TaskState.READY, TaskState.WAITING, TaskState.STARTED
COMPLETED, CANCELLED, FUTURE, MAYBE = (
    TaskState.COMPLETED,
    TaskState.CANCELLED,
    TaskState.FUTURE,
    TaskState.MAYBE,
)
OPEN = READY | WAITING | STARTED
FINISHED, UNFINISHED = TaskState.FINISHED_MASK, TaskState.NOT_FINISHED_MASK
PREDICTED = TaskState.PREDICTED_MASK


def line(task: Any) -> Iterator[Any]:
    """The task and its ancestors within its scope, nearest first."""
    while task is not None:
        yield task
        task = task.parent


def enclosing(task: Any) -> Any:
    """The activity whose embedded subprocess this task is in, or None."""
    workflow = task.workflow
    if workflow.parent_task_id is None:
        return None
    return workflow.top_workflow.get_task_from_id(workflow.parent_task_id)


def place_of(task: Any) -> Place:
    """The loop entries this task stands in, outermost first.

    Found by walking the enclosing activities, not the ancestors: an instance never has descendants
    in its own scope.
    """
    found: list[tuple[str, int]] = []
    while task is not None:
        if "at" in task.internal_data:
            name, index = task.internal_data["at"]
            found.append((name, index))
        task = enclosing(task)
    return tuple(reversed(found))


def meeting_point(tasks: Sequence[Any]) -> Any:
    """The nearest task from which all of these descend."""
    lines = [{t.id for t in line(task)} for task in tasks]
    return next(t for t in line(tasks[0]) if all(t.id in ids for ids in lines))


def alive(task: Any) -> bool:
    """A token that matters.

    One that has reached the end of its scope is used up: the last token to get there ends the
    scope.
    """
    return bool(task.has_state(OPEN)) and not isinstance(
        task.task_spec, BoundaryEventJoin | _EndJoin
    )


def workflows(top: Any) -> Iterator[Any]:
    """The case's workflow and every open subprocess, outermost first.

    Orphans (subprocesses of an activity that was cut off) are not found, because nothing leads to
    them.
    """
    todo = [top]
    while todo:
        workflow = todo.pop(0)
        yield workflow
        if top.subprocesses:
            inner = (
                top.subprocesses.get(t.id)
                for t in list(workflow.tasks.values())
                if t.state == STARTED
            )
            todo.extend(w for w in inner if w is not None and not w.completed)


def below(task: Any, but: Any = None) -> Iterator[Any]:
    """The subtree of ``task``, without that of ``but``."""
    todo = [task]
    while todo:
        t = todo.pop()
        if t is not but:
            yield t
            todo.extend(t.children)
