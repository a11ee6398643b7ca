"""What is over and can no longer matter leaves the tree; the journal keeps history.

Decided: branches in which nothing is open go at once; rounds are folded one round late, that is, of
three visits to a step the middle one takes the place of the oldest. Because the last step can then
still be sent back or withdrawn when it began a new round, and the tree stays bounded: at most two
visits to each step on the line of a token.
"""

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin

from service.engine.specs.steps import Loop
from service.engine.tokens import COMPLETED, FINISHED, STARTED, alive, below, line, workflows


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
