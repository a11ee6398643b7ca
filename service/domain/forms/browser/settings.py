"""The settings of a field as the page evaluates them.

These are its condition, its lock, its limits and its computed value. ``names`` always has
the values that an expression sees, by name, as values of the language.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from service.domain.forms.browser.language import browser_expression
from service.domain.forms.browser.operations import result
from service.feel import Expression, FeelError
from service.feel.nodes import NO_FUNCTIONS, Scope
from service.feel.nodes import evaluated as run_in
from service.feel.values import Budget

NamedValues = Mapping[str, Any]
CERTAIN_DIGITS = 15
"""The digits of a binary fraction that are exact. The digits after them come from rounding."""
EXACT_WHOLE = 2**53
"""Whole numbers below this are exact."""


def evaluated(setting: Any, names: NamedValues) -> Any:
    """The value of a setting, which may be an expression.

    An expression that fails is null, as on the page.
    """
    if not isinstance(setting, str) or not setting.startswith("="):
        return setting
    try:
        return result(value_of(browser_expression(setting[1:]), names))
    except (FeelError, ArithmeticError):
        return None


def value_of(expression: Expression, names: NamedValues, budget: Budget | None = None) -> Any:
    """The value of an expression.

    :raises FeelError: the expression fails.
    """
    scope = Scope({}, NO_FUNCTIONS, budget or Budget())
    return run_in(expression.node.run, scope.inner(dict(names)))


def holds(setting: Any, names: NamedValues) -> bool:
    """Whether a condition holds.

    A condition is a unary test of null. So it holds if it is null or true. ``not(…)`` around the
    whole text means the contrary of the test within. A condition that fails does not hold, and
    neither does a text without ``=``.
    """
    if not isinstance(setting, str) or not setting.startswith("="):
        return False
    text = setting[1:].strip()
    inner = negated(text)
    try:
        value = value_of(browser_expression(text if inner is None else inner), names)
    except (FeelError, ArithmeticError):
        return False
    return matches_null(value) is (inner is None)


def matches_null(value: Any) -> bool:
    """Whether null passes a test that has this value."""
    tests = value if isinstance(value, list) else [value]
    return any(
        None in test if isinstance(test, list) else test is None or test is True for test in tests
    )


def negated(text: str) -> str | None:
    """The text inside a ``not(…)`` that is the whole expression; None if it is none."""
    after_not = text.removeprefix("not").lstrip()
    if not (text.startswith("not") and after_not.startswith("(") and text.endswith(")")):
        return None
    inner = after_not[1:-1]
    try:
        browser_expression(inner)
    except FeelError:
        return None
    return inner


def kept_number(value: Any) -> Any:
    """A computed value as the case keeps it.

    The rounding of binary fractions is taken out of numbers, so that 0.1 + 0.2 is 0.3.
    """
    if isinstance(value, Decimal):
        is_exact = abs(value) < EXACT_WHOLE and value == value.to_integral_value()
        if is_exact:
            return value
        return Decimal(f"{float(value):.{CERTAIN_DIGITS}g}")
    if isinstance(value, list):
        return [kept_number(entry) for entry in value]
    if isinstance(value, dict):
        return {key: kept_number(entry) for key, entry in value.items()}
    return value
