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
    """A process that the person may start."""

    key: str
    name: str
    description: str
    version: int


@dataclass(frozen=True, kw_only=True)
class NextLine:
    """A step that comes next, with who has it and how long it takes (下一步).

    - ``kind``: step, wait, case, end or phase, as in :class:`service.engine.ahead.Ahead`. It is
    lead for the lead's own step, after a co-operating unit has answered.
    - ``who``: the leading units. A relative name is resolved if the case leads to one unit.
    - ``term``: the rule of the term. None if there is no term, "" if it is only settled when the
    step begins. ``term_basis`` says whose term it is.
    - ``decided``: a decision leads there. ``when`` is its name, if the author gave it one.
    - ``after_all``: everything beside it must be over first.
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
    """The first form of a process.

    - The form is None if the first step is not the starter's own.
    - ``way``: what usually happens from the first step on.
    - ``nothing_waits``: the process is for cases that wait for it, and none does.
    - ``gathering``: the id and title of an earlier case that has begun and will take them in.
    - ``titled``: the process itself says what its cases are called.
    """

    process: ProcessLine
    task_name: str | None
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]
    way: tuple[NextLine, ...] = ()
    nothing_waits: bool = False
    gathering: tuple[int, str] | None = None
    titled: bool = False
