"""Notices (通知): sentences that a case has left for a unit or a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from service.access.cases import own_only, visible_to
from service.domain.people.actor import Actor, Holder
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.notices import NoticeRow
from service.store.people.rows import PersonRow

COUNTED = 100
PAGE_LINES = 30


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """One notice. ``case_id`` and ``item_id`` are None where the reader may not see the case, or
    the item.
    """

    id: int
    kind: str
    text: str
    at: datetime
    case_title: str
    case_id: int | None
    item_id: int | None
    fresh: bool


def unread(session: Session, actor: Actor) -> int:
    """How many notices came since this person last looked; counting ends at a hundred."""
    seen = select(PersonRow.notices_seen).where(PersonRow.id == actor.person_id).scalar_subquery()
    fresh = (
        select(NoticeRow.id)
        .where(NoticeRow.holder.in_(actor.holders), NoticeRow.id > seen)
        .limit(COUNTED)
    )
    return session.scalar(select(func.count()).select_from(fresh.subquery())) or 0


def _opens(actor: Actor, holder: Holder | None) -> bool:
    """Whether the page of an item opens for this person, as far as its holder tells."""
    return holder is not None and (holder in actor.holders or not own_only(actor))


def notices(session: Session, actor: Actor, before: int | None = None) -> tuple[NoticeLine, ...]:
    """The notices for this person and their unit, newest first; with ``before`` those older than
    that one.
    """
    seen = (
        session.scalar(select(PersonRow.notices_seen).where(PersonRow.id == actor.person_id)) or 0
    )
    about = aliased(ItemRow)
    wanted = (
        select(NoticeRow, CaseRow.title, visible_to(actor).label("visible"), about.holder)
        .join(CaseRow, CaseRow.id == NoticeRow.case_id)
        .outerjoin(about, about.id == NoticeRow.item_id)
        .where(NoticeRow.holder.in_(actor.holders))
    )
    if before is not None:
        wanted = wanted.where(NoticeRow.id < before)
    return tuple(
        NoticeLine(
            id=row.id,
            kind=row.kind,
            text=row.text,
            at=row.at,
            case_title=title,
            fresh=row.id > seen,
            case_id=row.case_id if visible else None,
            item_id=row.item_id if visible and _opens(actor, holder) else None,
        )
        for row, title, visible, holder in session.execute(
            wanted.order_by(NoticeRow.id.desc()).limit(PAGE_LINES)
        )
    )
