"""Where an item can be sent back to (退回): the engine's rule, and never across a barrier."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.engine import Definition, Run
from service.engine.document import Element
from service.store.tables import CaseRow, ItemRow, JournalRow

BARRIER_ACTIONS = frozenset({"number", "publish", "publish_list"})
THROWS = frozenset({"sendTask", "intermediateThrowEvent"})


def is_barrier(element: Element) -> bool:
    """Whether an element's effect cannot be undone: declared so, a number, a publication, a message to another case."""
    return element.barrier or element.properties.get("action") in BARRIER_ACTIONS or element.kind in THROWS


def targets(session: Session, definition: Definition, case: CaseRow, item: ItemRow, run: Run) -> dict[str, str]:
    """Element id -> name of the steps this item can be sent back to, nearest first."""
    found = run.targets(item.task)
    if not found:
        return {}
    passed = _journal(session, case)
    return {
        element: definition.elements[element].name
        for element in found if not _crosses(definition, passed, element, item.element)
    }


def _journal(session: Session, case: CaseRow) -> list[tuple[str, str | None, frozenset[str]]]:
    wanted = select(JournalRow.verb, JournalRow.element, JournalRow.facts).where(
        JournalRow.case_id == case.id, JournalRow.verb.in_(("complete", "pass"))).order_by(JournalRow.id)
    return [(verb, element, frozenset(facts.get("elements", ()))) for verb, element, facts in session.execute(wanted)]


def _crosses(
    definition: Definition, passed: list[tuple[str, str | None, frozenset[str]]], target: str, current: str
) -> bool:
    """Whether a barrier between the two has been passed since the target was last completed."""
    done = [i for i, (verb, element, _) in enumerate(passed) if verb == "complete" and element == target]
    between = definition.between(target, current)
    barriers = {element for element in between if is_barrier(definition.elements[element])}
    return any(elements & barriers for _, _, elements in passed[done[-1] if done else 0:])
