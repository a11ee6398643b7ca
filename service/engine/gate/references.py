"""References: what one element says about another must lead somewhere."""

import re
from collections import Counter
from collections.abc import Iterator

from lxml import etree

from service.engine.document import NS, Element, tag
from service.engine.gate.deployment import ACTIVITIES, NODES, Deployment, Diagram, line_of
from service.engine.gate.graph import in_cycle
from service.engine.gate.table import Spot, rule
from service.engine.gate.words import named, on, similar

ASCII_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.\-]*")
THROWING = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
GATEWAYS = frozenset({"exclusiveGateway", "inclusiveGateway"})


@rule("id-missing", Diagram)
def id_missing(diagram: Diagram) -> Iterator[Spot]:
    """Processes, flow nodes and flows need an id: everything that is remembered about a case refers to it."""
    for node in diagram.root.iter(f"{{{NS['b']}}}*"):
        if tag(node) in NODES | {"process", "sequenceFlow"} and not node.get("id"):
            yield "", line_of(node), f"{named(node)}没有编号（id）；请在属性面板中填写英文编号"


@rule("id-unique", Diagram)
def id_unique(diagram: Diagram) -> Iterator[Spot]:
    """An id names one element of a file; of two with the same id the engine would see only one."""
    counted = Counter(str(n.get("id")) for n in diagram.root.iter() if n.get("id"))
    seen: set[str] = set()
    for node in diagram.root.iter():
        name = node.get("id")
        if name and counted[name] > 1 and name in seen:
            yield name, line_of(node), f"编号“{name}”用了 {counted[name]} 次；请给每个元素不同的编号"
        seen.add(name or "")


@rule("id-ascii", Diagram)
def id_ascii(diagram: Diagram) -> Iterator[Spot]:
    """Ids stand in addresses, file names and the state of a case: ASCII letters, digits, ``_``, ``-`` and ``.``."""
    for node in diagram.root.iter(f"{{{NS['b']}}}*"):
        name = node.get("id")
        if name and not ASCII_ID.fullmatch(name):
            yield name, line_of(node), (
                f"{named(node)}的编号“{name}”不是英文编号；"
                "请只用字母、数字、下划线，并以字母开头")


@rule("flow-ends", Diagram)
def flow_ends(diagram: Diagram) -> Iterator[Spot]:
    """A sequence flow leads from one node to another of the same process or subprocess."""
    for flow in diagram.document.flows.values():
        ends = [diagram.elements.get(flow.source), diagram.elements.get(flow.target)]
        for word, name, end in zip(("起点", "终点"), (flow.source, flow.target), ends, strict=True):
            if end is None:
                yield flow.id, flow.line, f"顺序流“{flow.id}”的{word}“{name}”不存在；请重新连接或删除这条线"
        source, target = ends
        if source is not None and target is not None and source.scope != target.scope:
            yield flow.id, flow.line, (
                f"顺序流“{flow.id}”跨越了子流程的边界（{source.id} → {target.id}）；"
                "请连到子流程本身")


@rule("boundary-attached", Diagram)
def boundary_attached(diagram: Diagram) -> Iterator[Spot]:
    """A boundary event is attached to an activity of the same process or subprocess."""
    for element in diagram.of_kind("boundaryEvent"):
        host = diagram.elements.get(element.attached_to or "")
        if host is None or host.kind not in ACTIVITIES or host.scope != element.scope:
            yield on(element, "没有依附在任何活动上；请把它拖到对应任务的边框上")


def _undeclared(diagram: Diagram, kind: str, word: str) -> Iterator[Spot]:
    declared = {i: n for i, n in diagram.global_named(kind).items() if kind == "error" or n.get("name")}
    for element in diagram.elements.values():
        for node in (diagram.xml[element.id], *diagram.definitions(element)):
            name = _plain(node.get(f"{kind}Ref"))
            if name and name not in declared:
                hint = similar(name, declared)
                yield on(element, f"引用的{word}“{name}”没有定义或没有名称{hint}；请先定义", line_of(node))


@rule("message-known", Diagram)
def message_known(diagram: Diagram) -> Iterator[Spot]:
    """A message that an event or task refers to is declared in the file and has a name, by which it is delivered."""
    return _undeclared(diagram, "message", "消息")


@rule("signal-known", Diagram)
def signal_known(diagram: Diagram) -> Iterator[Spot]:
    """A signal that an event refers to is declared in the file and has a name."""
    return _undeclared(diagram, "signal", "信号")


@rule("error-known", Diagram)
def error_known(diagram: Diagram) -> Iterator[Spot]:
    """An error that an event refers to is declared in the file."""
    return _undeclared(diagram, "error", "错误")


@rule("lane-member", Diagram)
def lane_member(diagram: Diagram) -> Iterator[Spot]:
    """A lane lists nodes of its process, and a node stands in one lane only (lanes inside it apart)."""
    for lane in diagram.root.iter(f"{{{NS['b']}}}lane"):
        for reference in lane.iterfind("b:flowNodeRef", NS):
            if (name := (reference.text or "").strip()) not in diagram.elements:
                yield *diagram.owner(reference), (
                    f"泳道“{lane.get('name')}”列出的元素“{name}”不存在；"
                    "请在图上重新拖动一次或删除该引用")
    for name, lanes in _lanes_of(diagram).items():
        if len(lanes) > 1 and name in diagram.elements:
            element = diagram.elements[name]
            words = "、".join(str(lane.get("name")) for lane in lanes)
            yield on(element, f"同时列在几条泳道中（{words}）；请只放在一条泳道里")


def _lanes_of(diagram: Diagram) -> dict[str, list[etree._Element]]:
    found: dict[str, list[etree._Element]] = {}
    for lane in diagram.root.iter(f"{{{NS['b']}}}lane"):
        if lane.find("b:childLaneSet", NS) is None:
            for reference in lane.iterfind("b:flowNodeRef", NS):
                found.setdefault((reference.text or "").strip(), []).append(lane)
    return found


@rule("called-known", Diagram)
def called_known(diagram: Diagram) -> Iterator[Spot]:
    """A call activity calls a process of this deployment or one that is already deployed."""
    known = diagram.around.processes | set(diagram.whole.processes)
    for element in diagram.of_kind("callActivity"):
        name = diagram.xml[element.id].get("calledElement") or ""
        if name not in known:
            yield on(element, f"调用的流程“{name}”不存在{similar(name, known)}；请先部署该流程或一并上传")


@rule("call-cycle", Deployment)
def call_cycle(whole: Deployment) -> Iterator[tuple[str, Spot]]:
    """Processes must not call each other in a circle: every child case would start another, without end."""
    calls: dict[str, list[str]] = {
        name: [n.get("calledElement") or "" for n in node.iter(f"{{{NS['b']}}}callActivity")]
        for name, (_, node) in whole.processes.items()
    }
    for name in in_cycle(calls):
        diagram, node = whole.processes[name]
        yield diagram.file, (name, line_of(node), (
            f"流程“{name}”经调用活动又回到自身，会无止境地产生子案件；"
            "请去掉其中一处调用"))


@rule("message-key", Deployment, "warning")
def message_key(whole: Deployment) -> Iterator[tuple[str, Spot]]:
    """Who throws a message and who waits for it both give a ``key``, or neither does: with a key on one side only, the
    message finds nobody, or anybody."""
    ends = [(d, e, name) for d in whole.diagrams for e in d.elements.values() if (name := _message_of(d, e))]
    thrown = {name: bool(e.properties.get("key")) for _, e, name in ends if e.kind in THROWING}
    for diagram, element, name in ends:
        keyed = bool(element.properties.get("key"))
        if element.kind not in THROWING and name in thrown and keyed != thrown[name]:
            sides = ("需要", "没有") if keyed else ("没有", "写了")
            yield diagram.file, on(
                element, f"等待的消息“{name}”{sides[0]}对应关系（key），发送方却{sides[1]}；"
                "请在两端都填写扩展属性 key，或都不填")


def _message_of(diagram: Diagram, element: Element) -> str:
    """The name of the message that an element throws or waits for, else ""."""
    declared = diagram.global_named("message")
    for node in (diagram.xml[element.id], *diagram.definitions(element)):
        if (reference := _plain(node.get("messageRef"))) in declared:
            return declared[reference].get("name") or ""
    return ""


@rule("default-flow", Diagram)
def default_flow(diagram: Diagram) -> Iterator[Spot]:
    """A default flow is one of the outgoing flows of an exclusive or inclusive gateway and carries no condition."""
    for element in diagram.elements.values():
        name = diagram.xml[element.id].get("default")
        if name is None:
            continue
        flow = next((f for f in diagram.outgoing[element.id] if f.id == name), None)
        if element.kind not in GATEWAYS:
            yield on(element, "设置了默认流，只有排他网关和包容网关才能设置；请去掉")
        elif flow is None:
            yield on(element, f"的默认流“{name}”不是从它出发的顺序流；请重新指定")
        elif flow.condition:
            yield flow.id, flow.line, f"默认流“{flow.id}”不能再写条件；请删除条件或改选默认流"


@rule("participant-process", Diagram)
def participant_process(diagram: Diagram) -> Iterator[Spot]:
    """A pool that names a process names one of this file; a message flow joins things of this file."""
    ids = {n.get("id") for n in diagram.root.iter()}
    for node in diagram.root.iter(f"{{{NS['b']}}}participant"):
        name = _plain(node.get("processRef"))
        if name and name not in diagram.document.processes:
            yield *diagram.owner(node), (
                f"泳池“{node.get('name') or node.get('id')}”指向的流程“{name}”不在此文件中；"
                "请改正")
    for node in diagram.root.iter(f"{{{NS['b']}}}messageFlow"):
        for name in (_plain(node.get("sourceRef")), _plain(node.get("targetRef"))):
            if name not in ids:
                yield *diagram.owner(node), f"消息流“{node.get('id')}”的一端“{name}”不存在；请重新连接或删除"


def _plain(name: str | None) -> str:
    """A QName without its prefix."""
    return (name or "").rpartition(":")[2]


@rule("executable", Diagram)
def executable(diagram: Diagram) -> Iterator[Spot]:
    """A process says ``isExecutable="true"``; the BPMN default is false, and a modeler leaves it out of sketches.
    An empty pool of a partner is no process."""
    for name, node in diagram.document.processes.items():
        if node.get("isExecutable") != "true":
            yield name, line_of(node), f"{named(node)}没有标为“可执行”；请在流程属性中勾选“可执行（Executable）”"
