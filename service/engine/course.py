"""What can still come, from where the tokens stand: what is certain, and what may.

Decided: read off the drawing alone, without the values of conditions. A value may change until the
gateway is reached, and a page must not promise what one answer can undo. So a step is certain when
every way from here leads to it; behind a choice, a boundary event or a loop over a list it only may
come; what no way leads to is over. A boundary event counts as the exception: the normal course is
taken to go on without it.

A subprocess is laid flat: it leads to its start, its ends to a place of their own after it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from service.engine.document import BPMN, Document, Element

DECIDING = frozenset({"exclusiveGateway", "inclusiveGateway", "eventBasedGateway"})
SPLITTING = frozenset({"parallelGateway", "inclusiveGateway"})
RESTING = frozenset(
    {"userTask", "manualTask", "task", "callActivity", "receiveTask", "intermediateCatchEvent"}
)
"""Where a token waits for somebody or something."""


class Way(NamedTuple):
    """Where a node leads: to all of these, or to one of them."""

    to: tuple[str, ...]
    one_of: bool = False


class Token(NamedTuple):
    """One token, or one race of events: where it stands, what it surely comes to, and all it can
    come to.
    """

    at: str
    sure: frozenset[str]
    reach: frozenset[str]


@dataclass(frozen=True, kw_only=True)
class Coming:
    """Ids of elements that come for certain, and of those that may; none is in both."""

    certain: frozenset[str]
    possible: frozenset[str]


def after(scope: str) -> str:
    """The place after a subprocess; no element can be called so."""
    return f"{scope} [after]"


class Course:
    """The ways of one process; built once, shared by all that look at its cases."""

    def __init__(self, document: Document, process: str) -> None:
        self.elements = {e.id: e for e in document.elements.values() if e.process == process}
        self._marks = _Marks(document, self.elements)
        self._flows: dict[str, list[str]] = {}
        for flow in document.flows.values():
            self._flows.setdefault(flow.source, []).append(flow.target)
        self._ways = {ident: self._way(e) for ident, e in self.elements.items()}
        self._again: dict[str, tuple[str, ...]] = {}
        for e in self.elements.values():
            if e.kind == "subProcess":
                self._ways[after(e.id)] = self._onward(e)
            if e.id in self._marks.in_turn:
                self._again[after(e.id)] = (e.id,)
        self._sure = self._settled()

    # -- the ways

    def _way(self, element: Element) -> Way:
        if element.id in self._marks.caught:
            return Way(self._marks.caught[element.id])
        if element.kind == "subProcess":
            starts = tuple(
                e.id
                for e in self.elements.values()
                if e.scope == element.id and e.kind == "startEvent"
            )
            repeated = element.id in self._marks.repeated
            return Way((*starts, after(element.id)), one_of=True) if repeated else Way(starts)
        return self._onward(element)

    def _onward(self, element: Element) -> Way:
        """Where a node leads once it is over."""
        targets = tuple(t for t in self._flows.get(element.id, ()) if t in self.elements)
        if not targets and element.scope in self.elements:
            return Way((after(element.scope),))
        return Way(targets, one_of=element.kind in DECIDING)

    def _settled(self) -> Mapping[str, frozenset[str]]:
        """What each node surely leads to, itself included: the greatest solution, so that a way
        round a loop promises what follows the loop.
        """
        everything = frozenset(self.elements)
        found = dict.fromkeys(self._ways, everything)
        changed = True
        while changed:
            changed = False
            for node in reversed(self._ways):
                new = self._ahead(node, found) | self._own(node)
                changed, found[node] = changed or new != found[node], new
        return found

    def _ahead(self, node: str, found: Mapping[str, frozenset[str]]) -> frozenset[str]:
        """What surely follows a node."""
        way = self._ways[node]
        sets = [found[target] for target in way.to]
        if not sets:
            return frozenset()
        return frozenset.intersection(*sets) if way.one_of else frozenset().union(*sets)

    def _own(self, node: str) -> frozenset[str]:
        known = node in self.elements and node not in self._marks.repeated
        return frozenset({node}) if known else frozenset()

    # -- what comes

    def coming(self, standing: Collection[str], armed: Collection[str]) -> Coming:
        """What can still come.

        :param standing: elements at which tokens wait. :param armed: boundary events that wait.
        """
        tokens = self._tokens([one for one in standing if one in self.elements])
        certain = frozenset[str]().union(*(self._kept(token, tokens) for token in tokens))
        reached = frozenset[str]().union(*(token.reach for token in tokens), self._reach(armed))
        return Coming(certain=certain, possible=(reached & frozenset(self.elements)) - certain)

    def first(self, node: str) -> tuple[str, ...]:
        """The steps at which a token next rests that leaves a node, in the order of the drawing."""
        rests, _ = self._until_rest(node)
        return tuple(ident for ident in self.elements if ident in rests)

    def _tokens(self, standing: Iterable[str]) -> list[Token]:
        """Events that race each other stand for one token."""
        races: dict[str, list[str]] = {}
        for one in standing:
            before = [source for source, targets in self._flows.items() if one in targets]
            race = next((s for s in before if self._kind(s) == "eventBasedGateway"), one)
            races.setdefault(race, []).append(one)
        return [
            Token(
                at=some[0],
                sure=frozenset.intersection(*(self._leaving(one) for one in some)),
                reach=self._reach(target for one in some for target in self._exits(one)),
            )
            for some in races.values()
        ]

    def _exits(self, node: str) -> list[str]:
        """Where a token can go that rests at a node: on, or out by an error of a called process."""
        errors = [b for b in self._marks.borders.get(node, ()) if b in self._marks.errors]
        return [*self._ways[node].to, *errors]

    def _leaving(self, node: str) -> frozenset[str]:
        return self._ahead(node, self._sure)

    def _kind(self, node: str) -> str:
        return self.elements[node].kind if node in self.elements else ""

    def _reach(self, nodes: Iterable[str]) -> frozenset[str]:
        """These nodes and all that a token can come to from them, boundary events included."""
        seen = set(nodes)
        todo = list(seen)
        while todo:
            node = todo.pop()
            more = (*self._marks.borders.get(node, ()), *self._again.get(node, ()))
            fresh = {*self._ways[node].to, *more} - seen
            seen |= fresh
            todo.extend(fresh)
        return frozenset(seen)

    def _until_rest(self, node: str) -> tuple[set[str], set[str]]:
        """Where tokens that leave a node rest first, and what they pass before."""
        rests, passed, todo = set[str](), set[str](), list(self._ways[node].to)
        while todo:
            at = todo.pop()
            if self._kind(at) in RESTING:
                rests.add(at)
            elif at not in passed:
                passed.add(at)
                todo.extend(self._ways[at].to)
        return rests, passed

    # -- ends that stop everything beside them

    def _kept(self, token: Token, tokens: Iterable[Token]) -> frozenset[str]:
        """What a token surely comes to, less what an end that stops its whole scope may cut off."""
        kept = token.sure
        others = [other for other in tokens if other is not token]
        for scope, ends in self._marks.stopping.items():
            members = self._inside(scope)
            if token.at in members and any(
                other.at in members and other.reach & ends for other in others
            ):
                kept -= members
            for split in self._splits(token.reach & members):
                if self._reach((split,)) & ends:
                    kept -= members & self._behind(split)
        return kept

    def _splits(self, nodes: Iterable[str]) -> list[str]:
        return [n for n in nodes if self._kind(n) in SPLITTING and len(self._ways[n].to) > 1]

    def _behind(self, split: str) -> frozenset[str]:
        """What comes after the first rest on a branch: by then another branch may have stopped."""
        rests, _ = self._until_rest(split)
        return self._reach(target for rest in rests for target in self._ways[rest].to)

    def _inside(self, scope: str) -> frozenset[str]:
        found, todo = set[str](), [scope]
        while todo:
            around = todo.pop()
            inner = [e for e in self.elements.values() if e.scope == around]
            found.update(e.id for e in inner)
            todo.extend(e.id for e in inner if e.kind == "subProcess")
        return frozenset(found)


class _Marks:
    """What elements carry besides their flows.

    ``borders``: boundary events by their host; ``repeated``: activities done once for each entry of
    a list, ``in_turn`` those of them that do so one after the other; ``stopping``: ends that stop
    everything, by scope; ``caught``: ends that throw an error, with the boundary events that catch
    it.
    """

    def __init__(self, document: Document, elements: Mapping[str, Element]) -> None:
        self.elements = elements
        self.borders: dict[str, list[str]] = {}
        for e in elements.values():
            if e.attached_to:
                self.borders.setdefault(e.attached_to, []).append(e.id)
        loops = {
            _owner(node): node.get("isSequential") == "true"
            for node in document.root.iter(f"{{{BPMN}}}multiInstanceLoopCharacteristics")
        }
        self.repeated = loops.keys() & elements.keys()
        self.in_turn = {ident for ident in self.repeated if loops[ident]}
        codes = {
            node.get("id"): node.get("errorCode") for node in document.root.iter(f"{{{BPMN}}}error")
        }
        self.errors = {
            _owner(node): codes.get(node.get("errorRef"))
            for node in document.root.iter(f"{{{BPMN}}}errorEventDefinition")
        }
        self.stopping: dict[str, frozenset[str]] = {}
        for node in document.root.iter(f"{{{BPMN}}}terminateEventDefinition"):
            if (end := elements.get(_owner(node))) is not None:
                ends = self.stopping.get(end.scope, frozenset())
                self.stopping[end.scope] = ends | {end.id}
        self.caught = {
            e.id: self._catching(e)
            for e in elements.values()
            if e.kind == "endEvent" and e.id in self.errors
        }

    def _catching(self, end: Element) -> tuple[str, ...]:
        """The boundary event that catches an error end: on the nearest scope around it; none ends
        the case.
        """
        scope = end.scope
        while scope in self.elements:
            for border in self.borders.get(scope, ()):
                if border in self.errors and self.errors[border] in (None, self.errors[end.id]):
                    return (border,)
            scope = self.elements[scope].scope
        return ()


def _owner(node: etree._Element) -> str:
    """The id of the element that an event definition or a loop marker stands in."""
    around = node.getparent()
    return "" if around is None else around.get("id") or ""
