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
    """What took open work back: who did what (a verb of the record), when, at which step and why;
    ``person`` is None where no person did.
    """

    person: str | None
    at: datetime
    verb: str
    step: str
    why: str


@dataclass(frozen=True, kw_only=True)
class SenderLine:
    """From whom an item came: the unit, and the person where no unit stands behind them.

    ``asks``: it is the lead of the step, who asks a co-operating unit.
    """

    unit: str | None
    person: str | None
    asks: bool = False


@dataclass(frozen=True, kw_only=True)
class ItemLine:
    """An item as a list shows it.

    ``paused``: its case rests, and its term with it. ``provisional``: its term reaches into a year
    whose official calendar has not been announced. ``term_basis``: whose term it is, ``text`` the
    document's, ``ours`` this system's default, ``case`` set in the case. ``returned``: the
    send-back that opened this round. ``about_id``: the other case judged in it. ``sender``: from
    whom it came, where that may be told. ``role``: the code of the role whose people have it, where
    no unit and no person does.
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
    """Who has a share in the step (牵头、配合), how far they are, and whether they can be urged.

    ``role`` is the code of the role whose people have it, where no unit and no person does.
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
    """Several open items of one step in which other cases are judged: there is one table for
    them.
    """

    case_id: int
    element: str
    title: str
    items: int


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
    """A remark, or what was said of the item's term (``kind``: comment, urge, extension); ``step``
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
    """A file attached; ``size`` in bytes. ``step`` is the name of what it came with."""

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
    """What somebody answered at a step; ``title`` is the name of its item and says what about.
    ``own``: the reader said it. ``submission`` is the one from outside that it came as, where the
    reader may read it.
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
    """What stands handed in at a step: the answer that counts, what it replaced (newest first),
    what has changed since the last of them, and what co-operating units have said.

    ``document``: somebody filled in a whole paper, not only an opinion. ``latest``: it belongs to
    what was handed in last, and is read first.
    """

    answer: AnswerLine
    replaced: tuple[AnswerLine, ...]
    changes: tuple[DifferenceLine, ...]
    contributions: tuple[AnswerLine, ...]
    document: bool
    latest: bool

    @property
    def before(self) -> Mapping[str, Any]:
        """What the changed fields said in the round before, by key."""
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
    """What a co-operating unit is asked about: the step, what its diagram says of it, and what the
    lead was given to read; ``units`` and ``person`` are who asks.
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

    ``handed`` is what is judged here, of this case or of ``about``; ``around`` then what was handed
    in in this one. ``comments`` and ``attachments`` are all that this person may read of both.
    ``together``: how many open items there are in the table of its step, where other cases are
    judged.
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
        """Whether somebody goes on with their own papers here, instead of judging another's."""
        valid = [line for line in self.handed if not line.answer.undone]
        read_first = [line for line in valid if line.latest] or valid
        return self.personal and all(line.answer.own for line in read_first)

    @property
    def returned_why(self) -> str | None:
        """Why the step came back, when this round was opened by a send-back."""
        if not self.returned:
            return None
        return self.returned.why
