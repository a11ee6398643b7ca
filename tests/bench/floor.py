"""The floor: what completing a step costs with nothing but the engine as it comes and one durable
transaction.

Stock SpiffWorkflow parses the bench's own diagram; per completion its own serializer restores the
case, the user task is run, the engine goes on, the serializer dumps. Then one transaction of one
read and four writes in SQLite (WAL, ``synchronous=FULL``), written by hand.
"""

import sqlite3
from pathlib import Path
from time import perf_counter

from lxml import etree
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.serializer import BpmnWorkflowSerializer
from SpiffWorkflow.util.task import TaskState

from tests.bench.client import text

STEPS = ("a", "b", "c")
TABLES = """
    PRAGMA journal_mode=WAL;
    PRAGMA synchronous=FULL;
    CREATE TABLE case_ (id INTEGER PRIMARY KEY, state TEXT, data TEXT, version INTEGER);
    CREATE TABLE item (id INTEGER PRIMARY KEY, case_id INTEGER, element TEXT, holder TEXT,
                       state TEXT, due_at TEXT);
    CREATE TABLE answer (id INTEGER PRIMARY KEY, case_id INTEGER, element TEXT, answers TEXT);
    CREATE INDEX ix_item_open ON item (holder, due_at, id) WHERE state = 'open';
"""


class Floor:
    """Completes the steps of one case again and again. After each, ``engine_ms`` and ``store_ms``
    are its parts.
    """

    def __init__(self, folder: Path, diagram: Path) -> None:
        folder.mkdir()
        self.serializer = BpmnWorkflowSerializer()
        self.states = self._states(diagram)
        self.database = sqlite3.connect(folder / "floor.sqlite", isolation_level=None)
        self.database.executescript(TABLES)
        self.database.execute("INSERT INTO case_ VALUES (1, '', '{}', 1)")
        self.database.execute("INSERT INTO item VALUES (1, 1, 'a', 'unit:1', 'open', NULL)")
        self.item, self.engine_ms, self.store_ms = 1, 0.0, 0.0

    def _states(self, diagram: Path) -> dict[str, str]:
        """The case as it stands before each step, as the serializer writes it."""
        parser = BpmnParser()
        parser.add_bpmn_xml(_in_python(diagram), filename=diagram.name)
        workflow, found = BpmnWorkflow(parser.get_spec("bench")), {}
        workflow.do_engine_steps()
        for step in STEPS:
            found[step] = self.serializer.serialize_json(workflow)
            self._complete(workflow, step)
        assert workflow.completed
        return found

    def _complete(self, workflow: BpmnWorkflow, step: str) -> None:
        task = next(iter(workflow.get_tasks(state=TaskState.READY, manual=True)))
        task.data[f"{step}_text"] = text(len(step))
        task.run()
        workflow.do_engine_steps()

    def complete(self, step: str) -> float:
        """Milliseconds of one completion."""
        began = perf_counter()
        workflow = self.serializer.deserialize_json(self.states[step])
        self._complete(workflow, step)
        state = self.serializer.serialize_json(workflow)
        between = perf_counter()
        self._store(step, state)
        ended = perf_counter()
        self.engine_ms, self.store_ms = 1000 * (between - began), 1000 * (ended - between)
        return 1000 * (ended - began)

    def _store(self, step: str, state: str) -> None:
        run = self.database.execute
        run("BEGIN IMMEDIATE")
        (version,) = run("SELECT version FROM case_ WHERE id = 1").fetchone()
        run("UPDATE case_ SET state = ?, version = ? WHERE id = 1", (state, version + 1))
        run("UPDATE item SET state = 'done' WHERE id = ?", (self.item,))
        opened = run(
            "INSERT INTO item (case_id, element, holder, state) VALUES (1, ?, 'unit:1', 'open')",
            (step,),
        )
        self.item = int(opened.lastrowid or 0)
        run(
            "INSERT INTO answer (case_id, element, answers) VALUES (1, ?, ?)", (step, text(version))
        )
        run("COMMIT")

    def close(self) -> None:
        self.database.close()


def _in_python(diagram: Path) -> etree._ElementTree:
    """The diagram with its conditions as the stock engine wants them: Python, without the leading
    equals sign.
    """
    tree = etree.parse(diagram)
    for condition in tree.iter("{*}conditionExpression"):
        condition.text = (condition.text or "").strip().removeprefix("=")
    return tree
