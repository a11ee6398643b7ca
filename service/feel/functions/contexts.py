"""Functions of contexts, and the function that tells whether there is a value."""

from typing import Any

from service.feel.functions.registry import Context, Items, builtin


@builtin(parameters="m, key")
def get_value(context: Context, key: str | Items) -> Any:
    """The entry under a key, or under a list of keys that lead from context to context.

    Null if there is no such entry.
    """
    if isinstance(key, str):
        return context.get(key)
    if not key:
        return None
    value: Any = context
    for name in key:
        if not isinstance(value, dict) or not isinstance(name, str):
            return None
        value = value.get(name)
    return value


@builtin(parameters="m")
def get_entries(context: Context) -> list[Context]:
    """A list of contexts with ``key`` and ``value``."""
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("is defined")
def is_defined(value: Any) -> bool:
    """Whether there is a value; a missing variable is null."""
    return value is not None
