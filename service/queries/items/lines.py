"""What the queries of items return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.people.offers import Offer
from service.queries.processes.lines import ClauseLine, NextLine


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """An item as a list shows it.

    ``paused``: its case rests, and its term with it. ``provisional``: its term reaches into a year
    whose official calendar has not been announced. ``term_basis``: whose term it is, ``text`` the
    document's, ``ours`` this system's default, ``case`` set in the case.
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
    term_basis: str = ""


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
    next: tuple[NextLine, ...]
