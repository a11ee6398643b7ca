"""The names that an expression may use.

Forms, mappings, messages and computed steps of its process supply them.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from service.domain.forms.answers import keys_of
from service.engine.document import CAMUNDA, Element
from service.gate.deployment import PEOPLES_TASKS, Diagram
from service.gate.flow.structure import has_rounds, results_of


def supplied(diagram: Diagram, process: str) -> frozenset[str]:
    """Names that the case data of a process can hold at some time, including those that every case
    has.
    """
    own_names: set[str] = set()
    for element in diagram.elements.values():
        if element.process == process:
            own_names.update(_given_by(diagram, element))
    own_names.discard("")
    return diagram.around.names | own_names | frozenset(_handed_in(diagram, process))


def _given_by(diagram: Diagram, element: Element) -> Iterator[str]:
    """The names that an element writes into the case data. Some may be ""."""
    yield element.attributes.get("resultVariable", "")
    yield element.properties.get("variable", "")
    if element.properties.get("start") == "public":
        yield "submission"
    for target, _ in element.outs:
        yield target
    loop = diagram.loop(element)
    if loop is not None:
        yield element_variable(loop)
    if loop is not None or has_rounds(element):
        yield results_of(element)
    yield from _answered_keys(diagram, element)


def _answered_keys(diagram: Diagram, element: Element) -> Iterator[str]:
    """The keys of the form that people fill in at an element, or that get an argument."""
    for key, component in fields(diagram, element).items():
        if component.get("readonly") is not True or key in element.inputs:
            yield key


def fields(diagram: Diagram, element: Element) -> Mapping[str, Any]:
    """The fields, by key, of the form of a step of people or of a start event."""
    if element.kind not in PEOPLES_TASKS | {"startEvent"}:
        return {}
    schema = diagram.whole.form(element.form)
    return {} if schema is None else keys_of(schema)


def element_variable(loop: etree._Element) -> str:
    """The name that a multi-instance step gives to one entry of its collection; "" without one."""
    return loop.get(f"{{{CAMUNDA}}}elementVariable") or ""


def _handed_in(diagram: Diagram, process: str) -> Iterator[str]:
    """Names that call activities of this deployment, or deployed ones, pass to the process."""
    for caller in diagram.whole.diagrams:
        for element in caller.of_kind("callActivity"):
            if caller.xml[element.id].get("calledElement") == process:
                for target, _ in element.ins:
                    yield target
    for name, called in diagram.around.calls.items():
        if name not in diagram.whole.processes:
            yield from called.get(process, ())


def written(diagram: Diagram) -> Iterator[tuple[Element, str, str]]:
    """Variables that elements write into the case data: (element, setting, name)."""
    for element in diagram.elements.values():
        loop = diagram.loop(element)
        names_by_setting = {
            "resultVariable": element.attributes.get("resultVariable"),
            "variable": element.properties.get("variable"),
            "results": element.properties.get("results"),
            "elementVariable": None if loop is None else element_variable(loop),
        }
        for setting, name in names_by_setting.items():
            if name:
                yield element, setting, name
        for target, _ in element.outs:
            yield element, "camunda:out", target
