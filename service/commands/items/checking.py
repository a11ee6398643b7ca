"""The rule across an answer's fields (跨字段校验): property ``check`` of a step or a message."""

from collections import ChainMap
from collections.abc import Mapping
from typing import Any

from service.engine import Run
from service.engine.document import Element
from service.errors import BadAnswers, ExpressionFailed

WHOLE = ""
"""The key of an error that belongs to no single field."""


def refuse_contradictions(
    run: Run, task: str, element: Element, answers: Mapping[str, Any]
) -> None:
    """Check typed answers against each other and against the case's data, as the element says.

    :raises BadAnswers: the sentences that the expression gives; null, "" and an empty list mean
        that nothing is wrong.
    :raises ExpressionFailed: the expression fails, or gives something else than text.
    """
    text = element.properties.get("check")
    if not text:
        return
    try:
        found = run.desk.language(
            text.strip().removeprefix("="), ChainMap(dict(answers), dict(run.values(task)))
        )
    except ValueError as exc:
        raise ExpressionFailed(element.id, text, str(exc)) from exc
    sentences = [
        one for one in (found if isinstance(found, list) else [found]) if one not in (None, "")
    ]
    if not all(isinstance(one, str) for one in sentences):
        raise ExpressionFailed(element.id, text, f"校验的结果应为空或提示文字，实际是 {found!r}")
    if sentences:
        raise BadAnswers({WHOLE: sentences})
