"""What a run may ask of the command that runs it.

Decided: the tokens carry nothing but their place, the case carries the data, and a desk joins the
two. It stands where SpiffWorkflow expects its script engine and is not derived from it, so that no
path can fall back to ``eval``.
"""

from collections import ChainMap
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from service.engine.tokens import place_of
from service.engine.values import Passed, Sent
from service.errors import ExpressionFailed, Stuck
from service.feel import FeelError, parse

Language = Callable[[str, Mapping[str, Any]], Any]


def feel(functions: Mapping[str, Callable[..., Any]]) -> Language:
    """FEEL with these functions. The result raises ``ValueError`` with the reason when an
    expression fails.
    """
    names = frozenset(name for name in functions if " " in name)

    def evaluate(text: str, context: Mapping[str, Any]) -> Any:
        try:
            return parse(text, names=names).evaluate(context, functions)
        except FeelError as exc:
            raise ValueError(str(exc)) from exc

    return evaluate


Action = Callable[[Mapping[str, Any]], Any]


class Desk:
    """One command's desk: the case's data (changed in place), the instant, the functions and the
    named actions.

    :param now: an aware instant; the engine knows no other clock.
    :param functions: functions of the expression language, by name.
    :param actions: service actions by name; each takes its named arguments and gives its value.
    :param decisions: decisions by id; each takes the names it may read and gives its value.
    :param language: evaluates an expression; FEEL with ``functions`` unless given. Raises
        ValueError when it cannot.

    ``sent`` is what was thrown, ``passed`` every flow node that a token left in this command, in
    order: what was completed, fired or fulfilled from outside first, then what ran by itself.
    Gateways and events are in it; what was cut off is not.
    """

    def __init__(
        self,
        data: dict[str, Any],
        now: datetime,
        functions: Mapping[str, Callable[..., Any]] | None = None,
        actions: Mapping[str, Action] | None = None,
        decisions: Mapping[str, Action] | None = None,
        *,
        language: Language | None = None,
    ) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        self.data, self.now = data, now
        self.actions, self.decisions = actions or {}, decisions or {}
        self.language = language or feel(functions or {})
        self.sent: list[Sent] = []
        self.passed: list[Passed] = []

    # -- names and values

    def contexts(self, task: Any) -> list[dict[str, Any]]:
        """The case's data and the loop entries in which this task stands, outermost first."""
        found = [self.data]
        for name, index in place_of(task):
            try:
                found.append(found[-1][name][index])
            except (KeyError, IndexError, TypeError) as exc:
                raise Stuck(f"循环清单“{name}”的第 {index + 1} 项已不在案件数据中") from exc
        return found

    def home(self, task: Any) -> dict[str, Any]:
        """Where answers given at this task belong: the innermost loop entry, else the case's
        data.
        """
        return self.contexts(task)[-1]

    def values(self, task: Any, extra: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
        """The names visible at this task: ``extra``, then loop entries inner first, then the case's
        data.
        """
        inner_first = self.contexts(task)[::-1]
        return ChainMap(dict(extra), *inner_first) if extra else ChainMap(*inner_first)

    def put(self, task: Any, name: str, value: Any) -> None:
        """Write a value where answers given at this task belong."""
        self.home(task)[name] = value

    # -- expressions

    def evaluate(self, task: Any, text: str, extra: Mapping[str, Any] | None = None) -> Any:
        """The value of an expression (a leading ``=`` is dropped) at this task.

        :raises ExpressionFailed: it cannot be evaluated.
        """
        return self.reckon(task, text, self.values(task, extra))

    def reckon(self, task: Any, text: str, names: Mapping[str, Any]) -> Any:
        """The value of this task's expression over other names than its own."""
        try:
            return self.language(text.strip().removeprefix("=").strip(), names)
        except ValueError as exc:
            raise ExpressionFailed(task.task_spec.bpmn_id, text, str(exc)) from exc

    def read(self, task: Any, text: str | None) -> Any:
        """The value of a text that is an expression only if it begins with ``=``; otherwise the
        text itself.
        """
        return self.evaluate(task, text) if text and text.lstrip().startswith("=") else text

    def holds(self, task: Any, text: str, extra: Mapping[str, Any] | None = None) -> bool:
        """Is this condition true? Null counts as false.

        :raises ExpressionFailed: it cannot be evaluated, or is neither true, false nor null.
        """
        value = self.evaluate(task, text, extra)
        if value is None or isinstance(value, bool):
            return value is True
        raise ExpressionFailed(
            task.task_spec.bpmn_id, text, f"条件的结果应为真或假，实际是 {value!r}"
        )

    # -- acts

    def act(self, name: str, arguments: Mapping[str, Any]) -> Any:
        """Carry out a service action.

        :raises Stuck: no such action is registered.
        """
        if name not in self.actions:
            raise Stuck(f"没有名为“{name}”的服务动作")
        return self.actions[name](arguments)

    def decide(self, name: str, names: Mapping[str, Any]) -> Any:
        """Take a decision.

        :raises Stuck: no such decision is deployed.
        """
        if name not in self.decisions:
            raise Stuck(f"没有标识为“{name}”的决策")
        return self.decisions[name](names)
