"""What the queries of cases return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.people.offers import Offer
from service.queries.items.lines import AnswerLine, AttachmentLine, ItemLine
from service.queries.processes.lines import NextLine


@dataclass(frozen=True, kw_only=True)
class OutcomeLine:
    """The outcome that a case has had so far. ``tone`` is good, bad or neutral."""

    code: str
    name: str
    tone: str


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """A case as a list shows it. ``where`` are its open steps and ``whose`` the units, roles and
    people who have them.
    """

    id: int
    title: str
    process: str
    process_name: str
    status: str
    number: str | None
    starter: str
    started_at: datetime
    ended_at: datetime | None
    where: tuple[str, ...]
    whose: tuple[str, ...] = ()
    outcome: OutcomeLine | None = None


@dataclass(frozen=True, kw_only=True)
class ParentLine:
    """The case that started this one."""

    id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class ChildLine:
    """A case that this one started.

    ``light`` is the light of the step that is due first. ``stuck`` says why this case could not be
    told of its end so far.
    """

    id: int
    title: str
    number: str | None
    status: str
    where: tuple[str, ...]
    light: str | None
    stuck: str | None
    outcome: OutcomeLine | None = None


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """A step of the diagram and its state.

    The states are done, open, late, waiting, left (called off), ahead (it comes for certain) and
    possible (it may come).
    """

    element: str
    name: str
    lane: str | None
    state: str
    who: str | None
    since: datetime | None
    due_at: datetime | None
    finished_at: datetime | None
    light: str | None
    term_basis: str = ""


@dataclass(frozen=True, kw_only=True)
class TimerLine:
    """An instant that the case waits for. It has the owner of the term and the names of the steps
    that it opens.
    """

    element: str
    name: str
    opens: tuple[str, ...]
    due_at: datetime
    term_basis: str


@dataclass(frozen=True, kw_only=True)
class MessageOffer:
    """Something this person may tell the case now."""

    name: str
    element: str
    label: str
    form: Mapping[str, Any]
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class JournalLine:
    """One line of the record."""

    at: datetime
    person: str | None
    verb: str
    text: str
    element: str | None
    item_id: int | None


@dataclass(frozen=True, kw_only=True)
class AheadLine:
    """What comes after an open step, or after what the case waits for (``awaited``)."""

    element: str
    name: str
    awaited: NextLine | None
    steps: tuple[NextLine, ...]


@dataclass(frozen=True, kw_only=True)
class CasePage:
    """All that the page of one case shows."""

    case: CaseLine
    steps: tuple[StepLine, ...]
    items: tuple[ItemLine, ...]
    timers: tuple[TimerLine, ...]
    messages: tuple[MessageOffer, ...]
    answers: tuple[AnswerLine, ...]
    journal: tuple[JournalLine, ...]
    attachments: tuple[AttachmentLine, ...]
    version: int
    offers: Mapping[str, Offer]
    parent: ParentLine | None
    children: tuple[ChildLine, ...]
    counts: Mapping[str, int]
    ahead: tuple[AheadLine, ...]


@dataclass(frozen=True, kw_only=True)
class CasesPage:
    """A page of cases and where the next one begins."""

    cases: tuple[CaseLine, ...]
    next: str | None
