"""Notices (通知): sentences that a case has left for a unit or a person.

Decided: many notices of one kind are folded into one line when they are read. Because a thousand
rows are cheap to write, while a counter that all of them raise would make all of them wait.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from os.path import commonprefix
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from service.access.cases import own_only, visible_to
from service.domain.people.actor import Actor, Holder
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.notices import NoticeRow
from service.store.people.rows import PersonRow

COUNTED = 100
PAGE_LINES = 30
LOOKED_AT = 300
"""The largest number of rows that make a page. Rows beyond them begin the next page."""
FOLD_FROM = 3


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """One notice, or ``count`` notices of one kind, of which it is the newest.

    ``first_id`` is then the oldest of them, and ``item_name`` what the names of their items have in
    common. ``tone`` is the tone of the case's outcome. ``case_id`` and ``item_id`` are None if the
    reader may not see the case or the item. ``case_title`` is then missing, too.
    """

    id: int
    kind: str
    text: str
    at: datetime
    case_title: str | None
    case_id: int | None
    item_id: int | None
    fresh: bool
    item_name: str | None = None
    process: str | None = None
    part: str | None = None
    fold: str | None = None
    tone: str | None = None
    count: int = 1
    first_id: int = 0


def unread(session: Session, actor: Actor) -> int:
    """The number of notices since this person last looked. Many of one kind count as one. Counting
    ends at a hundred.
    """
    seen = select(PersonRow.notices_seen).where(PersonRow.id == actor.person_id).scalar_subquery()
    unseen = (
        select(NoticeRow.id, NoticeRow.fold).where(_mine(actor), NoticeRow.id > seen).limit(COUNTED)
    )
    folds: dict[str | int, int] = {}
    for number, fold in session.execute(unseen):
        folds[fold or number] = folds.get(fold or number, 0) + 1
    return sum(count if count < FOLD_FROM else 1 for count in folds.values())


def _mine(actor: Actor) -> Any:
    return NoticeRow.holder.in_(actor.holders) & NoticeRow.current.is_(True)


def _opens(actor: Actor, holder: Holder | None) -> bool:
    """Whether the page of an item opens for this person, judged by its holder alone."""
    return holder is not None and (holder in actor.holders or not own_only(actor))


def notices(session: Session, actor: Actor, before: int | None = None) -> tuple[NoticeLine, ...]:
    """The notices for this person and their unit, newest first. Notices that were replaced or are
    over are left out.

    :param before: only notices with an id below this one.
    """
    seen = (
        session.scalar(select(PersonRow.notices_seen).where(PersonRow.id == actor.person_id)) or 0
    )
    notices_of_actor = _wanted(actor)
    if before is not None:
        notices_of_actor = notices_of_actor.where(NoticeRow.id < before)
    newest_first = session.execute(notices_of_actor.order_by(NoticeRow.id.desc()).limit(LOOKED_AT))
    return tuple(_folded(_line(actor, row, seen) for row in newest_first))


def _wanted(actor: Actor) -> Any:
    about = aliased(ItemRow)
    return (
        select(
            NoticeRow,
            CaseRow.title,
            CaseRow.process,
            visible_to(actor).label("visible"),
            about.holder,
            about.name,
            about.part,
            CaseRow.outcome_tone,
        )
        .join(CaseRow, CaseRow.id == NoticeRow.case_id)
        .outerjoin(about, about.id == NoticeRow.item_id)
        .where(_mine(actor))
    )


def _line(actor: Actor, row: Any, seen: int) -> NoticeLine:
    notice, title, process, visible, holder, item_name, part, tone = row
    return NoticeLine(
        id=notice.id,
        kind=notice.kind,
        text=notice.text,
        at=notice.at,
        case_title=title if visible else None,
        fresh=notice.id > seen,
        case_id=notice.case_id if visible else None,
        item_id=notice.item_id if visible and _opens(actor, holder) else None,
        item_name=item_name if visible else None,
        process=process,
        part=part,
        fold=notice.fold,
        tone=tone if visible and notice.kind == "outcome" else None,
        first_id=notice.id,
    )


def common_name(first: str | None, other: str | None) -> str | None:
    """The part that the names of two items of one step have in common. That is the name of the
    step, without the difference in brackets at its end.
    """
    if first is None or other is None:
        return first or other
    name = commonprefix((first, other))
    while name.count("（") > name.count("）"):
        name = name[: name.rindex("（")]
    return name


def _folded(lines: Iterable[NoticeLine]) -> Sequence[NoticeLine]:
    """The lines of a page. From :data:`FOLD_FROM` lines of one kind on they become one, at the
    place of the newest.
    """
    all_lines = list(lines)
    counts: dict[str | None, int] = {}
    for line in all_lines:
        counts[line.fold] = counts.get(line.fold, 0) + 1
    shown: list[NoticeLine] = []
    places: dict[str, int] = {}
    for line in all_lines:
        if line.fold is None or counts[line.fold] < FOLD_FROM:
            if len(shown) == PAGE_LINES:
                break
            shown.append(line)
        elif line.fold in places:
            place = places[line.fold]
            newest = shown[place]
            shown[place] = replace(
                newest,
                count=newest.count + 1,
                first_id=line.id,
                item_name=common_name(newest.item_name, line.item_name),
            )
        else:
            if len(shown) == PAGE_LINES:
                break
            places[line.fold] = len(shown)
            shown.append(line)
    return shown
