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
class StartPage:
    """The first form of a process; None where the first step is not the starter's own.

    ``nothing_waits``: it is for cases that wait for it, and none does. ``gathering`` is the case of
    it, an id and a title, that has begun and will take them in.
    """

    process: ProcessLine
    task_name: str | None
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]
    nothing_waits: bool = False
    gathering: tuple[int, str] | None = None
