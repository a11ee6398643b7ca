"""Functions of numbers, and the conversion of text to numbers."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from service.feel import arithmetic
from service.feel.functions.registry import Span, builtin, whole
from service.feel.values import DIGITS, Budget, YearsMonths, kind

NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
LONGEST_TEXT = 1000
LARGEST_SCALE = 6176
ROUNDINGS = {
    "decimal": "HALF_EVEN",
    "floor": "FLOOR",
    "ceiling": "CEILING",
    "round": "HALF_UP",
    "round half up": "HALF_UP",
    "round half down": "HALF_DOWN",
    "round up": "UP",
    "round down": "DOWN",
}
"""Names of the language, and those of the module ``decimal``. Half up is 四舍五入."""
WHOLE = frozenset({"floor", "ceiling", "round", "round half up"})
"""Functions that round to whole numbers if they get no scale."""


def rounded(number: Decimal, scale: Decimal, mode: str) -> Decimal | None:
    """``number`` with ``scale`` digits behind the point; null if the scale is out of bounds.

    :param mode: a rounding mode of the module ``decimal``.
    """
    digits = whole(scale)
    if digits is None or not -LARGEST_SCALE < digits < LARGEST_SCALE:
        return None
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= digits:
        return number
    last_digit = Decimal(1).scaleb(-digits)
    try:
        result = number.quantize(last_digit, rounding=mode, context=DIGITS)
    except (InvalidOperation, Overflow):
        return None
    if digits < 0:
        return DIGITS.add(result, Decimal(0))
    return result


def rounding(mode: str, optional: bool) -> Callable[..., Decimal | None]:
    """A function that rounds in this mode. With ``optional`` the scale may be left out."""

    def exact(number: Decimal, scale: Decimal) -> Decimal | None:
        return rounded(number, scale, mode)

    def whole_or_exact(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
        return rounded(number, scale, mode)

    return whole_or_exact if optional else exact


for name, mode in ROUNDINGS.items():
    declare = builtin(name, parameters="n, scale")
    declare(rounding(f"ROUND_{mode}", optional=name in WHOLE))


@builtin("abs", parameters="n")
def absolute(number: Decimal | Span) -> Any:
    """The number or duration without its sign."""
    if isinstance(number, Decimal):
        return DIGITS.abs(number)
    if isinstance(number, YearsMonths):
        return YearsMonths(abs(number.months))
    return abs(number)


@builtin()
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """The remainder, with the sign of the divisor."""
    if not divisor:
        return None
    remainder = arithmetic.number(DIGITS.remainder, dividend, divisor)
    if remainder and (remainder < 0) != (divisor < 0):
        return DIGITS.add(remainder, divisor)
    return remainder


@builtin()
def sqrt(number: Decimal) -> Decimal | None:
    """The square root; null for a negative number."""
    return arithmetic.number(DIGITS.sqrt, number)


@builtin()
def log(number: Decimal) -> Decimal | None:
    """The natural logarithm; null for zero and below."""
    return arithmetic.number(DIGITS.ln, number) if number > 0 else None


@builtin()
def exp(number: Decimal) -> Decimal | None:
    """e to the power of the number."""
    return arithmetic.number(DIGITS.exp, number)


@builtin()
def odd(number: Decimal) -> bool | None:
    """Whether an integer is odd; null for any other number."""
    return number % 2 != 0 if whole(number) is not None else None


@builtin()
def even(number: Decimal) -> bool | None:
    """Whether an integer is even; null for any other number."""
    return number % 2 == 0 if whole(number) is not None else None


@builtin("number", parameters="from, grouping separator, decimal separator")
def number_of(text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    """The number that a string stands for; null if it stands for none."""
    if grouping not in (None, " ", ",", ".") or point not in (None, ",", "."):
        return None
    if grouping and grouping == point:
        return None
    if grouping:
        text = text.replace(grouping, "")
    if point:
        text = text.replace(point, ".")
    return read_number(text)


def read_number(text: str) -> Decimal | None:
    """The number that a text with "." as decimal separator stands for, or None."""
    if len(text) > LONGEST_TEXT or not NUMBER.fullmatch(text):
        return None
    return arithmetic.number(DIGITS.create_decimal, Decimal(text))


def total(budget: Budget, items: list[Any]) -> Any:
    """The sum of numbers or durations; null if an item is something else.

    :param items: at least one.
    """
    result = items[0]
    if kind(result) not in ("number", "days and time duration", "years and months duration"):
        return None
    budget.spend(len(items))
    for item in items[1:]:
        result = arithmetic.add(result, item, budget)
    return result
