"""Stand-in for the expression language until service.feel is there."""
import re
from collections.abc import Mapping
from typing import Any


def tiny(functions):
    def evaluate(text: str, context: Mapping[str, Any]) -> Any:
        python = re.sub(r"(?<![<>!=])=(?!=)", "==", text).replace("true", "True").replace("false", "False").replace("null", "None")
        names = {"count": len, **functions, **context}
        try:
            return eval(python, {"__builtins__": {}}, names)
        except Exception as exc:
            raise ValueError(str(exc)) from exc
    return evaluate
