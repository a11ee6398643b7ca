"""The outcomes of cases (结果) that a diagram declares."""

from collections.abc import Iterator

from service.gate.deployment import Diagram
from service.gate.table import Spot, rule
from service.gate.words import on, setting

LONGEST_CODE = 60
BESIDES = ("outcomeName", "outcomeText", "tone")
OUTCOME_EVENTS = frozenset(
    {"startEvent", "endEvent", "intermediateThrowEvent", "intermediateCatchEvent", "boundaryEvent"}
)


@rule("outcome-event", Diagram)
def outcome_event(diagram: Diagram) -> Iterator[Spot]:
    """An outcome is declared on an event, with a name that people read and a tone. Without a code
    the other settings have no effect.
    """
    for element in diagram.elements.values():
        properties = element.properties
        if "outcome" not in properties:
            without_code = [name for name in BESIDES if name in properties]
            if without_code:
                yield on(
                    element,
                    f"写了{setting(without_code[0])}，却没有{setting('outcome')}；"
                    "请补充结果代码或删除",
                )
        elif element.kind not in OUTCOME_EVENTS:
            yield on(element, f"不是事件，不能写{setting('outcome')}；请写在事件上")
        elif "tone" not in properties:
            yield on(
                element,
                f"写了{setting('outcome')}，却没有{setting('tone')}；"
                "请填 good（正面）、bad（负面）或 neutral（中性）",
            )
        elif not (properties.get("outcomeName") or element.name):
            yield on(element, f"没有名称；请给事件取名，或填{setting('outcomeName')}")


@rule("outcome-code", Diagram)
def outcome_code(diagram: Diagram) -> Iterator[Spot]:
    """The code of an outcome is short English, so that lists and other programs can search for
    it.
    """
    for element in diagram.elements.values():
        code = element.properties.get("outcome")
        if code is not None and not _is_code(code):
            yield on(
                element,
                f"的{setting('outcome')}“{code}”无效；"
                "请只用英文字母、数字和下划线，不超过 60 个字符",
            )


def _is_code(code: str) -> bool:
    if len(code) > LONGEST_CODE or not code.isascii():
        return False
    return code.replace("_", "").isalnum()
