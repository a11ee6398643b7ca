"""Words that several rules use in their sentences."""

from collections.abc import Iterable
from difflib import get_close_matches

from lxml import etree

from service.engine.document import Element, tag

LONGEST = 60
KINDS = {
    "userTask": "用户任务", "manualTask": "人工任务", "task": "任务",
    "callActivity": "调用活动", "serviceTask": "服务任务", "scriptTask": "脚本任务",
    "businessRuleTask": "业务规则任务", "subProcess": "子流程", "exclusiveGateway": "排他网关",
    "inclusiveGateway": "包容网关", "parallelGateway": "并行网关", "eventBasedGateway": "事件网关",
    "startEvent": "开始事件", "endEvent": "结束事件", "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件", "receiveTask": "接收任务", "sendTask": "发送任务",
    "boundaryEvent": "边界事件", "process": "流程", "sequenceFlow": "顺序流",
}


def called(element: Element) -> str:
    """How a sentence names an element: its kind and its name, else its id."""
    return f"{KINDS.get(element.kind, element.kind)}“{element.name or element.id}”"


def named(node: etree._Element) -> str:
    """The same for a bare XML node."""
    kind = tag(node)
    return f"{KINDS.get(kind, kind)}“{node.get('name') or node.get('id') or '（无名）'}”"


def similar(name: str, known: Iterable[str]) -> str:
    """A half sentence that offers the nearest known name, or ""."""
    if len(name) > LONGEST:
        return ""
    near = get_close_matches(name, sorted(other for other in known if len(other) <= LONGEST), n=1, cutoff=0.5)
    return f"，是否应为“{near[0]}”" if near else ""


def listed(names: Iterable[str]) -> str:
    """Names as people list them."""
    return "、".join(f"“{name}”" for name in names)


def on(element: Element, sentence: str, line: int = 0) -> tuple[str, int, str]:
    """A spot at an element; the sentence goes on after its name."""
    return element.id, line or element.line, f"{called(element)}{sentence}"
