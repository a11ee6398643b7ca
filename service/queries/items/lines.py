"""What the queries of items return."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.people.offers import Offer
from service.queries.processes.lines import ClauseLine, NextLine

SEEN_INSIDE = (".pdf", ".png", ".jpg", ".jpeg", ".gif", ".webp")


@dataclass(frozen=True, kw_only=True)
class ReturnedLine:
    """A send-back (退回): who sent it back, when, from which step and why."""

    person: str | None
    at: datetime
    element: str | None
    step: str
    why: str


@dataclass(frozen=True, kw_only=True)
class TakenBackLine:
    """The act that took open work back: who did what (a verb of the record), when, at which step
    and why.

    ``person`` is None if the clock or another case did it.
    """

    person: str | None
    at: datetime
    verb: str
    step: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SenderLine:
    """From whom an item came: the unit, or the person if they belong to no unit.

    ``asks``: the sender is the lead of the step, who asks a co-operating unit.
    """

    unit: str | None
    person: str | None
    asks: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """An item as a list shows it.

    - ``paused``: its case rests, so its term does not run.
    - ``provisional``: its term reaches into a year whose official calendar is not announced yet.
    - ``term_basis``: ``text`` if the document sets the term, ``ours`` if this system does, ``case``
    if it was set in the case.
    - ``returned``: the send-back that opened this round.
    - ``about_id``: the other case that is judged in it.
    - ``sender``: from whom it came. None if this may not be told.
    - ``role``: the code of the role whose people have it. None if a unit or a person has it.
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
    returned: ReturnedLine | None = None
    about_id: int | None = None
    sender: SenderLine | None = None
    role: str | None = None


@dataclass(frozen=True, kw_only=True)
class InboxPage:
    """A page of a box and where the next one begins."""

    items: tuple[ItemLine, ...]
    next: str | None


@dataclass(frozen=True, kw_only=True)
class HolderLine:
    """Who has a share in the step (牵头、配合), its state, and whether they can be urged.

    ``role`` is the code of the role whose people have it. None if a unit or a person has it.
    """

    item_id: int
    part: str
    unit: str | None
    role: str | None
    state: str
    due_at: datetime | None
    light: str | None
    assignee: str | None
    person: str | None
    closed_at: datetime | None
    mine: bool
    urge: Offer


@dataclass(frozen=True, kw_only=True)
class TableOffer:
    """A table for several open items of one step in which other cases are judged."""

    case_id: int
    element: str
    title: str
    items: int


@dataclass(frozen=True, kw_only=True)
class ContributionLine:
    """A co-operating unit's answer, or that it is still owed."""

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
    """A remark, or a line about the item's term. ``kind`` is comment, urge or extension; ``step``
    is the name of its item.
    """

    kind: str
    person: str
    unit: str | None
    at: datetime
    text: str
    item_id: int
    element: str
    step: str


@dataclass(frozen=True, kw_only=True)
class AttachmentLine:
    """An attached file. ``size`` is in bytes, ``step`` the name of what it came with."""

    id: int
    filename: str
    size: int
    person: str
    unit: str | None
    at: datetime
    item_id: int | None
    element: str | None
    step: str

    @property
    def seen_inside(self) -> bool:
        """Whether its name is that of a PDF or a picture."""
        return self.filename.lower().endswith(SEEN_INSIDE)


@dataclass(frozen=True, kw_only=True)
class AnswerLine:
    """An answer at a step.

    ``title`` is the name of its item, which says what it is about. ``own``: the reader gave it.
    ``submission`` is the id of the submission from outside that it came with. None if there is
    none, or if the reader may not read it.
    """

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
    own: bool = False
    item_id: int | None = None
    place: str = ""
    title: str = ""
    submission: int | None = None


@dataclass(frozen=True, kw_only=True)
class DifferenceLine:
    """A field that says something else than in the round before."""

    key: str
    label: str
    before: Any
    after: Any


@dataclass(frozen=True, kw_only=True)
class HandedLine:
    """The valid answer at a step, with what stands around it.

    ``replaced`` are the answers before it, newest first. ``changes`` are the fields that differ
    from the last of them. ``contributions`` are answers of co-operating units. ``document``: it is
    a whole paper, not only an opinion. ``latest``: it belongs to what was handed in last, so it is
    shown open.
    """

    answer: AnswerLine
    replaced: tuple[AnswerLine, ...]
    changes: tuple[DifferenceLine, ...]
    contributions: tuple[AnswerLine, ...]
    document: bool
    latest: bool

    @property
    def before(self) -> Mapping[str, Any]:
        """The values that the changed fields had in the round before, by key."""
        return {change.key: change.before for change in self.changes}


@dataclass(frozen=True, kw_only=True)
class AboutLine:
    """The other case that is judged here."""

    id: int
    title: str
    number: str | None
    process_name: str


@dataclass(frozen=True, kw_only=True)
class MatterLine:
    """What a co-operating unit is asked about: the step, its text in the diagram, and what the lead
    was given to read. ``units`` and ``person`` ask.
    """

    name: str
    documentation: str
    remark: str
    units: tuple[str, ...]
    person: str | None
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class ItemPage:
    """All that the page of one item shows.

    ``handed`` is what is judged here; it comes from ``about`` if another case is judged. ``around``
    is then what was handed in in the item's own case. ``comments`` and ``attachments`` come from
    both cases. ``together`` is the number of open items in the table of its step, if other cases
    are judged there.
    """

    item: ItemLine
    form: Mapping[str, Any] | None
    values: Mapping[str, Any]
    editable: bool
    closed: bool
    mine: bool
    personal: bool
    holders: tuple[HolderLine, ...]
    contributions: tuple[ContributionLine, ...]
    comments: tuple[CommentLine, ...]
    attachments: tuple[AttachmentLine, ...]
    offers: Mapping[str, Offer]
    targets: tuple[tuple[str, str], ...]
    earlier: tuple[AnswerLine, ...]
    handed: tuple[HandedLine, ...]
    around: tuple[HandedLine, ...]
    about: AboutLine | None
    matter: MatterLine | None
    clauses: tuple[ClauseLine, ...]
    returned: ReturnedLine | None
    taken_back: TakenBackLine | None
    still_owed: tuple[str, ...]
    next: tuple[NextLine, ...]
    together: int = 0

    @property
    def writes(self) -> bool:
        """Whether the reader goes on with their own papers here, instead of judging somebody
        else's.
        """
        valid = [line for line in self.handed if not line.answer.undone]
        read_first = [line for line in valid if line.latest] or valid
        return self.personal and all(line.answer.own for line in read_first)

    @property
    def returned_why(self) -> str | None:
        """The reason for which the step came back, if a send-back opened this round."""
        if not self.returned:
            return None
        return self.returned.why
