"""A process as it can be run: built once per process and diagram, shared by all threads."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from service.engine.build import Builder
from service.engine.course import Course
from service.engine.document import NS, Document, Element, tag
from service.engine.specs.steps import Begin
from service.errors import NotFound, Stuck


@dataclass(frozen=True, kw_only=True)
class Definition:
    """One process of a diagram. ``elements`` are its flow nodes by id, in document order;
    ``events`` the kinds of its events (``timer``, ``message`` …, and ``call``): what it can ever
    wait for; ``numbering`` and ``titling`` the expressions that give a case's number and its title,
    where the author wrote one.

    Nothing in it changes after :meth:`build`.
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
        """Build the specification of a process; takes a few milliseconds, the caller keeps the
        result.

        :raises NotFound: the file has no such process.
        :raises Stuck: it contains an element that the engine does not run (the gate refuses these
            with a place).
        """
        node = document.processes.get(process)
        if node is None:
            raise NotFound(f"流程 {process}")
        builder = Builder(document)
        spec = builder.scope(node)
        elements = {e.id: e for e in document.elements.values() if e.process == process}
        events = frozenset(
            "message" if tag(n) == "receiveTask" else tag(n).removesuffix("EventDefinition")
            for n in node.iter()
            if tag(n) == "receiveTask" or tag(n).endswith("EventDefinition")
        )
        events |= {"call"} if node.find(".//b:callActivity", NS) is not None else frozenset()
        return cls(
            process=process,
            name=node.get("name") or process,
            document=document,
            elements=elements,
            spec=spec,
            subs=builder.subs,
            events=events,
            numbering=document.properties(process).get("number", ""),
            titling=document.properties(process).get("title", ""),
        )

    def start_event(self, wanted: str | None) -> str:
        """The id of the start event to begin with: the one wanted, else the one without event
        definition, else the only one.

        :raises Stuck: there is none.
        """
        starts = {s.bpmn_id: s for s in self.spec.start.outputs if isinstance(s, Begin)}
        plain = [ident for ident, s in starts.items() if s.plain]
        fit = [wanted] if wanted in starts else [] if wanted else plain or list(starts)
        if len(fit) != 1 or fit[0] is None:
            raise Stuck(f"流程“{self.name}”没有可用的开始事件{wanted or ''}")
        return fit[0]

    @property
    def manual_start(self) -> str | None:
        """The start event by which people start: the one of the process that has no event
        definition.
        """
        found = [s.bpmn_id for s in self.spec.start.outputs if isinstance(s, Begin) and s.plain]
        return found[0] if found else None

    @property
    def import_start(self) -> str | None:
        """The start event by which running cases are taken over (补录): the one with the property
        ``start=import``.
        """
        return self._start_for("import")

    @property
    def public_start(self) -> str | None:
        """The start event by which somebody outside starts: the one with the property
        ``start=public``.
        """
        return self._start_for("public")

    @property
    def command_start(self) -> str | None:
        """The start event by which a command of the program starts: the one with the property
        ``start=command``.
        """
        return self._start_for("command")

    @cached_property
    def anonymous_start(self) -> Element | None:
        """The start event that keeps the name of who starts (property ``anonymous``)."""
        starts = (e for e in self.elements.values() if e.kind == "startEvent")
        return next((start for start in starts if "anonymous" in start.properties), None)

    def _start_for(self, use: str) -> str | None:
        return next(
            (e.id for e in self.elements.values() if e.properties.get("start") == use), None
        )

    @property
    def timed_starts(self) -> Mapping[str, str]:
        """The start events by which the clock starts cases: element -> rule."""
        return {
            element.id: element.timer
            for element in self.elements.values()
            if element.kind == "startEvent" and element.scope == self.process and element.timer
        }

    @cached_property
    def course(self) -> Course:
        """What can still come from any place of the process."""
        return Course(self.document, self.process)

    @property
    def calls(self) -> Mapping[str, frozenset[str]]:
        """The processes that this one calls, each with the names that are handed in to it."""
        found: dict[str, frozenset[str]] = {}
        for node in self.document.processes[self.process].iterfind(".//b:callActivity", NS):
            names = frozenset(target for target, _ in self.elements[node.get("id") or ""].ins)
            called = node.get("calledElement") or ""
            found[called] = found.get(called, frozenset()) | names
        return found

    def between(self, target: str, current: str) -> frozenset[str]:
        """What going back from ``current`` to ``target`` undoes.

        The elements on paths target -> ... -> current that do not pass through either again, with
        everything inside the subprocesses among them; ``target`` is in it, ``current`` is not.
        Where the two stand in different scopes, the paths lead through the subprocesses that
        surround ``current``. A boundary event follows its activity.
        """
        shared = self._scopes(target)
        found: set[str] = set()
        while self.elements[current].scope not in shared:
            scope = self.elements[current].scope
            starts = [
                e.id for e in self.elements.values() if e.scope == scope and e.kind == "startEvent"
            ]
            for start in starts:
                found |= self._paths(start, current)
            current = scope
        while self.elements[target].scope != self.elements[current].scope:
            target = self.elements[target].scope
        found |= self._paths(target, current)
        return frozenset(self._with_insides(found))

    def _scopes(self, ident: str) -> set[str]:
        """The scopes that an element is in, up to the process."""
        found = {self.elements[ident].scope}
        while ident in self.elements:
            ident = self.elements[ident].scope
            found.add(ident)
        return found

    def _paths(self, target: str, current: str) -> set[str]:
        ends = {target, current}
        following, leading = self._edges()
        ahead = _reach(target, lambda at: following.get(at, ()), ends)
        behind = _reach(current, lambda at: leading.get(at, ()), ends)
        return ((ahead & behind) | {target}) - {current}

    def _edges(self) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
        following: dict[str, list[str]] = {}
        leading: dict[str, list[str]] = {}
        flows = [(f.source, f.target) for f in self.document.flows.values()]
        hosts = [(e.attached_to, e.id) for e in self.elements.values() if e.attached_to]
        for source, target in [*flows, *hosts]:
            following.setdefault(source, []).append(target)
            leading.setdefault(target, []).append(source)
        return following, leading

    def _with_insides(self, found: set[str]) -> set[str]:
        todo = list(found)
        while todo:
            ident = todo.pop()
            inside = [
                e.id for e in self.elements.values() if e.scope == ident and e.id not in found
            ]
            found.update(inside)
            todo.extend(inside)
        return found


def _reach(start: str, neighbours: Callable[[str], Iterable[str]], ends: set[str]) -> set[str]:
    """What can be reached from ``start`` without passing through one of ``ends``."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        for other in neighbours(todo.pop()):
            if other not in seen:
                seen.add(other)
                if other not in ends:
                    todo.append(other)
    return seen
