"""Elements that the engine does not run, refused by name, each with what to draw instead."""

from collections.abc import Iterator

from service.engine.document import NS, Element, tag
from service.gate.deployment import NODES, Diagram
from service.gate.table import Spot, rule
from service.gate.words import named, on

EVENTS = frozenset(
    f"{kind}EventDefinition" for kind in ("timer", "message", "signal", "error", "terminate")
)
ADVICE = {
    "adHocSubProcess": "普通子流程，并画出步骤的先后",
    "transaction": "普通子流程，用错误事件和边界事件表示中止",
    "cancelEventDefinition": "错误事件和边界事件",
    "linkEventDefinition": "直接画出的顺序流",
    "compensateEventDefinition": "单独的步骤来撤销已做的工作",
    "complexGateway": "排他网关、包容网关或并行网关",
    "standardLoopCharacteristics": "排他网关，画出返回的路径",
    "conditionalEventDefinition": "消息事件、定时事件或网关条件",
    "escalationEventDefinition": "非中断的消息或定时边界事件",
    "correlationProperty": "消息事件上的扩展属性 key",
    "dataObject": "表单和变量（说明文字可用文本注释）",
}
"""What to draw instead of what the engine does not run, or runs wrongly."""
ALLOWED = (
    NODES
    | EVENTS
    | {
        "definitions",
        "process",
        "collaboration",
        "participant",
        "messageFlow",
        "message",
        "signal",
        "error",
        "escalation",
        "itemDefinition",
        "category",
        "categoryValue",
        "import",
        "documentation",
        "extensionElements",
        "textAnnotation",
        "text",
        "association",
        "group",
        "incoming",
        "outgoing",
        "laneSet",
        "childLaneSet",
        "lane",
        "flowNodeRef",
        "sequenceFlow",
        "conditionExpression",
        "script",
        "multiInstanceLoopCharacteristics",
        "loopCardinality",
        "completionCondition",
        "timeDate",
        "timeDuration",
        "timeCycle",
    }
)
"""What is run, or harms nobody; where each may stand is the schema's business."""


@rule("element-supported", Diagram)
def element_supported(diagram: Diagram) -> Iterator[Spot]:
    """Every BPMN element must be one that the engine runs. Anything else would be dropped without a
    word and the case would do something other than the drawing says.
    """
    for node in diagram.root.iter(f"{{{NS['b']}}}*"):
        around = node.getparent()
        if tag(node) not in ALLOWED and (around is None or tag(around) in ALLOWED):
            advice = ADVICE.get(tag(node))
            hint = f"请改用{advice}" if advice else "请删除或改用受支持的元素"
            yield (
                *diagram.owner(node),
                f"{named(node)}（{tag(node)}）不受支持，系统不会执行它；{hint}",
            )


@rule("marker-supported", Diagram)
def marker_supported(diagram: Diagram) -> Iterator[Spot]:
    """Event subprocesses and steps of compensation are refused: whether the one interrupts is
    ignored and its state cannot be restored; nothing undoes a finished step by itself, so the
    undoing is drawn as a step.
    """
    for node in diagram.root.iter():
        if node.get("triggeredByEvent") == "true":
            yield (
                *diagram.owner(node),
                f"{named(node)}是事件子流程，系统不支持；请把事件画在普通子流程的边界上",
            )
        if node.get("isForCompensation") == "true":
            yield (
                *diagram.owner(node),
                f"{named(node)}用于补偿，系统不支持；请把需要撤销的工作画成单独的步骤",
            )


@rule("unserved", Diagram)
def unserved(diagram: Diagram) -> Iterator[Spot]:
    """What the engine can run but nothing around it would ever end (child cases, outside jobs,
    signals) is refused, or a case would wait for ever.
    """
    for element in diagram.elements.values():
        if _served_by(diagram, element) in diagram.around.unserved:
            yield on(
                element,
                "要等待的事目前没有接办的一方，案件会一直停在这里；请改用用户任务或消息事件",
            )


def _served_by(diagram: Diagram, element: Element) -> str:
    """Who ends the wait of an element: ``call``, ``job``, ``signal`` or "" for the rest."""
    if element.kind == "callActivity":
        return "call"
    if element.attributes.get("type") == "external":
        return "job"
    signals = diagram.xml[element.id].find("b:signalEventDefinition", NS)
    if signals is None:
        return ""
    return "signal"
