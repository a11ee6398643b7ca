"""What the queries of processes return."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class ClauseLine:
    """A clause with its sentence; ``basis`` tells whether the step is the document's or ours."""

    id: str
    title: str
    text: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class ProcessLine:
    """A process the person may start."""

    key: str
    name: str
    description: str
    version: int


@dataclass(frozen=True, kw_only=True)
class NextLine:
    """What comes next: a step, and who has it how long (下一步).

    ``kind``: step, wait, case, end, phase (:class:`service.engine.ahead.Ahead`), or lead: the
    step's own lead, after a co-operating unit has answered. ``who`` are the leading units, by name
    as far as the case leads to one. ``term`` is the rule of the term: None without one, "" where
    it is settled only when the step begins; ``term_basis`` says whose term it is. ``decided``: a
    decision leads there, ``when`` is its name as far as the author gave it one. ``after_all``: what
    runs beside must be over first.
    """

    element: str
    name: str
    kind: str
    who: str
    term: str | None
    term_basis: str
    when: str
    decided: bool
    after_all: bool


@dataclass(frozen=True, kw_only=True)
class StartPage:
    """The first form of a process; None where the first step is not the starter's own. ``way``:
    what usually happens from the first step on.

    ``nothing_waits``: it is for cases that wait for it, and none does. ``gathering`` is the case of
    it, an id and a title, that has begun and will take them in. ``titled``: the process itself says
    what its cases are called.
    """

    process: ProcessLine
    task_name: str | None
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]
    way: tuple[NextLine, ...] = ()
    nothing_waits: bool = False
    gathering: tuple[int, str] | None = None
    titled: bool = False
