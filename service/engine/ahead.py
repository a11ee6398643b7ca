"""What comes next on a diagram: the steps, waits and ends that follow an element.

Decided: read from the drawing alone, without a run. Because a page must say what comes next before
it is known how people decide. Gateways, computed steps and thrown events are passed. If a decision
stands on the way, the names of its flows say what leads where. Boundary events are not followed:
they are what may happen, not what comes next.

Decided: of several flows the conditional ones come first. Because an author draws the cautious way
as the default (``bpmn/README.md``), and what usually happens must stand on top.

Decided: two decisions are not combined across the end of a subprocess. Because what was decided
inside mostly settles what is decided behind it, and the drawing cannot tell how. The way is
followed up to the end event of the subprocess, whose name says how it ended.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from service.engine.document import NS, Document, Element, Flow

PEOPLE = frozenset({"userTask", "manualTask", "task"})
KINDS = {
    **dict.fromkeys(PEOPLE, "step"),
    "intermediateCatchEvent": "wait",
    "receiveTask": "wait",
    "callActivity": "case",
}
DECISIONS = frozenset({"exclusiveGateway", "inclusiveGateway"})
SPLITS = frozenset({"parallelGateway", "inclusiveGateway"})
THROWING = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
MOST_DECISIONS = 2
"""How many decisions in a row are told by name. Of longer rows only the first ones are told."""

Station = tuple[str, bool]
"""An element, and whether it is being left. A subprocess is entered first, and left after its
inside.
"""
Move = tuple[Flow | None, Station]
"""Where a way goes on, with the flow that leads there."""

Verdict = Callable[[str, Collection[str]], bool | None]
"""Whether a condition holds once these elements have been passed; None if that is not settled."""


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What comes next.

    - ``kind`` is step, wait, case (another one is started), end (of the case, or of a branch beside
      it), or phase (the end of a subprocess, after which something is decided).
    - ``when`` has the names of the flows that lead there; () if nothing is decided on the way.
    - ``after_all`` is true if everything that runs beside it must be over first.
    """

    at: str
    kind: str
    when: tuple[str, ...] = ()
    after_all: bool = False


class Ways:
    """The ways through one process of a document. It is built once per definition."""

    def __init__(self, document: Document, process: str) -> None:
        self.process = process
        self.elements: dict[str, Element] = {}
        for element in document.elements.values():
            if element.process == process:
                self.elements[element.id] = element
        nodes = document.processes[process].iter()
        self._nodes = {node.get("id"): node for node in nodes if node.get("id")}
        self._names = {n.get("id"): n.get("name") or "" for n in document.root if n.get("id")}
        self._following: dict[str, list[Flow]] = {}
        self._leading: dict[str, list[str]] = {}
        self._attached: dict[str, list[Element]] = {}
        for element in self.elements.values():
            if element.attached_to:
                self._attached.setdefault(element.attached_to, []).append(element)
        for flow in document.flows.values():
            self._following.setdefault(flow.source, []).append(flow)
            self._leading.setdefault(flow.target, []).append(flow.source)
        for flows in self._following.values():
            flows.sort(key=lambda flow: flow.condition is None)

    # -- what comes next

    def after(self, ident: str) -> tuple[Ahead, ...]:
        """What comes next once an element is over.

        An element to which several ways lead is returned once.
        """
        begin = Ahead(at=ident, kind="", after_all=self._is_repeated(ident))
        todo = [(begin, True)]
        seen = set(todo)
        ways_by_element: dict[str, list[Ahead]] = {}
        while todo:
            here, leaving = todo.pop()
            kind = "" if leaving else self._kind(here)
            if kind:
                ways_by_element.setdefault(here.at, []).append(replace(here, kind=kind))
                continue
            unseen = [step for step in self._onward(here, leaving) if step not in seen]
            seen.update(unseen)
            todo.extend(reversed(unseen))
        decided = len(ways_by_element) > 1
        return tuple(_merged(ways, decided=decided) for ways in ways_by_element.values())

    def _onward(self, here: Ahead, leaving: bool) -> Iterator[tuple[Ahead, bool]]:
        """The next stations, each with what was decided on the way there."""
        decides = self._decides(here.at) and len(here.when) < MOST_DECISIONS
        waits = here.after_all or self._joins(self.elements[here.at])
        for flow, (target, target_leaving) in self._successors((here.at, leaving)):
            when = here.when
            if decides and flow is not None:
                when = (*when, flow.name)
            after_all = waits or (target_leaving and self._is_shared(target))
            ahead = replace(here, at=target, when=when, after_all=after_all)
            yield ahead, target_leaving

    def _successors(self, station: Station) -> list[Move]:
        """Where the way goes on from a station; [] at the end of a way."""
        ident, leaving = station
        element = self.elements[ident]
        if element.kind == "subProcess" and not leaving:
            return [(None, (start, False)) for start in self._starts.get(ident, ())]
        if flows := self._following.get(ident):
            return [(flow, (flow.target, False)) for flow in flows]
        if element.scope == self.process or ident not in self._main:
            return []
        if catching := self._catching(element):
            return [(None, (catching, False))]
        return [(None, (element.scope, True))]

    def _next_stations(self, station: Station) -> list[Station]:
        return [following for _, following in self._successors(station)]

    def _kind(self, here: Ahead) -> str:
        """The kind of what comes next; "" for an element that is only passed."""
        element = self.elements[here.at]
        if element.kind != "endEvent":
            return KINDS.get(element.kind, "")
        following = self._next_stations((here.at, False))
        if not following:
            return "end"
        if here.when and self._decided_behind(following[0]):
            return "phase"
        return ""

    def _decided_behind(self, station: Station) -> bool:
        """Whether a decision comes from here before any step, wait or case."""
        todo = [station]
        seen = {station}
        while todo:
            ident, leaving = todo.pop()
            if not leaving and self._decides(ident):
                return True
            if leaving or self.elements[ident].kind not in KINDS:
                unseen = set(self._next_stations((ident, leaving))) - seen
                seen |= unseen
                todo.extend(unseen)
        return False

    def _decides(self, ident: str) -> bool:
        return self.elements[ident].kind in DECISIONS and self._splits(ident)

    def _splits(self, ident: str) -> bool:
        return len(self._following.get(ident, ())) > 1

    def _joins(self, element: Element) -> bool:
        return element.kind in SPLITS and len(self._leading.get(element.id, ())) > 1

    def _is_shared(self, scope: str) -> bool:
        """Whether several things may run beside each other in a subprocess."""
        if self._is_repeated(scope):
            return True
        members = (element for element in self.elements.values() if element.scope == scope)
        return any(self._adds_token(element) for element in members)

    def _adds_token(self, element: Element) -> bool:
        """Whether more tokens run after an element than before it."""
        if element.kind == "boundaryEvent":
            return not element.interrupting
        return element.kind in SPLITS and self._splits(element.id)

    def _is_repeated(self, ident: str) -> bool:
        return self._nodes[ident].find("b:multiInstanceLoopCharacteristics", NS) is not None

    def _catching(self, end: Element) -> str | None:
        """The boundary event to which an error end event leads; None if there is none."""
        if not self._has_error(end.id):
            return None
        attached = self._attached.get(end.scope, ())
        return next((event.id for event in attached if self._has_error(event.id)), None)

    def _has_error(self, ident: str) -> bool:
        return self._nodes[ident].find("b:errorEventDefinition", NS) is not None

    @cached_property
    def _starts(self) -> Mapping[str, list[str]]:
        """The start events by scope."""
        starts: dict[str, list[str]] = {}
        for element in self.elements.values():
            if element.kind == "startEvent":
                starts.setdefault(element.scope, []).append(element.id)
        return starts

    @cached_property
    def _main(self) -> frozenset[str]:
        """The elements that a token reaches from a start event of their scope.

        What only follows a boundary event that leaves its host running is not among them: the end
        of such a branch is not the end of its scope.
        """
        all_starts: list[str] = []
        for starts in self._starts.values():
            all_starts += starts
        return self._reached(all_starts, interrupting=True)

    def _reached(self, first: Iterable[str], *, interrupting: bool) -> frozenset[str]:
        """The elements that flows lead to from these, within their scope.

        :param interrupting: also follow the boundary events that interrupt, or those that do not.
        """
        todo = list(first)
        reached = set(todo)
        while todo:
            ident = todo.pop()
            neighbours = {flow.target for flow in self._following.get(ident, ())}
            for event in self._attached.get(ident, ()):
                if event.interrupting is interrupting:
                    neighbours.add(event.id)
            todo.extend(neighbours - reached)
            reached |= neighbours
        return frozenset(reached)

    # -- the whole way

    def main_way(self, start: str, verdict: Verdict) -> tuple[Ahead, ...]:
        """What usually happens from a start event on, in order.

        After a decision the way goes on where the condition is known to hold. Otherwise it goes
        where it leads to an end without coming back, with a conditional flow before the default.

        :param verdict: tells whether a condition holds.
        """
        ways = []
        for ident, leaving in self._in_order((start, False), verdict):
            kind = KINDS.get(self.elements[ident].kind)
            if kind and not leaving:
                ways.append(Ahead(at=ident, kind=kind))
        return tuple(ways)

    def _in_order(self, first: Station, verdict: Verdict) -> list[Station]:
        """The stations of the usual way, each after all that leads to it.

        Of several branches the shorter one comes first.
        """
        finished: list[Station] = []
        entered: dict[Station, None] = {}
        todo = [(first, False)]
        seen = {first}
        while todo:
            station, over = todo.pop()
            if over:
                finished.append(station)
                del entered[station]
                continue
            entered[station] = None
            todo.append((station, True))
            for following in self._chosen(station, entered, verdict):
                if following not in seen:
                    seen.add(following)
                    todo.append((following, False))
        return finished[::-1]

    def _chosen(
        self, station: Station, passed: Mapping[Station, None], verdict: Verdict
    ) -> list[Station]:
        """Where the usual way goes on: all branches, but only one of a decision."""
        ident, leaving = station
        if not leaving and self._decides(ident):
            return self._decided(self._successors(station), passed, verdict)
        branches = self._next_stations(station)
        if len(branches) > 1:
            return sorted(branches, key=self._length)
        return branches

    def _decided(
        self, moves: list[Move], passed: Mapping[Station, None], verdict: Verdict
    ) -> list[Station]:
        """The branch of a decision that the usual way takes."""
        elements = self._with_sides([ident for ident, _ in passed])
        verdicts: dict[Station, bool | None] = {}
        for flow, target in moves:
            if flow is not None and flow.condition is not None:
                verdicts[target] = verdict(flow.condition, elements)
        holding = [target for target, holds in verdicts.items() if holds]
        if holding:
            return holding[:1]
        open_branches = [target for _, target in moves if verdicts.get(target) is not False]
        unconditional = len(moves) - len(verdicts)
        if len(open_branches) == unconditional:
            return open_branches[:1]
        return [min(open_branches, key=lambda target: not self._ends(target, passed))]

    def _with_sides(self, passed: Collection[str]) -> frozenset[str]:
        """The passed elements, and all that may have happened beside them in the meantime."""
        beside: list[str] = []
        for ident in passed:
            for event in self._attached.get(ident, ()):
                if not event.interrupting:
                    beside.append(event.id)
        return self._reached(beside, interrupting=False) | frozenset(passed)

    def _length(self, station: Station) -> int:
        ident, _ = station
        return len(self._reached([ident], interrupting=True))

    def _ends(self, station: Station, passed: Collection[Station]) -> bool:
        """Whether a way leads from here to an end without coming back to a passed station."""
        if station in passed:
            return False
        todo = [station]
        seen = {*passed, station}
        while todo:
            following = self._next_stations(todo.pop())
            if not following:
                return True
            unseen = [other for other in following if other not in seen]
            seen.update(unseen)
            todo.extend(unseen)
        return False

    # -- what is waited for

    def timer(self, ident: str) -> str | None:
        """The text of the timer of an event; None if it has none."""
        return self.elements[ident].timer or None

    def message(self, ident: str) -> str | None:
        """The name of the message that an element waits for or throws; None if there is none."""
        node = self._nodes[ident]
        definition = node.find("b:messageEventDefinition", NS)
        referring = node if definition is None else definition
        return self._names.get(referring.get("messageRef"))

    @cached_property
    def senders(self) -> Mapping[str, tuple[Element, ...]]:
        """By each message that is thrown here, the nearest steps of people that lead to it."""
        senders: dict[str, tuple[Element, ...]] = {}
        for element in self.elements.values():
            if element.kind not in THROWING:
                continue
            if message := self.message(element.id):
                senders[message] = tuple(self._steps_before(element.id))
        return senders

    def _steps_before(self, ident: str) -> Iterator[Element]:
        """The nearest steps of people that lead to an element."""
        todo = [ident]
        seen = {ident}
        while todo:
            current = todo.pop()
            if self.elements[current].kind in PEOPLE:
                yield self.elements[current]
                continue
            sources = self._leading.get(current, ())
            unseen = [source for source in sources if source not in seen]
            seen.update(unseen)
            todo.extend(unseen)


def _merged(ways: list[Ahead], *, decided: bool) -> Ahead:
    """One thing to which several ways lead, with the decisions that the ways have in common.

    :param decided: whether something else may come instead. If not, no decision is told.
    """
    shared: tuple[str, ...] = ()
    if decided:
        shared, *others = dict.fromkeys(way.when for way in ways)
        for other in others:
            shared = _common_start(shared, other) or _common_end(shared, other)
    after_all = all(way.after_all for way in ways)
    return replace(ways[0], when=shared, after_all=after_all)


def _common_start(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """The names with which both rows begin."""
    length = 0
    for name, other in zip(names, others, strict=False):
        if name != other:
            break
        length += 1
    return names[:length]


def _common_end(names: tuple[str, ...], others: tuple[str, ...]) -> tuple[str, ...]:
    """The names with which both rows end."""
    return _common_start(names[::-1], others[::-1])[::-1]
