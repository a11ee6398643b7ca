"""A process as it can be run: built once per process and diagram, shared by all threads."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from service.engine.build import Builder
from service.engine.course import Course
from service.engine.document import NS, Document, Element, tag
from service.engine.specs.steps import Begin
from service.errors import NotFound, Stuck

Neighbours = Mapping[str, list[str]]
"""Ids of neighbouring elements, by the id of an element."""


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One process of a diagram. Nothing in it changes after :meth:`build`.

    - ``elements`` are its flow nodes by id, in document order.
    - ``events`` are the kinds of its events (``timer``, ``message`` …, and ``call``): what it can
      ever wait for.
    - ``numbering`` and ``titling`` are the expressions that give the number and the title of a
      case; "" if the author wrote none.
    """

    process: str
    name: str
    document: Document = field(repr=False)
    elements: Mapping[str, Element] = field(repr=False)
    spec: Any = field(repr=False)
    subs: Mapping[str, Any] = field(repr=False)
    events: frozenset[str] = frozenset()
    numbering: str = ""
    titling: str = ""

    @classmethod
    def build(cls, document: Document, process: str) -> "Definition":
        """Build the specification of a process.

        This takes a few milliseconds; the caller keeps the result.

        :raises NotFound: the file has no such process.
        :raises Stuck: it contains an element that the engine does not run. The gate refuses these
            with their place.
        """
        node = document.processes.get(process)
        if node is None:
            raise NotFound(f"流程 {process}")
        builder = Builder(document)
        spec = builder.scope(node)
        elements = [e for e in document.elements.values() if e.process == process]
        properties = document.properties(process)
        return cls(
            process=process,
            name=node.get("name") or process,
            document=document,
            elements={element.id: element for element in elements},
            spec=spec,
            subs=builder.subs,
            events=_kinds_of_events(node),
            numbering=properties.get("number", ""),
            titling=properties.get("title", ""),
        )

    # -- start events

    def start_event(self, chosen: str | None) -> str:
        """The id of the start event with which a case begins.

        This is the chosen one. Without a choice it is the one without event definition, or else the
        only one.

        :raises Stuck: there is none.
        """
        starts = {start.bpmn_id: start for start in self._begins()}
        if chosen in starts:
            candidates = [chosen]
        elif chosen:
            candidates = []
        else:
            plain = [ident for ident, start in starts.items() if start.plain]
            candidates = plain or list(starts)
        if len(candidates) != 1 or candidates[0] is None:
            raise Stuck(f"流程“{self.name}”没有可用的开始事件{chosen or ''}")
        return candidates[0]

    def _begins(self) -> list[Begin]:
        return [start for start in self.spec.start.outputs if isinstance(start, Begin)]

    @property
    def manual_start(self) -> str | None:
        """The start event by which people start: the one of the process without event
        definition.
        """
        plain = [start.bpmn_id for start in self._begins() if start.plain]
        return plain[0] if plain else None

    @property
    def import_start(self) -> str | None:
        """The start event by which running cases are taken over (补录).

        It has the property ``start=import``.
        """
        return self._start_for("import")

    @property
    def public_start(self) -> str | None:
        """The start event by which somebody outside starts. It has the property
        ``start=public``.
        """
        return self._start_for("public")

    @property
    def command_start(self) -> str | None:
        """The start event by which a command of the program starts.

        It has the property ``start=command``.
        """
        return self._start_for("command")

    @cached_property
    def anonymous_start(self) -> Element | None:
        """The start event that keeps the starter's name secret (property ``anonymous``)."""
        for element in self.elements.values():
            if element.kind == "startEvent" and "anonymous" in element.properties:
                return element
        return None

    def _start_for(self, use: str) -> str | None:
        for element in self.elements.values():
            if element.properties.get("start") == use:
                return element.id
        return None

    @property
    def timed_starts(self) -> Mapping[str, str]:
        """The start events by which the clock starts cases: the rule by element."""
        return {
            element.id: element.timer
            for element in self.elements.values()
            if element.kind == "startEvent" and element.scope == self.process and element.timer
        }

    # -- what the process calls and what can come

    @cached_property
    def course(self) -> Course:
        """What can still come from any place of the process."""
        return Course(self.document, self.process)

    @property
    def calls(self) -> Mapping[str, frozenset[str]]:
        """The processes that this one calls, each with the names that are handed in to it."""
        names_by_process: dict[str, frozenset[str]] = {}
        process = self.document.processes[self.process]
        for node in process.iterfind(".//b:callActivity", NS):
            element = self.elements[node.get("id") or ""]
            called = node.get("calledElement") or ""
            names = names_by_process.get(called, frozenset())
            names_by_process[called] = names | {target for target, _ in element.ins}
        return names_by_process

    def reading_order(self) -> list[str]:
        """The ids of everything drawn in the file, from left to right, then from top to bottom."""
        drawn: list[tuple[float, float, str]] = []
        for shape in self.document.root.iterfind(".//{*}BPMNShape"):
            bounds = shape.find("{*}Bounds")
            if bounds is None:
                continue
            x = float(bounds.get("x") or 0)
            y = float(bounds.get("y") or 0)
            drawn.append((x, y, shape.get("bpmnElement") or ""))
        return [ident for _, _, ident in sorted(drawn)]

    # -- what going back undoes

    def between(self, target: str, current: str) -> frozenset[str]:
        """The elements that are undone by going back from ``current`` to ``target``.

        These are the elements on paths target -> ... -> current that do not pass through either
        again, with everything inside the subprocesses among them. ``target`` is included,
        ``current`` is not. If the two stand in different scopes, the paths lead through the
        subprocesses that surround ``current``. A boundary event follows its activity.
        """
        scopes_of_target = self._scopes(target)
        undone: set[str] = set()
        while self.elements[current].scope not in scopes_of_target:
            scope = self.elements[current].scope
            for element in self.elements.values():
                if element.scope == scope and element.kind == "startEvent":
                    undone |= self._paths(element.id, current)
            current = scope
        while self.elements[target].scope != self.elements[current].scope:
            target = self.elements[target].scope
        undone |= self._paths(target, current)
        return frozenset(self._with_insides(undone))

    def _scopes(self, ident: str) -> set[str]:
        """The scopes that an element is in, up to the process."""
        scopes = set()
        while ident in self.elements:
            ident = self.elements[ident].scope
            scopes.add(ident)
        return scopes

    def _paths(self, target: str, current: str) -> set[str]:
        """The elements on paths from ``target`` to ``current``, without ``current``."""
        ends = {target, current}
        following, leading = self._edges()
        ahead = _reach(target, following, ends)
        behind = _reach(current, leading, ends)
        on_paths = (ahead & behind) | {target}
        return on_paths - {current}

    def _edges(self) -> tuple[Neighbours, Neighbours]:
        """By element, the elements that follow it and those that lead to it."""
        edges = [(flow.source, flow.target) for flow in self.document.flows.values()]
        for element in self.elements.values():
            if element.attached_to:
                edges.append((element.attached_to, element.id))
        following: dict[str, list[str]] = {}
        leading: dict[str, list[str]] = {}
        for source, target in edges:
            following.setdefault(source, []).append(target)
            leading.setdefault(target, []).append(source)
        return following, leading

    def _with_insides(self, idents: set[str]) -> set[str]:
        """These elements, and all elements inside the subprocesses among them."""
        members = set(idents)
        todo = list(idents)
        while todo:
            scope = todo.pop()
            for element in self.elements.values():
                if element.scope == scope and element.id not in members:
                    members.add(element.id)
                    todo.append(element.id)
        return members


def _kinds_of_events(process: etree._Element) -> frozenset[str]:
    """The kinds of events in a process; ``call`` if it calls another process."""
    kinds = set()
    for node in process.iter():
        kind = tag(node)
        if kind == "receiveTask":
            kinds.add("message")
        elif kind == "callActivity":
            kinds.add("call")
        elif kind.endswith("EventDefinition"):
            kinds.add(kind.removesuffix("EventDefinition"))
    return frozenset(kinds)


def _reach(start: str, neighbours: Neighbours, ends: Iterable[str]) -> set[str]:
    """The elements that can be reached from ``start`` without passing through one of ``ends``."""
    reached: set[str] = set()
    todo = [start]
    while todo:
        for ident in neighbours.get(todo.pop(), ()):
            if ident in reached:
                continue
            reached.add(ident)
            if ident not in ends:
                todo.append(ident)
    return reached
