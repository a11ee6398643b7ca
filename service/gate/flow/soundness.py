"""Soundness: a diagram is played through with every choice, to find where a case would stop or a
step run twice.

Decided: conditions are not looked at, every branch of a choice is tried; steps between two gateways
are passed in one go. Each start event and each non-interrupting boundary event is a beginning of
its own, because the paths of the latter may not meet the main path (``boundary-returns``). Past
``LIMIT`` situations in a file the search stops: what it found stands, but nothing is said about
steps it has not seen. Instead of a proof by structure, which knows too few shapes.
"""

from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

from service.engine.document import Element
from service.gate.deployment import Diagram
from service.gate.flow.events import kind_of
from service.gate.flow.structure import arrows, reached
from service.gate.table import Spot, rule
from service.gate.words import called

LIMIT = 10_000
WIDEST = 100
"""Tokens at once."""
Marking = tuple[str, ...]
"""Flows with a token, sorted; a flow stands twice when it carries two."""


class Played(NamedTuple):
    """What playing a scope through has shown: joins that wait for ever, nodes reached twice at
    once, nodes passed.
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
        self.inside = {e.id: e for e in members}
        flows = [flow for name in self.inside for flow in diagram.outgoing[name]]
        self.target = {flow.id: flow.target for flow in flows if flow.target in self.inside}
        self.out: dict[str, list[str]] = {}
        self.ins: dict[str, list[str]] = {}
        for name in self.inside:
            self.out[name] = [f.id for f in diagram.outgoing[name] if f.id in self.target]
            self.ins[name] = [f.id for f in diagram.incoming[name] if f.id in self.target]
        self.after = arrows(diagram, members)
        self.cut: dict[str, list[str]] = {}
        for element in members:
            if element.interrupting and element.attached_to in self.inside:
                self.cut.setdefault(element.attached_to or "", []).append(element.id)
        self.seen = Played({}, set(), set())
        self.ways: dict[tuple[str, str], frozenset[str]] = {}

    def play(self, limit: int) -> Played:
        """Every situation that can be reached, at most ``limit``."""
        begun = [
            e.id
            for e in self.inside.values()
            if e.kind == "startEvent" or (e.kind == "boundaryEvent" and not e.interrupting)
        ]
        todo = [self._moved((), self._leaving(name)) for name in begun]
        markings = set(todo)
        while todo:
            marking = todo.pop()
            if len(markings) > limit or len(marking) > WIDEST:
                return self.seen._replace(complete=False, size=len(markings))
            following = self._following(marking)
            if marking and not following:
                self._stuck(marking)
            new = {other for other in following if not self._is_doubled(other)} - markings
            markings |= new
            todo.extend(new)
        return self.seen._replace(size=len(markings))

    def _stuck(self, marking: Marking) -> None:
        for flow in marking:
            self.seen.stuck.setdefault(self.target[flow], marking)

    def _following(self, marking: Marking) -> list[Marking]:
        next_markings: list[Marking] = []
        for name in sorted({self.target[flow] for flow in marking}):
            for used, produced in self._ways_on(name, marking):
                left = Counter(marking) - Counter(used)
                self.seen.passed.add(name)
                if produced is None:
                    next_markings.append(())
                else:
                    next_markings.append(self._moved(tuple(left.elements()), produced))
        return next_markings

    def _is_doubled(self, marking: Marking) -> bool:
        """Two tokens on one flow: noted, and not followed any further."""
        twice = [flow for flow, n in Counter(marking).items() if n > 1]
        self.seen.doubled.update(self._source(flow) for flow in twice if not self._harmless(flow))
        return bool(twice)

    def _harmless(self, flow: str) -> bool:
        """From a gateway straight to an end nothing is done twice."""
        source = self.inside.get(self._source(flow))
        return (
            source is not None
            and source.kind.endswith("Gateway")
            and not self.out[self.target[flow]]
        )

    def _ways_on(self, name: str, marking: Marking) -> Iterator[tuple[list[str], list[str] | None]]:
        """What can happen at a node: flows used up and flows that get a token; None when the whole
        scope is over.
        """
        element = self.inside[name]
        out = self.out[name]
        arrived = [flow for flow in self.ins[name] if flow in marking]
        if element.kind in ("parallelGateway", "inclusiveGateway") and len(self.ins[name]) > 1:
            if not self._waits(element, arrived, marking):
                for produced in self._choices(element, out):
                    yield arrived, produced
            return
        over: list[list[str] | None] = [None]
        ways = over if self._ends_all(element) else self._choices(element, out)
        for flow in arrived:
            for made in ways:
                yield [flow], made

    def _choices(self, element: Element, out: list[str]) -> list[list[str]]:
        if element.kind in ("exclusiveGateway", "eventBasedGateway") and out:
            return [[flow] for flow in out]
        if element.kind == "inclusiveGateway" and len(out) > 1:
            sizes = range(1, len(out) + 1) if len(out) < 6 else (1, len(out))
            return [list(some) for n in sizes for some in combinations(out, n)]
        return [out, *(self._leaving(event) for event in self.cut.get(element.id, ()))]

    def _leaving(self, name: str) -> list[str]:
        self.seen.passed.add(name)
        return self.out[name]

    def _ends_all(self, element: Element) -> bool:
        kinds = {kind_of(d) for d in self.diagram.definitions(element)}
        return element.kind == "endEvent" and bool(kinds & {"terminate", "error"})

    def _moved(self, rest: Marking, produced: list[str]) -> Marking:
        """The marking with new tokens, each brought forward to the next node where something is
        decided.
        """
        return tuple(sorted((*rest, *(self._forward(flow) for flow in produced))))

    def _forward(self, flow: str) -> str:
        been: set[str] = set()
        while flow not in been:
            been.add(flow)
            name = self.target[flow]
            if len(self.ins[name]) > 1 or len(self.out[name]) != 1 or name in self.cut:
                break
            self.seen.passed.add(name)
            flow = self.out[name][0]
        return flow

    def _waits(self, join: Element, here: list[str], marking: Marking) -> bool:
        """Must a join still wait? For the inclusive one see BPMN 2.0, 13.4.3."""
        gate = join.id
        empty = set(self.ins[gate]) - set(here)
        if join.kind == "parallelGateway":
            return bool(empty)
        others = [self._ways_to(gate, flow) for flow in set(marking) if flow not in here]
        return any(ways & empty and not ways & set(here) for ways in others)

    def _ways_to(self, gate: str, flow: str) -> frozenset[str]:
        """The incoming flows of a join that a token can still reach without passing it."""
        if (gate, flow) not in self.ways:
            seen = {gate}
            todo = [self.target[flow]]
            while todo:
                name = todo.pop()
                if name not in seen:
                    seen.add(name)
                    todo.extend(self.after[name])
            self.ways[gate, flow] = frozenset(
                f for f in self.ins[gate] if self._source(f) in seen - {gate}
            )
        return self.ways[gate, flow]

    def _source(self, flow: str) -> str:
        return self.diagram.document.flows[flow].source


def _played(diagram: Diagram) -> Iterator[tuple[list[Element], Played]]:
    for scope, members in diagram.scopes.items():
        if scope not in diagram.played:
            left = LIMIT - sum(played.size for played in diagram.played.values())
            diagram.played[scope] = Play(diagram, members).play(max(left, 0))
        yield members, diagram.played[scope]


@rule("deadlock", Diagram)
def deadlock(diagram: Diagram) -> Iterator[Spot]:
    """A join must not wait for a branch that may never come, as a parallel join after an exclusive
    split would.
    """
    for members, played in _played(diagram):
        for element in members:
            if element.id in played.stuck:
                came = played.stuck[element.id]
                missing = "、".join(
                    f.source for f in diagram.incoming[element.id] if f.id not in came
                )
                yield (
                    element.id,
                    element.line,
                    (
                        f"{called(element)}可能永远等不到全部分支（例如来自“{missing}”的一支），"
                        "案件会停在这里；"
                        "分开时用排他网关的，汇合也请用排他网关"
                    ),
                )


@rule("dead-step", Diagram)
def dead_step(diagram: Diagram) -> Iterator[Spot]:
    """Each step can happen on some way through the diagram, not only by the look of its arrows."""
    for members, played in _played(diagram):
        if not played.complete or played.stuck or played.doubled:
            continue
        for element in reached(diagram, members):
            if element.id not in played.passed:
                yield (
                    element.id,
                    element.line,
                    f"{called(element)}无论怎样选择都不会执行；请检查它前面的网关",
                )


@rule("doubled-token", Diagram, "warning")
def doubled_token(diagram: Diagram) -> Iterator[Spot]:
    """Parallel branches that meet without a parallel join let everything after it happen once per
    branch.
    """
    for members, played in _played(diagram):
        for element in members:
            if element.id in played.doubled:
                yield (
                    element.id,
                    element.line,
                    (
                        f"{called(element)}会被并行的几个分支各执行一遍；"
                        "如果只应执行一次，请先用并行网关或包容网关汇合"
                    ),
                )
