"""What a run may ask of the command that runs it.

Decided: a token carries nothing but its place, the case carries the data, and a desk joins the two.
It stands where SpiffWorkflow expects its script engine. It is not derived from it, so that no path
can fall back to ``eval``.
"""

from collections import ChainMap
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from service.engine.tokens import place_of
from service.engine.values import Passed, Sent
from service.errors import ExpressionFailed, Stuck
from service.feel import FeelError, parse

VisibleNames = Mapping[str, Any]
"""VisibleNames by name."""
Language = Callable[[str, VisibleNames], Any]
"""Evaluates an expression over values. Raises ValueError with the reason if it cannot."""
Functions = Mapping[str, Callable[..., Any]]
Action = Callable[[VisibleNames], Any]


def feel(functions: Functions) -> Language:
    """FEEL with these functions.

    Returns a language: it raises ``ValueError`` with the reason if an expression fails.
    """
    names_with_blanks = frozenset(name for name in functions if " " in name)

    def evaluate(text: str, values: VisibleNames) -> Any:
        try:
            expression = parse(text, names=names_with_blanks)
            return expression.evaluate(values, functions)
        except FeelError as exc:
            raise ValueError(str(exc)) from exc

    return evaluate


class Desk:
    """What one command lets a run use: the data of the case, the time, functions and actions.

    The data is changed in place.

    - ``sent`` is what the diagram threw.
    - ``passed`` has every flow node that a token left in this command, in order. First comes what
      was completed, fired or fulfilled from outside, then what ran by itself. Gateways and events
      are included; what was cut off is not.

    :param now: an aware instant; the engine knows no other clock.
    :param functions: functions of the expression language, by name.
    :param actions: service actions by name; each takes its named arguments and returns its value.
    :param decisions: decisions by id; each takes the names it may read and returns its value.
    :param language: evaluates an expression; by default FEEL with ``functions``.
    :raises ValueError: ``now`` is naive.
    """

    def __init__(
        self,
        data: dict[str, Any],
        now: datetime,
        functions: Functions | None = None,
        actions: Mapping[str, Action] | None = None,
        decisions: Mapping[str, Action] | None = None,
        *,
        language: Language | None = None,
    ) -> None:
        if now.tzinfo is None:
            raise ValueError("now must be aware")
        self.data = data
        self.now = now
        self.actions = actions or {}
        self.decisions = decisions or {}
        self.language = language or feel(functions or {})
        self.sent: list[Sent] = []
        self.passed: list[Passed] = []

    # -- names and values

    def contexts(self, task: Any) -> list[dict[str, Any]]:
        """The data of the case, and the loop entries in which a task stands, outermost first.

        :raises Stuck: an entry is not in the data of the case any more.
        """
        contexts = [self.data]
        for name, index in place_of(task):
            try:
                entry = contexts[-1][name][index]
            except (KeyError, IndexError, TypeError) as exc:
                raise Stuck(f"循环清单“{name}”的第 {index + 1} 项已不在案件数据中") from exc
            contexts.append(entry)
        return contexts

    def home(self, task: Any) -> dict[str, Any]:
        """Where answers given at a task belong: its innermost loop entry, or the case's data."""
        return self.contexts(task)[-1]

    def values(self, task: Any, extra: VisibleNames | None = None) -> VisibleNames:
        """The names visible at a task.

        ``extra`` comes first, then the loop entries from the inside out, then the case's data.
        """
        inner_first = self.contexts(task)[::-1]
        if extra:
            return ChainMap(dict(extra), *inner_first)
        return ChainMap(*inner_first)

    def put(self, task: Any, name: str, value: Any) -> None:
        """Write a value where answers given at a task belong."""
        self.home(task)[name] = value

    # -- expressions

    def evaluate(self, task: Any, text: str, extra: VisibleNames | None = None) -> Any:
        """The value of an expression at a task. A leading ``=`` is dropped.

        :raises ExpressionFailed: it cannot be evaluated.
        """
        return self.reckon(task, text, self.values(task, extra))

    def reckon(self, task: Any, text: str, names: VisibleNames) -> Any:
        """The value of an expression of a task over these names, not over those of the task.

        :raises ExpressionFailed: it cannot be evaluated.
        """
        expression = text.strip().removeprefix("=").strip()
        try:
            return self.language(expression, names)
        except ValueError as exc:
            raise ExpressionFailed(task.task_spec.bpmn_id, text, str(exc)) from exc

    def read(self, task: Any, text: str | None) -> Any:
        """The value of a text if it begins with ``=``; otherwise the text itself.

        :raises ExpressionFailed: it cannot be evaluated.
        """
        if text and text.lstrip().startswith("="):
            return self.evaluate(task, text)
        return text

    def holds(self, task: Any, text: str, extra: VisibleNames | None = None) -> bool:
        """Whether a condition is true at a task. Null counts as false.

        :raises ExpressionFailed: it cannot be evaluated, or is neither true, false nor null.
        """
        value = self.evaluate(task, text, extra)
        if value is None or isinstance(value, bool):
            return value is True
        raise ExpressionFailed(
            task.task_spec.bpmn_id, text, f"条件的结果应为真或假，实际是 {value!r}"
        )

    # -- acts

    def act(self, name: str, arguments: VisibleNames) -> Any:
        """Carry out a service action. Returns its value.

        :raises Stuck: no such action is registered.
        """
        action = self.actions.get(name)
        if action is None:
            raise Stuck(f"没有名为“{name}”的服务动作")
        return action(arguments)

    def decide(self, name: str, names: VisibleNames) -> Any:
        """Take a decision over these names. Returns its value.

        :raises Stuck: no such decision is deployed.
        """
        decision = self.decisions.get(name)
        if decision is None:
            raise Stuck(f"没有标识为“{name}”的决策")
        return decision(names)
