"""A case's run: everything that can be done to the tokens of one case."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Self

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.mixins.events.event_types import CatchingEvent

from service.engine import back, state
from service.engine.definition import Definition
from service.engine.desk import Desk
from service.engine.specs.events import Boundary, Race, Trigger, caught
from service.engine.specs.steps import Manual
from service.engine.state import prune
from service.engine.tokens import OPEN, READY, WAITING, place_of, workflows
from service.engine.values import Passed, Waiting
from service.errors import ExpressionFailed, NotOpen, Stuck, Uncaught

STEPS = 10_000
"""A command that makes more steps than this goes round for ever."""
TIDY = 100
"""After so many steps the tree is pruned, so that the next ones stay cheap."""


class Run:
    """The tokens of one case, as long as one command works on them.

    Every act checks that what it is asked about is open (else :class:`NotOpen`, and nothing has
    happened), does it, and runs all that runs by itself. An act that raises leaves the run and the
    desk's data half changed: throw both away.
    """

    def __init__(self, definition: Definition, workflow: Any, desk: Desk) -> None:
        self.definition, self.workflow, self.desk = definition, workflow, desk

    @classmethod
    def start(cls, definition: Definition, desk: Desk, start: str | None = None) -> Self:
        """Begin a case. Of several start events only the chosen one lives; by default the one
        without event definition.

        :raises Stuck: no such start event, or the process can neither go on nor wait.
        """
        chosen = definition.start_event(start)
        workflow = BpmnWorkflow(definition.spec, definition.subs, script_engine=desk)
        workflow.task_tree.run()
        for task in workflow.task_tree.children:
            if task.task_spec.bpmn_id != chosen:
                workflow._remove_task(task.id)
        return cls(definition, workflow, desk)._settle()

    @classmethod
    def restore(cls, definition: Definition, stored: bytes, desk: Desk) -> Self:
        """Take up a case where :meth:`dump` left it.

        :raises StateUnreadable: the state is damaged, of another format, or of another diagram.
        """
        return cls(definition, state.unpack(stored, definition, desk), desk)

    def dump(self) -> bytes:
        """The state to store: tokens only, some hundred bytes."""
        return state.pack(self.workflow)

    # -- reading

    @property
    def finished(self) -> bool:
        """Nothing is open any more: run to its end, ended by an uncaught error, or cancelled."""
        return bool(self.workflow.completed) or next(self._open(), None) is None

    def waiting(self) -> list[Waiting]:
        """All that the case waits for, outermost scope first. Derived, never stored here.

        :raises ExpressionFailed: a timer's rule or a correlation key cannot be evaluated.
        """
        return (
            [] if self.finished else [wait for task in self._open() for wait in self._waits(task)]
        )

    def values(self, task: str) -> Mapping[str, Any]:
        """The names visible at an open task: loop entries inner first, then the case's data."""
        return self.desk.values(self._find(task, OPEN))

    def home(self, task: str) -> dict[str, Any]:
        """Where answers given at an open task belong: the innermost loop entry, else the case's
        data.
        """
        return self.desk.home(self._find(task, OPEN))

    def read(self, task: str, text: str | None) -> Any:
        """A text of the diagram at an open task: its value when it begins with ``=``, else the text
        itself.
        """
        return self.desk.read(self._find(task, OPEN), text)

    def inputs(self, task: str) -> dict[str, Any]:
        """What a child case is started with, or an external worker is given.

        ``camunda:in`` sources are expressions; input parameters only when they begin with ``=``.
        """
        found = self._find(task, READY)
        element = found.task_spec.element
        given = {target: self.desk.evaluate(found, source) for target, source in element.ins}
        return given | {name: self.desk.read(found, text) for name, text in element.inputs.items()}

    def business_key(self, task: str) -> str | None:
        """The business key that a call activity gives its child case, if any."""
        found = self._find(task, READY)
        text = found.task_spec.element.business_key
        value = None if text is None else self.desk.evaluate(found, text)
        return None if value is None else str(value)

    def number(self) -> Any:
        """The case's number, by the process's property ``number``; None as long as it has none.

        :raises ExpressionFailed: the expression cannot be evaluated.
        """
        return self._of_the_case(self.definition.numbering)

    def title(self) -> Any:
        """The case's title, by the process's property ``title``; None as long as its data give
        none.

        :raises ExpressionFailed: the expression cannot be evaluated.
        """
        return self._of_the_case(self.definition.titling)

    def _of_the_case(self, text: str) -> Any:
        if not text:
            return None
        try:
            return self.desk.language(text.strip().removeprefix("="), self.desk.data)
        except ValueError as exc:
            raise ExpressionFailed(self.definition.process, text, str(exc)) from exc

    # -- moving

    def complete(self, task: str, answers: Mapping[str, Any] | None = None) -> Self:
        """Finish open work. ``answers`` are written to :meth:`home` first."""
        found = self._find(task, READY)
        self.desk.home(found).update(answers or {})
        self._step(found)
        return self._settle()

    def fulfil(self, task: str, child_data: Mapping[str, Any]) -> Self:
        """The child case is over: its results come back by the out mappings, whose sources are
        names of the child.
        """
        found = self._find(task, READY)
        outs = found.task_spec.element.outs
        return self.complete(
            task, {target: self.desk.reckon(found, source, child_data) for target, source in outs}
        )

    def fire(
        self, task: str, element: str, payload: Any = None, at: datetime | None = None
    ) -> Self:
        """This timer is due, this message or signal has come: exactly this one.

        :param at: the instant that counts as the firing (a repeating timer's due instant); now
            unless given.
        """
        found = self._find(task, WAITING)
        trigger = dict(_triggers(found)).get(element)
        if trigger is None:
            raise NotOpen(f"等待“{element}”")
        if trigger.variable:
            self.desk.put(found, trigger.variable, payload)
        found.internal_data["event_fired"] = True
        if isinstance(found.task_spec, Race):
            found.internal_data["chosen"] = element
        if isinstance(found.task_spec, Boundary):
            found.internal_data["fired_at"] = (at or self.desk.now).isoformat()
        found.task_spec._update(found)
        return self._settle()

    def fail(self, task: str, code: str) -> Self:
        """The outside could not do it (a BPMN error): the nearest error boundary decides what
        happens.

        :raises Uncaught: no boundary event catches this code; nothing has happened.
        """
        if not caught(self._find(task, READY), code):
            raise Uncaught(f"没有边界事件捕获错误“{code}”")
        return self._settle()

    def cancel(self) -> Self:
        """End everything at once (终止)."""
        self.workflow.cancel()
        return self

    # -- going back

    def targets(self, task: str) -> list[str]:
        """The elements to which this work can be sent back without ending anybody else's, nearest
        first.
        """
        return list(back.targets(self._find(task, READY)))

    def send_back(self, task: str, element: str) -> Self:
        """Send this work back (退回): the element begins anew and all that followed it is gone from
        the run.

        The case's data is the caller's affair; see :meth:`Definition.between`.

        :raises NotOpen: the task is no longer open, or the element not among its :meth:`targets`.
        """
        target = back.targets(self._find(task, READY)).get(element)
        if target is None:
            raise NotOpen(f"退回到“{element}”")
        back.begin_again(target)
        return self._settle()

    # -- inside

    def _open(self) -> Iterator[Any]:
        for workflow in workflows(self.workflow):
            yield from [t for t in workflow.tasks.values() if t.has_state(OPEN)]

    def _find(self, ident: str, wanted: int) -> Any:
        """The open task with this id and state: the one door to every act.

        :raises NotOpen: there is none.
        """
        task = next((t for t in self._open() if str(t.id) == ident), None)
        if task is None or not task.has_state(wanted):
            raise NotOpen()
        return task

    def _waits(self, task: Any) -> Iterator[Waiting]:
        spec, ident, place = task.task_spec, str(task.id), place_of(task)
        if task.state == READY and isinstance(spec, Manual):
            yield Waiting(
                task=ident, element=spec.bpmn_id, kind=spec.kind, name=spec.called, place=place
            )
        elif task.state == WAITING:
            for element, trigger in _triggers(task):
                text = trigger.text if trigger.kind == "timer" else trigger.name
                yield Waiting(
                    task=ident,
                    element=element,
                    kind=trigger.kind,
                    name=self.desk.read(task, text),
                    since=datetime.fromisoformat(task.internal_data["since"]),
                    key=self.desk.read(task, trigger.key),
                    place=place,
                )

    def _step(self, task: Any) -> None:
        element, place = task.task_spec.bpmn_id, place_of(task)
        task.run()
        if element:
            self.desk.passed.append(Passed(element=element, place=place))

    def _settle(self) -> Self:
        """Run what runs by itself until nothing does, outermost scope first."""
        for step in range(1, STEPS + 1):
            if not step % TIDY:
                prune(self.workflow)
            task = next(
                (t for t in self._open() if t.state == READY and not t.task_spec.manual), None
            )
            if task is None:
                break
            self._step(task)
            if any(sent.kind == "error" for sent in self.desk.sent):
                return self.cancel()
        else:
            raise Stuck("步骤循环不止")
        prune(self.workflow)
        if not self.finished and not self.waiting():
            raise Stuck("没有可办的环节，也没有可等的事件")
        return self


def _triggers(task: Any) -> list[tuple[str, Trigger]]:
    """What a waiting task can be set off by: (element, trigger)."""
    spec = task.task_spec
    if isinstance(spec, Race):
        return [(element, trigger) for element, (trigger, _) in spec.runners.items()]
    trigger = getattr(spec, "event_definition", None) if isinstance(spec, CatchingEvent) else None
    return [(spec.bpmn_id, trigger)] if isinstance(trigger, Trigger) else []
