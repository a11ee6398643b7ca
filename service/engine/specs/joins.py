"""Gateways where tokens meet or part.

Decided: our own joins, because SpiffWorkflow's count tokens of earlier rounds again when a loop
leads round them and fire early. A token that arrives waits; firing consumes one token per incoming
flow and notes where these had parted (``from``), which sending back and folding need.
"""

from collections.abc import Iterable
from typing import Any

from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin

from service.engine.tokens import COMPLETED, FUTURE, MAYBE, OPEN, PREDICTED, WAITING, meeting_point
from service.errors import Stuck


class Meeting(BpmnSpecMixin):
    """A join that counts arrived tokens and consumes them."""

    def _enough(self, task: Any, others: list[Any]) -> bool:
        raise NotImplementedError

    def _update_hook(self, task: Any) -> bool:
        workflow = task.workflow
        others = [
            t
            for t in workflow.tasks.values()
            if t.task_spec is self and t.state == WAITING and t is not task
        ]
        task._set_state(WAITING)
        if not self._enough(task, others):
            return False
        used = {task.parent.task_spec.name: task}
        for other in others:
            used.setdefault(
                other.parent.task_spec.name, other
            )  # a second token on a flow stays for the next round
        self._consume(task, list(used.values()))
        return True

    def _consume(self, task: Any, used: list[Any]) -> None:
        if len(used) > 1:
            task.internal_data["from"] = meeting_point(used).id.hex
        for other in used[1:]:
            task.workflow._remove_task(other.id)


class Fork(Meeting):
    """Parallel gateway: a token on every incoming flow, a token to every outgoing one."""

    def _enough(self, task: Any, others: list[Any]) -> bool:
        return {t.parent.task_spec.name for t in (task, *others)} == set(self._inputs)


def _is_token(task: Any) -> bool:
    """Open, or a sibling of the token just being moved that will be moved next."""
    return bool(task.has_state(OPEN)) or (task.state == FUTURE and task.parent.state == COMPLETED)


class Choice(BpmnSpecMixin):
    """A gateway whose outgoing flows have conditions, tried in document order."""

    def __init__(self, wf_spec: Any, bpmn_id: str, **kw: Any) -> None:
        super().__init__(wf_spec, bpmn_id, **kw)
        self.ways: list[tuple[str | None, str]] = []
        self.default: str | None = None

    def connect_flow(self, target: Any, condition: str | None, *, default: bool) -> None:
        """Add an outgoing flow; built once, in document order."""
        self.connect(target)
        if default:
            self.default = target.name
        else:
            self.ways.append((condition, target.name))

    def _predict_hook(self, task: Any) -> None:
        task._sync_children(self.outputs, MAYBE)

    def _go(self, task: Any, names: Iterable[str]) -> bool:
        """Put a token on each of these flows; the default's when there is none."""
        chosen = list(names) or ([self.default] if self.default else [])
        if not chosen:
            raise Stuck(f"网关“{self.bpmn_name or self.bpmn_id}”没有任何条件成立，也没有默认流向")
        task._sync_children([self._wf_spec.task_specs[name] for name in chosen], FUTURE)
        for child in task.children:
            child.task_spec._predict(child, mask=FUTURE | PREDICTED)
        return True


class Exclusive(Choice):
    """Exclusive gateway: the first flow whose condition holds; a flow without condition only when
    none does.
    """

    def _run_hook(self, task: Any) -> bool:
        desk = task.workflow.script_engine
        found = next((name for text, name in self.ways if text and desk.holds(task, text)), None)
        if found is None and self.default is None:
            found = next((name for text, name in self.ways if not text), None)
        return self._go(task, [found] if found else [])


class Either(Meeting, Choice):
    """Inclusive gateway.

    Fires when no token elsewhere can still come to an empty incoming flow, unless it can as well
    come to one that has a token already (BPMN 2.0, 13.4.3). Sends a token along every flow whose
    condition holds or that has none.
    """

    def _enough(self, task: Any, others: list[Any]) -> bool:
        mine = [task, *others]
        full = {t.parent.task_spec.name for t in mine}
        empty = set(self._inputs) - full
        if not empty:
            return True
        elsewhere = {
            t.task_spec for t in task.workflow.tasks.values() if _is_token(t) and t not in mine
        }
        ways = [self._still_reached(spec) for spec in elsewhere]
        return not any(way & empty and not way & full for way in ways)

    def _still_reached(self, spec: Any) -> set[str]:
        """The incoming flows that a token at ``spec`` can still reach without passing this
        gateway.
        """
        seen, todo = {self.name}, [spec]
        while todo:
            at = todo.pop()
            if at.name not in seen:
                seen.add(at.name)
                todo.extend(at.outputs)
        return seen & set(self._inputs)

    def _run_hook(self, task: Any) -> bool:
        desk = task.workflow.script_engine
        return self._go(
            task, [name for text, name in self.ways if not text or desk.holds(task, text)]
        )
