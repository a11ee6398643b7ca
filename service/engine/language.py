"""The language of expressions, as the engine asks for it: text and names in, value out."""

from collections.abc import Callable, Mapping
from typing import Any

from service.feel import FeelError, parse

Language = Callable[[str, Mapping[str, Any]], Any]


def feel(functions: Mapping[str, Callable[..., Any]]) -> Language:
    """FEEL with these functions. The result raises ``ValueError`` with the reason when an
    expression fails.
    """
    names = frozenset(name for name in functions if " " in name)

    def evaluate(text: str, context: Mapping[str, Any]) -> Any:
        try:
            return parse(text, names=names).evaluate(context, functions)
        except FeelError as exc:
            raise ValueError(str(exc)) from exc

    return evaluate
