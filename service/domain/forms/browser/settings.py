"""What the settings of a field come to on the page: its condition, its lock, its limits, its
computed value. ``known`` are always values of the language.
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

Known = Mapping[str, Any]
CERTAIN_DIGITS = 15
"""So many digits of a binary fraction are certain; the rest is its rounding."""
EXACT_WHOLE = 2**53
"""Whole numbers below have no rounding."""


def evaluated(setting: Any, known: Known) -> Any:
    """A setting that may be FEEL; an expression that fails is null, as on the page."""
    if not isinstance(setting, str) or not setting.startswith("="):
        return setting
    try:
        return result(value_of(browser_expression(setting[1:]), known))
    except (FeelError, ArithmeticError):
        return None


def value_of(expression: Expression, known: Known, budget: Budget | None = None) -> Any:
    """What an expression comes to. :raises FeelError: it fails."""
    scope = Scope({}, NO_FUNCTIONS, budget or Budget())
    return run_in(expression.node.run, scope.inner(dict(known)))


def holds(setting: Any, known: Known) -> bool:
    """Whether a condition holds: a unary test of null, so that null and true hold, and ``not(…)``
    around the whole is the contrary of the test within. One that fails does not hold, nor does a
    text without ``=``.
    """
    if not isinstance(setting, str) or not setting.startswith("="):
        return False
    text = setting[1:].strip()
    inner = negated(text)
    try:
        found = value_of(browser_expression(text if inner is None else inner), known)
    except (FeelError, ArithmeticError):
        return False
    return matches_null(found) is (inner is None)


def matches_null(found: Any) -> bool:
    """Whether null passes a test that came to this."""
    return any(
        None in one if isinstance(one, list) else one is None or one is True
        for one in (found if isinstance(found, list) else [found])
    )


def negated(text: str) -> str | None:
    """What stands in a ``not(…)`` that is the whole expression."""
    if (
        not text.startswith("not")
        or not text[3:].lstrip().startswith("(")
        or not text.endswith(")")
    ):
        return None
    inner = text[3:].lstrip()[1:-1]
    try:
        browser_expression(inner)
    except FeelError:
        return None
    return inner


def kept_number(value: Any) -> Any:
    """A computed value as the case keeps it: without the rounding of binary fractions, so that
    0.1 + 0.2 is 0.3.
    """
    if isinstance(value, Decimal):
        exact = abs(value) < EXACT_WHOLE and value == value.to_integral_value()
        return value if exact else Decimal(f"{float(value):.{CERTAIN_DIGITS}g}")
    if isinstance(value, list):
        return [kept_number(one) for one in value]
    if isinstance(value, dict):
        return {key: kept_number(one) for key, one in value.items()}
    return value
