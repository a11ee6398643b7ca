"""Our activities. There is one only for what SpiffWorkflow does in a way that we cannot use."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import StartEvent, SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from service.engine.tokens import READY, STARTED, WAITING
from service.errors import ExpressionFailed

Work = Callable[[Any, Any], Any]
"""What a computed step does: it takes the desk and the task, and returns the value."""


class Begin(StartEvent):
    """A start event.

    The caller decides what starts it (a person, a timer, another case), so it passes at once.
    ``plain`` is true for the start event without event definition, by which people start.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, *, plain: bool, **kw: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kw)
        self.plain = plain


class Pass(BpmnSpecMixin):
    """A step that does nothing.

    It stands for a second flow between the same two nodes, so that a join can tell them apart.
    """


class Manual(BpmnSpecMixin):
    """A step that stays READY until the outside completes it.

    ``kind`` is ``user`` (a user task), ``call`` (a child case) or ``job`` (external work).
    ``called`` is the called process or the topic.
    """

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        *,
        kind: str,
        called: str | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **kw)
        self.manual = True
        self.kind = kind
        self.called = called


class Computed(BpmnSpecMixin):
    """A step that is done at once, inside the command.

    It is a FEEL script, a decision table or a named action. ``result`` is the name under which its
    value is kept, if it is kept.
    """

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        *,
        work: Work,
        result: str | None = None,
        **kw: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **kw)
        self.work = work
        self.result = result

    def _run_hook(self, task: Any) -> bool:
        desk = task.workflow.script_engine
        value = self.work(desk, task)
        if self.result:
            desk.put(task, self.result, value)
        return True


class Sub(SubWorkflowTask):
    """Embedded subprocess. No data is copied in or out."""

    def start_workflow(self, task: Any) -> None:
        """Begin the inner scope."""
        inner = task.workflow.top_workflow.create_subprocess(task, self.spec)
        inner.completed_event.connect(self._on_subworkflow_completed, task)
        inner.task_tree.run()

    def update_data(self, task: Any, subworkflow: Any) -> None:
        """Do nothing, because data belongs to the case."""


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """How a diagram wants an activity to be repeated.

    - It runs as often as ``times`` says, or once for each entry of the list ``items``.
    - ``variable`` is the name of the entry inside an instance.
    - The loop ends early if ``until`` holds.
    - If ``in_order`` is true, an instance waits for the one before it.
    """

    items: str | None = None
    variable: str | None = None
    times: str | None = None
    until: str | None = None
    in_order: bool = False


class Loop(BpmnSpecMixin):
    """Multi-instance activity. Items and results stand in the case; a token holds its index.

    When the loop is entered, the list named ``results`` is written: one entry per item,
    ``{variable: item}``. Answers given inside an instance go into its entry.

    When it is entered again, the list is replaced. If ``rounds`` is true, the entries are added
    instead. That is so for an embedded subprocess with the property ``results``: rounds that
    overlap do not share their answers.
    """

    def __init__(
        self,
        wf_spec: Any,
        bpmn_id: str,
        *,
        results: str,
        repetition: Repetition,
        rounds: bool = False,
        **kw: Any,
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **kw)
        self.results = results
        self.repetition = repetition
        self.rounds = rounds
        self.repeated = ""

    def _update_hook(self, task: Any) -> bool | None:
        super()._update_hook(task)
        desk = task.workflow.script_engine
        items = self._items(task)
        earlier_entries = list(desk.home(task).get(self.results) or []) if self.rounds else []
        desk.put(task, self.results, earlier_entries + self._entries(items))
        task.internal_data = {"of": len(items), "begun": 0, "done": 0}
        if earlier_entries:
            task.internal_data["first"] = len(earlier_entries)
        if not items:
            return True
        task._set_state(STARTED)
        begin_at_once = 1 if self.repetition.in_order else len(items)
        for _ in range(begin_at_once):
            self._begin_instance(task)
        return None

    def _items(self, task: Any) -> list[Any]:
        """The items of the loop.

        :raises ExpressionFailed: the diagram gives neither a list nor a whole number.
        """
        repetition = self.repetition
        text = repetition.times or repetition.items or ""
        value = task.workflow.script_engine.evaluate(task, text)
        if repetition.times:
            if not _is_count(value):
                raise ExpressionFailed(
                    self.bpmn_id, text, f"重复次数应为非负整数，实际是 {value!r}"
                )
            return list(range(int(value)))
        if value is not None and not isinstance(value, list):
            raise ExpressionFailed(self.bpmn_id, text, f"应得到一个列表，实际是 {value!r}")
        return list(value or [])

    def _entries(self, items: list[Any]) -> list[dict[str, Any]]:
        """The entries of the items in the list of results."""
        variable = self.repetition.variable
        return [{variable: item} if variable else {} for item in items]

    def _begin_instance(self, task: Any) -> None:
        """Begin the next instance."""
        counts = task.internal_data
        index = counts["begun"]
        counts["begun"] = index + 1
        child = task._add_child(self._wf_spec.task_specs[self.repeated], WAITING)
        child.triggered = True
        child.internal_data = {"at": [self.results, counts.get("first", 0) + index]}
        child.task_spec._update(child)

    def instance_done(self, workflow: Any, child: Any) -> None:
        """Go on after an instance is over: end the loop, begin the next instance, or wait.

        The builder connects this to the ``completed_event`` of the repeated specification.
        """
        task = child.parent
        counts = task.internal_data
        counts["done"] += 1
        if self._ends_early(task):
            for other in task.children:
                if other.triggered:
                    other.cancel()
            task._set_state(READY)
        elif counts["done"] == counts["of"]:
            task._set_state(READY)
        elif self.repetition.in_order:
            self._begin_instance(task)

    def _ends_early(self, task: Any) -> bool:
        """Whether the completion condition of the loop holds."""
        if not self.repetition.until:
            return False
        counts = task.internal_data
        names = {
            "nrOfInstances": counts["of"],
            "nrOfCompletedInstances": counts["done"],
            "nrOfActiveInstances": counts["begun"] - counts["done"],
        }
        desk = task.workflow.script_engine
        return bool(desk.holds(task, self.repetition.until, names))


def _is_count(value: Any) -> bool:
    """Whether a value is a whole number that is not negative."""
    if isinstance(value, bool) or not hasattr(value, "__int__"):
        return False
    return not (value < 0 or int(value) != value)
