"""Functions of numbers, and conversion to them."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation, Overflow
from typing import Any

from service.feel import arithmetic
from service.feel.functions.registry import Span, builtin, whole
from service.feel.values import DIGITS, Budget, YearsMonths, kind

NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,4})?")
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
"""Names of the language and of the module ``decimal``: half up is 四舍五入."""
WHOLE = frozenset({"floor", "ceiling", "round", "round half up"})
"""What rounds to whole numbers unless told otherwise."""


def rounded(number: Decimal, scale: Decimal, how: str) -> Decimal | None:
    """``number`` with ``scale`` digits behind the point; null for a scale out of bounds."""
    digits = whole(scale)
    if digits is None or not -LARGEST_SCALE < digits < LARGEST_SCALE:
        return None
    step = number.as_tuple().exponent
    if isinstance(step, int) and -step <= digits:
        return number
    try:
        result = number.quantize(Decimal(1).scaleb(-digits), rounding=how, context=DIGITS)
    except (InvalidOperation, Overflow):
        return None
    if digits >= 0:
        return result
    return DIGITS.add(result, Decimal(0))


def rounding(how: str, optional: bool) -> Callable[..., Decimal | None]:
    """A function that rounds this way; with ``optional`` the scale may be left out."""

    def exact(number: Decimal, scale: Decimal) -> Decimal | None:
        return rounded(number, scale, how)

    def whole_or_exact(number: Decimal, scale: Decimal = Decimal(0)) -> Decimal | None:
        return rounded(number, scale, how)

    if optional:
        return whole_or_exact
    return exact


for feel_name, how in ROUNDINGS.items():
    builtin(feel_name, parameters="n, scale")(rounding(f"ROUND_{how}", feel_name in WHOLE))


@builtin("abs", parameters="n")
def absolute(number: Decimal | Span) -> Any:
    """Without its sign."""
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
    """The square root; of a negative number null."""
    return arithmetic.number(DIGITS.sqrt, number)


@builtin()
def log(number: Decimal) -> Decimal | None:
    """The natural logarithm; of zero and below null."""
    if number > 0:
        return arithmetic.number(DIGITS.ln, number)
    return None


@builtin()
def exp(number: Decimal) -> Decimal | None:
    """e to that power."""
    return arithmetic.number(DIGITS.exp, number)


@builtin()
def odd(number: Decimal) -> bool | None:
    """Whether an integer is odd."""
    if whole(number) is None:
        return None
    return number % 2 != 0


@builtin()
def even(number: Decimal) -> bool | None:
    """Whether an integer is even."""
    if whole(number) is None:
        return None
    return number % 2 == 0


@builtin("number", parameters="from, grouping separator, decimal separator")
def number_of(text: str, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    """A string as a number; null when it is none."""
    if (
        grouping not in (None, " ", ",", ".")
        or point not in (None, ",", ".")
        or (grouping and grouping == point)
    ):
        return None
    bare = text.replace(grouping, "") if grouping else text
    bare = bare.replace(point, ".") if point else bare
    if len(bare) > 1000 or not NUMBER.fullmatch(bare):
        return None
    return arithmetic.number(DIGITS.create_decimal, Decimal(bare))


def total(budget: Budget, items: list[Any]) -> Any:
    """The sum of numbers or durations; null when one of them is something else."""
    sum_so_far = items[0]
    if kind(sum_so_far) not in ("number", "days and time duration", "years and months duration"):
        return None
    budget.spend(len(items))
    for item in items[1:]:
        sum_so_far = arithmetic.add(sum_so_far, item, budget)
    return sum_so_far
