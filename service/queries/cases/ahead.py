"""What comes next in a case: after each step that is open, and after what it waits for."""

from collections.abc import Iterable

from service.engine import Waiting
from service.queries.cases.lines import AheadLine
from service.queries.items.lines import ItemLine
from service.queries.processes.next_steps import Outlook


def lines_ahead(
    outlook: Outlook, items: Iterable[ItemLine], waits: Iterable[Waiting]
) -> tuple[AheadLine, ...]:
    """The steps that come next, each once. Boundary events are left out, because they may never
    come.
    """
    elements = outlook.deployed.definition.elements
    opened = dict.fromkeys(
        item.element for item in items if item.state == "open" and item.part == "lead"
    )
    awaited = dict.fromkeys(
        wait.element
        for wait in waits
        if wait.kind != "user" and elements[wait.element].kind != "boundaryEvent"
    )
    return tuple(
        AheadLine(
            element=ident,
            name=elements[ident].name,
            awaited=outlook.at(ident) if ident in awaited else None,
            steps=outlook.after(ident),
        )
        for ident in (*opened, *awaited)
    )
