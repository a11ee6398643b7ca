"""What queries return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.people.offers import Offer


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """An item as a list shows it.

    ``paused``: its case rests, and its term with it. ``provisional``: its term reaches into a year
    whose official calendar has not been announced.
    """

    id: int
    case_id: int
    case_title: str
    process: str
    process_name: str
    element: str
    name: str
    part: str
    unit: str | None
    assignee: str | None
    assignee_login: str | None
    state: str
    light: str | None
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    clause: tuple[str, ...]
    basis: str
    round: int
    version: int
    rule: str | None = None
    paused: bool = False
    provisional: bool = False


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    """A page of a box and where the next one begins."""

    items: tuple[ItemLine, ...]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class ContributionLine:
    """What a co-operating unit owes or has answered."""

    unit: str
    state: str
    due_at: datetime | None
    light: str | None
    answered_at: datetime | None
    person: str | None
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class CommentLine:
    """A remark, or what was said of the item's term (``kind``: comment, urge, extension)."""

    kind: str
    person: str
    unit: str | None
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class AttachmentLine:
    """A file attached; ``size`` in bytes."""

    id: int
    filename: str
    size: int
    person: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """What somebody answered at a step."""

    id: int
    element: str
    name: str
    part: str
    round: int
    person: str
    unit: str | None
    at: datetime
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]
    undone: bool
    reason: str
    restricted: bool = False


@dataclass(frozen=True, kw_only=True)
class ClauseLine:
    """A clause with its sentence; ``basis`` tells whether the step is the document's or ours."""

    id: str
    title: str
    text: str
    basis: str


@dataclass(frozen=True, kw_only=True)
class ItemPage:
    """All that the page of one item shows."""

    item: ItemLine
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]
    editable: bool
    closed: bool
    contributions: tuple[ContributionLine, ...]
    comments: tuple[CommentLine, ...]
    attachments: tuple[AttachmentLine, ...]
    offers: Mapping[str, Offer]
    targets: tuple[tuple[str, str], ...]
    earlier: tuple[AnswerLine, ...]
    clauses: tuple[ClauseLine, ...]
    returned_why: str | None
    still_owed: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CaseLine:
    """A case as a list shows it; ``where`` names the open steps."""

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


@dataclass(frozen=True, kw_only=True)
class ParentLine:
    """The case that started this one."""

    id: int
    title: str


@dataclass(frozen=True, kw_only=True)
class ChildLine:
    """A case that this one started; ``light`` is that of the step that is due first.

    ``stuck`` says why its end could not be told to this case so far.
    """

    id: int
    title: str
    number: str | None
    status: str
    where: tuple[str, ...]
    light: str | None
    stuck: str | None


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """A step of the diagram and how it stands: done, open, late, waiting, ahead or left (called
    off).
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


@dataclass(frozen=True, kw_only=True)
class TimerLine:
    """An instant the case waits for."""

    element: str
    name: str
    due_at: datetime


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


@dataclass(frozen=True, kw_only=True)
class CasesPage:
    """A page of cases and where the next one begins."""

    cases: tuple[CaseLine, ...]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class ProcessLine:
    """A process the person may start."""

    key: str
    name: str
    description: str
    version: int


@dataclass(frozen=True, kw_only=True)
class StartPage:
    """The first form of a process; None where the first step is not the starter's own."""

    process: ProcessLine
    task_name: str | None
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]
