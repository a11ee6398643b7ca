"""The run of a case: everything that can be done to the tokens of one case."""

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
"""A command that makes more steps than this is taken to go round for ever."""
TIDY = 100
"""The tree is pruned after every so many steps, so that the next ones stay cheap."""


class Run:
    """The tokens of one case, while one command works on them.

    Every act first checks that the task is open. If it is not, the act raises :class:`NotOpen`, and
    nothing has happened. Then it does its work and runs everything that runs by itself. An act that
    raises another error leaves the run and the desk's data half changed: throw both away.
    """

    def __init__(self, definition: Definition, workflow: Any, desk: Desk) -> None:
        self.definition = definition
        self.workflow = workflow
        self.desk = desk

    @classmethod
    def start(cls, definition: Definition, desk: Desk, start: str | None = None) -> Self:
        """Begin a case.

        :param start: the start event; by default the one without event definition.
        :raises Stuck: there is no such start event, or the process can neither go on nor wait.
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
        """Whether nothing is open any more.

        The run has come to its end, was ended by an uncaught error, or was cancelled.
        """
        if self.workflow.completed:
            return True
        return next(self._open(), None) is None

    def waiting(self) -> list[Waiting]:
        """Everything that the case waits for, outermost scope first. It is derived, not stored.

        :raises ExpressionFailed: a timer's rule or a correlation key cannot be evaluated.
        """
        if self.finished:
            return []
        waits: list[Waiting] = []
        for task in self._open():
            waits += self._waits(task)
        return waits

    def values(self, task: str) -> Mapping[str, Any]:
        """The names visible at an open task: loop entries from the inside out, then the case's
        data.
        """
        return self.desk.values(self._find(task, OPEN))

    def home(self, task: str) -> dict[str, Any]:
        """Where answers given at an open task belong: its innermost loop entry, or the case's
        data.
        """
        return self.desk.home(self._find(task, OPEN))

    def read(self, task: str, text: str | None) -> Any:
        """The value of a text at an open task if it begins with ``=``; otherwise the text itself.

        :raises ExpressionFailed: it cannot be evaluated.
        """
        return self.desk.read(self._find(task, OPEN), text)

    def inputs(self, task: str) -> dict[str, Any]:
        """The values with which a child case is started, or which an external worker is given.

        The sources of ``camunda:in`` are expressions. Input parameters are expressions only if they
        begin with ``=``.
        """
        node = self._find(task, READY)
        element = node.task_spec.element
        values: dict[str, Any] = {}
        for target, source in element.ins:
            values[target] = self.desk.evaluate(node, source)
        for name, text in element.inputs.items():
            values[name] = self.desk.read(node, text)
        return values

    def business_key(self, task: str) -> str | None:
        """The business key that a call activity gives its child case; None if it gives none."""
        call = self._find(task, READY)
        expression = call.task_spec.element.business_key
        if expression is None:
            return None
        value = self.desk.evaluate(call, expression)
        if value is None:
            return None
        return str(value)

    def number(self) -> Any:
        """The number of the case, by the property ``number`` of the process; None if it has none
        yet.

        :raises ExpressionFailed: the expression cannot be evaluated.
        """
        return self._evaluate_over_case(self.definition.numbering)

    def title(self) -> Any:
        """The title of the case, by the property ``title`` of the process; None if it has none
        yet.

        :raises ExpressionFailed: the expression cannot be evaluated.
        """
        return self._evaluate_over_case(self.definition.titling)

    def _evaluate_over_case(self, text: str) -> Any:
        if not text:
            return None
        expression = text.strip().removeprefix("=")
        try:
            return self.desk.language(expression, self.desk.data)
        except ValueError as exc:
            raise ExpressionFailed(self.definition.process, text, str(exc)) from exc

    # -- moving

    def complete(self, task: str, answers: Mapping[str, Any] | None = None) -> Self:
        """Finish open work.

        :param answers: values that are written to :meth:`home` first.
        """
        work = self._find(task, READY)
        self.desk.home(work).update(answers or {})
        self._step(work)
        return self._settle()

    def fulfil(self, task: str, child_data: Mapping[str, Any]) -> Self:
        """Finish a call, because the child case is over.

        Its results come back by the out mappings. Their sources are names of the child.
        """
        call = self._find(task, READY)
        results: dict[str, Any] = {}
        for target, source in call.task_spec.element.outs:
            results[target] = self.desk.reckon(call, source, child_data)
        return self.complete(task, results)

    def fire(
        self,
        task: str,
        element: str,
        payload: Any = None,
        at: datetime | None = None,
    ) -> Self:
        """Set off one timer that is due, or one message or signal that has come.

        :param at: the instant that counts as the firing (a repeating timer's due instant); by
            default now.
        """
        event = self._find(task, WAITING)
        spec = event.task_spec
        trigger = dict(_triggers(event)).get(element)
        if trigger is None:
            raise NotOpen(f"等待“{element}”")
        if trigger.variable:
            self.desk.put(event, trigger.variable, payload)
        event.internal_data["event_fired"] = True
        if isinstance(spec, Race):
            event.internal_data["chosen"] = element
        if isinstance(spec, Boundary):
            fired_at = at or self.desk.now
            event.internal_data["fired_at"] = fired_at.isoformat()
        spec._update(event)
        return self._settle()

    def fail(self, task: str, code: str) -> Self:
        """Report that the outside could not do open work (a BPMN error).

        The nearest boundary event that catches the error decides what happens.

        :raises Uncaught: no boundary event catches this code; nothing has happened.
        """
        work = self._find(task, READY)
        if not caught(work, code):
            raise Uncaught(f"没有边界事件捕获错误“{code}”")
        return self._settle()

    def cancel(self) -> Self:
        """End everything at once (终止)."""
        self.workflow.cancel()
        return self

    # -- going back

    def targets(self, task: str) -> list[str]:
        """The elements to which work can be sent back without ending the work of others, nearest
        first.
        """
        work = self._find(task, READY)
        return list(back.targets(work))

    def send_back(self, task: str, element: str) -> Self:
        """Send work back (退回).

        The element begins again, and all that followed it is removed from the run. The caller takes
        care of the case's data; see :meth:`Definition.between`.

        :raises NotOpen: the task is no longer open, or the element is not among its
            :meth:`targets`.
        """
        work = self._find(task, READY)
        target = back.targets(work).get(element)
        if target is None:
            raise NotOpen(f"退回到“{element}”")
        back.begin_again(target)
        return self._settle()

    # -- inside

    def _open(self) -> Iterator[Any]:
        for workflow in workflows(self.workflow):
            yield from [task for task in workflow.tasks.values() if task.has_state(OPEN)]

    def _automatic(self) -> Iterator[Any]:
        """The open tasks that can run by themselves."""
        for task in self._open():
            if task.state == READY and not task.task_spec.manual:
                yield task

    def _find(self, ident: str, state: int) -> Any:
        """The open task with this id and state. Every act begins here.

        :raises NotOpen: there is none.
        """
        task = next((task for task in self._open() if str(task.id) == ident), None)
        if task is None or not task.has_state(state):
            raise NotOpen()
        return task

    def _waits(self, task: Any) -> Iterator[Waiting]:
        """What an open task waits for: one thing, or each event of a race."""
        spec = task.task_spec
        if task.state == WAITING:
            for element, trigger in _triggers(task):
                yield self._wait(task, element, trigger)
        elif task.state == READY and isinstance(spec, Manual):
            yield Waiting(
                task=str(task.id),
                element=spec.bpmn_id,
                kind=spec.kind,
                name=spec.called,
                place=place_of(task),
            )

    def _wait(self, task: Any, element: str, trigger: Trigger) -> Waiting:
        text = trigger.text if trigger.kind == "timer" else trigger.name
        return Waiting(
            task=str(task.id),
            element=element,
            kind=trigger.kind,
            name=self.desk.read(task, text),
            since=datetime.fromisoformat(task.internal_data["since"]),
            key=self.desk.read(task, trigger.key),
            place=place_of(task),
        )

    def _step(self, task: Any) -> None:
        """Run a task and note that a token has left its element."""
        element = task.task_spec.bpmn_id
        place = place_of(task)
        task.run()
        if element:
            self.desk.passed.append(Passed(element=element, place=place))

    def _settle(self) -> Self:
        """Run what runs by itself until nothing does, outermost scope first.

        :raises Stuck: the run goes round for ever, or can neither go on nor wait.
        """
        for step in range(1, STEPS + 1):
            if step % TIDY == 0:
                prune(self.workflow)
            task = next(self._automatic(), None)
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
    """What can set off a waiting task: each element with its trigger."""
    spec = task.task_spec
    if isinstance(spec, Race):
        return [(element, trigger) for element, (trigger, _) in spec.runners.items()]
    if not isinstance(spec, CatchingEvent):
        return []
    trigger = getattr(spec, "event_definition", None)
    if not isinstance(trigger, Trigger):
        return []
    return [(spec.bpmn_id, trigger)]
