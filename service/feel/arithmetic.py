"""The operators + - * / ** and the sign. They give null for operands that they do not fit."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from service.feel import temporal
from service.feel.values import DIGITS, Budget, YearsMonths, kind

NUMBERS = ("number", "number")
STRINGS = ("string", "string")
SPANS = (timedelta, YearsMonths)
POINTS = (date, datetime, time)
MICROSECONDS = 1_000_000
"""In a second."""
LONGEST = Decimal(10) ** 15
"""Months or seconds of a duration that is multiplied."""


def number(operation: Callable[..., Decimal], *values: Decimal) -> Decimal | None:
    """The result of a decimal operation; null if it overflows or is not defined."""
    try:
        result = operation(*values)
    except (InvalidOperation, Overflow):
        return None
    return result if result.is_finite() else None


def add(left: Any, right: Any, budget: Budget) -> Any:
    """The sum of numbers, strings, durations, or a point in time and a duration."""
    kinds = (kind(left), kind(right))
    if kinds == NUMBERS:
        return number(DIGITS.add, left, right)
    if kinds == STRINGS:
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
    """The quotient of numbers, of a duration and a number, or of two durations of one kind.

    Null for a division by zero.
    """
    if (kind(left), kind(right)) == NUMBERS:
        return quotient(left, right)
    if isinstance(left, SPANS) and isinstance(right, Decimal):
        inverse = quotient(Decimal(1), right)
        return None if inverse is None else scale(left, inverse)
    if isinstance(left, SPANS) and type(left) is type(right):
        return quotient(measure(left), measure(right))
    return None


def quotient(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """The quotient of two numbers; null for a division by zero."""
    if not divisor:
        return None
    return number(DIGITS.divide, dividend, divisor)


def power(left: Any, right: Any, budget: Budget) -> Any:
    """A number to the power of a number."""
    if (kind(left), kind(right)) != NUMBERS:
        return None
    return number(DIGITS.power, left, right)


def negate(value: Any) -> Any:
    """A number or a duration with the opposite sign."""
    if kind(value) == "number":
        return number(DIGITS.minus, value)
    if isinstance(value, timedelta):
        return -value
    if isinstance(value, YearsMonths):
        return YearsMonths(-value.months)
    return None


def measure(span: timedelta | YearsMonths) -> Decimal:
    """The size of a duration, in months or in seconds."""
    if isinstance(span, YearsMonths):
        return Decimal(span.months)
    microseconds = span // timedelta(microseconds=1)
    return Decimal(microseconds) / MICROSECONDS


def scale(span: timedelta | YearsMonths, factor: Decimal) -> timedelta | YearsMonths | None:
    """A duration times a number; null if the result is too long for Python."""
    size = number(DIGITS.multiply, measure(span), factor)
    if size is None or abs(size) > LONGEST:
        return None
    if isinstance(span, YearsMonths):
        return YearsMonths(int(size))
    microseconds = (size * MICROSECONDS).to_integral_value()
    try:
        return timedelta(microseconds=int(microseconds))
    except OverflowError:
        return None


Operator = Callable[[Any, Any, Budget], Any]
OPERATORS: dict[str, Operator] = {
    "+": add,
    "-": subtract,
    "*": multiply,
    "/": divide,
    "**": power,
}
