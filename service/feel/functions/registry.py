"""How a function is declared and called.

The Python annotations of a function are its FEEL signature: an argument that does not fit gives
null. ``list`` takes a single value as a list of one, other parameters take a list of one as its
item. A first parameter ``budget`` is filled in. A parameter's FEEL name is its Python name with
blanks for underscores, or what the decorator says.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from service.feel.errors import FeelError
from service.feel.nodes import Function
from service.feel.values import Budget, YearsMonths, feel

Any_function = TypeVar("Any_function", bound=Callable[..., Any])
MISFIT = object()
Items = list[Any]
Context = dict[str, Any]
Span = timedelta | YearsMonths


@dataclass(frozen=True, slots=True)
class Parameter:
    """What one parameter takes; no types means anything."""

    name: str
    types: tuple[type, ...]
    optional: bool

    def take(self, value: Any) -> Any:
        """The argument as the function gets it, or MISFIT."""
        if not self.types or (value is None and self.optional):
            return value
        if list in self.types:
            return value if isinstance(value, list) else MISFIT if value is None else [value]
        item = value[0] if isinstance(value, list) and len(value) == 1 else value
        if self.fits(item):
            return item
        return MISFIT

    def fits(self, item: Any) -> bool:
        """Whether a value is of one of the types. A date and time is no date here."""
        if isinstance(item, datetime) and datetime not in self.types:
            return False
        return isinstance(item, self.types)


@dataclass(frozen=True, slots=True)
class Builtin:
    """One built-in function."""

    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    required: int
    rest: bool
    budgeted: bool

    def __call__(self, *given: Any, budget: Budget | None = None) -> Any:
        """Call with arguments in order; null when they do not fit."""
        if not self.required <= len(given) <= (len(given) if self.rest else len(self.parameters)):
            return None
        taken = [
            self.parameters[min(index, len(self.parameters) - 1)].take(value)
            for index, value in enumerate(given)
        ]
        if any(value is MISFIT for value in taken):
            return None
        return self.function(*([budget or Budget()] if self.budgeted else []), *taken)

    def named(self, given: Mapping[str, Any], budget: Budget) -> Any:
        """Call with named arguments."""
        names = [parameter.name for parameter in self.parameters]
        if given.keys() - set(names):
            return None
        used = max((names.index(name) + 1 for name in given), default=0)
        return self(*(given.get(name) for name in names[:used]), budget=budget)


BUILTINS: dict[str, Builtin] = {}


def builtin(*names: str, parameters: str = "") -> Callable[[Any_function], Any_function]:
    """Declare a function under ``names``, or under its own; ``parameters`` lists FEEL names that
    Python cannot use.
    """

    def declare(function: Any_function) -> Any_function:
        declared = described(function, parameters.split(", ") if parameters else [])
        for name in names or (function.__name__.rstrip("_").replace("_", " "),):
            BUILTINS[name] = declared
        return function

    return declare


def described(function: Callable[..., Any], names: list[str]) -> Builtin:
    """The signature of a Python function."""
    hints = get_type_hints(function)
    signature = list(inspect.signature(function).parameters.values())
    budgeted = bool(signature) and signature[0].name == "budget"
    shown = signature[1:] if budgeted else signature
    rest = bool(shown) and shown[-1].kind is inspect.Parameter.VAR_POSITIONAL
    takes = tuple(
        Parameter(
            names[at] if at < len(names) else parameter.name.rstrip("_").replace("_", " "),
            *types_of(hints[parameter.name]),
        )
        for at, parameter in enumerate(shown)
    )
    required = sum(
        parameter.default is parameter.empty and parameter.kind is not parameter.VAR_POSITIONAL
        for parameter in shown
    )
    return Builtin(function, takes, required, rest, budgeted)


def types_of(hint: Any) -> tuple[tuple[type, ...], bool]:
    """The classes an annotation allows, and whether null is allowed; Any allows everything."""
    if hint is Any:
        return (), True
    allowed = get_args(hint) if get_origin(hint) not in (None, list, dict) else (hint,)
    kinds = tuple(
        get_origin(hint_of_type) or hint_of_type
        for hint_of_type in allowed
        if hint_of_type is not type(None)
    )
    return kinds, type(None) in allowed


def invoke(target: Any, given: list[Any] | dict[str, Any], budget: Budget) -> Any:
    """Call a built-in function, one made in the expression, or one the program registered.

    :raises FeelError: a registered function does not take these arguments.
    """
    if isinstance(target, Builtin):
        result = (
            target(*given, budget=budget)
            if isinstance(given, list)
            else target.named(given, budget)
        )
    elif isinstance(target, Function):
        if isinstance(given, list):
            return target(*given)
        return target.named(given)
    elif callable(target):
        result = foreign(target, given)
    else:
        return None
    if isinstance(result, (str, list, dict)):
        budget.hold(len(result))
    return result


def foreign(target: Callable[..., Any], given: list[Any] | dict[str, Any]) -> Any:
    """Call a registered function with values of the language, and take its answer in."""
    args = given if isinstance(given, list) else []
    named = (
        {}
        if isinstance(given, list)
        else {name.replace(" ", "_"): value for name, value in given.items()}
    )
    try:
        inspect.signature(target).bind(*args, **named)
    except TypeError as problem:
        raise FeelError("函数的参数个数或名称不对") from problem
    return feel(target(*args, **named))


def whole(number: Decimal) -> int | None:
    """A number that is an integer of reasonable size, as one."""
    if abs(number) < 10**9 and number == number.to_integral_value():
        return int(number)
    return None
