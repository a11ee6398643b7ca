"""Small diagrams for the gate's tests: one element per line, lanes and drawing made from the
elements.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from service.gate import Surroundings
from service.papers.word.sandbox import names_in

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
HEAD = (
    f'<definitions xmlns="{BPMN}" xmlns:c="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" '
    'xmlns:dc="http://www.omg.org/spec/DD/20100524/DC"'
    ' xmlns:dd="http://www.omg.org/spec/DD/20100524/DI" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' id="definitions" targetNamespace="urn:test">'
)
OPINION = {
    "type": "default",
    "id": "opinion",
    "components": [
        {
            "type": "radio",
            "id": "a",
            "key": "agreed",
            "label": "是否同意",
            "values": [{"value": "yes", "label": "同意"}, {"value": "no", "label": "不同意"}],
        },
        {"type": "number", "id": "b", "key": "amount", "label": "金额"},
    ],
}
AROUND = Surroundings(
    read_template=names_in,
    units=frozenset({"市科技局", "市委组织部", "市财政局"}),
    groups=frozenset({"各县区"}),
    relatives=frozenset({"揭榜人所在单位"}),
    roles=frozenset({"揭榜人"}),
    clauses=frozenset({"CF-1.1", "CF-2.2.2"}),
    lists=frozenset({"fields"}),
    actions={"number": frozenset({"format"})},
    functions=frozenset({"now", "today", "workdays after", "unit name"}),
    forms={"opinion": OPINION, "contribution": OPINION},
    processes=frozenset({"deployed"}),
    names=frozenset({"case_id", "case_title", "starter"}),
    unserved=frozenset({"job"}),
    papers={"paper.docx": frozenset({"deployed"})},
    supplied={"deployed": frozenset({"amount"})},
    messages=frozenset({"answered"}),
)
START, END = '<startEvent id="start"/>', '<endEvent id="end"/>'
FLOW_NODES = ("Event", "Task", "task", "Gateway", "Process", "Activity")


def flows(*paths: str) -> str:
    """``"a>b>c"`` -> the flows ``a_b`` and ``b_c``, one per line."""
    pairs = [
        pair for path in paths for pair in zip(path.split(">"), path.split(">")[1:], strict=False)
    ]
    return "\n".join(
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}"/>' for a, b in pairs
    )


def flow(a: str, b: str, condition: str) -> str:
    """A flow with a condition."""
    return (
        f'<sequenceFlow id="{a}_{b}" sourceRef="{a}" targetRef="{b}">'
        '<conditionExpression xsi:type="tFormalExpression">'
        f"{condition}</conditionExpression></sequenceFlow>"
    )


def properties(**given: str) -> str:
    """Extension elements with these properties, one per line."""
    if not given:
        return ""
    lines = "\n".join(
        f'<c:property name="{name}" value="{value}"/>' for name, value in given.items()
    )
    return f"<extensionElements><c:properties>\n{lines}\n</c:properties></extensionElements>"


def task(
    name: str = "review",
    *,
    inside: str = "",
    form: str | None = "opinion",
    more: str = "",
    **given: str,
) -> str:
    """A user task that breaks no rule."""
    given = {"basis": "ours", **given}
    reference = f' c:formRef="{form}"' if form else ""
    return (
        f'<userTask id="{name}" name="审核"{reference}{more}>'
        f"\n{properties(**given)}{inside}</userTask>"
    )


def simple(node: str, name: str) -> str:
    """start > node > end."""
    return "\n".join((START, node, END, flows(f"start>{name}>end")))


def diagram(
    body: str,
    *,
    before: str = "",
    lane: str | None = "市科技局",
    lanes: str | None = None,
    process: str = "process",
    attributes: str = ' isExecutable="true"',
    drawn: bool = True,
) -> bytes:
    """A BPMN file with one process. Nodes stand in ``lane`` unless ``lanes`` (XML) says
    otherwise.
    """
    names, edges = _drawn(body)
    if lanes is None:
        members = "".join(f"<flowNodeRef>{name}</flowNodeRef>" for name in names)
        lanes = (
            f'<laneSet id="lanes"><lane id="lane" name="{lane}">{members}</lane></laneSet>'
            if lane
            else ""
        )
    shapes = (
        "\n".join(_shape(name) for name in names) + "\n" + "\n".join(_edge(name) for name in edges)
    )
    plane = (
        f'<di:BPMNDiagram id="di"><di:BPMNPlane id="plane" bpmnElement="{process}">\n{shapes}\n'
        "</di:BPMNPlane></di:BPMNDiagram>"
    )
    head = f'<process id="{process}" name="流程"{attributes}>'
    return "\n".join(
        (HEAD, before, head, lanes, body, "</process>", plane if drawn else "", "</definitions>")
    ).encode()


def _drawn(body: str) -> tuple[list[str], list[str]]:
    try:
        root = etree.fromstring(f"{HEAD}{body}</definitions>".encode())
    except etree.XMLSyntaxError:
        return [], []
    nodes, edges = {}, {}
    for node in root.iter(f"{{{BPMN}}}*"):
        name, kind = node.get("id"), etree.QName(node).localname
        if name and kind == "sequenceFlow":
            edges[name] = True
        elif name and kind.endswith(FLOW_NODES):
            nodes[name] = True
    return list(nodes), list(edges)


def _shape(name: str) -> str:
    bounds = '<dc:Bounds x="0" y="0" width="9" height="9"/>'
    return f'<di:BPMNShape id="{name}_di" bpmnElement="{name}">{bounds}</di:BPMNShape>'


def _edge(name: str) -> str:
    points = '<dd:waypoint x="0" y="0"/><dd:waypoint x="9" y="9"/>'
    return f'<di:BPMNEdge id="{name}_di" bpmnElement="{name}">{points}</di:BPMNEdge>'


def form(*components: dict[str, Any], name: str = "paper", **more: Any) -> bytes:
    """A form file, one value per line."""
    schema = {"type": "default", "id": name, "components": list(components), **more}
    return json.dumps(schema, ensure_ascii=False, indent=1).encode()


def text(key: str = "title", **more: Any) -> dict[str, Any]:
    """A text field."""
    return {"type": "textfield", "id": f"field_{key}", "key": key, "label": "名称", **more}


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Files that keep a rule and files that break it.

    The finding is expected in ``file``, at ``element``, on the first line that contains ``mark``
    (0: no line). ``also`` are other rules that the same mistake breaks.
    """

    valid: dict[str, bytes]
    invalid: dict[str, bytes]
    element: str
    mark: str | None
    file: str = "a.bpmn"
    also: frozenset[str] = field(default_factory=frozenset)

    def line(self) -> int:
        """The expected line."""
        if self.mark is None:
            return 0
        lines = self.invalid[self.file].decode().split("\n")
        return next(i for i, line in enumerate(lines, 1) if self.mark in line)


def pair(valid: bytes, invalid: bytes, element: str, mark: str | None = None, *also: str) -> Pair:
    """A pair of single diagrams; the mark is the element's id unless given."""
    mark = f'id="{element}"' if mark is None else mark
    return Pair(
        valid={"a.bpmn": valid},
        invalid={"a.bpmn": invalid},
        element=element,
        mark=mark,
        also=frozenset(also),
    )


def pair_of_nodes(
    valid: str, invalid: str, name: str, mark: str | None = None, *also: str, before: str = ""
) -> Pair:
    """The same for one node between start and end."""
    kept, broken = (diagram(simple(node, name), before=before) for node in (valid, invalid))
    return pair(kept, broken, name, mark, *also)
