"""Refuses elements that the engine does not run. Each finding names what to draw instead."""

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
"""What to draw instead of an element that the engine does not run, or runs wrongly."""
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
"""Elements that the engine runs, or that do no harm. The schema checks where each may stand."""


@rule("element-supported", Diagram)
def element_supported(diagram: Diagram) -> Iterator[Spot]:
    """The engine runs every BPMN element of the diagram. Others would be dropped without a word,
    and the case would not do what the drawing shows.
    """
    for node in diagram.root.iter(f"{{{NS['b']}}}*"):
        parent = node.getparent()
        if tag(node) in ALLOWED:
            continue
        if parent is None or tag(parent) in ALLOWED:
            advice = ADVICE.get(tag(node))
            hint = f"请改用{advice}" if advice else "请删除或改用受支持的元素"
            yield (
                *diagram.owner(node),
                f"{named(node)}（{tag(node)}）不受支持，系统不会执行它；{hint}",
            )


@rule("marker-supported", Diagram)
def marker_supported(diagram: Diagram) -> Iterator[Spot]:
    """Event subprocesses and steps of compensation are refused. The engine ignores whether an event
    subprocess interrupts, and cannot restore its state. Nothing undoes a finished step by itself,
    so the undoing is drawn as a step.
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
    """Waits that the engine can run but nothing around it would ever end (child cases, outside
    jobs, signals) are refused. A case would wait there for ever.
    """
    for element in diagram.elements.values():
        if _served_by(diagram, element) in diagram.around.unserved:
            yield on(
                element,
                "要等待的事目前没有接办的一方，案件会一直停在这里；请改用用户任务或消息事件",
            )


def _served_by(diagram: Diagram, element: Element) -> str:
    """What ends the wait of an element: ``call``, ``job``, ``signal``; "" for other elements."""
    if element.kind == "callActivity":
        return "call"
    if element.attributes.get("type") == "external":
        return "job"
    signal = diagram.xml[element.id].find("b:signalEventDefinition", NS)
    return "" if signal is None else "signal"
