"""The operators + - * / ** and the sign: what they give, and null for everything else."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from service.feel import temporal
from service.feel.values import DIGITS, Budget, YearsMonths, kind

NUMBERS = ("number", "number")
SPANS = (timedelta, YearsMonths)
POINTS = (date, datetime, time)


def number(operation: Callable[..., Decimal], *values: Decimal) -> Decimal | None:
    """A decimal operation with 34 digits; null when it overflows or is not defined."""
    try:
        result = operation(*values)
    except (InvalidOperation, Overflow):
        return None
    if not result.is_finite():
        return None
    return result


def add(left: Any, right: Any, budget: Budget) -> Any:
    """The sum of numbers, strings, durations, or a point in time and a duration."""
    kinds = kind(left), kind(right)
    if kinds == NUMBERS:
        return number(DIGITS.add, left, right)
    if kinds == ("string", "string"):
        budget.hold(len(left) + len(right))
        return left + right
    if isinstance(right, SPANS) and isinstance(left, POINTS + SPANS):
        return temporal.plus(left, right)
    if isinstance(left, SPANS) and isinstance(right, POINTS):
        return temporal.plus(right, left)
    return None


def subtract(left: Any, right: Any, budget: Budget) -> Any:
    """The difference of numbers, durations, points in time, or a point in time and a duration."""
    if (kind(left), kind(right)) == NUMBERS:
        return number(DIGITS.subtract, left, right)
    if isinstance(right, SPANS) and isinstance(left, POINTS + SPANS):
        return temporal.plus(left, negate(right))
    if isinstance(left, POINTS) and isinstance(right, POINTS):
        return temporal.time_between(left, right)
    return None


def multiply(left: Any, right: Any, budget: Budget) -> Any:
    """The product of numbers, or of a duration and a number."""
    if (kind(left), kind(right)) == NUMBERS:
        return number(DIGITS.multiply, left, right)
    if isinstance(left, SPANS) and isinstance(right, Decimal):
        return scale(left, right)
    if isinstance(right, SPANS) and isinstance(left, Decimal):
        return scale(right, left)
    return None


def divide(left: Any, right: Any, budget: Budget) -> Any:
    """The quotient of numbers, of a duration and a number, or of two durations of one kind; by zero
    it is null.
    """
    if (kind(left), kind(right)) == NUMBERS:
        if not right:
            return None
        return number(DIGITS.divide, left, right)
    if isinstance(left, SPANS) and isinstance(right, Decimal):
        inverse = number(DIGITS.divide, Decimal(1), right) if right else None
        if inverse is None:
            return None
        return scale(left, inverse)
    if isinstance(left, SPANS) and type(left) is type(right):
        return divide(measure(left), measure(right), budget)
    return None


def power(left: Any, right: Any, budget: Budget) -> Any:
    """A number to the power of a number."""
    if (kind(left), kind(right)) != NUMBERS:
        return None
    return number(DIGITS.power, left, right)


def negate(value: Any) -> Any:
    """The sign turned: a number or a duration."""
    if kind(value) == "number":
        return number(DIGITS.minus, value)
    if isinstance(value, timedelta):
        return -value
    if not isinstance(value, YearsMonths):
        return None
    return YearsMonths(-value.months)


def measure(span: timedelta | YearsMonths) -> Decimal:
    """A duration as a number: months, or seconds."""
    if isinstance(span, YearsMonths):
        return Decimal(span.months)
    return Decimal(span // timedelta(microseconds=1)) / 1_000_000


def scale(span: timedelta | YearsMonths, factor: Decimal) -> timedelta | YearsMonths | None:
    """A duration times a number; null when it grows beyond what can be held."""
    scaled = number(DIGITS.multiply, measure(span), factor)
    if scaled is None or abs(scaled) > Decimal(10) ** 15:
        return None
    if isinstance(span, YearsMonths):
        return YearsMonths(int(scaled))
    try:
        return timedelta(microseconds=int((scaled * 1_000_000).to_integral_value()))
    except OverflowError:
        return None


OPERATORS: dict[str, Callable[[Any, Any, Budget], Any]] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
