"""Questions about the tree of tokens that several modules ask.

Every function takes and returns ``Task`` and ``Workflow`` of SpiffWorkflow, which are untyped.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, _EndJoin
from SpiffWorkflow.util.task import TaskState

from service.engine.values import Place

READY = TaskState.READY
WAITING = TaskState.WAITING
STARTED = TaskState.STARTED
COMPLETED = TaskState.COMPLETED
CANCELLED = TaskState.CANCELLED
FUTURE = TaskState.FUTURE
MAYBE = TaskState.MAYBE
OPEN = READY | WAITING | STARTED
FINISHED = TaskState.FINISHED_MASK
UNFINISHED = TaskState.NOT_FINISHED_MASK
PREDICTED = TaskState.PREDICTED_MASK


def line(task: Any) -> Iterator[Any]:
    """The task and its ancestors within its scope, nearest first."""
    while task is not None:
        yield task
        task = task.parent


def enclosing(task: Any) -> Any:
    """The activity whose embedded subprocess a task is in; None if it is in none."""
    workflow = task.workflow
    if workflow.parent_task_id is None:
        return None
    return workflow.top_workflow.get_task_from_id(workflow.parent_task_id)


def inner_workflow(task: Any) -> Any:
    """The workflow of the embedded subprocess that a task has started; None if there is none."""
    if task.state != STARTED:
        return None
    return task.workflow.top_workflow.subprocesses.get(task.id)


def place_of(task: Any) -> Place:
    """The loop entries in which a task stands, outermost first.

    They are read from the enclosing activities, not from the ancestors: an instance of a loop never
    has descendants in its own scope.
    """
    inner_first: list[tuple[str, int]] = []
    while task is not None:
        if "at" in task.internal_data:
            name, index = task.internal_data["at"]
            inner_first.append((name, index))
        task = enclosing(task)
    return tuple(reversed(inner_first))


def meeting_point(tasks: Sequence[Any]) -> Any:
    """The nearest task from which all of these descend."""
    lines = [{ancestor.id for ancestor in line(task)} for task in tasks]
    shared = set.intersection(*lines)
    return next(ancestor for ancestor in line(tasks[0]) if ancestor.id in shared)


def alive(task: Any) -> bool:
    """Whether a task is a token that matters.

    A token that has reached the end of its scope does not: the last token to get there ends the
    scope.
    """
    used_up = isinstance(task.task_spec, BoundaryEventJoin | _EndJoin)
    return bool(task.has_state(OPEN)) and not used_up


def workflows(top: Any) -> Iterator[Any]:
    """The workflow of the case and of every open subprocess, outermost first.

    Subprocesses of an activity that was cut off are not returned, because nothing leads to them.
    """
    todo = [top]
    while todo:
        workflow = todo.pop(0)
        yield workflow
        if not top.subprocesses:
            continue
        for task in list(workflow.tasks.values()):
            if task.state != STARTED:
                continue
            inner = top.subprocesses.get(task.id)
            if inner is not None and not inner.completed:
                todo.append(inner)


def below(task: Any, but: Any = None) -> Iterator[Any]:
    """The subtree of a task.

    :param but: a task that is left out, with its subtree.
    """
    todo = [task]
    while todo:
        current = todo.pop()
        if current is not but:
            yield current
            todo.extend(current.children)
