"""What comes next on a diagram: the steps, waits and ends that follow an element.

Decided: read from the drawing alone, without a run, so that a page can say what comes next before
it is known how people decide. Gateways, computed steps and thrown events are passed; where a
decision stands on the way, the names of its flows say what leads where. Boundary events are not
followed: they are what may happen, not what comes next.

Decided: of several flows the conditional ones come first. An author draws the cautious way as the
default (``bpmn/README.md``), so what usually happens stands on top.

Decided: two decisions are not combined across the end of a subprocess. What was decided inside
mostly settles what is decided behind it, and the drawing cannot tell how; the way is followed up to
the subprocess's end event, whose name says what came of it.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
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
"""How many decisions in a row are told by name; of longer rows the first ones."""

Station = tuple[str, bool]
"""An element, and whether it is left: a subprocess is entered first, and left after its inside."""

Verdict = Callable[[str, Collection[str]], bool | None]
"""Whether a condition holds, as far as that is settled once these elements have been passed."""


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What comes next. ``kind``: step, wait, case (another one is started), end (of the case or of
    a branch beside it), or phase (the end of a subprocess, behind which something is decided).

    ``when``: the names of the flows that lead there, () where nothing is decided on the way.
    ``after_all``: what runs beside must be over first.
    """

    at: str
    kind: str
    when: tuple[str, ...] = ()
    after_all: bool = False


class Ways:
    """The ways through one process of a document; built once per definition."""

    def __init__(self, document: Document, process: str) -> None:
        self.process = process
        self.elements = {e.id: e for e in document.elements.values() if e.process == process}
        self._nodes = {n.get("id"): n for n in document.processes[process].iter() if n.get("id")}
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
        """What comes next once an element is over. What several ways lead to stands there once."""
        todo = [(Ahead(at=ident, kind="", after_all=self._is_repeated(ident)), True)]
        seen = set(todo)
        found: dict[str, list[Ahead]] = {}
        while todo:
            here, leaving = todo.pop()
            kind = "" if leaving else self._kind(here)
            if kind:
                found.setdefault(here.at, []).append(replace(here, kind=kind))
                continue
            fresh = [one for one in self._onward(here, leaving) if one not in seen]
            seen.update(fresh)
            todo.extend(reversed(fresh))
        return tuple(_merged(ways, decided=len(found) > 1) for ways in found.values())

    def _onward(self, here: Ahead, leaving: bool) -> Iterator[tuple[Ahead, bool]]:
        decides = self._decides(here.at) and len(here.when) < MOST_DECISIONS
        waits = here.after_all or self._joins(self.elements[here.at])
        for flow, (at, out) in self._successors((here.at, leaving)):
            named = decides and flow is not None
            yield (
                replace(
                    here,
                    at=at,
                    when=(*here.when, flow.name) if named and flow is not None else here.when,
                    after_all=waits or (out and self._is_shared(at)),
                ),
                out,
            )

    def _successors(self, place: Station) -> list[tuple[Flow | None, Station]]:
        """Where it goes on, each with the flow that leads there; [] at the end of a way."""
        ident, leaving = place
        element = self.elements[ident]
        if element.kind == "subProcess" and not leaving:
            return [(None, (start, False)) for start in self._starts.get(ident, ())]
        if flows := self._following.get(ident):
            return [(flow, (flow.target, False)) for flow in flows]
        if element.scope == self.process or ident not in self._main:
            return []
        if caught := self._caught(element):
            return [(None, (caught, False))]
        return [(None, (element.scope, True))]

    def _kind(self, here: Ahead) -> str:
        """What an element is for whoever asks what comes next; "" for what is passed."""
        element = self.elements[here.at]
        if element.kind != "endEvent":
            return KINDS.get(element.kind, "")
        following = self._successors((here.at, False))
        if not following:
            return "end"
        return "phase" if here.when and self._decided_behind(following[0][1]) else ""

    def _decided_behind(self, place: Station) -> bool:
        """Whether a decision comes before anything else."""
        todo, seen = [place], {place}
        while todo:
            at, leaving = todo.pop()
            if not leaving and self._decides(at):
                return True
            if leaving or self.elements[at].kind not in KINDS:
                fresh = {other for _, other in self._successors((at, leaving))} - seen
                seen |= fresh
                todo.extend(fresh)
        return False

    def _decides(self, ident: str) -> bool:
        return self.elements[ident].kind in DECISIONS and len(self._following.get(ident, ())) > 1

    def _joins(self, element: Element) -> bool:
        return element.kind in SPLITS and len(self._leading.get(element.id, ())) > 1

    def _is_shared(self, scope: str) -> bool:
        """Whether several things may run beside each other in a subprocess."""
        return self._is_repeated(scope) or any(
            (e.kind in SPLITS and len(self._following.get(e.id, ())) > 1)
            or (e.kind == "boundaryEvent" and not e.interrupting)
            for e in self.elements.values()
            if e.scope == scope
        )

    def _is_repeated(self, ident: str) -> bool:
        return self._nodes[ident].find("b:multiInstanceLoopCharacteristics", NS) is not None

    def _caught(self, end: Element) -> str | None:
        """The boundary event that an error end event leads to."""
        if not self._fails(end.id):
            return None
        attached = self._attached.get(end.scope, ())
        return next((event.id for event in attached if self._fails(event.id)), None)

    def _fails(self, ident: str) -> bool:
        return self._nodes[ident].find("b:errorEventDefinition", NS) is not None

    @cached_property
    def _starts(self) -> Mapping[str, list[str]]:
        """The start events by scope."""
        found: dict[str, list[str]] = {}
        for element in self.elements.values():
            if element.kind == "startEvent":
                found.setdefault(element.scope, []).append(element.id)
        return found

    @cached_property
    def _main(self) -> frozenset[str]:
        """What begins with a start event of its scope, and not with a boundary event that leaves
        its host running: the end of such a branch is not the end of its scope.
        """
        return self._reached(
            (ident for starts in self._starts.values() for ident in starts), interrupting=True
        )

    def _reached(self, first: Iterator[str], *, interrupting: bool) -> frozenset[str]:
        """What flows lead to from here within a scope, over boundary events of this sort too."""
        todo = list(first)
        found = set(todo)
        while todo:
            ident = todo.pop()
            boundary = (
                e.id for e in self._attached.get(ident, ()) if e.interrupting is interrupting
            )
            flows = (flow.target for flow in self._following.get(ident, ()))
            fresh = {*flows, *boundary} - found
            found |= fresh
            todo.extend(fresh)
        return frozenset(found)

    # -- the whole way

    def main_way(self, start: str, known: Verdict) -> tuple[Ahead, ...]:
        """What usually happens from a start event on, in order.

        At a decision the way goes where the condition is known to hold, else where it leads on to
        an end without coming back, a conditional flow before the default.
        """
        order = self._in_order((start, False), known)
        return tuple(
            Ahead(at=ident, kind=kind)
            for ident, leaving in order
            if not leaving and (kind := KINDS.get(self.elements[ident].kind))
        )

    def _in_order(self, first: Station, known: Verdict) -> list[Station]:
        """What is reached, each after all that leads to it; of branches the shorter one first."""
        finished: list[Station] = []
        entered: dict[Station, None] = {}
        todo, seen = [(first, False)], {first}
        while todo:
            place, over = todo.pop()
            if over:
                finished.append(place)
                del entered[place]
                continue
            entered[place] = None
            todo.append((place, True))
            for other in self._chosen(place, entered, known):
                if other not in seen:
                    seen.add(other)
                    todo.append((other, False))
        return finished[::-1]

    def _chosen(
        self, place: Station, before: Mapping[Station, None], known: Verdict
    ) -> list[Station]:
        """Where the usual way goes on: all branches, of a decision one."""
        following = self._successors(place)
        if place[1] or not self._decides(place[0]):
            branches = [other for _, other in following]
            return sorted(branches, key=self._length) if len(branches) > 1 else branches
        passed = self._with_sides([ident for ident, _ in before])
        holds = {
            other: known(flow.condition, passed)
            for flow, other in following
            if flow is not None and flow.condition is not None
        }
        if any(holds.values()):
            return [next(other for other, held in holds.items() if held)]
        open_ = [other for _, other in following if holds.get(other, True) is not False]
        if len(open_) == len(following) - len(holds):
            return open_[:1]
        return [min(open_, key=lambda other: not self._ends(other, before))]

    def _with_sides(self, passed: Collection[str]) -> frozenset[str]:
        """What has been passed, with all that may have happened beside it meanwhile."""
        beside = (
            event.id
            for ident in passed
            for event in self._attached.get(ident, ())
            if not event.interrupting
        )
        return self._reached(beside, interrupting=False) | frozenset(passed)

    def _length(self, place: Station) -> int:
        return len(self._reached(iter([place[0]]), interrupting=True))

    def _ends(self, place: Station, passed: Mapping[Station, None]) -> bool:
        """Whether a way leads from here to an end without coming back to what has been passed."""
        if place in passed:
            return False
        todo, seen = [place], {*passed, place}
        while todo:
            following = [other for _, other in self._successors(todo.pop())]
            if not following:
                return True
            fresh = [other for other in following if other not in seen]
            seen.update(fresh)
            todo.extend(fresh)
        return False

    # -- what is waited for

    def timer(self, ident: str) -> str | None:
        """What the timer of an event says; None where it has none."""
        return self.elements[ident].timer or None

    def message(self, ident: str) -> str | None:
        """The name of the message that an element waits for or throws."""
        node = self._nodes[ident]
        defined = node.find("b:messageEventDefinition", NS)
        return self._names.get((node if defined is None else defined).get("messageRef"))

    @cached_property
    def senders(self) -> Mapping[str, tuple[Element, ...]]:
        """By message that is thrown here, the nearest steps of people that lead to the throw."""
        throws = [e.id for e in self.elements.values() if e.kind in THROWING]
        return {
            name: tuple(self._before(ident)) for ident in throws if (name := self.message(ident))
        }

    def _before(self, ident: str) -> Iterator[Element]:
        todo, seen = [ident], {ident}
        while todo:
            at = todo.pop()
            if self.elements[at].kind in PEOPLE:
                yield self.elements[at]
            else:
                fresh = [other for other in self._leading.get(at, ()) if other not in seen]
                seen.update(fresh)
                todo.extend(fresh)


def _merged(ways: list[Ahead], *, decided: bool) -> Ahead:
    """One thing that several ways lead to: with what their decisions have in common.

    :param decided: something else may come instead; without that no decision needs telling.
    """
    whens = list(dict.fromkeys(way.when for way in ways)) if decided else [()]
    shared = whens[0]
    for other in whens[1:]:
        shared = _common(shared, other) or _common(shared[::-1], other[::-1])[::-1]
    return replace(ways[0], when=shared, after_all=all(way.after_all for way in ways))


def _common(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """How both begin."""
    length = 0
    while length < min(len(one), len(other)) and one[length] == other[length]:
        length += 1
    return one[:length]
