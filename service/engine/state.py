"""The state of a run as a small document. It has tokens only: specifications, data and the clock
are elsewhere.

Decided: rows of ``[spec, state, parent's row, id or 0, internal data, triggered, subprocess]``
without trailing zeros, as ``zlib(orjson)`` with a format number. Because a state must stay small.
Predicted tasks are not stored but predicted again. Only ids that somebody may ask for are kept:
those of open tasks, and of the places from which the tokens of a join came.

Decided: of what is over, branches in which nothing is open are removed at once, and rounds are
folded one round late. That is, of three visits to a step the middle one takes the place of the
oldest. Because the last step can then still be sent back or withdrawn if it began a new round, and
the tree stays bounded: the line of a token has at most two visits to each step.
"""

import zlib
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task

from service.engine.definition import Definition
from service.engine.specs.steps import Loop
from service.engine.tokens import (
    COMPLETED,
    FINISHED,
    FUTURE,
    OPEN,
    PREDICTED,
    STARTED,
    UNFINISHED,
    alive,
    below,
    inner_workflow,
    line,
    workflows,
)
from service.errors import StateUnreadable

FORMAT = 1
WIDTH = 7

Row = list[Any]
"""A task as it is stored; see the docstring of the module."""


def pack(workflow: Any) -> bytes:
    """The state of a run, to be stored.

    :raises AssertionError: a token holds data, which belongs to the case.
    """
    return zlib.compress(orjson.dumps([FORMAT, tree(workflow)]), 6)


def tree(workflow: Any) -> list[Row]:
    """One row for each task that is open or over, parents first.

    :raises AssertionError: a token holds data, which belongs to the case.
    """
    rows: list[Row] = []
    row_of: dict[UUID, int] = {}
    origins = {task.internal_data.get("from") for task in workflow.tasks.values()}
    todo = [workflow.task_tree]
    while todo:
        task = todo.pop()
        if task.data:
            names = sorted(task.data)
            raise AssertionError(
                f"{task.task_spec.name} holds data {names}: data belongs to the case"
            )
        if task.has_state(PREDICTED | FUTURE):
            continue
        row_of[task.id] = len(rows)
        keeps_id = task.has_state(OPEN) or task.id.hex in origins
        inner = inner_workflow(task)
        row = [
            task.task_spec.name,
            task.state,
            row_of.get(task._parent, -1),
            task.id.hex if keeps_id else 0,
            task.internal_data or 0,
            int(task.triggered),
            tree(inner) if inner else 0,
        ]
        while not row[-1]:
            row.pop()
        rows.append(row)
        todo.extend(reversed(task.children))
    return rows


def unpack(state: bytes, definition: Definition, desk: Any) -> Any:
    """The workflow of a stored state.

    :raises StateUnreadable: the state is damaged, of another format, or of another diagram.
    """
    try:
        version, rows = orjson.loads(zlib.decompress(state))
    except (zlib.error, ValueError, TypeError) as exc:
        raise StateUnreadable(str(exc)) from exc
    if version != FORMAT:
        raise StateUnreadable(f"格式为 {version}，应为 {FORMAT}")
    workflow = BpmnWorkflow(
        definition.spec,
        definition.subs,
        script_engine=desk,
        deserializing=True,
    )
    try:
        _plant(workflow, rows)
    except (KeyError, IndexError, TypeError, ValueError) as exc:
        raise StateUnreadable(f"与流程图不符（{exc}）") from exc
    return workflow


def _plant(workflow: Any, rows: list[Row]) -> None:
    """Put the stored tasks into a workflow, and predict what follows the open ones."""
    specs = workflow.spec.task_specs
    tasks: list[Any] = []
    for row in rows:
        padding = [0] * (WIDTH - len(row))
        name, state, parent_row, ident, internal_data, triggered, inner_rows = row + padding
        parent = tasks[parent_row] if parent_row >= 0 else None
        task_id = UUID(ident) if ident else None
        task = Task(workflow, specs[name], parent, state, task_id)
        task.internal_data = internal_data or {}
        task.triggered = bool(triggered)
        tasks.append(task)
        if inner_rows:
            _graft(workflow.top_workflow, task, inner_rows)
    workflow.task_tree = tasks[0]
    for task in tasks:
        if task.has_state(OPEN):
            task.task_spec._predict(task, mask=UNFINISHED)


def _graft(top: Any, task: Any, rows: list[Row]) -> None:
    """Put the stored tasks of an embedded subprocess below its activity."""
    spec = top.subprocess_specs[task.task_spec.spec]
    inner = BpmnSubWorkflow(spec, task.id, top, deserializing=True)
    top.subprocesses[task.id] = inner
    _plant(inner, rows)
    inner.completed_event.connect(task.task_spec._on_subworkflow_completed, task)


def prune(top: Any) -> None:
    """Remove dead branches and fold rounds, in the case's workflow and every open subprocess."""
    for workflow in workflows(top):
        _drop_dead_branches(workflow)
        while _fold_round(workflow):
            pass


def _tokens(workflow: Any) -> list[Any]:
    return [task for task in workflow.tasks.values() if alive(task)]


def _drop_dead_branches(workflow: Any) -> None:
    """Remove subtrees in which nothing is open."""
    living: set[UUID] = set()
    for token in _tokens(workflow):
        living.update(task.id for task in line(token))
    for task in [workflow.tasks[ident] for ident in living]:
        for child in task.children:
            if child.id not in living and _may_go(task, child):
                workflow._remove_task(child.id)


def _may_go(task: Any, child: Any) -> bool:
    """Whether a child, below which nothing is open, may be removed."""
    if isinstance(task.task_spec, Loop) and task.state == STARTED:
        return bool(child.triggered)  # instances are counted in the loop
    ended = child.has_state(FINISHED) or isinstance(child.task_spec, BoundaryEventJoin)
    return bool(task.state == COMPLETED and ended)


def _fold_round(workflow: Any) -> bool:
    """Put a later visit of a step into the place of an older one, if all between them is over.

    The latest visit is never moved. Returns whether a visit was moved.
    """
    for token in _tokens(workflow):
        root_first = list(line(token))[::-1]
        path = root_first[1:]  # from below the root to the token
        visits: dict[str, list[Any]] = {}
        for task in path:
            visits.setdefault(task.task_spec.name, []).append(task)
        for older, newer in _pairs(visits, path):
            if _all_between_is_over(older, newer):
                _fold(workflow, older, newer)
                return True
    return False


def _pairs(visits: dict[str, list[Any]], path: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Older and newer visits of the same step that may be folded, longest stretches first."""
    for newer in reversed(path):
        same_step = visits.get(newer.task_spec.name, [])
        if newer not in same_step[:-1]:
            continue
        for older in same_step[: same_step.index(newer)]:
            yield older, newer


def _all_between_is_over(older: Any, newer: Any) -> bool:
    """Whether nothing is open below ``older`` outside ``newer``.

    A join at or below ``newer`` must not depend on a task that would be removed, either.
    """
    removed = {task.id.hex for task in _between(older, newer)}
    if any(alive(task) for task in below(older, but=newer)):
        return False
    return not any(task.internal_data.get("from") in removed for task in below(newer))


def _between(older: Any, newer: Any) -> Iterator[Any]:
    """The tasks from the parent of ``newer`` up to ``older``."""
    for task in line(newer.parent):
        yield task
        if task is older:
            return


def _fold(workflow: Any, older: Any, newer: Any) -> None:
    """Put ``newer`` into the place of ``older``."""
    removed = list(below(older, but=newer))
    parent = older.parent
    position = parent._children.index(older.id)
    parent._children[position] = newer.id
    newer.parent = parent
    for task in removed:
        workflow.tasks.pop(task.id)
