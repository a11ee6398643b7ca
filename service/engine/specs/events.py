"""Our events: set off by the outside only. The engine neither matches names nor reads a clock."""

from typing import Any

from SpiffWorkflow.bpmn.specs.control import BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.defaults import BoundaryEvent, EventBasedGateway
from SpiffWorkflow.bpmn.specs.event_definitions.base import EventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import (
    NoneEventDefinition,
    TerminateEventDefinition,
)
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from service.engine.tokens import FUTURE, PREDICTED, UNFINISHED, WAITING, enclosing
from service.engine.values import Sent


class Trigger(EventDefinition):
    """A timer, message or signal to wait for. ``text`` is a timer's rule; ``variable`` is where a
    payload goes.
    """

    def __init__(
        self,
        kind: str,
        name: str,
        *,
        text: str = "",
        variable: str | None = None,
        key: str | None = None,
    ) -> None:
        super().__init__(name)
        self.kind, self.text, self.variable, self.key = kind, text, variable, key

    def catches(self, task: Any, event: Any) -> bool:
        """Never by SpiffWorkflow's own matching."""
        return False

    def update_task(self, task: Any) -> None:
        """The wait begins: note since when."""
        task.internal_data.setdefault("since", task.workflow.script_engine.now.isoformat())

    def reset(self, task: Any) -> None:
        """The event has been dealt with."""
        task.internal_data.pop("event_fired", None)

    def again(self, task: Any) -> bool:
        """May it happen once more? Messages and signals may; a timer when its rule says so.

        ``R/P3M`` for ever, ``R3/P3M`` three times, anything else once.
        """
        if self.kind != "timer":
            return True
        rule = task.workflow.script_engine.read(task, self.text)
        if not (isinstance(rule, str) and rule.startswith("R")):
            return False
        times = rule[1:].split("/")[0]
        return not times or task.internal_data.get("round", 0) + 1 < int(times)

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Throw(EventDefinition):
    """A message or signal thrown: goes to the desk, from where the caller delivers it after the
    commit.
    """

    def __init__(self, kind: str, name: str, *, payload: str | None, key: str | None) -> None:
        super().__init__(name)
        self.kind, self.payload, self.key = kind, payload, key

    def throw(self, task: Any) -> None:
        """Put it on the desk."""
        desk = task.workflow.script_engine
        desk.sent.append(
            Sent(
                kind=self.kind,
                name=self.name,
                payload=desk.read(task, self.payload),
                key=desk.read(task, self.key),
                element=task.task_spec.bpmn_id,
            )
        )

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Failure(EventDefinition):
    """An error: caught by the nearest enclosing activity that has a boundary for its code, and by
    no other.

    One that nobody catches goes to the desk and ends the run.
    """

    def __init__(self, name: str, code: str | None) -> None:
        super().__init__(name)
        self.code = code

    def catches(self, task: Any, event: Any) -> bool:
        """Never by SpiffWorkflow's own matching."""
        return False

    def throw(self, task: Any) -> None:
        """Set off the nearest boundary for it, else put it on the desk."""
        if not caught(enclosing(task), self.code):
            desk = task.workflow.script_engine
            desk.sent.append(
                Sent(kind="error", name=self.code or self.name, element=task.task_spec.bpmn_id)
            )

    __eq__ = object.__eq__
    __hash__ = object.__hash__


def caught(activity: Any, code: str | None) -> bool:
    """Set off the nearest error boundary for this code, from this activity outwards. False if there
    is none.
    """
    while activity is not None:
        # a loop's instance stands below the loop, and the boundary events belong to the loop
        split = (activity.parent if activity.triggered else activity).parent
        for event in split.children if isinstance(split.task_spec, BoundaryEventSplit) else ():
            what = getattr(event.task_spec, "event_definition", None)
            if isinstance(what, Failure) and what.code in (None, code) and event.state == WAITING:
                event.internal_data["event_fired"] = True
                event.task_spec._update(event)
                return True
        activity = enclosing(activity)
    return False


class Terminate(TerminateEventDefinition):
    """The end event itself cancels the rest of its scope."""

    def throw(self, task: Any) -> None:
        """Nothing."""


class Boundary(BoundaryEvent):
    """A boundary event. A non-interrupting one may occur any number of times: the fired one is used
    up, a twin waits on.

    The twin's wait begins at the instant that counts as the firing, so that repeating timers do not
    drift.
    """

    def _run_hook(self, task: Any) -> bool:
        super()._run_hook(task)
        what = self.event_definition
        if not self.cancel_activity and isinstance(what, Trigger) and what.again(task):
            twin = task.parent._add_child(self, FUTURE)
            twin.triggered = True
            twin.internal_data = {
                "since": task.internal_data["fired_at"],
                "round": task.internal_data.get("round", 0) + 1,
            }
            self._predict(twin, mask=UNFINISHED)
            self._update(twin)
        return True


class Race(EventBasedGateway):
    """Event-based gateway: waits for all its catch events at once; the one that fired goes on, by
    element id.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, **kw: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition=Trigger("race", bpmn_id), **kw)
        self.runners: dict[str, tuple[Trigger, str]] = {}

    def connect(self, child: Any) -> None:
        """Take over the child's event; the child then passes at once."""
        BpmnSpecMixin.connect(self, child)
        self.runners[child.bpmn_id] = (child.event_definition, child.name)
        child.event_definition = NoneEventDefinition()

    def _run_hook(self, task: Any) -> bool:
        task.internal_data.pop("event_fired", None)
        _, chosen = self.runners[task.internal_data.pop("chosen")]
        task._sync_children([self._wf_spec.task_specs[chosen]], FUTURE)
        for child in task.children:
            child.task_spec._predict(child, mask=FUTURE | PREDICTED)
        return True
