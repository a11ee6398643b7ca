"""Functions of contexts, and the question whether there is a value at all."""

from typing import Any

from service.feel.functions.registry import Context, Items, builtin


@builtin(parameters="m, key")
def get_value(context: Context, key: str | Items) -> Any:
    """The entry under a key, or under a list of keys one inside the other; null without one."""
    if isinstance(key, str):
        return context.get(key)
    value: Any = context
    for name in key:
        value = value.get(name) if isinstance(value, dict) and isinstance(name, str) else None
    if not key:
        return None
    return value


@builtin(parameters="m")
def get_entries(context: Context) -> list[Context]:
    """A list of contexts with ``key`` and ``value``."""
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("is defined")
def is_defined(value: Any) -> bool:
    """Whether there is a value; a missing variable is null."""
    return value is not None
