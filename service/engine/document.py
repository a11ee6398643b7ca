"""A BPMN file as values. It is read safely, with everything that our encoding says about each
element.

Decided: the XML is the source, and is read into small frozen values once. The specification
builder, the gate and the read models all look at these, instead of each searching the tree with
paths of its own.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from service.errors import UnsafeXml

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
NS = {"b": BPMN, "c": CAMUNDA}
LIMIT_BYTES = 2_000_000
SCOPES = frozenset({"process", "subProcess"})
CATCHERS = ("intermediateCatchEvent", "boundaryEvent", "receiveTask")
"""The nodes that wait for a message while a case runs."""
NAME_SEPARATORS = re.compile(r"[,，、;；]")


def tag(node: etree._Element) -> str:
    """The local name of a node; "" for comments and processing instructions."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def line_of(node: etree._Element) -> int:
    """The line of a node in its file; 0 if it is unknown."""
    return node.sourceline if isinstance(node.sourceline, int) else 0


def split_names(text: str | None) -> tuple[str, ...]:
    """The names in a text, separated by ``,`` ``，`` ``、`` ``;`` or ``；``, without blanks."""
    names = (name.strip() for name in NAME_SEPARATORS.split(text or ""))
    return tuple(name for name in names if name)


def split_shown(text: str | None) -> tuple[tuple[str, str], ...]:
    """The steps that the property ``shows`` names, such as
    ``plan、bid_received(chosen.submission)``.

    Returns each step with the expression in brackets behind it; "" if there is none.
    """
    depth = 0
    parts = [""]
    for character in text or "":
        if character == "(":
            depth += 1
        elif character == ")":
            depth -= 1
        if depth == 0 and NAME_SEPARATORS.fullmatch(character):
            parts.append("")
        else:
            parts[-1] += character
    return tuple(_step_and_expression(part.strip()) for part in parts if part.strip())


def _step_and_expression(part: str) -> tuple[str, str]:
    name, bracket, inside = part.partition("(")
    if not bracket or not inside.endswith(")"):
        return part, ""
    return name.strip(), inside[:-1].strip()


def split_columns(text: str | None) -> tuple[tuple[str, str], ...]:
    """The columns that the property ``columns`` names, such as ``单位=unit``.

    Returns each heading with the name of its value; "" if the part has no equals sign.
    """
    parts = (part.partition("=") for part in split_names(text))
    return tuple((heading.strip(), key.strip()) for heading, _, key in parts)


@dataclass(frozen=True, kw_only=True)
class Element:
    """One flow node of a diagram, and what its author says about it.

    ``bpmn/README.md`` describes how the author writes it.
    """

    id: str
    kind: str
    name: str
    line: int
    process: str
    scope: str
    lane: str | None = None
    documentation: str = ""
    attached_to: str | None = None
    interrupting: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    ins: tuple[tuple[str, str], ...] = ()
    outs: tuple[tuple[str, str], ...] = ()
    business_key: str | None = None
    timer: str = ""

    @cached_property
    def leads(self) -> tuple[str, ...]:
        """The names of the leading units.

        These are ``camunda:candidateGroups`` if given (joint leads), otherwise the lane.
        """
        joint_leads = split_names(self.attributes.get("candidateGroups"))
        if joint_leads:
            return joint_leads
        return (self.lane,) if self.lane else ()

    @cached_property
    def co_units(self) -> tuple[str, ...]:
        """The names of co-operating units and groups (配合单位)."""
        return split_names(self.properties.get("coUnits"))

    @cached_property
    def co_rule(self) -> str:
        """Which answers the lead must wait for: ``all``, ``any`` or ``none``."""
        return self.properties.get("coRule", "all")

    @cached_property
    def form(self) -> str | None:
        """The id of the form; None if there is none.

        It is ``camunda:formRef``. On events, where modelers do not know that attribute, it is the
        property ``form``.
        """
        return self.attributes.get("formRef") or self.properties.get("form")

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """The ids of the policy clauses that this element carries out (政策依据)."""
        return split_names(self.properties.get("clause"))

    @cached_property
    def outcome(self) -> str:
        """The code of the outcome (结果) of a case that has passed this event; "" if there is
        none.
        """
        return self.properties.get("outcome", "")

    @cached_property
    def term_basis(self) -> str:
        """Who set the term, if the diagram says it (期限依据).

        ``text`` stands for the document, ``ours`` for this system's default.
        """
        return self.properties.get("termBasis", "")

    @cached_property
    def awaited(self) -> str | None:
        """On a start event, the message for which a case must wait before anybody may start."""
        return self.properties.get("awaited") or None

    @cached_property
    def barrier(self) -> bool:
        """Whether sending back is not allowed to cross this element once it has been passed."""
        return self.properties.get("barrier") == "yes"


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A sequence flow."""

    id: str
    name: str
    source: str
    target: str
    line: int
    condition: str | None = None


@dataclass(frozen=True, kw_only=True)
class Document:
    """One BPMN file.

    ``elements`` and ``flows`` are those of all processes and subprocesses, in document order.
    """

    file: str
    root: etree._Element
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    processes: Mapping[str, etree._Element]

    def properties(self, process: str) -> Mapping[str, str]:
        """What the author says of a process as a whole.

        ``number`` and ``title`` are expressions that give the number and the title of a case.
        """
        return _properties(self.processes[process])

    def messages_awaited(self) -> frozenset[str]:
        """The names of the messages for which running cases of its processes can wait."""
        declared: dict[str | None, str] = {}
        for message in self.root.iterfind("b:message", NS):
            declared[message.get("id")] = message.get("name") or ""
        catchers = [f"{{{BPMN}}}{kind}" for kind in CATCHERS]
        names = set()
        for catcher in self.root.iter(*catchers):
            for node in (catcher, *catcher.iterfind("b:messageEventDefinition", NS)):
                names.add(declared.get(node.get("messageRef"), ""))
        return frozenset(names) - {""}

    def documentation(self, process: str) -> str:
        """The documentation that the author wrote for a process."""
        return _documentation(self.processes[process])


def safe_root(xml: bytes, file: str) -> etree._Element:
    """Parse a file without entities, DTD or network, within limits. Returns its root.

    :raises UnsafeXml: it is malformed, hostile or too large; with the reason and the line.
    """
    if len(xml) > LIMIT_BYTES:
        raise UnsafeXml(file, f"文件有 {len(xml):,} 字节，超过 {LIMIT_BYTES:,} 字节的上限")
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(xml, parser)
    except etree.XMLSyntaxError as exc:
        raise UnsafeXml(file, f"不是格式良好的 XML（{exc.msg}）", exc.lineno or 0) from exc
    docinfo: Any = root.getroottree().docinfo
    if docinfo.doctype:
        raise UnsafeXml(file, "不允许使用 DOCTYPE 和实体声明", 1)
    return root


def read_document(xml: bytes, file: str) -> Document:
    """Read a BPMN file.

    :raises UnsafeXml: it is malformed, hostile or too large.
    """
    root = safe_root(xml, file)
    lanes = _lanes(root)
    elements: dict[str, Element] = {}
    flows: dict[str, Flow] = {}
    processes = {p.get("id") or "": p for p in root.iterfind("b:process", NS)}
    for process, node in processes.items():
        for scope, lane, child in _walk(node, lanes):
            ident = child.get("id") or ""
            if tag(child) == "sequenceFlow":
                flows[ident] = _flow(child)
            elif ident:
                elements[ident] = _element(child, process, scope, lane)
    return Document(file=file, root=root, elements=elements, flows=flows, processes=processes)


def _lanes(root: etree._Element) -> dict[str, str]:
    """The name of the lane in which a node stands, by the id of the node."""
    lane_by_node: dict[str, str] = {}
    for lane in root.iter(f"{{{BPMN}}}lane"):
        name = lane.get("name") or ""
        for reference in lane.iterfind("b:flowNodeRef", NS):
            lane_by_node[(reference.text or "").strip()] = name
    return lane_by_node


NOT_NODES = frozenset(
    {
        "",
        "documentation",
        "extensionElements",
        "laneSet",
        "incoming",
        "outgoing",
        "textAnnotation",
        "association",
        "group",
        "multiInstanceLoopCharacteristics",
        "standardLoopCharacteristics",
        "property",
        "ioSpecification",
    }
)


def _walk(
    top: etree._Element, lanes: Mapping[str, str]
) -> Iterator[tuple[str, str | None, etree._Element]]:
    """The flow nodes and flows below a process, in document order.

    Yields each with its scope and its lane before it.
    """
    todo: list[tuple[etree._Element, str | None]] = [(top, None)]
    while todo:
        scope, inherited = todo.pop(0)
        for child in scope:
            if tag(child) in NOT_NODES:
                continue
            lane = lanes.get(child.get("id") or "", inherited)
            yield scope.get("id") or "", lane, child
            if tag(child) in SCOPES:
                todo.append((child, lane))


def _flow(node: etree._Element) -> Flow:
    text = node.findtext("b:conditionExpression", namespaces=NS)
    return Flow(
        id=node.get("id") or "",
        name=node.get("name") or "",
        source=node.get("sourceRef") or "",
        target=node.get("targetRef") or "",
        line=line_of(node),
        condition=text.strip() if text else None,
    )


def _element(node: etree._Element, process: str, scope: str, lane: str | None) -> Element:
    keys = [mapping.get("businessKey") for mapping in _extensions(node, "in")]
    timers = [_timer_text(timer) for timer in node.iterfind("b:timerEventDefinition", NS)]
    return Element(
        id=node.get("id") or "",
        kind=tag(node),
        name=node.get("name") or "",
        line=line_of(node),
        process=process,
        scope=scope,
        lane=lane,
        attached_to=node.get("attachedToRef"),
        interrupting=tag(node) == "boundaryEvent" and node.get("cancelActivity") != "false",
        documentation=_documentation(node),
        attributes=_attributes(node),
        properties=_properties(node),
        inputs=_inputs(node),
        ins=_mappings(node, "in"),
        outs=_mappings(node, "out"),
        business_key=next((key for key in keys if key), None),
        timer=timers[0] if timers else "",
    )


def _documentation(node: etree._Element) -> str:
    return (node.findtext("b:documentation", namespaces=NS) or "").strip()


def _timer_text(node: etree._Element) -> str:
    """The text of a timer: a date, a duration or a cycle."""
    for child in node:
        if tag(child).startswith("time"):
            return (child.text or "").strip()
    return ""


def _attributes(node: etree._Element) -> dict[str, str]:
    """The attributes ``camunda:…`` of a node, without their prefix."""
    prefix = f"{{{CAMUNDA}}}"
    attributes: dict[str, str] = {}
    for key, value in node.attrib.items():
        name = str(key)
        if name.startswith(prefix):
            attributes[name.removeprefix(prefix)] = str(value)
    return attributes


def _properties(node: etree._Element) -> dict[str, str]:
    """The ``camunda:properties`` of a node."""
    return {
        entry.get("name") or "": (entry.get("value") or "").strip()
        for entry in _extensions(node, "properties/c:property")
    }


def _inputs(node: etree._Element) -> dict[str, str]:
    """The arguments that ``camunda:inputOutput`` gives to a node."""
    return {
        parameter.get("name") or "": (parameter.text or "").strip()
        for parameter in _extensions(node, "inputOutput/c:inputParameter")
    }


def _extensions(node: etree._Element, path: str) -> list[etree._Element]:
    return node.findall(f"b:extensionElements/c:{path}", NS)


def _mappings(node: etree._Element, name: str) -> tuple[tuple[str, str], ...]:
    """The targets of ``camunda:in`` or ``camunda:out``, each with its source expression."""
    mappings = []
    for mapping in _extensions(node, name):
        target = mapping.get("target")
        if target:
            source = mapping.get("sourceExpression") or mapping.get("source") or ""
            mappings.append((target, source))
    return tuple(mappings)
