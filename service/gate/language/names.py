"""Which names an expression may use: what forms, mappings, messages and computed steps of its
process supply.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from service.domain.forms.answers import keys_of
from service.engine.document import CAMUNDA, Element
from service.gate.deployment import PEOPLES_TASKS, Diagram
from service.gate.flow.structure import has_rounds, results_of


def supplied(diagram: Diagram, process: str) -> frozenset[str]:
    """Names that the case data of a process can hold at some time, the names every case has
    included.
    """
    return diagram.around.names | _own(diagram, process) | frozenset(_handed_in(diagram, process))


def _own(diagram: Diagram, process: str) -> frozenset[str]:
    members = [e for e in diagram.elements.values() if e.process == process]
    return frozenset(name for element in members for name in _given_by(diagram, element) if name)


def _given_by(diagram: Diagram, element: Element) -> Iterator[str]:
    yield element.attributes.get("resultVariable", "")
    yield element.properties.get("variable", "")
    yield "submission" if element.properties.get("start") == "public" else ""
    yield from (target for target, _ in element.outs)
    loop = diagram.loop(element)
    if loop is not None:
        yield results_of(element)
        yield element_variable(loop)
    elif has_rounds(element):
        yield results_of(element)
    yield from (
        key
        for key, component in fields(diagram, element).items()
        if component.get("readonly") is not True or key in element.inputs
    )


def fields(diagram: Diagram, element: Element) -> Mapping[str, Any]:
    """The fields of the form of a step of people, or of a start that is not by hand, by key."""
    schema = None
    if element.kind in PEOPLES_TASKS | {"startEvent"}:
        schema = diagram.whole.form(element.form)
    if schema is None:
        return {}
    return keys_of(schema)


def element_variable(loop: etree._Element) -> str:
    """What a multi-instance step calls one entry of its collection."""
    return loop.get(f"{{{CAMUNDA}}}elementVariable") or ""


def _handed_in(diagram: Diagram, process: str) -> Iterator[str]:
    """Names that call activities of this deployment, or deployed ones, hand to the process."""
    for other in diagram.whole.diagrams:
        for element in other.of_kind("callActivity"):
            if other.xml[element.id].get("calledElement") == process:
                yield from (target for target, _ in element.ins)
    for name, called in diagram.around.calls.items():
        if name not in diagram.whole.processes:
            yield from called.get(process, ())


def written(diagram: Diagram) -> Iterator[tuple[Element, str, str]]:
    """Variables that elements write into the case data: (element, setting, name)."""
    for element in diagram.elements.values():
        loop = diagram.loop(element)
        settings = {
            "resultVariable": element.attributes.get("resultVariable"),
            "variable": element.properties.get("variable"),
            "results": element.properties.get("results"),
            "elementVariable": None if loop is None else element_variable(loop),
        }
        yield from ((element, setting, name) for setting, name in settings.items() if name)
        yield from ((element, "camunda:out", target) for target, _ in element.outs)
