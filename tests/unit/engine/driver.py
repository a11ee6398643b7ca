"""Drives a run the way the program does: state and data are stored and restored before every
act.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from service.engine import Definition, Desk, Passed, Run, Sent, Waiting
from service.engine.document import read_document
from tests.unit.engine.notation import diagram

BEGIN = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def define(text: str, process: str = "main") -> Definition:
    """The definition of a process in test notation."""
    return Definition.build(read_document(diagram(text, process), "test.bpmn"), process)


class Case:
    """A case in a test. ``act`` restores, acts and dumps; ``now`` is moved by the test."""

    def __init__(
        self,
        text: str | Definition,
        *,
        start: str | None = None,
        rebuild: bool = False,
        **data: Any,
    ) -> None:
        self.definition = text if isinstance(text, Definition) else define(text)
        self.rebuild = rebuild
        self.data: dict[str, Any] = data
        self.now = BEGIN
        self.sent: list[Sent] = []
        self.passed: list[Passed] = []
        self.actions: dict[str, Callable[[Mapping[str, Any]], Any]] = {}
        self.decisions: dict[str, Callable[[Mapping[str, Any]], Any]] = {}
        self.functions: dict[str, Callable[..., Any]] = {"moment": lambda: self.now}
        self.state = b""
        self.start = start

    def begin(self) -> "Case":
        """Start the case."""
        return self.keep(Run.start(self.definition, self.desk(), self.start))

    def desk(self) -> Desk:
        """A fresh desk over the case's data."""
        return Desk(self.data, self.now, self.functions, self.actions, self.decisions)

    def run(self) -> Run:
        """The run, restored from its state."""
        if self.rebuild:
            self.definition = Definition.build(self.definition.document, self.definition.process)
        return Run.restore(self.definition, self.state, self.desk())

    def act(self, verb: str, *args: Any, **kw: Any) -> "Case":
        """Restore, act, dump."""
        run = self.run()
        getattr(run, verb)(*args, **kw)
        return self.keep(run)

    def keep(self, run: Run) -> "Case":
        """Dump, and remember what was sent and passed."""
        self.state = run.dump()
        self.sent += run.desk.sent
        self.passed = run.desk.passed
        return self

    # -- short words for tests

    def wait(self, element: str, index: int = 0) -> Waiting:
        """The wait at this element (of several, the one with this number)."""
        return [w for w in self.run().waiting() if w.element == element][index]

    def do(self, element: str, index: int = 0, **answers: Any) -> "Case":
        """Complete the work at this element."""
        return self.act("complete", self.wait(element, index).task, answers)

    def fire(
        self, element: str, payload: Any = None, at: datetime | None = None, index: int = 0
    ) -> "Case":
        """Set off the timer, message or signal at this element."""
        return self.act("fire", self.wait(element, index).task, element, payload, at)

    def back(self, element: str, to: str) -> "Case":
        """Send the work at this element back."""
        return self.act("send_back", self.wait(element).task, to)

    def targets(self, element: str, index: int = 0) -> list[str]:
        """Where the work at this element can be sent back to."""
        return self.run().targets(self.wait(element, index).task)

    def later(self, **delta: float) -> "Case":
        """Move the clock."""
        self.now += timedelta(**delta)
        return self

    @property
    def open(self) -> list[str]:
        """The elements waited for, sorted; an element in three instances stands there three
        times.
        """
        return sorted(w.element for w in self.run().waiting())

    @property
    def done(self) -> bool:
        """Is the run over?"""
        return self.run().finished
