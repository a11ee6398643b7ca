"""The drawings: complete, nothing on top of anything else, every line ends where it belongs."""

import itertools

import pytest

from .conftest import FOLDERS, ROOT

NS = {
    "b": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "di": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "w": "http://www.omg.org/spec/DD/20100524/DI",
}
DIAGRAMS = [(folder, name) for folder in FOLDERS for name in folder.diagrams]
SLACK = 0.6


class Picture:
    """Where everything stands in one diagram: boxes (x, y, width, height) and lines by element
    id.
    """

    def __init__(self, document):
        self.document, self.root = document, document.root
        shapes = self.root.iterfind(".//di:BPMNShape", NS)
        self.boxes = {s.get("bpmnElement"): _box(s.find("dc:Bounds", NS)) for s in shapes}
        self.labels = {
            s.get("bpmnElement"): _box(s.find("di:BPMNLabel/dc:Bounds", NS))
            for s in self.root.iterfind(".//*[di:BPMNLabel]", NS)
        }
        self.lines = {
            e.get("bpmnElement"): [
                (float(p.get("x")), float(p.get("y"))) for p in e.iterfind("w:waypoint", NS)
            ]
            for e in self.root.iterfind(".//di:BPMNEdge", NS)
        }
        self.lanes = {
            ref.text: lane.get("id")
            for lane in self.root.iter(f"{{{NS['b']}}}lane")
            for ref in lane.iterfind("b:flowNodeRef", NS)
        }

    def lies_in(self, element, container):
        x, y, w, h = self.boxes[element]
        left, top, width, height = self.boxes[container]
        return left <= x <= x + w <= left + width and top <= y <= y + h <= top + height


def _box(node):
    return tuple(float(node.get(k)) for k in ("x", "y", "width", "height"))


def overlap(a, b):
    return a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]


def on_border(point, box):
    (px, py), (x, y, w, h) = point, box
    inside = x - SLACK <= px <= x + w + SLACK and y - SLACK <= py <= y + h + SLACK
    edge = min(abs(px - x), abs(px - x - w), abs(py - y), abs(py - y - h)) <= SLACK
    return inside and edge


def around(elements, element):
    """The subprocesses that an element stands in, inner first."""
    found = []
    while element.scope in elements:
        element = elements[element.scope]
        found.append(element.id)
    return found


def stretches(line):
    """The boxes of a line's straight pieces, a little shortened so that ends on a border do not
    count.
    """
    for (x1, y1), (x2, y2) in itertools.pairwise(line):
        yield (
            min(x1, x2) + 1,
            min(y1, y2) + 1,
            max(abs(x1 - x2) - 2, 0.1),
            max(abs(y1 - y2) - 2, 0.1),
        )


@pytest.fixture(params=DIAGRAMS, ids=[name for _, name in DIAGRAMS])
def picture(request):
    folder, name = request.param
    return Picture(folder.diagrams[name])


def test_everything_is_drawn(picture):
    b = f"{{{NS['b']}}}"
    drawn = {*picture.boxes, *picture.lines}
    kinds = [
        f"{b}{kind}"
        for kind in ("participant", "lane", "messageFlow", "textAnnotation", "association")
    ]
    wanted = {n.get("id") for n in picture.root.iter(*kinds)} | {
        *picture.document.elements,
        *picture.document.flows,
    }
    assert wanted == drawn


def test_every_process_stands_in_a_pool_and_every_node_in_one_lane(picture):
    pooled = {p.get("processRef") for p in picture.root.iterfind(".//b:participant", NS)}
    assert set(picture.document.processes) <= pooled
    assert set(picture.lanes) == set(picture.document.elements)


def test_every_node_is_drawn_in_its_lane(picture):
    """Bounds decide in any modeler which lane a node belongs to; only a subprocess may span
    several.
    """
    for node, lane in picture.lanes.items():
        if picture.document.elements[node].kind != "subProcess":
            assert picture.lies_in(node, lane), node


def test_steps_inside_a_subprocess_are_drawn_inside_it(picture):
    for element in picture.document.elements.values():
        if element.scope not in picture.document.processes:
            assert picture.lies_in(element.id, element.scope), element.id


def test_no_two_nodes_overlap(picture):
    elements = picture.document.elements
    for a, b in itertools.combinations(elements.values(), 2):
        kin = b.id in {*around(elements, a), a.attached_to} or a.id in {
            *around(elements, b),
            b.attached_to,
        }
        assert kin or not overlap(picture.boxes[a.id], picture.boxes[b.id]), (a.id, b.id)


def test_a_boundary_event_sits_on_the_border_of_its_activity(picture):
    for element in picture.document.elements.values():
        if element.attached_to:
            x, y, w, h = picture.boxes[element.id]
            assert on_border((x + w / 2, y + h / 2), picture.boxes[element.attached_to]), element.id


def test_every_flow_begins_and_ends_on_its_shapes(picture):
    for flow in picture.document.flows.values():
        line = picture.lines[flow.id]
        assert on_border(line[0], picture.boxes[flow.source]), flow.id
        assert on_border(line[-1], picture.boxes[flow.target]), flow.id


def test_every_message_flow_joins_two_pools(picture):
    for flow in picture.root.iterfind(".//b:messageFlow", NS):
        line = picture.lines[flow.get("id")]
        assert on_border(line[0], picture.boxes[flow.get("sourceRef")])
        assert on_border(line[-1], picture.boxes[flow.get("targetRef")])


def test_flows_run_straight(picture):
    for flow in picture.document.flows.values():
        assert all(min(w, h) <= 1 for _, _, w, h in stretches(picture.lines[flow.id])), flow.id


def test_no_flow_runs_through_a_node(picture):
    for flow in picture.document.flows.values():
        for element in picture.document.elements.values():
            ends = element.id in (flow.source, flow.target) or element.kind == "subProcess"
            if not ends:
                assert not any(
                    overlap(s, picture.boxes[element.id]) for s in stretches(picture.lines[flow.id])
                ), (flow.id, element.id)


def test_no_two_flows_cross(picture):
    for a, b in itertools.combinations(picture.document.flows.values(), 2):
        met = [
            (s, t)
            for s in stretches(picture.lines[a.id])
            for t in stretches(picture.lines[b.id])
            if overlap(s, t)
        ]
        assert not met or a.target == b.target, (a.id, b.id)


def test_no_label_lies_on_a_node_or_another_label(picture):
    nodes = {
        i: picture.boxes[i] for i, e in picture.document.elements.items() if e.kind != "subProcess"
    }
    for (a, box), (b, other) in itertools.combinations(picture.labels.items(), 2):
        assert not overlap(box, other), (a, b)
    for label, box in picture.labels.items():
        assert [n for n, other in nodes.items() if n != label and overlap(box, other)] == [], label


def test_labels_where_a_reader_needs_them(picture):
    elements = picture.document.elements
    leaving = {}
    for flow in picture.document.flows.values():
        leaving.setdefault(flow.source, []).append(flow)
    for element in elements.values():
        forks = element.kind == "exclusiveGateway" and len(leaving[element.id]) > 1
        joins = element.kind.endswith("Gateway") and not forks
        assert element.name or joins, element.id
        if forks:
            assert all(flow.name for flow in leaving[element.id]), element.id
            assert sum(flow.condition is None for flow in leaving[element.id]) == 1, element.id


def test_files_are_utf8_and_end_with_a_line_break():
    for path in (ROOT / "bpmn").glob("*/*.bpmn"):
        assert path.read_bytes().startswith(b'<?xml version="1.0" encoding="UTF-8"?>\n')
        assert path.read_text("utf-8").endswith("</bpmn:definitions>\n")
