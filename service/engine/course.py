"""What can still come from where the tokens stand: what is certain, and what is possible.

Decided: read from the drawing alone, without the values of conditions. Because a value may change
until the gateway is reached, and a page must not promise what one answer can undo. So a step is
certain if every way from here leads to it. A step behind a choice, a boundary event or a loop over
a list is only possible. A step to which no way leads is over. A boundary event counts as the
exception: the normal course is taken to go on without it.

An embedded subprocess is laid flat. It leads to its start events, and its end events lead to a
place of their own after the subprocess.
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
"""The kinds of elements at which a token waits for somebody or something."""

Nodes = frozenset[str]
"""Ids of elements, and places after subprocesses."""
NONE: Nodes = frozenset()


class Way(NamedTuple):
    """Where a node leads: to all of these nodes, or only to one of them."""

    to: tuple[str, ...]
    one_of: bool = False


class Token(NamedTuple):
    """One token, or several events that race each other.

    ``at`` is the element where it stands, ``certain`` the nodes that it certainly comes to, and
    ``possible`` all nodes that it can come to.
    """

    at: str
    certain: Nodes
    possible: Nodes


@dataclass(frozen=True, kw_only=True)
class Coming:
    """Ids of the elements that certainly come, and of those that may come. No id is in both."""

    certain: frozenset[str]
    possible: frozenset[str]


def after(scope: str) -> str:
    """The place after a subprocess. The blank keeps it apart from all ids of elements."""
    return f"{scope} [after]"


class Course:
    """The ways through one process. It is built once and shared by all who look at its cases."""

    def __init__(self, document: Document, process: str) -> None:
        self.elements: dict[str, Element] = {}
        for element in document.elements.values():
            if element.process == process:
                self.elements[element.id] = element
        self._marks = _Marks(document, self.elements)
        self._targets: dict[str, list[str]] = {}
        for flow in document.flows.values():
            self._targets.setdefault(flow.source, []).append(flow.target)
        self._ways: dict[str, Way] = {}
        for element in self.elements.values():
            self._ways[element.id] = self._way_from(element)
        self._repeats: dict[str, tuple[str, ...]] = {}
        for element in self.elements.values():
            if element.kind == "subProcess":
                self._ways[after(element.id)] = self._way_out_of(element)
            if element.id in self._marks.in_turn:
                self._repeats[after(element.id)] = (element.id,)
        self._certain = self._certain_by_node()

    # -- the ways

    def _way_from(self, element: Element) -> Way:
        """Where an element leads once a token has reached it."""
        if element.id in self._marks.caught:
            return Way(self._marks.caught[element.id])
        if element.kind != "subProcess":
            return self._way_out_of(element)
        starts = [
            inner.id
            for inner in self.elements.values()
            if inner.scope == element.id and inner.kind == "startEvent"
        ]
        if element.id in self._marks.repeated:
            # the list may be empty
            return Way((*starts, after(element.id)), one_of=True)
        return Way(tuple(starts))

    def _way_out_of(self, element: Element) -> Way:
        """Where an element leads once it is over."""
        flow_targets = self._targets.get(element.id, ())
        targets = tuple(target for target in flow_targets if target in self.elements)
        if not targets and element.scope in self.elements:
            return Way((after(element.scope),))
        return Way(targets, one_of=element.kind in DECIDING)

    def _certain_by_node(self) -> Mapping[str, Nodes]:
        """The nodes that each node certainly leads to, including itself.

        This is the greatest solution, so that a way round a loop promises what follows the loop.
        """
        certain = dict.fromkeys(self._ways, frozenset(self.elements))
        changed = True
        while changed:
            changed = False
            for node in reversed(self._ways):
                nodes = self._certain_after(node, certain) | self._itself(node)
                if nodes != certain[node]:
                    certain[node] = nodes
                    changed = True
        return certain

    def _certain_after(self, node: str, certain: Mapping[str, Nodes]) -> Nodes:
        """The nodes that certainly follow a node."""
        way = self._ways[node]
        branches = [certain[target] for target in way.to]
        if not branches:
            return NONE
        if way.one_of:
            return frozenset.intersection(*branches)
        return NONE.union(*branches)

    def _itself(self, node: str) -> Nodes:
        """A node if it is an element that certainly happens once a token is there."""
        if node not in self.elements or node in self._marks.repeated:
            return NONE
        return frozenset({node})

    # -- what comes

    def coming(self, standing: Collection[str], armed: Collection[str]) -> Coming:
        """What can still come.

        :param standing: ids of the elements at which tokens wait.
        :param armed: ids of the boundary events that wait.
        """
        tokens = self._tokens([element for element in standing if element in self.elements])
        certain = NONE
        possible = self._reachable(armed)
        for token in tokens:
            certain |= self._certain_despite_ends(token, tokens)
            possible |= token.possible
        elements = possible & frozenset(self.elements)
        return Coming(certain=certain, possible=elements - certain)

    def first(self, node: str) -> tuple[str, ...]:
        """The steps at which a token rests next after leaving a node, in the order of the
        drawing.
        """
        rests = self._next_rests(node)
        return tuple(element for element in self.elements if element in rests)

    def _tokens(self, standing: Iterable[str]) -> list[Token]:
        """The tokens at these elements. Events that race each other count as one token."""
        races: dict[str, list[str]] = {}
        for element in standing:
            races.setdefault(self._race_of(element), []).append(element)
        return [self._token(racing) for racing in races.values()]

    def _race_of(self, element: str) -> str:
        """The event-based gateway that leads to an element; the element itself if none does."""
        for source, targets in self._targets.items():
            if element in targets and self._kind(source) == "eventBasedGateway":
                return source
        return element

    def _token(self, racing: list[str]) -> Token:
        certain = [self._certain_after(element, self._certain) for element in racing]
        exits: list[str] = []
        for element in racing:
            exits += self._exits(element)
        return Token(
            at=racing[0],
            certain=frozenset.intersection(*certain),
            possible=self._reachable(exits),
        )

    def _exits(self, node: str) -> list[str]:
        """Where a token that rests at a node can go: on, or out by an error of a called process."""
        borders = self._marks.borders.get(node, ())
        errors = [border for border in borders if border in self._marks.errors]
        return [*self._ways[node].to, *errors]

    def _kind(self, node: str) -> str:
        """The kind of an element; "" for the place after a subprocess."""
        if node in self.elements:
            return self.elements[node].kind
        return ""

    def _reachable(self, nodes: Iterable[str]) -> Nodes:
        """These nodes and all that a token can reach from them, also by boundary events."""
        reached = set(nodes)
        todo = list(reached)
        while todo:
            node = todo.pop()
            neighbours = {*self._ways[node].to}
            neighbours.update(self._marks.borders.get(node, ()))
            neighbours.update(self._repeats.get(node, ()))
            todo.extend(neighbours - reached)
            reached |= neighbours
        return frozenset(reached)

    def _next_rests(self, node: str) -> set[str]:
        """The elements at which tokens that leave a node rest first."""
        rests: set[str] = set()
        passed: set[str] = set()
        todo = list(self._ways[node].to)
        while todo:
            current = todo.pop()
            if self._kind(current) in RESTING:
                rests.add(current)
            elif current not in passed:
                passed.add(current)
                todo.extend(self._ways[current].to)
        return rests

    # -- ends that stop everything beside them

    def _certain_despite_ends(self, token: Token, tokens: Iterable[Token]) -> Nodes:
        """The nodes that a token certainly comes to.

        Nodes that an end event may cut off, because it stops its whole scope, are left out.
        """
        certain = token.certain
        for scope, ends in self._marks.stopping.items():
            members = self._inside(scope)
            if self._others_can_stop(token, tokens, members, ends):
                certain -= members
            for split in self._splits(token.possible & members):
                if self._reachable((split,)) & ends:
                    certain -= members & self._behind_first_rest(split)
        return certain

    @staticmethod
    def _others_can_stop(
        token: Token,
        tokens: Iterable[Token],
        members: Nodes,
        ends: Nodes,
    ) -> bool:
        """Whether another token in the same scope can come to an end that stops the scope."""
        if token.at not in members:
            return False
        others = [other for other in tokens if other is not token and other.at in members]
        return any(other.possible & ends for other in others)

    def _splits(self, nodes: Iterable[str]) -> list[str]:
        """The gateways among these nodes that lead to several branches."""
        return [
            node for node in nodes if self._kind(node) in SPLITTING and len(self._ways[node].to) > 1
        ]

    def _behind_first_rest(self, split: str) -> Nodes:
        """The nodes after the first rest on each branch: by then another branch may have
        stopped.
        """
        targets: list[str] = []
        for rest in self._next_rests(split):
            targets += self._ways[rest].to
        return self._reachable(targets)

    def _inside(self, scope: str) -> Nodes:
        """The elements in a scope and in the subprocesses within it."""
        members: set[str] = set()
        todo = [scope]
        while todo:
            current = todo.pop()
            for element in self.elements.values():
                if element.scope != current:
                    continue
                members.add(element.id)
                if element.kind == "subProcess":
                    todo.append(element.id)
        return frozenset(members)


class _Marks:
    """What elements carry besides their flows.

    - ``borders`` are the boundary events by their host.
    - ``repeated`` are the activities that are done once for each entry of a list. Those in
      ``in_turn`` do so one after the other.
    - ``errors`` are the codes of error events by element; None stands for any code.
    - ``stopping`` are the end events that stop everything, by scope.
    - ``caught`` are the end events that throw an error, with the boundary events that catch it.
    """

    def __init__(self, document: Document, elements: Mapping[str, Element]) -> None:
        self.elements = elements
        self.borders: dict[str, list[str]] = {}
        for element in elements.values():
            if element.attached_to:
                self.borders.setdefault(element.attached_to, []).append(element.id)
        self.repeated: set[str] = set()
        self.in_turn: set[str] = set()
        self._read_loops(document)
        self.errors = _error_codes(document)
        self.stopping = self._stopping_ends(document)
        self.caught: dict[str, tuple[str, ...]] = {}
        for element in elements.values():
            if element.kind == "endEvent" and element.id in self.errors:
                self.caught[element.id] = self._catching(element)

    def _read_loops(self, document: Document) -> None:
        for loop in _nodes(document, "multiInstanceLoopCharacteristics"):
            activity = _owner(loop)
            if activity not in self.elements:
                continue
            self.repeated.add(activity)
            if loop.get("isSequential") == "true":
                self.in_turn.add(activity)

    def _stopping_ends(self, document: Document) -> dict[str, Nodes]:
        stopping: dict[str, Nodes] = {}
        for definition in _nodes(document, "terminateEventDefinition"):
            end = self.elements.get(_owner(definition))
            if end is not None:
                stopping[end.scope] = stopping.get(end.scope, NONE) | {end.id}
        return stopping

    def _catching(self, end: Element) -> tuple[str, ...]:
        """The boundary event that catches an error end event, on the nearest scope around it.

        Returns () if no boundary event does; then the error ends the case.
        """
        code = self.errors[end.id]
        scope = end.scope
        while scope in self.elements:
            for border in self.borders.get(scope, ()):
                if border in self.errors and self.errors[border] in (None, code):
                    return (border,)
            scope = self.elements[scope].scope
        return ()


def _error_codes(document: Document) -> dict[str, str | None]:
    """The codes of error events by the element that has the event."""
    codes: dict[str | None, str | None] = {}
    for error in _nodes(document, "error"):
        codes[error.get("id")] = error.get("errorCode")
    code_by_element: dict[str, str | None] = {}
    for definition in _nodes(document, "errorEventDefinition"):
        code_by_element[_owner(definition)] = codes.get(definition.get("errorRef"))
    return code_by_element


def _nodes(document: Document, kind: str) -> Iterable[etree._Element]:
    """All nodes of a kind in the file."""
    return document.root.iter(f"{{{BPMN}}}{kind}")


def _owner(node: etree._Element) -> str:
    """The id of the element in which an event definition or a loop marker stands."""
    parent = node.getparent()
    if parent is None:
        return ""
    return parent.get("id") or ""
