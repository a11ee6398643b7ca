"""The drawing: everything that runs can be seen in it."""

from collections.abc import Iterator

from service.gate.deployment import Diagram
from service.gate.table import Spot, rule
from service.gate.words import on

DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"


def _drawn(diagram: Diagram, kind: str) -> set[str]:
    """The ids of the elements that have a shape or an edge in the drawing."""
    drawn = set()
    for node in diagram.root.iter(f"{DI}{kind}"):
        name = node.get("bpmnElement") or ""
        drawn.add(name.rpartition(":")[2])
    return drawn


@rule("drawing-missing", Diagram, "warning")
def drawing_missing(diagram: Diagram) -> Iterator[Spot]:
    """Every flow node has a shape and every flow an edge. A step that cannot be seen cannot be
    supervised.
    """
    shapes = _drawn(diagram, "BPMNShape")
    edges = _drawn(diagram, "BPMNEdge")
    for element in diagram.elements.values():
        if element.id not in shapes:
            yield on(element, "没有画在图上；请在建模工具中打开并补画，或删除")
    for flow in diagram.document.flows.values():
        if flow.id not in edges:
            yield flow.id, flow.line, f"顺序流“{flow.id}”没有画在图上；请在建模工具中重新连线"
