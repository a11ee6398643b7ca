"""Notices (通知): sentences that a case has left for a unit or a person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.people import Actor
from service.store.outside import NoticeRow
from service.store.registry import PersonRow
from service.store.tables import CaseRow
from service.store.visibility import visible_to

COUNTED = 100
PAGE_LINES = 30


@dataclass(frozen=True, kw_only=True)
class NoticeLine:
    """One notice. ``case_id`` is None where the reader may not see the case."""

    id: int
    text: str
    at: datetime
    case_title: str
    case_id: int | None
    fresh: bool


def unread(session: Session, actor: Actor) -> int:
    """How many notices came since this person last looked; counting ends at a hundred."""
    seen = select(PersonRow.notices_seen).where(PersonRow.id == actor.person_id).scalar_subquery()
    fresh = select(NoticeRow.id).where(NoticeRow.holder.in_(actor.holders), NoticeRow.id > seen).limit(COUNTED)
    return session.scalar(select(func.count()).select_from(fresh.subquery())) or 0


def notices(session: Session, actor: Actor, before: int | None = None) -> tuple[NoticeLine, ...]:
    """The notices for this person and their unit, newest first; with ``before`` those older than that one."""
    seen = session.scalar(select(PersonRow.notices_seen).where(PersonRow.id == actor.person_id)) or 0
    wanted = select(NoticeRow, CaseRow.title, visible_to(actor).label("visible")).join(
        CaseRow, CaseRow.id == NoticeRow.case_id).where(NoticeRow.holder.in_(actor.holders))
    if before is not None:
        wanted = wanted.where(NoticeRow.id < before)
    return tuple(
        NoticeLine(id=row.id, text=row.text, at=row.at, case_title=title, case_id=row.case_id if visible else None,
                   fresh=row.id > seen)
        for row, title, visible in session.execute(wanted.order_by(NoticeRow.id.desc()).limit(PAGE_LINES))
    )
