"""Words that several rules use in their sentences."""

from collections.abc import Iterable
from difflib import get_close_matches

from lxml import etree

from service.engine.document import Element, Flow, tag

LONGEST_NAME = 60
KINDS = {
    "userTask": "用户任务",
    "manualTask": "人工任务",
    "task": "任务",
    "callActivity": "调用活动",
    "serviceTask": "服务任务",
    "scriptTask": "脚本任务",
    "businessRuleTask": "业务规则任务",
    "subProcess": "子流程",
    "exclusiveGateway": "排他网关",
    "inclusiveGateway": "包容网关",
    "parallelGateway": "并行网关",
    "eventBasedGateway": "事件网关",
    "startEvent": "开始事件",
    "endEvent": "结束事件",
    "intermediateCatchEvent": "中间捕获事件",
    "intermediateThrowEvent": "中间抛出事件",
    "receiveTask": "接收任务",
    "sendTask": "发送任务",
    "boundaryEvent": "边界事件",
    "process": "流程",
    "sequenceFlow": "顺序流",
}

SETTINGS = {
    "coUnits": "配合单位",
    "coRule": "牵头单位办结前",
    "coForm": "配合单位填写的表单",
    "coDue": "反馈期限",
    "due": "办理期限",
    "clause": "条款",
    "basis": "依据",
    "results": "各项结果汇入清单",
    "key": "对应关系",
    "payload": "内容",
    "variable": "内容存入变量",
    "action": "服务动作",
    "form": "表单",
    "handOver": "转办范围",
    "batch": "批量办理",
    "restricted": "内容仅限查看的单位或人员",
    "sealed": "内容封存的条件",
    "barrier": "不能再退回到此前",
    "senders": "可以在案件页上发起的单位或人员",
    "prefill": "带出上次填写的全部内容",
    "subject": "事项说明",
    "start": "发起用途",
    "public": "可由外部人员提交",
    "awaited": "有案件等待此消息才发起",
    "check": "跨字段校验",
    "number": "案件编号取自",
    "title": "案件名称取自",
    "concerned": "当事人",
    "about": "所审核的案件",
    "columns": "一览表的栏目",
    "shows": "另可查看的环节",
    "recusal": "视为回避的条件",
    "anonymous": "不公开办理人姓名的条件",
    "namedTo": "可以知道姓名的单位或人员",
    "termBasis": "期限依据",
    "outcome": "结果代码",
    "outcomeName": "结果名称",
    "outcomeText": "结果说明",
    "tone": "结果性质",
    "returnText": "退回说明",
    "formRef": "表单",
    "resultVariable": "结果变量",
    "decisionRef": "决策",
}
"""The labels that the modeler shows for the settings that a diagram writes under these names."""


def setting(name: str) -> str:
    """How a sentence names a setting: its label in the modeler, and its name in the file."""
    if name not in SETTINGS:
        return f"扩展属性 {name}"
    return f"“{SETTINGS[name]}”（{name}）"


def called(element: Element) -> str:
    """How a sentence names an element: its kind, and its name or id."""
    kind = KINDS.get(element.kind, element.kind)
    return f"{kind}“{element.name or element.id}”"


def named(node: etree._Element) -> str:
    """How a sentence names an XML node: its kind, and its name or id."""
    kind = KINDS.get(tag(node), tag(node))
    name = node.get("name") or node.get("id") or "（无名）"
    return f"{kind}“{name}”"


def similar(name: str, known: Iterable[str]) -> str:
    """Half a sentence that offers the most similar known name; "" if there is none."""
    if len(name) > LONGEST_NAME:
        return ""
    candidates = sorted(other for other in known if len(other) <= LONGEST_NAME)
    matches = get_close_matches(name, candidates, n=1, cutoff=0.5)
    return f"，是否应为“{matches[0]}”" if matches else ""


def listed(names: Iterable[str]) -> str:
    """Names as people list them."""
    return "、".join(f"“{name}”" for name in names)


def on_flow(flow: Flow, sentence: str) -> tuple[str, int, str]:
    """A spot at a sequence flow."""
    return flow.id, flow.line, sentence


def on(element: Element, sentence: str, line: int = 0) -> tuple[str, int, str]:
    """A spot at an element. The sentence continues after the name of the element.

    :param line: the line; without it, that of the element.
    """
    return element.id, line or element.line, f"{called(element)}{sentence}"
