"""Functions of contexts, and the question whether there is a value at all."""

from typing import Any

from service.feel.functions.registry import Context, Items, builtin


@builtin(parameters="m, key")
def get_value(context: Context, key: str | Items) -> Any:
    """The entry under a key, or under a list of keys one inside the other; null without one."""
    if isinstance(key, str):
        return context.get(key)
    found: Any = context
    for name in key:
        found = found.get(name) if isinstance(found, dict) and isinstance(name, str) else None
    return found if key else None


@builtin(parameters="m")
def get_entries(context: Context) -> list[Context]:
    """A list of contexts with ``key`` and ``value``."""
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context", parameters="entries")
def context_of(entries: Items) -> Context | None:
    """The contrary of ``get entries``; null when a key is missing or stands twice."""
    found: Context = {}
    for entry in entries:
        if not isinstance(entry, dict) or not isinstance(entry.get("key"), str) or "value" not in entry:
            return None
        if entry["key"] in found:
            return None
        found[entry["key"]] = entry["value"]
    return found


@builtin("context put", parameters="context, keys, value")
def context_put(context: Context, key: Any, value: Any) -> Context | None:
    """The context with one entry set; a list of keys goes inwards."""
    keys = key if isinstance(key, list) else [key]
    if not keys or not all(isinstance(name, str) for name in keys):
        return None
    if len(keys) == 1:
        return {**context, keys[0]: value}
    inner = context.get(keys[0])
    if inner is not None and not isinstance(inner, dict) or len(keys) > 50:
        return None
    changed = context_put(inner or {}, keys[1:], value) if inner is not None else None
    return None if changed is None else {**context, keys[0]: changed}


@builtin("context merge", parameters="contexts")
def context_merge(contexts: Items) -> Context | None:
    """Several contexts in one, a later one before an earlier one."""
    if not all(isinstance(one, dict) for one in contexts):
        return None
    return {key: value for one in contexts for key, value in one.items()}


@builtin("is defined")
def is_defined(value: Any) -> bool:
    """Whether there is a value; a missing variable is null."""
    return value is not None
