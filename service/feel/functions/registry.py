"""How a built-in function is declared and called.

The Python annotations of a function are its FEEL signature. If an argument does not fit, the
function gives null. A ``list`` parameter takes a single value as a list of one; other parameters
take a list of one as its item. A first parameter ``budget`` is filled in. The FEEL name of a
parameter is its Python name with blanks for underscores, or the name given to the decorator.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from types import NoneType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from service.feel.errors import FeelError
from service.feel.nodes import Function
from service.feel.values import Budget, YearsMonths, feel

Any_function = TypeVar("Any_function", bound=Callable[..., Any])
MISFIT = object()
Arguments = list[Any] | dict[str, Any]
"""In order, or by the names of the parameters."""
Items = list[Any]
Context = dict[str, Any]
Span = timedelta | YearsMonths


@dataclass(frozen=True, slots=True)
class Parameter:
    """The values that one parameter takes. Without types it takes anything."""

    name: str
    types: tuple[type, ...]
    optional: bool

    def take(self, value: Any) -> Any:
        """The argument as the function gets it, or MISFIT."""
        if not self.types or (value is None and self.optional):
            return value
        if list in self.types:
            return as_list(value)
        if isinstance(value, list) and len(value) == 1:
            value = value[0]
        return value if self.fits(value) else MISFIT

    def fits(self, item: Any) -> bool:
        """Whether a value has one of the types. A date and time is not a date here."""
        if isinstance(item, datetime) and datetime not in self.types:
            return False
        return isinstance(item, self.types)


def as_list(value: Any) -> Any:
    """A single value as a list of one; MISFIT for null."""
    if isinstance(value, list):
        return value
    if value is None:
        return MISFIT
    return [value]


@dataclass(frozen=True, slots=True)
class Builtin:
    """One built-in function.

    ``required`` is how many arguments it must get. With ``rest`` the last parameter takes all
    arguments from its place on. With ``budgeted`` the budget is its first argument in Python.
    """

    function: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    required: int
    rest: bool
    budgeted: bool

    def __call__(self, *arguments: Any, budget: Budget | None = None) -> Any:
        """Call with arguments in order; null if they do not fit."""
        if len(arguments) < self.required:
            return None
        if len(arguments) > len(self.parameters) and not self.rest:
            return None
        last = len(self.parameters) - 1
        fitted = []
        for index, argument in enumerate(arguments):
            parameter = self.parameters[min(index, last)]
            fitted.append(parameter.take(argument))
        if any(argument is MISFIT for argument in fitted):
            return None
        if self.budgeted:
            return self.function(budget or Budget(), *fitted)
        return self.function(*fitted)

    def named(self, arguments: Mapping[str, Any], budget: Budget) -> Any:
        """Call with named arguments; null if a name is unknown."""
        names = [parameter.name for parameter in self.parameters]
        if arguments.keys() - set(names):
            return None
        while names and names[-1] not in arguments:
            names.pop()
        return self(*(arguments.get(name) for name in names), budget=budget)


BUILTINS: dict[str, Builtin] = {}


def builtin(*names: str, parameters: str = "") -> Callable[[Any_function], Any_function]:
    """Declare a function under ``names``, or under its own name.

    :param parameters: FEEL names of the first parameters, for names that Python cannot use.
    """

    def declare(function: Any_function) -> Any_function:
        parameter_names = parameters.split(", ") if parameters else []
        declared = described(function, parameter_names)
        for name in names or (feel_name(function.__name__),):
            BUILTINS[name] = declared
        return function

    return declare


def feel_name(python_name: str) -> str:
    """The FEEL name of a function or parameter whose Python name is given."""
    return python_name.rstrip("_").replace("_", " ")


def described(function: Callable[..., Any], names: list[str]) -> Builtin:
    """The FEEL signature of a Python function.

    :param names: FEEL names of its first parameters.
    """
    hints = get_type_hints(function)
    signature = list(inspect.signature(function).parameters.values())
    budgeted = bool(signature) and signature[0].name == "budget"
    if budgeted:
        del signature[0]
    parameters = []
    required = 0
    for index, parameter in enumerate(signature):
        name = names[index] if index < len(names) else feel_name(parameter.name)
        types, optional = types_of(hints[parameter.name])
        parameters.append(Parameter(name, types, optional))
        required += parameter.default is parameter.empty
    rest = bool(signature) and signature[-1].kind is inspect.Parameter.VAR_POSITIONAL
    if rest:
        required -= 1
    return Builtin(function, tuple(parameters), required, rest, budgeted)


def types_of(hint: Any) -> tuple[tuple[type, ...], bool]:
    """The classes that an annotation allows, and whether it allows null. Any allows everything."""
    if hint is Any:
        return (), True
    members = [hint]
    if get_origin(hint) not in (None, list, dict):
        members = list(get_args(hint))
    optional = NoneType in members
    if optional:
        members.remove(NoneType)
    classes = tuple(get_origin(member) or member for member in members)
    return classes, optional


def invoke(target: Any, arguments: Arguments, budget: Budget) -> Any:
    """Call a built-in function, one made in the expression, or one the program registered.

    :raises FeelError: a registered function does not take these arguments.
    """
    if isinstance(target, Function):
        return target(*arguments) if isinstance(arguments, list) else target.named(arguments)
    if not callable(target):
        return None
    if not isinstance(target, Builtin):
        result = foreign(target, arguments)
    elif isinstance(arguments, list):
        result = target(*arguments, budget=budget)
    else:
        result = target.named(arguments, budget)
    if isinstance(result, (str, list, dict)):
        budget.hold(len(result))
    return result


def foreign(target: Callable[..., Any], arguments: Arguments) -> Any:
    """Call a function that the program registered. Its result becomes a value of the language.

    :raises FeelError: it does not take these arguments.
    """
    positional: list[Any] = []
    named: dict[str, Any] = {}
    if isinstance(arguments, list):
        positional = arguments
    else:
        for name, value in arguments.items():
            named[name.replace(" ", "_")] = value
    try:
        inspect.signature(target).bind(*positional, **named)
    except TypeError as problem:
        raise FeelError("函数的参数个数或名称不对") from problem
    return feel(target(*positional, **named))


def whole(number: Decimal) -> int | None:
    """An integer below 10^9 in size as ``int``; None for any other number."""
    if abs(number) >= 10**9 or number != number.to_integral_value():
        return None
    return int(number)
