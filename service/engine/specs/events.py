"""Our events. Only the outside sets them off: the engine neither matches names nor reads clocks."""

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
    """A timer, message or signal to wait for.

    ``text`` is the rule of a timer. ``variable`` is the name under which a payload is kept.
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
        self.kind = kind
        self.text = text
        self.variable = variable
        self.key = key

    def catches(self, task: Any, event: Any) -> bool:
        """Always false: SpiffWorkflow must not match events itself."""
        return False

    def update_task(self, task: Any) -> None:
        """Note when the wait began."""
        now = task.workflow.script_engine.now
        task.internal_data.setdefault("since", now.isoformat())

    def reset(self, task: Any) -> None:
        """Forget that the event has fired, because it has been dealt with."""
        task.internal_data.pop("event_fired", None)

    def again(self, task: Any) -> bool:
        """Whether the event may happen once more.

        Messages and signals always may. A timer with the rule ``R/P3M`` may for ever, and one with
        ``R3/P3M`` three times. Any other timer fires once.
        """
        if self.kind != "timer":
            return True
        rule = task.workflow.script_engine.read(task, self.text)
        if not isinstance(rule, str) or not rule.startswith("R"):
            return False
        times = rule[1:].split("/")[0]
        if not times:
            return True
        fired = task.internal_data.get("round", 0) + 1
        return bool(fired < int(times))

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Throw(EventDefinition):
    """A message or signal that is thrown.

    It goes to the desk, and the caller delivers it from there after the commit.
    """

    def __init__(self, kind: str, name: str, *, payload: str | None, key: str | None) -> None:
        super().__init__(name)
        self.kind = kind
        self.payload = payload
        self.key = key

    def throw(self, task: Any) -> None:
        """Put the message or signal on the desk."""
        desk = task.workflow.script_engine
        sent = Sent(
            kind=self.kind,
            name=self.name,
            payload=desk.read(task, self.payload),
            key=desk.read(task, self.key),
            element=task.task_spec.bpmn_id,
        )
        desk.sent.append(sent)

    __eq__ = object.__eq__
    __hash__ = object.__hash__


class Failure(EventDefinition):
    """An error.

    Only the nearest enclosing activity that has a boundary event for its code catches it. An error
    that nobody catches goes to the desk and ends the run.
    """

    def __init__(self, name: str, code: str | None) -> None:
        super().__init__(name)
        self.code = code

    def catches(self, task: Any, event: Any) -> bool:
        """Always false: SpiffWorkflow must not match events itself."""
        return False

    def throw(self, task: Any) -> None:
        """Set off the nearest boundary event for the error, or put the error on the desk."""
        if caught(enclosing(task), self.code):
            return
        name = self.code or self.name
        sent = Sent(kind="error", name=name, element=task.task_spec.bpmn_id)
        task.workflow.script_engine.sent.append(sent)

    __eq__ = object.__eq__
    __hash__ = object.__hash__


def caught(activity: Any, code: str | None) -> bool:
    """Set off the nearest error boundary event for a code, from an activity outwards.

    Returns False if there is none.
    """
    while activity is not None:
        for event in _boundary_events(activity):
            if _catches(event, code):
                event.internal_data["event_fired"] = True
                event.task_spec._update(event)
                return True
        activity = enclosing(activity)
    return False


def _boundary_events(activity: Any) -> list[Any]:
    """The tasks beside an activity that is entered through a split; [] if it is not."""
    # an instance of a loop stands below the loop, and the boundary events belong to the loop
    host = activity.parent if activity.triggered else activity
    split = host.parent
    if not isinstance(split.task_spec, BoundaryEventSplit):
        return []
    return list(split.children)


def _catches(event: Any, code: str | None) -> bool:
    """Whether a task is an error boundary event that waits for this code."""
    definition = getattr(event.task_spec, "event_definition", None)
    if not isinstance(definition, Failure):
        return False
    return definition.code in (None, code) and event.state == WAITING


class Terminate(TerminateEventDefinition):
    """A terminate event. The end event itself cancels the rest of its scope."""

    def throw(self, task: Any) -> None:
        """Do nothing."""


class Boundary(BoundaryEvent):
    """A boundary event.

    One that does not interrupt may occur any number of times. The fired event is used up, and a
    twin goes on waiting. The wait of the twin begins at the instant that counts as the firing, so
    that repeating timers do not drift.
    """

    def _run_hook(self, task: Any) -> bool:
        super()._run_hook(task)
        trigger = self.event_definition
        if not self.cancel_activity and isinstance(trigger, Trigger) and trigger.again(task):
            self._wait_again(task)
        return True

    def _wait_again(self, task: Any) -> None:
        """Add a twin of an event that has fired."""
        twin = task.parent._add_child(self, FUTURE)
        twin.triggered = True
        twin.internal_data = {
            "since": task.internal_data["fired_at"],
            "round": task.internal_data.get("round", 0) + 1,
        }
        self._predict(twin, mask=UNFINISHED)
        self._update(twin)


class Race(EventBasedGateway):
    """Event-based gateway. It waits for all its catch events at once; the one that fires goes on.

    ``runners`` has the trigger and the specification's name of each catch event, by element.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, **kw: Any) -> None:
        super().__init__(wf_spec, bpmn_id, event_definition=Trigger("race", bpmn_id), **kw)
        self.runners: dict[str, tuple[Trigger, str]] = {}

    def connect(self, child: Any) -> None:
        """Take over the event of the child, which then passes at once."""
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
