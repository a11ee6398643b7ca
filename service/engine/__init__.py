"""The engine: SpiffWorkflow behind a narrow border. No database, no web, no ambient clock.

Decided: SpiffWorkflow runs with our own specifications. Its task tree, start and end events,
boundary split and join and embedded subprocesses are used as they are. Joins, non-interrupting
boundary events, multi-instance, timers and messages as outside triggers, call activities, computed
steps, the step loop and the builder are ours. Because its joins fire early if a loop leads round
them, its boundary events fire once, and its parser lets the drawing decide the routing. A fuzz
against a reference interpreter (``tests/unit/engine``) proves that ours are right.

A caller builds a :class:`Definition` once. For each command it makes a :class:`Desk`, starts or
restores a :class:`Run`, acts, and stores ``run.dump()`` and the desk's data.
"""

from service.engine.definition import Definition
from service.engine.desk import Desk
from service.engine.run import Run
from service.engine.values import Passed, Place, Sent, Waiting

__all__ = ["Definition", "Desk", "Passed", "Place", "Run", "Sent", "Waiting"]
