"""Elements that the engine does not run, refused by name, each with what to draw instead."""

from collections.abc import Iterator

from lxml import etree

from service.engine.document import NS, Element, tag
from service.engine.gate.deployment import NODES, Diagram
from service.engine.gate.table import Spot, rule
from service.engine.gate.words import named, on

NOTES = frozenset({"documentation", "extensionElements"})
ARTIFACTS = frozenset({"textAnnotation", "association", "group"})
FLOWS = frozenset({"incoming", "outgoing"})
DATA = frozenset({
    "dataObject", "dataObjectReference", "dataStore", "dataStoreReference", "ioSpecification", "dataInput",
    "dataOutput",
    "dataInputAssociation", "dataOutputAssociation", "property", "inputDataItem", "outputDataItem", "loopDataInputRef",
    "loopDataOutputRef", "inputSet", "outputSet", "ioBinding",
})
CORRELATION = frozenset({
    "correlationKey", "correlationProperty", "correlationPropertyBinding", "correlationSubscription",
})
EVENTS = frozenset(f"{kind}EventDefinition" for kind in (
    "timer", "message", "signal", "error", "terminate", "link", "compensate", "conditional", "escalation", "cancel"))
NAMED = DATA | CORRELATION | EVENTS | {
    "adHocSubProcess", "transaction", "complexGateway", "standardLoopCharacteristics",
}
"""What has a rule of its own, here or beside."""
SCOPE = NODES | NOTES | ARTIFACTS | FLOWS | {"laneSet", "sequenceFlow", "multiInstanceLoopCharacteristics"}
INSIDE = {
    "definitions": NOTES | {
        "process", "collaboration", "message", "signal", "error", "escalation", "itemDefinition", "category", "import",
    },
    "process": SCOPE, "subProcess": SCOPE,
    "scriptTask": NOTES | FLOWS | {"script", "multiInstanceLoopCharacteristics"},
    "multiInstanceLoopCharacteristics": NOTES | {"loopCardinality", "completionCondition"},
    "sequenceFlow": NOTES | {"conditionExpression"},
    **{f"{kind}Gateway": NOTES | FLOWS for kind in ("exclusive", "inclusive", "parallel", "eventBased")},
    **{f"{kind}Event": NOTES | FLOWS for kind in (
        "start", "end", "boundary", "intermediateCatch", "intermediateThrow")},
    **{kind: NOTES | FLOWS | {"multiInstanceLoopCharacteristics"} for kind in (
        "userTask", "manualTask", "task", "callActivity", "serviceTask", "businessRuleTask", "receiveTask",
        "sendTask")},
}


def _with_tag(diagram: Diagram, tags: frozenset[str] | set[str], advice: str) -> Iterator[Spot]:
    for node in diagram.root.iter(*(f"{{{NS['b']}}}{name}" for name in sorted(tags))):
        yield *diagram.owner(node), advice


@rule("element-supported", Diagram)
def element_supported(diagram: Diagram) -> Iterator[Spot]:
    """Every BPMN element must be one the engine has a maker for, at a place where the maker looks. Anything else
    would be dropped without a word and the case would do something other than the drawing says."""
    for node in diagram.root.iter(*(f"{{{NS['b']}}}{name}" for name in INSIDE)):
        for child in node:
            if etree.QName(child).namespace == NS["b"] and tag(child) not in INSIDE[tag(node)] | NAMED:
                identity, line = diagram.owner(child)
                yield identity, line, (
                    f"{named(node)}中的元素 {tag(child)} 不受支持，系统不会执行它；"
                    "请删除或改用受支持的元素")


@rule("event-subprocess", Diagram)
def event_subprocess(diagram: Diagram) -> Iterator[Spot]:
    """Event subprocesses are refused: the engine ignores whether they interrupt and cannot restore their state.
    A subprocess with a boundary event says the same."""
    for node in diagram.root.iter(f"{{{NS['b']}}}subProcess"):
        if node.get("triggeredByEvent") == "true":
            yield *diagram.owner(node), (
                f"{named(node)}是事件子流程，系统不支持；"
                "请改为普通子流程，并把事件画在子流程的边界上")


@rule("ad-hoc", Diagram)
def ad_hoc(diagram: Diagram) -> Iterator[Spot]:
    """Ad-hoc subprocesses are refused: their steps have no order that could be supervised."""
    return _with_tag(diagram, {"adHocSubProcess"},
                     "使用了自由（ad-hoc）子流程，系统不支持；请改为普通子流程并画出步骤的先后")


@rule("transaction", Diagram)
def transaction(diagram: Diagram) -> Iterator[Spot]:
    """Transactions are refused: the steps of an office cannot be rolled back by the engine."""
    return _with_tag(diagram, {"transaction", "cancelEventDefinition"},
                     "使用了事务子流程或取消事件，系统不支持；请改为普通子流程，用错误事件和边界事件表示中止")


@rule("link-event", Diagram)
def link_event(diagram: Diagram) -> Iterator[Spot]:
    """Link events are refused: a sequence flow says the same and can be checked."""
    return _with_tag(diagram, {"linkEventDefinition"}, "使用了链接事件，系统不支持；请改为直接画顺序流")


@rule("compensation", Diagram)
def compensation(diagram: Diagram) -> Iterator[Spot]:
    """Compensation is refused: nothing in the engine undoes a finished step by itself; draw the undoing as a step."""
    advice = "使用了补偿，系统不支持；请把需要撤销的工作画成单独的步骤"
    yield from _with_tag(diagram, {"compensateEventDefinition"}, advice)
    for node in diagram.root.iter():
        if node.get("isForCompensation") == "true":
            yield *diagram.owner(node), advice


@rule("complex-gateway", Diagram)
def complex_gateway(diagram: Diagram) -> Iterator[Spot]:
    """Complex gateways are refused: their activation rule has no agreed meaning."""
    return _with_tag(diagram, {"complexGateway"}, "使用了复杂网关，系统不支持；请改为排他网关、包容网关或并行网关")


@rule("standard-loop", Diagram)
def standard_loop(diagram: Diagram) -> Iterator[Spot]:
    """The loop marker is refused: a loop drawn with an exclusive gateway shows its condition and can be sent back."""
    return _with_tag(diagram, {"standardLoopCharacteristics"}, "使用了循环标记，系统不支持；请用排他网关画出返回的路径")


@rule("conditional-event", Diagram)
def conditional_event(diagram: Diagram) -> Iterator[Spot]:
    """Conditional events are refused: nobody tells the engine when a condition has become true."""
    return _with_tag(diagram, {"conditionalEventDefinition"},
                     "使用了条件事件，系统不支持；请改为消息事件、定时事件或网关条件")


@rule("escalation-event", Diagram)
def escalation_event(diagram: Diagram) -> Iterator[Spot]:
    """Escalation events are refused: a non-interrupting message or timer boundary does the same and is proven."""
    return _with_tag(diagram, {"escalationEventDefinition"},
                     "使用了升级事件，系统不支持；请改为非中断的消息或定时边界事件")


@rule("data-object", Diagram)
def data_object(diagram: Diagram) -> Iterator[Spot]:
    """Data objects, stores and input or output specifications are refused: business data lives once, in the case."""
    return _with_tag(diagram, DATA, "使用了数据对象、数据存储或输入输出规格，系统不支持；"
                     "数据由表单和变量传递，请删除（说明文字可用文本注释）")


@rule("correlation-property", Diagram)
def correlation_property(diagram: Diagram) -> Iterator[Spot]:
    """Standard correlation properties are refused: a message finds its case by the property ``key``."""
    return _with_tag(diagram, CORRELATION,
                     "使用了标准的关联属性，系统不支持；请在消息事件上用扩展属性 key 写明对应关系")


@rule("unserved", Diagram)
def unserved(diagram: Diagram) -> Iterator[Spot]:
    """What the engine can run but nothing around it would ever end (child cases, outside jobs, signals) is refused,
    or a case would wait for ever."""
    for element in diagram.elements.values():
        if _served_by(diagram, element) in diagram.around.unserved:
            yield on(element, "要等待的事目前没有接办的一方，案件会一直停在这里；请改用用户任务或消息事件")


def _served_by(diagram: Diagram, element: Element) -> str:
    """Who ends the wait of an element: ``call``, ``job``, ``signal`` or "" for the rest."""
    if element.kind == "callActivity":
        return "call"
    if element.attributes.get("type") == "external":
        return "job"
    signals = diagram.xml[element.id].find("b:signalEventDefinition", NS)
    return "" if signals is None else "signal"
