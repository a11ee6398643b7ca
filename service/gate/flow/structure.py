"""The shape of the flow: where it begins and ends, and that nothing in between hangs in the air."""

from collections import Counter
from collections.abc import Iterator
from functools import cache

from service.engine.document import Element, line_of
from service.gate.deployment import ACTIVITIES, Diagram
from service.gate.flow.events import kind_of
from service.gate.flow.graph import in_cycle, reach, turned
from service.gate.table import Spot, rule
from service.gate.words import KINDS, called, named, on, setting

CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
DECIDING = CHOOSING | {"eventBasedGateway", "boundaryEvent"}
STARTS = {"import": "补录", "public": "公开申报", "command": "由系统命令发起的"}
JOINS = frozenset({"parallelGateway", "inclusiveGateway"})


def arrows(
    diagram: Diagram, members: list[Element], *, boundaries: bool = True
) -> dict[str, list[str]]:
    """Who comes after whom among the nodes of one scope; a boundary event comes after its
    activity.
    """
    inside = {e.id for e in members}
    after = {
        e.id: [f.target for f in diagram.outgoing[e.id] if f.target in inside] for e in members
    }
    for element in members:
        if boundaries and element.kind == "boundaryEvent" and element.attached_to in after:
            after[element.attached_to].append(element.id)
    return after


@rule("scope-ends", Diagram)
def scope_ends(diagram: Diagram) -> Iterator[Spot]:
    """A process or subprocess begins at a start event, or it would be over at once, and ends at an
    end event, so that it is seen that the work is done.
    """
    for scope, members in diagram.scopes.items():
        missing = [
            KINDS[kind]
            for kind in ("startEvent", "endEvent")
            if not any(e.kind == kind for e in members)
        ]
        if missing and scope in diagram.xml:
            node = diagram.xml[scope]
            yield scope, line_of(node), f"{named(node)}没有{'和'.join(missing)}；请补画并连线"


@rule("start-single", Diagram)
def start_single(diagram: Diagram) -> Iterator[Spot]:
    """At most one start event has no trigger: starting by hand must not have to guess. A timer
    start may stand beside it, one start by which running cases are taken over (补录, property
    ``start=import``), one for those outside (``start=public``) and one for a command of the program
    (``start=command``).
    """
    for members in diagram.scopes.values():
        starts = [e for e in members if e.kind == "startEvent"]
        for element in [
            e for e in starts if not diagram.definitions(e) and not e.properties.get("start")
        ][1:]:
            yield on(
                element,
                "是第二个无触发条件的开始事件；请只保留一个，"
                "或改为定时开始，或标为补录（start=import）",
            )
        for use, word in STARTS.items():
            for element in [e for e in starts if e.properties.get("start") == use][1:]:
                yield on(element, f"是第二个{word}开始事件（start={use}）；请只保留一个")


def reached(diagram: Diagram, members: list[Element]) -> list[Element]:
    """The nodes of a scope to which arrows lead from a start event."""
    ids = reach([e.id for e in members if e.kind == "startEvent"], arrows(diagram, members))
    return [e for e in members if e.id in ids]


@rule("unreachable", Diagram)
def unreachable(diagram: Diagram) -> Iterator[Spot]:
    """Every node can be reached from a start event of its scope; another would never be done by
    anybody.
    """
    for members in diagram.scopes.values():
        alive = {e.id for e in reached(diagram, members)}
        for element in members if alive else ():
            if element.id not in alive:
                yield on(element, "从开始事件无法到达，永远不会执行；请补画连线或删除")


@rule("dead-end", Diagram)
def dead_end(diagram: Diagram) -> Iterator[Spot]:
    """From every node an end event of its scope can be reached; otherwise the case could never
    finish.
    """
    for members in diagram.scopes.values():
        ends = [e.id for e in members if e.kind == "endEvent"]
        ending = reach(ends, turned(arrows(diagram, members))) if ends else {e.id for e in members}
        for element in members:
            if element.id not in ending:
                yield on(element, "之后到不了结束事件，案件会停在这里；请补画到结束事件的连线")


@rule("flow-direction", Diagram)
def flow_direction(diagram: Diagram) -> Iterator[Spot]:
    """Nothing flows into a start or boundary event, and nothing out of an end event."""
    for element in diagram.of_kind("startEvent", "boundaryEvent"):
        for flow in diagram.incoming[element.id]:
            yield (
                flow.id,
                flow.line,
                f"顺序流“{flow.id}”流入了{called(element)}；请改连到它后面的步骤",
            )
    for element in diagram.of_kind("endEvent"):
        for flow in diagram.outgoing[element.id]:
            yield (
                flow.id,
                flow.line,
                f"顺序流“{flow.id}”从{called(element)}流出；请删除，或把结束事件改为中间事件",
            )


@rule("implicit-split", Diagram)
def implicit_split(diagram: Diagram) -> Iterator[Spot]:
    """Several flows out of a task or event would all be taken at once; a gateway says whether that
    is meant.
    """
    for element in diagram.elements.values():
        if not element.kind.endswith("Gateway") and len(diagram.outgoing[element.id]) > 1:
            count = len(diagram.outgoing[element.id])
            yield on(
                element,
                f"有 {count} 条流出的线，含义不清；请加并行网关（同时进行）或排他网关（择一）",
            )


@rule("gateway-condition", Diagram)
def gateway_condition(diagram: Diagram) -> Iterator[Spot]:
    """Each flow out of an exclusive or inclusive gateway that chooses has a condition or is the
    default.
    """
    for element in diagram.of_kind(*CHOOSING):
        default = diagram.xml[element.id].get("default")
        flows = diagram.outgoing[element.id]
        for flow in flows if len(flows) > 1 else ():
            if not flow.condition and flow.id != default:
                yield (
                    flow.id,
                    flow.line,
                    f"{called(element)}流出的“{flow.id}”没有条件；请写条件或设为默认流",
                )


@rule("gateway-default", Diagram, "warning")
def gateway_default(diagram: Diagram) -> Iterator[Spot]:
    """Without a default flow a case stops when no condition holds, for example because an answer is
    empty.
    """
    for element in diagram.of_kind(*CHOOSING):
        flows = diagram.outgoing[element.id]
        conditional = [f for f in flows if f.condition]
        if (
            conditional
            and len(conditional) == len(flows)
            and not diagram.xml[element.id].get("default")
        ):
            yield on(element, "没有默认流，所有条件都不成立时案件会停住；建议把其中一条设为默认流")


@rule("condition-place", Diagram)
def condition_place(diagram: Diagram) -> Iterator[Spot]:
    """A condition stands only on a flow out of an exclusive or inclusive gateway; elsewhere it
    would be ignored.
    """
    for flow in diagram.document.flows.values():
        source = diagram.elements.get(flow.source)
        if flow.condition is not None and source is not None and source.kind not in CHOOSING:
            yield (
                flow.id,
                flow.line,
                f"从{called(source)}流出的线不能带条件；请先加排他网关，再写条件",
            )


@rule("event-gateway", Diagram)
def event_gateway(diagram: Diagram) -> Iterator[Spot]:
    """An event-based gateway leads to two or more waits (catch events, receive tasks), each of
    which is entered from nowhere else: which of them comes first decides.
    """
    for element in diagram.of_kind("eventBasedGateway"):
        targets = [diagram.elements.get(f.target) for f in diagram.outgoing[element.id]]
        if len(targets) < 2:
            yield on(element, "之后应有两个以上等待的事件；请补画，或去掉网关")
        for target in targets:
            if target and target.kind not in ("intermediateCatchEvent", "receiveTask"):
                yield on(target, "不能直接跟在事件网关之后；请先画中间捕获事件或接收任务")
            elif target and len(diagram.incoming[target.id]) > 1:
                yield on(target, "除事件网关外还有别的线流入；请另画一个捕获事件")


@rule("busy-cycle", Diagram)
def busy_cycle(diagram: Diagram) -> Iterator[Spot]:
    """A circle contains a gateway that can choose to leave it, or leads through a boundary event;
    one without could never end.
    """
    for members in diagram.scopes.values():
        fixed = [e for e in members if e.kind not in DECIDING]
        for name in in_cycle(arrows(diagram, fixed, boundaries=False)):
            element = diagram.elements[name]
            yield (
                name,
                element.line,
                f"{called(element)}处在一个没有出口的循环里；请在循环中加排他网关并写明退出条件",
            )


@rule("results-unique", Diagram)
def results_unique(diagram: Diagram) -> Iterator[Spot]:
    """Multi-instance steps and subprocesses with rounds of one scope keep their answers in lists of
    different names (property ``results``, else the step's id), or the second would overwrite the
    first.
    """
    for members in diagram.scopes.values():
        looped = [e for e in members if diagram.loop(e) is not None or has_rounds(e)]
        counted = Counter(results_of(e) for e in looped)
        for element in looped:
            if counted[results_of(element)] > 1:
                name = results_of(element)
                yield on(
                    element,
                    f"的结果列表“{name}”与另一多实例步骤同名；请给{setting('results')}取不同的名称",
                )


def has_rounds(element: Element) -> bool:
    """Whether each round of an embedded subprocess keeps its own entry in a list."""
    return element.kind == "subProcess" and bool(element.properties.get("results"))


def results_of(element: Element) -> str:
    """The name of the list of answers of a multi-instance step."""
    return element.properties.get("results") or element.id


@rule("boundary-returns", Diagram)
def boundary_returns(diagram: Diagram) -> Iterator[Spot]:
    """The path of a non-interrupting boundary event may happen any number of times, so it must not
    lead back into the activity, nor into a join of the main path, where its tokens would be counted
    with the others.
    """
    ahead = cache(lambda scope: arrows(diagram, diagram.scopes[scope]))
    beyond = cache(
        lambda host, scope: reach([f.target for f in diagram.outgoing[host]], ahead(scope))
    )
    for element in diagram.of_kind("boundaryEvent"):
        if element.interrupting or element.attached_to not in diagram.elements:
            continue
        side = reach([element.id], ahead(element.scope))
        main = beyond(element.attached_to, element.scope)
        if element.attached_to in side:
            yield on(element, "不中断活动，它的路径却又回到该活动；请让这条路径到自己的结束事件")
        for name in sorted(side & main):
            if name in diagram.elements and _joins(diagram, name):
                where = called(diagram.elements[name])
                yield on(
                    element,
                    f"不中断活动，它的路径却汇入主路径的{where}；请让这条路径到自己的结束事件",
                )


def _joins(diagram: Diagram, name: str) -> bool:
    return diagram.elements[name].kind in JOINS and len(diagram.incoming[name]) > 1


@rule("boundary-host", Diagram)
def boundary_host(diagram: Diagram) -> Iterator[Spot]:
    """A boundary event is attached to an activity of the same scope that takes time. Computed steps
    (script, decision, named action, throw) are over within the step, so nothing could happen
    meanwhile; only an error may be caught.
    """
    for element in diagram.of_kind("boundaryEvent"):
        host = diagram.elements.get(element.attached_to or "")
        if host is None or host.kind not in ACTIVITIES or host.scope != element.scope:
            yield on(element, "没有依附在任何活动上；请把它拖到对应任务的边框上")
        elif _instant(host) and any(kind_of(d) != "error" for d in diagram.definitions(element)):
            yield on(
                element, f"依附的{called(host)}会立即完成，事件不可能发生；请移到需要等待的步骤上"
            )


def _instant(host: Element) -> bool:
    external = host.attributes.get("type") == "external"
    return host.kind in ("scriptTask", "businessRuleTask", "sendTask") or (
        host.kind == "serviceTask" and not external
    )
