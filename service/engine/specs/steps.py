"""Our activities: what SpiffWorkflow does in a way we cannot use, and nothing else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from SpiffWorkflow.bpmn.specs.defaults import StartEvent, SubWorkflowTask
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from service.engine.tokens import READY, STARTED, WAITING
from service.errors import ExpressionFailed

Work = Callable[[Any, Any], Any]
"""What a computed step does: takes the desk and the task, gives the value."""


class Begin(StartEvent):
    """A start event. Whatever starts it (a person, a timer, another case) is the caller's affair:
    it passes at once.

    ``plain`` tells the one without event definition, which a start by hand uses.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, *, plain: bool, **kw: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kw)
        self.plain = plain


class Pass(BpmnSpecMixin):
    """Does nothing: stands for a second flow between the same two nodes, so that a join can tell
    them apart.
    """


class Manual(BpmnSpecMixin):
    """Stays READY until the outside completes it: a user task, a child case (``call``), an external
    ``job``.

    ``name`` is the called process or the topic.
    """

    def __init__(
        self, wf_spec: Any, bpmn_id: str, *, kind: str, called: str | None = None, **kw: Any
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **kw)
        self.manual, self.kind, self.called = True, kind, called


class Computed(BpmnSpecMixin):
    """Done at once, inside the command: a FEEL script, a decision table, a named action."""

    def __init__(
        self, wf_spec: Any, bpmn_id: str, *, work: Work, result: str | None = None, **kw: Any
    ) -> None:
        super().__init__(wf_spec, bpmn_id, **kw)
        self.work, self.result = work, result

    def _run_hook(self, task: Any) -> bool:
        desk = task.workflow.script_engine
        value = self.work(desk, task)
        if self.result:
            desk.put(task, self.result, value)
        return True


class Sub(SubWorkflowTask):
    """Embedded subprocess: no data to copy in or out."""

    def start_workflow(self, task: Any) -> None:
        """Begin the inner scope."""
        inner = task.workflow.top_workflow.create_subprocess(task, self.spec)
        inner.completed_event.connect(self._on_subworkflow_completed, task)
        inner.task_tree.run()

    def update_data(self, task: Any, subworkflow: Any) -> None:
        """Nothing: data belongs to the case."""


@dataclass(frozen=True, kw_only=True)
class Repetition:
    """How a diagram wants an activity repeated.

    It runs so many ``times``, or once for each of ``items``. ``variable`` is what an instance calls
    its item. The loop ends early when ``until`` holds. With ``in_order`` an instance waits for the
    one before.
    """

    items: str | None = None
    variable: str | None = None
    times: str | None = None
    until: str | None = None
    in_order: bool = False


class Loop(BpmnSpecMixin):
    """Multi-instance activity: items are read from the case, results stand in the case, a token
    holds its index.

    At entry the list named ``results`` is written: one entry per item, ``{variable: item}``.
    Answers given inside an instance go into its entry. Entering again replaces the list, or adds to
    it where each ``round`` keeps its own entry (an embedded subprocess with the property
    ``results``: rounds that overlap do not share their answers).
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
        self.results, self.repetition, self.rounds = results, repetition, rounds
        self.repeated = ""

    def _update_hook(self, task: Any) -> bool | None:
        super()._update_hook(task)
        items, desk = self._items(task), task.workflow.script_engine
        variable = self.repetition.variable
        before = list(desk.home(task).get(self.results) or []) if self.rounds else []
        desk.put(
            task,
            self.results,
            before + [{variable: item} if variable else {} for item in items],
        )
        task.internal_data = {"of": len(items), "begun": 0, "done": 0} | (
            {"first": len(before)} if before else {}
        )
        if not items:
            return True
        task._set_state(STARTED)
        for _ in range(1 if self.repetition.in_order else len(items)):
            self._begin(task)
        return None

    def _items(self, task: Any) -> list[Any]:
        said, desk = self.repetition, task.workflow.script_engine
        text = said.times or said.items or ""
        value = desk.evaluate(task, text)
        if said.times:
            if not _is_count(value):
                raise ExpressionFailed(
                    self.bpmn_id, text, f"重复次数应为非负整数，实际是 {value!r}"
                )
            return list(range(int(value)))
        if value is not None and not isinstance(value, list):
            raise ExpressionFailed(self.bpmn_id, text, f"应得到一个列表，实际是 {value!r}")
        return list(value or [])

    def _begin(self, task: Any) -> None:
        index = task.internal_data["begun"]
        task.internal_data["begun"] = index + 1
        child = task._add_child(self._wf_spec.task_specs[self.repeated], WAITING)
        child.triggered = True
        child.internal_data = {"at": [self.results, task.internal_data.get("first", 0) + index]}
        child.task_spec._update(child)

    def instance_done(self, workflow: Any, child: Any) -> None:
        """Connected once, when the specification is built, to the repeated spec's
        completed_event.
        """
        task, n = child.parent, child.parent.internal_data
        n["done"] += 1
        until = self.repetition.until
        if until and task.workflow.script_engine.holds(task, until, self._counts(n)):
            for other in task.children:
                if other.triggered:
                    other.cancel()
            task._set_state(READY)
        elif n["done"] == n["of"]:
            task._set_state(READY)
        elif self.repetition.in_order:
            self._begin(task)

    @staticmethod
    def _counts(n: dict[str, int]) -> dict[str, int]:
        active = n["begun"] - n["done"]
        return {
            "nrOfInstances": n["of"],
            "nrOfCompletedInstances": n["done"],
            "nrOfActiveInstances": active,
        }


def _is_count(value: Any) -> bool:
    """Whether something can be done so many times: a whole number that is not negative."""
    if isinstance(value, bool) or not hasattr(value, "__int__"):
        return False
    return not (value < 0 or int(value) != value)
