"""Gateways where tokens meet or part.

Decided: our own joins. Because SpiffWorkflow's joins count tokens of earlier rounds again if a loop
leads round them, and fire early. Here a token that arrives waits. A join that fires consumes one
token per incoming flow, and notes where these tokens had parted (``from``): sending back and
folding need that.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from service.engine.tokens import COMPLETED, FUTURE, MAYBE, OPEN, PREDICTED, WAITING, meeting_point
from service.errors import Stuck


def _flow_of(task: Any) -> str:
    """The specification from which a token came to a join: it stands for the incoming flow."""
    return str(task.parent.task_spec.name)


class Meeting(BpmnSpecMixin):
    """A join that counts arrived tokens and consumes them."""

    def _enough(self, task: Any, others: list[Any]) -> bool:
        """Whether the join may fire.

        :param task: the token that has just arrived.
        :param others: the tokens that arrived before and wait.
        """
        raise NotImplementedError

    def _update_hook(self, task: Any) -> bool:
        waiting = [
            other
            for other in task.workflow.tasks.values()
            if other.task_spec is self and other.state == WAITING and other is not task
        ]
        task._set_state(WAITING)
        if not self._enough(task, waiting):
            return False
        used = {_flow_of(task): task}
        for other in waiting:
            # a second token on a flow stays for the next round
            used.setdefault(_flow_of(other), other)
        self._consume(task, list(used.values()))
        return True

    def _consume(self, task: Any, used: list[Any]) -> None:
        """Let one token go on, and remove the other tokens that the join used."""
        if len(used) > 1:
            task.internal_data["from"] = meeting_point(used).id.hex
        for other in used[1:]:
            task.workflow._remove_task(other.id)


class Fork(Meeting):
    """Parallel gateway: takes a token from every incoming flow, sends one to every outgoing
    flow.
    """

    def _enough(self, task: Any, others: list[Any]) -> bool:
        arrived = {_flow_of(token) for token in (task, *others)}
        return arrived == set(self._inputs)


def _is_token(task: Any) -> bool:
    """Whether a task is open, or is the sibling of the token just moved that moves next."""
    if task.has_state(OPEN):
        return True
    return bool(task.state == FUTURE and task.parent.state == COMPLETED)


class Choice(BpmnSpecMixin):
    """A gateway whose outgoing flows have conditions, tried in document order.

    ``ways`` has the condition and the target's name of each flow that is not the default.
    """

    def __init__(self, wf_spec: Any, bpmn_id: str, **kw: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kw)
        self.ways: list[tuple[str | None, str]] = []
        self.default: str | None = None

    def connect_flow(self, target: Any, condition: str | None, *, default: bool) -> None:
        """Add an outgoing flow. This is called once for each flow, in document order."""
        self.connect(target)
        if default:
            self.default = target.name
        else:
            self.ways.append((condition, target.name))

    def _predict_hook(self, task: Any) -> None:
        task._sync_children(self.outputs, MAYBE)

    def _go(self, task: Any, names: Iterable[str]) -> bool:
        """Put a token on each of these flows; on the default flow if there is none.

        :raises Stuck: there is no flow, and no default either.
        """
        targets = list(names)
        if not targets and self.default:
            targets = [self.default]
        if not targets:
            raise Stuck(f"网关“{self.bpmn_name or self.bpmn_id}”没有任何条件成立，也没有默认流向")
        specs = self._wf_spec.task_specs
        task._sync_children([specs[name] for name in targets], FUTURE)
        for child in task.children:
            child.task_spec._predict(child, mask=FUTURE | PREDICTED)
        return True


class Exclusive(Choice):
    """Exclusive gateway: takes the first flow whose condition holds.

    If none does, it takes the default flow; without a default the first flow without a condition.
    """

    def _run_hook(self, task: Any) -> bool:
        desk = task.workflow.script_engine
        for condition, name in self.ways:
            if condition and desk.holds(task, condition):
                return self._go(task, [name])
        if self.default is not None:
            return self._go(task, [])
        unconditional = [name for condition, name in self.ways if not condition]
        return self._go(task, unconditional[:1])


class Either(Meeting, Choice):
    """Inclusive gateway.

    It fires if no token elsewhere can still come to an empty incoming flow. A token that can also
    come to a flow that already has a token does not count (BPMN 2.0, 13.4.3). It sends a token
    along every flow whose condition holds or that has none.
    """

    def _enough(self, task: Any, others: list[Any]) -> bool:
        arrived = [task, *others]
        full = {_flow_of(token) for token in arrived}
        empty = set(self._inputs) - full
        if not empty:
            return True
        elsewhere = {
            token.task_spec
            for token in task.workflow.tasks.values()
            if _is_token(token) and token not in arrived
        }
        for spec in elsewhere:
            reached = self._still_reached(spec)
            if reached & empty and not reached & full:
                return False
        return True

    def _still_reached(self, spec: Any) -> set[str]:
        """The incoming flows that a token at ``spec`` can still reach without passing this
        gateway.
        """
        seen = {self.name}
        todo = [spec]
        while todo:
            current = todo.pop()
            if current.name not in seen:
                seen.add(current.name)
                todo.extend(current.outputs)
        return seen & set(self._inputs)

    def _run_hook(self, task: Any) -> bool:
        desk = task.workflow.script_engine
        targets = [
            name for condition, name in self.ways if not condition or desk.holds(task, condition)
        ]
        return self._go(task, targets)
