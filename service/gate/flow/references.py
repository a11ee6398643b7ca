"""References: the ids that elements name must exist."""

import re
from collections.abc import Iterator, Mapping

from lxml import etree

from service.engine.document import NS, line_of, tag
from service.gate.deployment import NODES, Deployment, Diagram
from service.gate.flow.graph import in_cycle
from service.gate.table import Spot, rule
from service.gate.words import named, on, on_flow, similar

ASCII_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway"})


@rule("id-usable", Diagram)
def id_usable(diagram: Diagram) -> Iterator[Spot]:
    """Processes, flow nodes and flows need an id, because everything that is remembered about a
    case refers to it. Ids stand in addresses and file names (ASCII letters, digits, ``_``, ``-``,
    ``.``) and name one element of a file.
    """
    seen: set[str] = set()
    for node in diagram.root.iter():
        name = node.get("id")
        if not name:
            if _is_remembered(node):
                yield "", line_of(node), f"{named(node)}没有编号（id）；请在属性面板中填写英文编号"
            continue
        if _is_in_bpmn(node) and not ASCII_ID.fullmatch(name):
            yield (
                name,
                line_of(node),
                f"{named(node)}的编号“{name}”不是英文编号；请只用字母、数字、下划线",
            )
        if name in seen:
            yield name, line_of(node), f"编号“{name}”用了不止一次；请给每个元素不同的编号"
        seen.add(name)


def _is_in_bpmn(node: etree._Element) -> bool:
    """Whether a node is an element of BPMN, and not of a drawing or a tool."""
    return bool(tag(node)) and etree.QName(node).namespace == NS["b"]


def _is_remembered(node: etree._Element) -> bool:
    """Whether cases refer to a node by its id."""
    return _is_in_bpmn(node) and tag(node) in NODES | {"process", "sequenceFlow"}


@rule("flow-ends", Diagram)
def flow_ends(diagram: Diagram) -> Iterator[Spot]:
    """A sequence flow leads from one node to another of the same process or subprocess."""
    for flow in diagram.document.flows.values():
        for word, name in (("起点", flow.source), ("终点", flow.target)):
            if name not in diagram.elements:
                yield on_flow(
                    flow,
                    f"顺序流“{flow.id}”的{word}“{name}”不存在；请重新连接或删除这条线",
                )
        source = diagram.elements.get(flow.source)
        target = diagram.elements.get(flow.target)
        if source is not None and target is not None and source.scope != target.scope:
            yield on_flow(flow, f"顺序流“{flow.id}”跨越了子流程的边界；请连到子流程本身")


@rule("declared", Diagram)
def declared(diagram: Diagram) -> Iterator[Spot]:
    """A message, signal or error that an event or task refers to is declared in the file; messages
    and signals have a name, by which they are delivered.
    """
    for kind, word in (("message", "消息"), ("signal", "信号"), ("error", "错误")):
        usable = _usable(diagram, kind)
        for element in diagram.elements.values():
            for node in (diagram.xml[element.id], *diagram.definitions(element)):
                name = _without_prefix(node.get(f"{kind}Ref"))
                if name and name not in usable:
                    yield on(
                        element,
                        f"引用的{word}“{name}”没有定义或没有名称{similar(name, usable)}；请先定义",
                        line_of(node),
                    )


def _usable(diagram: Diagram, kind: str) -> set[str]:
    """The ids of the messages, signals or errors that the file declares completely."""
    usable = set()
    for name, node in diagram.global_named(kind).items():
        if kind == "error" or node.get("name"):
            usable.add(name)
    return usable


def _without_prefix(name: str | None) -> str:
    """A QName without its prefix."""
    return (name or "").rpartition(":")[2]


@rule("lane-member", Diagram)
def lane_member(diagram: Diagram) -> Iterator[Spot]:
    """A lane lists nodes of its process. A node stands in one lane only, not counting lanes inside
    that lane.
    """
    for name, reference in _listed(diagram):
        if name not in diagram.elements:
            yield (
                *diagram.owner(reference),
                f"泳道中列出的元素“{name}”不存在；请在图上重新拖动一次或删除该引用",
            )
    for name, lanes in _lanes_by_node(diagram).items():
        if len(lanes) > 1:
            yield on(
                diagram.elements[name],
                f"同时列在几条泳道中（{'、'.join(lanes)}）；请只放在一条泳道里",
            )


def _listed(diagram: Diagram) -> Iterator[tuple[str, etree._Element]]:
    """The nodes that lanes list: the id of the node, and the reference to it."""
    for reference in diagram.root.iterfind(".//b:lane/b:flowNodeRef", NS):
        yield (reference.text or "").strip(), reference


def _lanes_by_node(diagram: Diagram) -> Mapping[str, list[str]]:
    """The names of the lanes that list each node. Lanes with lanes inside do not count."""
    lanes_by_node: dict[str, list[str]] = {}
    for name, reference in _listed(diagram):
        lane = reference.getparent()
        if name not in diagram.elements or lane is None:
            continue
        if lane.find("b:childLaneSet", NS) is None:
            lanes_by_node.setdefault(name, []).append(lane.get("name") or "")
    return lanes_by_node


@rule("called-known", Diagram)
def called_known(diagram: Diagram) -> Iterator[Spot]:
    """A call activity calls a process of this deployment or one that is already deployed."""
    processes = diagram.around.processes | set(diagram.whole.processes)
    for element in diagram.of_kind("callActivity"):
        name = diagram.xml[element.id].get("calledElement") or ""
        if name not in processes:
            yield on(
                element,
                f"调用的流程“{name}”不存在{similar(name, processes)}；请先部署该流程或一并上传",
            )


@rule("call-cycle", Deployment)
def call_cycle(whole: Deployment) -> Iterator[tuple[str, Spot]]:
    """Processes, those already deployed included, do not call each other in a circle. Otherwise
    every child case would start another, without end.
    """
    calls: dict[str, list[str]] = {}
    for name, called in whole.around.calls.items():
        calls[name] = list(called)
    for name, (_, node) in whole.processes.items():
        activities = node.iter(f"{{{NS['b']}}}callActivity")
        calls[name] = [activity.get("calledElement") or "" for activity in activities]
    for name in in_cycle(calls):
        if name not in whole.processes:
            continue
        diagram, node = whole.processes[name]
        sentence = f"流程“{name}”经调用活动又回到自身；请去掉其中一处调用"
        yield diagram.file, (name, line_of(node), sentence)


@rule("default-flow", Diagram)
def default_flow(diagram: Diagram) -> Iterator[Spot]:
    """A default flow is one of the outgoing flows of an exclusive or inclusive gateway and has no
    condition.
    """
    for element in diagram.elements.values():
        name = diagram.xml[element.id].get("default")
        if name is None:
            continue
        flows_by_id = {flow.id: flow for flow in diagram.outgoing[element.id]}
        flow = flows_by_id.get(name)
        if element.kind not in GATEWAYS:
            yield on(element, "设置了默认流，只有排他网关和包容网关才能设置；请去掉")
        elif flow is None:
            yield on(element, f"的默认流“{name}”不是从它出发的顺序流；请重新指定")
        elif flow.condition:
            yield on_flow(flow, f"默认流“{flow.id}”不能再写条件；请删除条件或改选默认流")


@rule("executable", Diagram)
def executable(diagram: Diagram) -> Iterator[Spot]:
    """A process has ``isExecutable="true"``. The BPMN default is false, and a modeler leaves it
    out of sketches. An empty pool of a partner is no process.
    """
    for name, node in diagram.document.processes.items():
        if node.get("isExecutable") != "true":
            yield (
                name,
                line_of(node),
                f"{named(node)}没有标为“可执行”；请在流程属性中勾选“可执行（Executable）”",
            )
