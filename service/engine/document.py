"""A BPMN file as values: read safely, with everything our encoding says about each element.

Decided: the XML is the source and is read into small frozen values once; the specification builder,
the gate and the read models all look at these, instead of each digging in the tree with its own
paths.
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
    """The local name of a node, "" for comments and processing instructions."""
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def line_of(node: etree._Element) -> int:
    """The line of a node in its file, 0 when unknown."""
    return node.sourceline if isinstance(node.sourceline, int) else 0


def split_names(text: str | None) -> tuple[str, ...]:
    """Names separated by ``,`` ``，`` ``、`` ``;`` or ``；``, without blanks."""
    return tuple(name.strip() for name in NAME_SEPARATORS.split(text or "") if name.strip())


def split_shown(text: str | None) -> tuple[tuple[str, str], ...]:
    """The steps that the property ``shows`` names, each with the expression that stands in brackets
    behind it ("" where none does): ``plan、bid_received(chosen.submission)``.
    """
    depth, parts = 0, [""]
    for sign in text or "":
        depth += {"(": 1, ")": -1}.get(sign, 0)
        if depth == 0 and NAME_SEPARATORS.fullmatch(sign):
            parts.append("")
        else:
            parts[-1] += sign
    return tuple(_shown(part.strip()) for part in parts if part.strip())


def _shown(part: str) -> tuple[str, str]:
    name, bracket, inside = part.partition("(")
    if not bracket or not inside.endswith(")"):
        return part, ""
    return name.strip(), inside[:-1].strip()


def split_columns(text: str | None) -> tuple[tuple[str, str], ...]:
    """The columns that the property ``columns`` names: heading and name of a value, ``单位=unit``.
    A part without an equals sign has an empty name.
    """
    parts = (part.partition("=") for part in split_names(text))
    return tuple((heading.strip(), key.strip()) for heading, _, key in parts)


@dataclass(frozen=True, kw_only=True)
class Element:
    """One flow node of a diagram and what its author said about it (encoding:
    ``bpmn/README.md``).
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
        """Names of the leading units: ``camunda:candidateGroups`` where given (joint leads), else
        the lane.
        """
        named = split_names(self.attributes.get("candidateGroups"))
        return named or ((self.lane,) if self.lane else ())

    @cached_property
    def co_units(self) -> tuple[str, ...]:
        """Names of co-operating units and groups (配合单位)."""
        return split_names(self.properties.get("coUnits"))

    @cached_property
    def co_rule(self) -> str:
        """What the lead must wait for: ``all``, ``any`` or ``none``."""
        return self.properties.get("coRule", "all")

    @cached_property
    def form(self) -> str | None:
        """The form's id: ``camunda:formRef``, or on an event, where modelers do not know that
        attribute, the property ``form``.
        """
        return self.attributes.get("formRef") or self.properties.get("form")

    @cached_property
    def clauses(self) -> tuple[str, ...]:
        """Ids of the policy clauses this element carries out (政策依据)."""
        return split_names(self.properties.get("clause"))

    @cached_property
    def outcome(self) -> str:
        """The code of what has come of a case once it has passed this event (结果), or ""."""
        return self.properties.get("outcome", "")

    @cached_property
    def term_basis(self) -> str:
        """Whose term it is, as far as the diagram says: ``text`` the document's, ``ours`` this
        system's default (期限依据).
        """
        return self.properties.get("termBasis", "")

    @cached_property
    def awaited(self) -> str | None:
        """On a start event: the message that some case must wait for, or there is nothing to
        start for.
        """
        return self.properties.get("awaited") or None

    @cached_property
    def barrier(self) -> bool:
        """Sending back never crosses this element once it has been passed."""
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
    """One BPMN file. ``elements`` and ``flows`` are in document order, over all processes and
    subprocesses.
    """

    file: str
    root: etree._Element
    elements: Mapping[str, Element]
    flows: Mapping[str, Flow]
    processes: Mapping[str, etree._Element]

    def properties(self, process: str) -> Mapping[str, str]:
        """What the author says of a process as a whole: ``number`` and ``title`` are expressions
        that give a case's number and its title.
        """
        return _properties(self.processes[process])

    def messages_awaited(self) -> frozenset[str]:
        """The names of the messages that running cases of its processes can wait for."""
        declared = {
            node.get("id"): node.get("name") or "" for node in self.root.iterfind("b:message", NS)
        }
        waiting = (
            node
            for kind in CATCHERS
            for catcher in self.root.iter(f"{{{BPMN}}}{kind}")
            for node in (catcher, *catcher.iterfind("b:messageEventDefinition", NS))
        )
        return frozenset(declared.get(node.get("messageRef"), "") for node in waiting) - {""}

    def documentation(self, process: str) -> str:
        """What the author says about a process."""
        return (self.processes[process].findtext("b:documentation", namespaces=NS) or "").strip()


def safe_root(xml: bytes, file: str) -> etree._Element:
    """Parse without entities, DTD or network, within limits.

    :raises UnsafeXml: with the reason and line, in Chinese.
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
    about: Any = root.getroottree().docinfo
    if about.doctype:
        raise UnsafeXml(file, "不允许使用 DOCTYPE 和实体声明", 1)
    return root


def reading_order(xml: bytes) -> list[str]:
    """Ids of what is drawn, from left to right, then from top to bottom."""
    shapes = safe_root(xml, "").iterfind(".//{*}BPMNShape")
    drawn = ((shape.find("{*}Bounds"), shape.get("bpmnElement") or "") for shape in shapes)
    return [
        name
        for _, _, name in sorted(
            (float(at.get("x") or 0), float(at.get("y") or 0), name)
            for at, name in drawn
            if at is not None
        )
    ]


def read_document(xml: bytes, file: str) -> Document:
    """Read a BPMN file.

    :raises UnsafeXml: malformed, hostile or too large.
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
    """The name of the lane that lists a node, by the node's id."""
    return {
        (ref.text or "").strip(): lane.get("name") or ""
        for lane in root.iter(f"{{{BPMN}}}lane")
        for ref in lane.iterfind("b:flowNodeRef", NS)
    }


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
    """Flow nodes and flows below a process, in document order, with their scope and lane. No
    recursion.
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
        documentation=(node.findtext("b:documentation", namespaces=NS) or "").strip(),
        attributes=_attributes(node),
        properties=_properties(node),
        inputs=_inputs(node),
        ins=_mappings(node, "in"),
        outs=_mappings(node, "out"),
        business_key=next(
            (e.get("businessKey") for e in _extensions(node, "in") if e.get("businessKey")), None
        ),
        timer=next((_timer_text(t) for t in node.iterfind("b:timerEventDefinition", NS)), ""),
    )


def _timer_text(node: etree._Element) -> str:
    """What a timer says: a date, a duration or a cycle."""
    return next((e.text or "" for e in node if tag(e).startswith("time")), "").strip()


def _attributes(node: etree._Element) -> dict[str, str]:
    """The attributes ``camunda:…`` of a node, without their prefix."""
    prefix = f"{{{CAMUNDA}}}"
    return {
        str(k).removeprefix(prefix): str(v)
        for k, v in node.attrib.items()
        if str(k).startswith(prefix)
    }


def _properties(node: etree._Element) -> dict[str, str]:
    """What ``camunda:properties`` say of a node."""
    found = _extensions(node, "properties/c:property")
    return {p.get("name") or "": (p.get("value") or "").strip() for p in found}


def _inputs(node: etree._Element) -> dict[str, str]:
    """The arguments that ``camunda:inputOutput`` gives to a node."""
    found = _extensions(node, "inputOutput/c:inputParameter")
    return {p.get("name") or "": (p.text or "").strip() for p in found}


def _extensions(node: etree._Element, path: str) -> list[etree._Element]:
    return node.findall(f"b:extensionElements/c:{path}", NS)


def _mappings(node: etree._Element, name: str) -> tuple[tuple[str, str], ...]:
    """(target, source expression) pairs of ``camunda:in`` or ``camunda:out``."""
    return tuple(
        (e.get("target") or "", e.get("sourceExpression") or e.get("source") or "")
        for e in _extensions(node, name)
        if e.get("target")
    )
