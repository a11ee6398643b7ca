"""A run's state as a small document: tokens only. Specifications, data and clock are elsewhere.

Decided: rows of ``[spec, state, parent's row, id or 0, internal data, triggered, subprocess]`` with
trailing zeros left out, as ``zlib(orjson)`` with a format number. Predicted tasks are not stored
but predicted again; only ids that somebody may ask for are kept: those of open tasks and of the
places from which a join's tokens came.
"""

import zlib
from typing import Any
from uuid import UUID

import orjson
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task

from service.engine.definition import Definition
from service.engine.tokens import FUTURE, OPEN, PREDICTED, STARTED, UNFINISHED
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
