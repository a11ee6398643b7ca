"""The findings of the gate, and what it has to know of the jurisdiction and the program."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One fault that has to be corrected, with its place.

    If the fault is of a file as a whole, ``element`` is "" and ``line`` is 0.
    """

    file: str
    element: str
    line: int
    rule: str
    severity: Severity
    message: str

    def as_dict(self) -> dict[str, Any]:
        """The finding as the REST interface shows it."""
        return asdict(self)

    def line_of_text(self) -> str:
        """The finding as the command line prints it.

        For example ``cf_project.bpmn:42 review [unit-unknown] …``.
        """
        place = f"{self.file}:{self.line} {self.element}".rstrip()
        hint = "提示：" if self.severity == "warning" else ""
        return f"{place} [{self.rule}] {hint}{self.message}"


@dataclass(frozen=True, kw_only=True)
class Surroundings:
    """What a deployment may refer to without containing it.

    These are the names of the jurisdiction and the abilities of the program. ``actions`` maps each
    service action to the names of its arguments, ``forms`` the id of a deployed form to its schema.
    ``names`` are the variables that every case has. ``unserved`` are waits that the engine runs but
    nothing around it ends (``job``, ``signal``). ``calls`` has, for each deployed process, the
    processes it calls with the names that it passes to them. ``messages`` are those that deployed
    processes wait for. ``papers`` has, for each template, the processes that use it. ``supplied``
    has, for each deployed process, the names that its data can hold. ``read_template`` gives the
    names that a Word template prints.
    """

    read_template: Callable[[bytes], frozenset[str]]
    units: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    relatives: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    clauses: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    actions: Mapping[str, frozenset[str]] = field(default_factory=dict)
    functions: frozenset[str] = frozenset()
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    processes: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    unserved: frozenset[str] = frozenset()
    papers: Mapping[str, frozenset[str]] = field(default_factory=dict)
    supplied: Mapping[str, frozenset[str]] = field(default_factory=dict)
    calls: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    messages: frozenset[str] = frozenset()
