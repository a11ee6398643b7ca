"""A run's state as a small document: tokens only. Specifications, data and clock are elsewhere.

Decided: rows of ``[spec, state, parent's row, id or 0, internal data, triggered, subprocess]`` with
trailing zeros left out, as ``zlib(orjson)`` with a format number. Predicted tasks are not stored
but predicted again; only ids that somebody may ask for are kept: those of open tasks and of the
places from which a join's tokens came.

Decided of what is over: branches in which nothing is open go at once; rounds are folded one round
late, that is, of three visits to a step the middle one takes the place of the oldest. Because the
last step can then still be sent back or withdrawn when it began a new round, and the tree stays
bounded: at most two visits to each step on the line of a token.
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
    line,
    workflows,
)
from service.errors import StateUnreadable

FORMAT = 1
WIDTH = 7


def pack(workflow: Any) -> bytes:
    """The state of a run, to be stored.

    :raises AssertionError: a token holds data, which belongs to the case.
    """
    return zlib.compress(orjson.dumps([FORMAT, tree(workflow)]), 6)


def tree(workflow: Any) -> list[list[Any]]:
    """One row per task that is open or over, parents first."""
    rows: list[list[Any]] = []
    at: dict[UUID, int] = {}
    todo = [workflow.task_tree]
    origins = {t.internal_data.get("from") for t in workflow.tasks.values()}
    while todo:
        task = todo.pop()
        if task.data:
            raise AssertionError(
                f"{task.task_spec.name} holds data {sorted(task.data)}: data belongs to the case"
            )
        if task.has_state(PREDICTED | FUTURE):
            continue
        at[task.id] = len(rows)
        inner = workflow.top_workflow.subprocesses.get(task.id) if task.state == STARTED else None
        row = [
            task.task_spec.name,
            task.state,
            at.get(task._parent, -1),
            task.id.hex if task.has_state(OPEN) or task.id.hex in origins else 0,
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

    :raises StateUnreadable: damaged, of another format, or of another diagram.
    """
    try:
        version, rows = orjson.loads(zlib.decompress(state))
    except (zlib.error, ValueError, TypeError) as exc:
        raise StateUnreadable(str(exc)) from exc
    if version != FORMAT:
        raise StateUnreadable(f"格式为 {version}，应为 {FORMAT}")
    workflow = BpmnWorkflow(
        definition.spec, definition.subs, script_engine=desk, deserializing=True
    )
    try:
        _plant(workflow, rows)
    except (KeyError, IndexError, TypeError, ValueError) as exc:
        raise StateUnreadable(f"与流程图不符（{exc}）") from exc
    return workflow


def _plant(workflow: Any, rows: list[list[Any]]) -> None:
    tasks: list[Any] = []
    for row in rows:
        name, state, parent, ident, internal, triggered, inner = row + [0] * (WIDTH - len(row))
        above = tasks[parent] if parent >= 0 else None
        task = Task(
            workflow, workflow.spec.task_specs[name], above, state, UUID(ident) if ident else None
        )
        task.internal_data, task.triggered = internal or {}, bool(triggered)
        tasks.append(task)
        if inner:
            _graft(workflow.top_workflow, task, inner)
    workflow.task_tree = tasks[0]
    for task in tasks:
        if task.has_state(OPEN):
            task.task_spec._predict(task, mask=UNFINISHED)


def _graft(top: Any, task: Any, rows: list[list[Any]]) -> None:
    inner = BpmnSubWorkflow(
        top.subprocess_specs[task.task_spec.spec], task.id, top, deserializing=True
    )
    top.subprocesses[task.id] = inner
    _plant(inner, rows)
    inner.completed_event.connect(task.task_spec._on_subworkflow_completed, task)


def prune(top: Any) -> None:
    """Drop and fold in the case's workflow and every open subprocess."""
    for workflow in workflows(top):
        _drop_dead_branches(workflow)
        while _fold_round(workflow):
            pass


def _drop_dead_branches(workflow: Any) -> None:
    """Remove subtrees in which nothing is open."""
    living = {t.id for leaf in workflow.tasks.values() if alive(leaf) for t in line(leaf)}
    for task in [workflow.tasks[ident] for ident in living]:
        for child in task.children:
            if child.id not in living and _over(task, child):
                workflow._remove_task(child.id)


def _over(task: Any, child: Any) -> bool:
    """May this child, below which nothing is open, go?"""
    if isinstance(task.task_spec, Loop) and task.state == STARTED:
        return bool(child.triggered)  # instances are counted in the loop
    ended = child.has_state(FINISHED) or isinstance(child.task_spec, BoundaryEventJoin)
    return bool(task.state == COMPLETED and ended)


def _fold_round(workflow: Any) -> bool:
    """Put a later visit of a step into the place of an older one when all between is over, but
    never the latest visit.
    """
    for leaf in [t for t in workflow.tasks.values() if alive(t)]:
        path = list(line(leaf))[-2::-1]  # from below the root to the leaf
        visits: dict[str, list[Any]] = {}
        for task in path:
            visits.setdefault(task.task_spec.name, []).append(task)
        for older, newer in _pairs(visits, path):
            if _only(older, newer):
                _fold(workflow, older, newer)
                return True
    return False


def _pairs(visits: dict[str, list[Any]], path: list[Any]) -> Iterator[tuple[Any, Any]]:
    """Visits that may be folded into an older one, longest stretches first."""
    for newer in reversed(path):
        same = visits.get(newer.task_spec.name, [])
        if newer in same[:-1]:
            yield from ((older, newer) for older in same[: same.index(newer)])


def _only(older: Any, newer: Any) -> bool:
    """Nothing is open below ``older`` outside ``newer``, and no join at or below ``newer`` leans on
    what would go.
    """
    gone = {t.id.hex for t in _between(older, newer)}
    if any(alive(t) for t in below(older, but=newer)):
        return False
    return not any(t.internal_data.get("from") in gone for t in below(newer))


def _between(older: Any, newer: Any) -> Iterator[Any]:
    """From the parent of ``newer`` up to ``older``."""
    for task in line(newer.parent):
        yield task
        if task is older:
            return


def _fold(workflow: Any, older: Any, newer: Any) -> None:
    gone, parent = list(below(older, but=newer)), older.parent
    parent._children[parent._children.index(older.id)] = newer.id
    newer.parent = parent
    for task in gone:
        workflow.tasks.pop(task.id)
