"""Soundness: a diagram is played through with every choice, to find where a case would stop or a
step run twice.

Decided: conditions are not looked at, every branch of a choice is tried; steps between two gateways
are passed in one go. Each start event and each non-interrupting boundary event is a beginning of
its own, because the paths of the latter may not meet the main path (``boundary-returns``). The
search stops after ``LIMIT`` situations in a file: its findings until then are reported, but nothing
is said about steps that it has not seen. Instead of a proof by structure, which knows too few
shapes.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product
from typing import NamedTuple

from service.engine.document import Element, Flow
from service.gate.deployment import Diagram
from service.gate.flow.events import kind_of
from service.gate.flow.structure import JOINS, arrows, reached
from service.gate.table import Spot, rule
from service.gate.words import on

LIMIT = 10_000
WIDEST = 100
"""Tokens at once."""
MANY_FLOWS = 6
"""Flows out of an inclusive gateway of which not every subset is tried."""
Marking = tuple[str, ...]
"""Flows with a token, sorted; a flow stands twice if it carries two tokens."""
Flows = list[str]
Step = tuple[Flows, Flows | None]
"""The flows that lose a token, and those that get one; None if the whole scope is over."""


class Played(NamedTuple):
    """The findings of one scope.

    ``stuck`` are nodes where tokens wait for ever, each with the marking in which they wait.
    ``doubled`` are nodes from which two tokens run on one flow. ``passed`` are nodes that were
    passed. ``complete`` is false if the search was stopped. ``size`` counts the situations.
    """

    stuck: dict[str, Marking]
    doubled: set[str]
    passed: set[str]
    complete: bool = True
    size: int = 0


class Play:
    """One scope of a diagram, played through."""

    def __init__(self, diagram: Diagram, members: list[Element]) -> None:
        self.diagram = diagram
        self.elements = {element.id: element for element in members}
        self.target = self._targets()
        self.outgoing = self._inside(diagram.outgoing)
        self.incoming = self._inside(diagram.incoming)
        self.after = arrows(diagram, members)
        self.interrupting: dict[str, Flows] = {}
        for element in members:
            host = element.attached_to
            if host in self.elements and element.interrupting:
                self.interrupting.setdefault(host, []).append(element.id)
        self.findings = Played({}, set(), set())
        self.ways: dict[tuple[str, str], frozenset[str]] = {}

    def _targets(self) -> dict[str, str]:
        """The node that each flow leads to, for the flows inside the scope."""
        targets = {}
        for name in self.elements:
            for flow in self.diagram.outgoing[name]:
                if flow.target in self.elements:
                    targets[flow.id] = flow.target
        return targets

    def _inside(self, flows_by_node: Mapping[str, list[Flow]]) -> dict[str, Flows]:
        """The flows of each node, without those that leave the scope."""
        inside = {}
        for name in self.elements:
            flows = [flow.id for flow in flows_by_node[name]]
            inside[name] = [flow for flow in flows if flow in self.target]
        return inside

    def play(self, limit: int) -> Played:
        """The findings in all situations that can be reached, at most ``limit``."""
        todo = [self._moved((), self._leaving(name)) for name in self._beginnings()]
        seen = set(todo)
        while todo:
            marking = todo.pop()
            if len(seen) > limit or len(marking) > WIDEST:
                return self.findings._replace(complete=False, size=len(seen))
            following = self._following(marking)
            if marking and not following:
                self._note_stuck(marking)
            sound = {marking for marking in following if not self._is_doubled(marking)}
            new = sound - seen
            seen |= new
            todo.extend(new)
        return self.findings._replace(size=len(seen))

    def _beginnings(self) -> list[str]:
        """The nodes at which a token appears by itself."""
        beginnings = []
        for element in self.elements.values():
            is_side_path = element.kind == "boundaryEvent" and not element.interrupting
            if element.kind == "startEvent" or is_side_path:
                beginnings.append(element.id)
        return beginnings

    def _note_stuck(self, marking: Marking) -> None:
        for flow in marking:
            self.findings.stuck.setdefault(self.target[flow], marking)

    def _following(self, marking: Marking) -> list[Marking]:
        """The markings that one step leads to."""
        following: list[Marking] = []
        for name in sorted({self.target[flow] for flow in marking}):
            for used, filled in self._steps(name, marking):
                self.findings.passed.add(name)
                if filled is None:
                    following.append(())
                    continue
                rest = Counter(marking) - Counter(used)
                following.append(self._moved(tuple(rest.elements()), filled))
        return following

    def _is_doubled(self, marking: Marking) -> bool:
        """Whether two tokens are on one flow. This is noted, and not followed any further."""
        doubled = [flow for flow, count in Counter(marking).items() if count > 1]
        for flow in doubled:
            if not self._harmless(flow):
                self.findings.doubled.add(self._source(flow))
        return bool(doubled)

    def _harmless(self, flow: str) -> bool:
        """Whether the flow leads from a gateway straight to an end, where nothing is done twice."""
        source = self.elements.get(self._source(flow))
        if source is None or not source.kind.endswith("Gateway"):
            return False
        return not self.outgoing[self.target[flow]]

    def _steps(self, name: str, marking: Marking) -> Iterator[Step]:
        """What can happen at a node that tokens have reached."""
        element = self.elements[name]
        incoming = self.incoming[name]
        arrived = [flow for flow in incoming if flow in marking]
        if element.kind in JOINS and len(incoming) > 1:
            if not self._waits(element, arrived, marking):
                yield from product([arrived], self._choices(element))
            return
        if self._ends_all(element):
            for flow in arrived:
                yield [flow], None
            return
        choices = self._choices(element)
        for flow in arrived:
            yield from product([[flow]], choices)

    def _choices(self, element: Element) -> list[Flows]:
        """The sets of flows that can get a token when a node is passed."""
        flows = self.outgoing[element.id]
        if element.kind in ("exclusiveGateway", "eventBasedGateway") and flows:
            return [[flow] for flow in flows]
        if element.kind == "inclusiveGateway" and len(flows) > 1:
            return subsets(flows)
        choices = [flows]
        for event in self.interrupting.get(element.id, ()):
            choices.append(self._leaving(event))
        return choices

    def _leaving(self, name: str) -> Flows:
        self.findings.passed.add(name)
        return self.outgoing[name]

    def _ends_all(self, element: Element) -> bool:
        """Whether the node ends the whole scope."""
        if element.kind != "endEvent":
            return False
        definitions = self.diagram.definitions(element)
        return any(kind_of(definition) in ("terminate", "error") for definition in definitions)

    def _moved(self, rest: Marking, filled: Flows) -> Marking:
        """The marking with new tokens.

        Each new token is moved on to the next node where something is decided.
        """
        moved = [self._forward(flow) for flow in filled]
        return tuple(sorted((*rest, *moved)))

    def _forward(self, flow: str) -> str:
        """The flow before the next node where something is decided."""
        visited: set[str] = set()
        while flow not in visited:
            visited.add(flow)
            name = self.target[flow]
            if len(self.incoming[name]) > 1 or name in self.interrupting:
                break
            if len(self.outgoing[name]) != 1:
                break
            self.findings.passed.add(name)
            flow = self.outgoing[name][0]
        return flow

    def _waits(self, join: Element, arrived: list[str], marking: Marking) -> bool:
        """Whether a join must still wait. For the inclusive one see BPMN 2.0, 13.4.3."""
        empty = set(self.incoming[join.id]) - set(arrived)
        if join.kind == "parallelGateway":
            return bool(empty)
        for flow in set(marking) - set(arrived):
            ways = self._ways_to(join.id, flow)
            if ways & empty and not ways & set(arrived):
                return True
        return False

    def _ways_to(self, join: str, flow: str) -> frozenset[str]:
        """The incoming flows of a join that a token on ``flow`` can reach without passing it."""
        if (join, flow) not in self.ways:
            self.ways[join, flow] = self._find_ways(join, flow)
        return self.ways[join, flow]

    def _find_ways(self, join: str, flow: str) -> frozenset[str]:
        passed_nodes = {join}
        todo = [self.target[flow]]
        while todo:
            name = todo.pop()
            if name not in passed_nodes:
                passed_nodes.add(name)
                todo.extend(self.after[name])
        passed_nodes.remove(join)
        ways = set()
        for incoming in self.incoming[join]:
            if self._source(incoming) in passed_nodes:
                ways.add(incoming)
        return frozenset(ways)

    def _source(self, flow: str) -> str:
        return self.diagram.document.flows[flow].source


def subsets(flows: Flows) -> list[Flows]:
    """The sets of flows that an inclusive gateway may choose.

    With many flows only single ones and all together are tried.
    """
    sizes: Iterable[int] = range(1, len(flows) + 1)
    if len(flows) >= MANY_FLOWS:
        sizes = (1, len(flows))
    choices = []
    for size in sizes:
        choices += [list(choice) for choice in combinations(flows, size)]
    return choices


def _played(diagram: Diagram) -> Iterator[tuple[list[Element], Played]]:
    """The nodes of each scope, with the findings of playing it through."""
    for scope, members in diagram.scopes.items():
        if scope not in diagram.played:
            used = sum(played.size for played in diagram.played.values())
            limit = max(LIMIT - used, 0)
            diagram.played[scope] = Play(diagram, members).play(limit)
        yield members, diagram.played[scope]


@rule("deadlock", Diagram)
def deadlock(diagram: Diagram) -> Iterator[Spot]:
    """A join must not wait for a branch that may never come, as a parallel join after an exclusive
    split would.
    """
    for members, played in _played(diagram):
        for element in members:
            if element.id not in played.stuck:
                continue
            missing = []
            for flow in diagram.incoming[element.id]:
                if flow.id not in played.stuck[element.id]:
                    missing.append(flow.source)
            yield on(
                element,
                f"可能永远等不到全部分支（例如来自“{'、'.join(missing)}”的一支），"
                "案件会停在这里；"
                "分开时用排他网关的，汇合也请用排他网关",
            )


@rule("dead-step", Diagram)
def dead_step(diagram: Diagram) -> Iterator[Spot]:
    """Each step can happen on some way through the diagram. That arrows lead to it is not
    enough.
    """
    for members, played in _played(diagram):
        if not played.complete or played.stuck or played.doubled:
            continue
        for element in reached(diagram, members):
            if element.id not in played.passed:
                yield on(element, "无论怎样选择都不会执行；请检查它前面的网关")


@rule("doubled-token", Diagram, "warning")
def doubled_token(diagram: Diagram) -> Iterator[Spot]:
    """Parallel branches do not meet without a parallel join. Everything after it would happen once
    per branch.
    """
    for members, played in _played(diagram):
        for element in members:
            if element.id in played.doubled:
                yield on(
                    element,
                    "会被并行的几个分支各执行一遍；如果只应执行一次，请先用并行网关或包容网关汇合",
                )
