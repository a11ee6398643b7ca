"""The shape of the flow: where it begins and ends, and that every node between can be reached."""

from collections.abc import Iterator
from functools import cache

from service.engine.document import Element, line_of
from service.gate.deployment import ACTIVITIES, Diagram
from service.gate.flow.events import kind_of
from service.gate.flow.graph import in_cycle, reach, turned
from service.gate.table import Spot, rule
from service.gate.words import KINDS, called, named, on, on_flow, setting

CHOOSING = frozenset({"exclusiveGateway", "inclusiveGateway"})
DECIDING = CHOOSING | {"eventBasedGateway", "boundaryEvent"}
STARTS = {"import": "补录", "public": "公开申报", "command": "由系统命令发起的"}
JOINS = frozenset({"parallelGateway", "inclusiveGateway"})


def arrows(
    diagram: Diagram, members: list[Element], *, boundaries: bool = True
) -> dict[str, list[str]]:
    """The nodes that come directly after each node of one scope.

    :param boundaries: whether a boundary event counts as coming after its activity.
    """
    inside = {element.id for element in members}
    after: dict[str, list[str]] = {}
    for element in members:
        targets = [flow.target for flow in diagram.outgoing[element.id]]
        after[element.id] = [target for target in targets if target in inside]
    for element in members:
        if boundaries and element.kind == "boundaryEvent" and element.attached_to in after:
            after[element.attached_to].append(element.id)
    return after


def ids_of(members: list[Element], kind: str) -> list[str]:
    """The ids of the nodes of one kind."""
    return [element.id for element in members if element.kind == kind]


@rule("scope-ends", Diagram)
def scope_ends(diagram: Diagram) -> Iterator[Spot]:
    """A process or subprocess begins at a start event and ends at an end event. Without the first
    it would be over at once; the second shows that the work is done.
    """
    for scope, members in diagram.scopes.items():
        missing = []
        for kind in ("startEvent", "endEvent"):
            if not ids_of(members, kind):
                missing.append(KINDS[kind])
        if missing and scope in diagram.xml:
            node = diagram.xml[scope]
            words = "和".join(missing)
            yield scope, line_of(node), f"{named(node)}没有{words}；请补画并连线"


@rule("start-single", Diagram)
def start_single(diagram: Diagram) -> Iterator[Spot]:
    """At most one start event has no trigger, so that starting by hand does not have to guess. A
    timer start may stand beside it, one start by which running cases are taken over (补录, property
    ``start=import``), one for those outside (``start=public``) and one for a command of the program
    (``start=command``).
    """
    for members in diagram.scopes.values():
        starts = [element for element in members if element.kind == "startEvent"]
        by_hand = [element for element in starts if _starts_by_hand(diagram, element)]
        for element in by_hand[1:]:
            yield on(
                element,
                "是第二个无触发条件的开始事件；请只保留一个，"
                "或改为定时开始，或标为补录（start=import）",
            )
        for use, word in STARTS.items():
            same_use = [element for element in starts if element.properties.get("start") == use]
            for element in same_use[1:]:
                yield on(element, f"是第二个{word}开始事件（start={use}）；请只保留一个")


def _starts_by_hand(diagram: Diagram, start: Element) -> bool:
    return not diagram.definitions(start) and not start.properties.get("start")


def reached(diagram: Diagram, members: list[Element]) -> list[Element]:
    """The nodes of a scope to which arrows lead from a start event."""
    starts = ids_of(members, "startEvent")
    reached_ids = reach(starts, arrows(diagram, members))
    return [element for element in members if element.id in reached_ids]


@rule("unreachable", Diagram)
def unreachable(diagram: Diagram) -> Iterator[Spot]:
    """Every node can be reached from a start event of its scope. Nobody would ever do any other."""
    for members in diagram.scopes.values():
        reached_ids = {element.id for element in reached(diagram, members)}
        if not reached_ids:
            continue
        for element in members:
            if element.id not in reached_ids:
                yield on(element, "从开始事件无法到达，永远不会执行；请补画连线或删除")


@rule("dead-end", Diagram)
def dead_end(diagram: Diagram) -> Iterator[Spot]:
    """From every node an end event of its scope can be reached; otherwise the case could never
    finish.
    """
    for members in diagram.scopes.values():
        ends = ids_of(members, "endEvent")
        if not ends:
            continue
        ending_ids = reach(ends, turned(arrows(diagram, members)))
        for element in members:
            if element.id not in ending_ids:
                yield on(element, "之后到不了结束事件，案件会停在这里；请补画到结束事件的连线")


@rule("flow-direction", Diagram)
def flow_direction(diagram: Diagram) -> Iterator[Spot]:
    """No flow leads into a start or boundary event, and none out of an end event."""
    for element in diagram.of_kind("startEvent", "boundaryEvent"):
        for flow in diagram.incoming[element.id]:
            yield on_flow(
                flow,
                f"顺序流“{flow.id}”流入了{called(element)}；请改连到它后面的步骤",
            )
    for element in diagram.of_kind("endEvent"):
        for flow in diagram.outgoing[element.id]:
            yield on_flow(
                flow,
                f"顺序流“{flow.id}”从{called(element)}流出；请删除，或把结束事件改为中间事件",
            )


@rule("implicit-split", Diagram)
def implicit_split(diagram: Diagram) -> Iterator[Spot]:
    """Only a gateway has several flows out of it. Those out of a task or event would all be taken
    at once, and the diagram would not show whether that is meant.
    """
    for element in diagram.elements.values():
        count = len(diagram.outgoing[element.id])
        if count > 1 and not element.kind.endswith("Gateway"):
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
        if len(flows) < 2:
            continue
        for flow in flows:
            if not flow.condition and flow.id != default:
                yield on_flow(
                    flow,
                    f"{called(element)}流出的“{flow.id}”没有条件；请写条件或设为默认流",
                )


@rule("gateway-default", Diagram, "warning")
def gateway_default(diagram: Diagram) -> Iterator[Spot]:
    """A gateway that chooses has a default flow. Without it a case stops when no condition holds,
    for example because an answer is empty.
    """
    for element in diagram.of_kind(*CHOOSING):
        if diagram.xml[element.id].get("default"):
            continue
        flows = diagram.outgoing[element.id]
        if flows and all(flow.condition for flow in flows):
            yield on(element, "没有默认流，所有条件都不成立时案件会停住；建议把其中一条设为默认流")


@rule("condition-place", Diagram)
def condition_place(diagram: Diagram) -> Iterator[Spot]:
    """A condition stands only on a flow out of an exclusive or inclusive gateway. Elsewhere it
    would be ignored.
    """
    for flow in diagram.document.flows.values():
        source = diagram.elements.get(flow.source)
        if flow.condition is None or source is None:
            continue
        if source.kind not in CHOOSING:
            yield on_flow(
                flow,
                f"从{called(source)}流出的线不能带条件；请先加排他网关，再写条件",
            )


@rule("event-gateway", Diagram)
def event_gateway(diagram: Diagram) -> Iterator[Spot]:
    """An event-based gateway leads to two or more waits (catch events, receive tasks), and the one
    that comes first decides. No other flow leads into these waits.
    """
    for element in diagram.of_kind("eventBasedGateway"):
        flows = diagram.outgoing[element.id]
        if len(flows) < 2:
            yield on(element, "之后应有两个以上等待的事件；请补画，或去掉网关")
        for flow in flows:
            target = diagram.elements.get(flow.target)
            if target is None:
                continue
            if target.kind not in ("intermediateCatchEvent", "receiveTask"):
                yield on(target, "不能直接跟在事件网关之后；请先画中间捕获事件或接收任务")
            elif len(diagram.incoming[target.id]) > 1:
                yield on(target, "除事件网关外还有别的线流入；请另画一个捕获事件")


@rule("busy-cycle", Diagram)
def busy_cycle(diagram: Diagram) -> Iterator[Spot]:
    """A circle contains a gateway that can choose to leave it, or leads through a boundary event.
    Otherwise it could never end.
    """
    for members in diagram.scopes.values():
        without_choice = [element for element in members if element.kind not in DECIDING]
        for name in in_cycle(arrows(diagram, without_choice, boundaries=False)):
            yield on(
                diagram.elements[name],
                "处在一个没有出口的循环里；请在循环中加排他网关并写明退出条件",
            )


@rule("results-unique", Diagram)
def results_unique(diagram: Diagram) -> Iterator[Spot]:
    """Multi-instance steps and subprocesses with rounds of one scope keep their answers in lists of
    different names (property ``results``, else the step's id). Otherwise the second would overwrite
    the first.
    """
    for members in diagram.scopes.values():
        elements_by_list: dict[str, list[Element]] = {}
        for element in members:
            if diagram.loop(element) is not None or has_rounds(element):
                elements_by_list.setdefault(results_of(element), []).append(element)
        for name, elements in elements_by_list.items():
            for element in elements if len(elements) > 1 else ():
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
    """The path of a non-interrupting boundary event may happen any number of times. So it does not
    lead back into the activity, nor into a join of the main path, where its tokens would be counted
    with the others.
    """

    @cache
    def arrows_in(scope: str) -> dict[str, list[str]]:
        return arrows(diagram, diagram.scopes[scope])

    @cache
    def main_path(host: str, scope: str) -> set[str]:
        targets = [flow.target for flow in diagram.outgoing[host]]
        return reach(targets, arrows_in(scope))

    for element in diagram.of_kind("boundaryEvent"):
        host = element.attached_to
        if element.interrupting or host not in diagram.elements:
            continue
        side_path = reach([element.id], arrows_in(element.scope))
        if host in side_path:
            yield on(element, "不中断活动，它的路径却又回到该活动；请让这条路径到自己的结束事件")
        for name in sorted(side_path & main_path(host, element.scope)):
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
    (script, decision, named action, throw) are over at once, so nothing can happen meanwhile; only
    an error may be caught there.
    """
    for element in diagram.of_kind("boundaryEvent"):
        host = diagram.elements.get(element.attached_to or "")
        if host is None or host.kind not in ACTIVITIES or host.scope != element.scope:
            yield on(element, "没有依附在任何活动上；请把它拖到对应任务的边框上")
            continue
        kinds = {kind_of(definition) for definition in diagram.definitions(element)}
        if _is_over_at_once(host) and kinds - {"error"}:
            yield on(
                element, f"依附的{called(host)}会立即完成，事件不可能发生；请移到需要等待的步骤上"
            )


def _is_over_at_once(host: Element) -> bool:
    if host.kind == "serviceTask":
        return host.attributes.get("type") != "external"
    return host.kind in ("scriptTask", "businessRuleTask", "sendTask")
