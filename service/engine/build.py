"""From a diagram to SpiffWorkflow's specifications, without SpiffWorkflow's parser.

Decided: one pass over the nodes with a table ``tag -> maker``, one over the flows, in document
order. Because the drawing must not decide the routing, a node that we cannot run must not be
dropped in silence, and SpiffWorkflow's own parser does the first, its subclasses the second. All
events are connected here, so that nothing in a specification changes later and threads can share
it.
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


class Builder:
    """Builds the specification of one process; ``subs`` are those of its embedded subprocesses, by
    id.
    """

    def __init__(self, document: Document) -> None:
        self.document = document
        self.subs: dict[str, Any] = {}
        self.named = {
            e.get("id"): e for e in document.root if tag(e) in ("message", "signal", "error")
        }

    def scope(self, node: etree._Element) -> Any:
        """The specification of a process or an embedded subprocess."""
        spec = BpmnProcessSpec("[scope]")
        nodes = {n.get("id") or "": n for n in node if n.get("id") in self.document.elements}
        ins, outs = self._ends(spec, nodes)
        for ident, n in nodes.items():
            if tag(n) == "startEvent":
                spec.start.connect(ins[ident])
        leaving = self._flows(node, nodes, ins, outs)
        for ident in (one for one in nodes if one not in leaving):
            outs[ident].connect(spec.end)
        self._close(spec)
        return spec

    def _ends(
        self, spec: Any, nodes: Mapping[str, etree._Element]
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        """Where flows enter and leave each node. Boundary events come last: they need a host."""
        ins: dict[str, Any] = {}
        outs: dict[str, Any] = {}
        for ident, node in nodes.items():
            if tag(node) != "boundaryEvent":
                ins[ident] = outs[ident] = self._activity(spec, node)
        for ident, node in nodes.items():
            if tag(node) == "boundaryEvent":
                ins[ident] = outs[ident] = self._attached(spec, ins, outs, node)
        return ins, outs

    def _flows(
        self,
        node: etree._Element,
        nodes: Mapping[str, etree._Element],
        ins: Mapping[str, Any],
        outs: Mapping[str, Any],
    ) -> set[str]:
        """Connect the sequence flows; gives the nodes that have one leaving."""
        leaving: set[str] = set()
        for n in node.iterfind("b:sequenceFlow", NS):
            flow = self.document.flows[n.get("id") or ""]
            source, target = outs[flow.source], ins[flow.target]
            if target.name in source._outputs:
                second, target = target, specs.Pass(source._wf_spec, f"{flow.id} [flow]")
                target.bpmn_id = None
                target.connect(second)
            if isinstance(source, joins.Choice):
                default = nodes[flow.source].get("default") == flow.id
                source.connect_flow(target, flow.condition, default=default)
            else:
                source.connect(target)
            leaving.add(flow.source)
        return leaving

    def _activity(self, spec: Any, node: etree._Element) -> Any:
        element = self.document.elements[node.get("id") or ""]
        maker = MAKERS.get(element.kind)
        if maker is None:
            raise Stuck(f"元素“{element.id}”的类型 {element.kind} 不受支持")
        made = maker(self, spec, node, element)
        made.bpmn_id, made.element = element.id, element
        loop = node.find(LOOP, NS)
        if loop is None and element.kind == "subProcess" and element.properties.get("results"):
            return self._looped(spec, made, specs.Repetition(times="1"), rounds=True)
        return made if loop is None else self._looped(spec, made, _repetition(loop))

    def _looped(
        self, spec: Any, repeated: Any, repetition: specs.Repetition, *, rounds: bool = False
    ) -> Any:
        """Wrap an activity in a loop; its name goes to the loop. ``rounds``: one instance, each
        with its own entry.
        """
        name, element = repeated.name, repeated.element
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
        wrapper.bpmn_id, wrapper.element, wrapper.repeated = element.id, element, repeated.name
        repeated.inputs = [wrapper]
        repeated.completed_event.connect(wrapper.instance_done)
        return wrapper

    def _attached(
        self, spec: Any, ins: dict[str, Any], outs: Mapping[str, Any], node: etree._Element
    ) -> Any:
        """A boundary event: the activity is entered through a split, of which the event is a
        child.
        """
        host = outs[node.get("attachedToRef") or ""]
        name = f"{host.name} [split]"
        if name not in spec.task_specs:
            split = ins[host.bpmn_id] = BoundaryEventSplit(spec, name)
            split.connect(host)
            # the host's first output: it must be updated before what follows
            host.connect(
                BoundaryEventJoin(spec, f"{host.name} [join]", split_task=name, cancel=True)
            )
        event = self._activity(spec, node)
        spec.task_specs[name].connect(event)
        return event

    def _close(self, spec: Any) -> None:
        """Every boundary event also leads to its region's join."""
        for split in [s for s in spec.task_specs.values() if isinstance(s, BoundaryEventSplit)]:
            join = spec.task_specs[f"{split.outputs[0].name} [join]"]
            for event in split.outputs[1:]:
                event.connect(join)

    def event(self, node: etree._Element, element: Element, *, throws: bool = False) -> Any:
        """What a node waits for or throws."""
        node_of_event = next((e for e in node if tag(e).endswith("EventDefinition")), None)
        if node_of_event is None:
            if not node.get("messageRef"):
                return NoneEventDefinition()
            node_of_event = node
        kind = tag(node_of_event).removesuffix("EventDefinition")
        if kind == "terminate":
            return events.Terminate()
        if kind == "timer":
            return events.Trigger("timer", element.id, text=element.timer)
        if kind == "error":
            error = self.named.get(node_of_event.get("errorRef"))
            return events.Failure(
                _name(error), error.get("errorCode") if error is not None else None
            )
        return self._message(
            "signal" if kind == "signal" else "message", node_of_event, element, throws=throws
        )

    def _message(self, kind: str, node: etree._Element, element: Element, *, throws: bool) -> Any:
        name, said = _name(self.named.get(node.get(f"{kind}Ref"))), element.properties
        if throws:
            return events.Throw(kind, name, payload=said.get("payload"), key=said.get("key"))
        return events.Trigger(kind, name, variable=said.get("variable"), key=said.get("key"))


def _repetition(loop: etree._Element) -> specs.Repetition:
    return specs.Repetition(
        items=loop.get(f"{{{CAMUNDA}}}collection"),
        variable=loop.get(f"{{{CAMUNDA}}}elementVariable"),
        times=loop.findtext("b:loopCardinality", namespaces=NS),
        until=loop.findtext("b:completionCondition", namespaces=NS),
        in_order=loop.get("isSequential") == "true",
    )


def _name(node: etree._Element | None) -> str:
    return "" if node is None else node.get("name") or node.get("id") or ""


def _ident(element: Element) -> str:
    """The specification's name: the element's id, unless SpiffWorkflow uses that for itself."""
    return f"{element.id} [node]" if element.id in RESERVED else element.id


# -- makers ------------------------------------------------------------


def _plain(cls: Any) -> Maker:
    return lambda builder, spec, node, element: cls(spec, _ident(element), bpmn_name=element.name)


def _manual(kind: str) -> Maker:
    def make(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
        called = node.get("calledElement") or element.attributes.get("topic")
        return specs.Manual(spec, _ident(element), kind=kind, called=called, bpmn_name=element.name)

    return make


def _computed(work: Callable[[etree._Element, Element], specs.Work]) -> Maker:
    def make(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
        result = element.attributes.get("resultVariable")
        return specs.Computed(
            spec, _ident(element), work=work(node, element), result=result, bpmn_name=element.name
        )

    return make


def _catching(cls: Any) -> Maker:
    def make(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
        what = builder.event(node, element)
        return cls(spec, _ident(element), event_definition=what, bpmn_name=element.name)

    return make


def _throwing(cls: Any) -> Maker:
    def make(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
        what = builder.event(node, element, throws=True)
        return cls(spec, _ident(element), event_definition=what, bpmn_name=element.name)

    return make


def _action(node: etree._Element, element: Element) -> specs.Work:
    name, inputs = element.properties.get("action", ""), element.inputs
    return lambda desk, task: desk.act(
        name, {key: desk.read(task, text) for key, text in inputs.items()}
    )


def _script(node: etree._Element, element: Element) -> specs.Work:
    source = node.findtext("b:script", namespaces=NS) or ""
    return lambda desk, task: desk.evaluate(task, source)


def _decision(node: etree._Element, element: Element) -> specs.Work:
    name = element.attributes.get("decisionRef", "")
    return lambda desk, task: desk.decide(name, desk.values(task))


def _service(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
    maker = _manual("job") if element.attributes.get("type") == "external" else _computed(_action)
    return maker(builder, spec, node, element)


def _sub(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
    builder.subs[element.id] = builder.scope(node)
    return specs.Sub(spec, _ident(element), element.id, bpmn_name=element.name)


def _begin(builder: Builder, spec: Any, node: etree._Element, element: Element) -> Any:
    plain = not element.properties.get("start") and not any(
        tag(e).endswith("EventDefinition") for e in node
    )
    return specs.Begin(
        spec,
        _ident(element),
        plain=plain,
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
"""What the engine runs; everything else is refused by name."""
