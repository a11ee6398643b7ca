"""From a diagram to SpiffWorkflow's specifications, without SpiffWorkflow's parser.

Decided: one pass over the nodes with a table ``tag -> maker``, and one over the flows, in document
order. Because the drawing must not decide the routing, and a node that we cannot run must not be
dropped in silence. SpiffWorkflow's own parser does the first, its subclasses the second. All events
are connected here, so that nothing in a specification changes later and threads can share it.
"""

from collections.abc import Callable, Mapping
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.specs import defaults
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BoundaryEventJoin, BoundaryEventSplit
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition

from service.engine.document import CAMUNDA, NS, Document, Element, tag
from service.engine.specs import events, joins
from service.engine.specs import steps as specs
from service.errors import Stuck

RESERVED = frozenset({"Start", "End"})
LOOP = "b:multiInstanceLoopCharacteristics"
Maker = Callable[["Builder", Any, etree._Element, Element], Any]
"""Makes the specification of a node: takes the builder, the specification of the scope, the node
and its element.
"""
Specs = dict[str, Any]
"""Specifications by the ids of their elements."""
NodesById = Mapping[str, etree._Element]
"""NodesById by their ids."""


class Builder:
    """Builds the specification of one process.

    ``subs`` are the specifications of its embedded subprocesses, by id.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.subs: dict[str, Any] = {}
        self.declared: dict[str | None, etree._Element] = {}
        for node in document.root:
            if tag(node) in ("message", "signal", "error"):
                self.declared[node.get("id")] = node

    def scope(self, node: etree._Element) -> Any:
        """The specification of a process or an embedded subprocess."""
        spec = BpmnProcessSpec("[scope]")
        nodes: dict[str, etree._Element] = {}
        for child in node:
            ident = child.get("id") or ""
            if ident in self.document.elements:
                nodes[ident] = child
        entries, exits = self._entries_and_exits(spec, nodes)
        for ident, child in nodes.items():
            if tag(child) == "startEvent":
                spec.start.connect(entries[ident])
        sources = self._connect_flows(node, nodes, entries, exits)
        for ident in nodes:
            if ident not in sources:
                exits[ident].connect(spec.end)
        self._close(spec)
        return spec

    def _entries_and_exits(self, spec: Any, nodes: NodesById) -> tuple[Specs, Specs]:
        """The specifications at which flows enter and leave each node.

        Boundary events come last, because they need a host.
        """
        entries: Specs = {}
        exits: Specs = {}
        for ident, node in nodes.items():
            if tag(node) != "boundaryEvent":
                entries[ident] = exits[ident] = self._activity(spec, node)
        for ident, node in nodes.items():
            if tag(node) == "boundaryEvent":
                entries[ident] = exits[ident] = self._attached(spec, entries, exits, node)
        return entries, exits

    def _connect_flows(
        self,
        scope: etree._Element,
        nodes: NodesById,
        entries: Specs,
        exits: Specs,
    ) -> set[str]:
        """Connect the sequence flows of a scope. Returns the ids of the nodes they leave from."""
        sources: set[str] = set()
        for node in scope.iterfind("b:sequenceFlow", NS):
            flow = self.document.flows[node.get("id") or ""]
            source = exits[flow.source]
            target = entries[flow.target]
            if target.name in source._outputs:
                target = _second_flow(source, target, flow.id)
            if isinstance(source, joins.Choice):
                default = nodes[flow.source].get("default") == flow.id
                source.connect_flow(target, flow.condition, default=default)
            else:
                source.connect(target)
            sources.add(flow.source)
        return sources

    def _activity(self, spec: Any, node: etree._Element) -> Any:
        """The specification of a node, in a loop if it is repeated.

        :raises Stuck: the engine does not run nodes of this kind.
        """
        element = self.document.elements[node.get("id") or ""]
        maker = MAKERS.get(element.kind)
        if maker is None:
            raise Stuck(f"元素“{element.id}”的类型 {element.kind} 不受支持")
        activity = maker(self, spec, node, element)
        activity.bpmn_id = element.id
        activity.element = element
        loop = node.find(LOOP, NS)
        if loop is not None:
            return self._looped(spec, activity, _repetition(loop))
        if element.kind == "subProcess" and element.properties.get("results"):
            return self._looped(spec, activity, specs.Repetition(times="1"), rounds=True)
        return activity

    def _looped(
        self,
        spec: Any,
        repeated: Any,
        repetition: specs.Repetition,
        *,
        rounds: bool = False,
    ) -> Any:
        """Wrap an activity in a loop. The name of the activity goes to the loop.

        :param rounds: whether each round keeps its own entry in the list of results.
        """
        name = repeated.name
        element = repeated.element
        del spec.task_specs[name]
        repeated.name = f"{name} [each]"
        spec.task_specs[repeated.name] = repeated
        wrapper = specs.Loop(
            spec,
            name,
            results=element.properties.get("results") or element.id,
            repetition=repetition,
            rounds=rounds,
            bpmn_name=element.name,
        )
        wrapper.bpmn_id = element.id
        wrapper.element = element
        wrapper.repeated = repeated.name
        repeated.inputs = [wrapper]
        repeated.completed_event.connect(wrapper.instance_done)
        return wrapper

    def _attached(self, spec: Any, entries: Specs, exits: Specs, node: etree._Element) -> Any:
        """The specification of a boundary event.

        Its activity is entered through a split, of which the event is a child.
        """
        host = exits[node.get("attachedToRef") or ""]
        split_name = f"{host.name} [split]"
        if split_name not in spec.task_specs:
            split = BoundaryEventSplit(spec, split_name)
            entries[host.bpmn_id] = split
            split.connect(host)
            join_name = f"{host.name} [join]"
            join = BoundaryEventJoin(spec, join_name, split_task=split_name, cancel=True)
            # the host's first output: it must be updated before what follows
            host.connect(join)
        event = self._activity(spec, node)
        spec.task_specs[split_name].connect(event)
        return event

    def _close(self, spec: Any) -> None:
        """Connect every boundary event also to the join of its region."""
        for split in list(spec.task_specs.values()):
            if not isinstance(split, BoundaryEventSplit):
                continue
            host, *boundary_events = split.outputs
            join = spec.task_specs[f"{host.name} [join]"]
            for event in boundary_events:
                event.connect(join)

    def event(self, node: etree._Element, element: Element, *, throws: bool = False) -> Any:
        """The event that a node waits for or throws."""
        definition = next((e for e in node if tag(e).endswith("EventDefinition")), None)
        if definition is None:
            if not node.get("messageRef"):
                return NoneEventDefinition()
            definition = node
        kind = tag(definition).removesuffix("EventDefinition")
        if kind == "terminate":
            return events.Terminate()
        if kind == "timer":
            return events.Trigger("timer", element.id, text=element.timer)
        if kind == "error":
            error = self.declared.get(definition.get("errorRef"))
            code = None if error is None else error.get("errorCode")
            return events.Failure(_name(error), code)
        if kind != "signal":
            kind = "message"
        return self._message(kind, definition, element, throws=throws)

    def _message(
        self,
        kind: str,
        definition: etree._Element,
        element: Element,
        *,
        throws: bool,
    ) -> Any:
        """The event of a message or a signal."""
        name = _name(self.declared.get(definition.get(f"{kind}Ref")))
        properties = element.properties
        key = properties.get("key")
        if throws:
            return events.Throw(kind, name, payload=properties.get("payload"), key=key)
        return events.Trigger(kind, name, variable=properties.get("variable"), key=key)


def _second_flow(source: Any, target: Any, flow: str) -> Any:
    """A step between two nodes for a second flow, so that a join can tell the two flows apart."""
    step = specs.Pass(source._wf_spec, f"{flow} [flow]")
    step.bpmn_id = None
    step.connect(target)
    return step


def _repetition(loop: etree._Element) -> specs.Repetition:
    return specs.Repetition(
        items=loop.get(f"{{{CAMUNDA}}}collection"),
        variable=loop.get(f"{{{CAMUNDA}}}elementVariable"),
        times=loop.findtext("b:loopCardinality", namespaces=NS),
        until=loop.findtext("b:completionCondition", namespaces=NS),
        in_order=loop.get("isSequential") == "true",
    )


def _name(node: etree._Element | None) -> str:
    """The name of a declared message, signal or error; its id if it has no name."""
    if node is None:
        return ""
    return node.get("name") or node.get("id") or ""


def _ident(element: Element) -> str:
    """The name of the specification: the element's id, unless SpiffWorkflow needs that itself."""
    if element.id in RESERVED:
        return f"{element.id} [node]"
    return element.id


# -- makers ------------------------------------------------------------


def _plain(cls: Any) -> Maker:
    def make(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
        return cls(spec, _ident(element), bpmn_name=element.name)

    return make


def _manual(kind: str) -> Maker:
    def make(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
        return specs.Manual(
            spec,
            _ident(element),
            kind=kind,
            called=node.get("calledElement") or element.attributes.get("topic"),
            bpmn_name=element.name,
        )

    return make


def _computed(work: Callable[[etree._Element, Element], specs.Work]) -> Maker:
    def make(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
        return specs.Computed(
            spec,
            _ident(element),
            work=work(node, element),
            result=element.attributes.get("resultVariable"),
            bpmn_name=element.name,
        )

    return make


def _with_event(cls: Any, *, throws: bool) -> Maker:
    def make(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
        return cls(
            spec,
            _ident(element),
            event_definition=builder.event(node, element, throws=throws),
            bpmn_name=element.name,
        )

    return make


def _catching(cls: Any) -> Maker:
    return _with_event(cls, throws=False)


def _throwing(cls: Any) -> Maker:
    return _with_event(cls, throws=True)


def _action(node: etree._Element, element: Element) -> specs.Work:
    name = element.properties.get("action", "")

    def act(desk: Any, task: Any) -> Any:
        arguments = {key: desk.read(task, text) for key, text in element.inputs.items()}
        return desk.act(name, arguments)

    return act


def _script(node: etree._Element, element: Element) -> specs.Work:
    source = node.findtext("b:script", namespaces=NS) or ""
    return lambda desk, task: desk.evaluate(task, source)


def _decision(node: etree._Element, element: Element) -> specs.Work:
    name = element.attributes.get("decisionRef", "")
    return lambda desk, task: desk.decide(name, desk.values(task))


def _service(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
    external = element.attributes.get("type") == "external"
    maker = _manual("job") if external else _computed(_action)
    return maker(builder, spec, node, element)


def _sub(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
    builder.subs[element.id] = builder.scope(node)
    return specs.Sub(spec, _ident(element), element.id, bpmn_name=element.name)


def _begin(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
    has_event = any(tag(child).endswith("EventDefinition") for child in node)
    return specs.Begin(
        spec,
        _ident(element),
        plain=not has_event and not element.properties.get("start"),
        event_definition=NoneEventDefinition(),
        bpmn_name=element.name,
    )


def _boundary(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
    return events.Boundary(
        spec,
        _ident(element),
        event_definition=builder.event(node, element),
        cancel_activity=node.get("cancelActivity") != "false",
        bpmn_name=element.name,
    )


MAKERS: Mapping[str, Maker] = {
    "userTask": _manual("user"),
    "manualTask": _manual("user"),
    "task": _manual("user"),
    "callActivity": _manual("call"),
    "serviceTask": _service,
    "scriptTask": _computed(_script),
    "businessRuleTask": _computed(_decision),
    "subProcess": _sub,
    "exclusiveGateway": _plain(joins.Exclusive),
    "inclusiveGateway": _plain(joins.Either),
    "parallelGateway": _plain(joins.Fork),
    "eventBasedGateway": _plain(events.Race),
    "startEvent": _begin,
    "endEvent": _throwing(defaults.EndEvent),
    "intermediateThrowEvent": _throwing(defaults.IntermediateThrowEvent),
    "sendTask": _throwing(defaults.SendTask),
    "receiveTask": _catching(defaults.ReceiveTask),
    "intermediateCatchEvent": _catching(defaults.IntermediateCatchEvent),
    "boundaryEvent": _boundary,
}
"""The makers of all kinds of nodes that the engine runs. All other kinds are refused by name."""
