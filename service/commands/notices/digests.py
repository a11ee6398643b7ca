"""The daily digest (每日汇总): one message each working day instead of a flood. There is none if
there is nothing to say.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import ColumnElement, or_, select, update

from service.domain.functions import written_term
from service.domain.notices import DAILY, EMAIL
from service.domain.terms.deadlines import SHANGHAI, end_of, local_day, workdays_after
from service.domain.vocabulary import WRITTEN_DAY
from service.domain.vocabulary.notices import DIGEST
from service.errors import Changed
from service.store.items.rows import ItemRow
from service.store.notices import ChannelRow, DeliveryRow, NoticeRow
from service.store.people.rows import PersonRow
from service.store.terms import Term, open_terms
from service.unit_of_work import Runtime, UnitOfWork
from service.unit_of_work.telling import SUBJECT_LIMIT, actor_from_row

MORNING = time(8, 30)
SOON_WORKDAYS = 2
MOST_SHOWN = 20
Part = tuple[str, int, list[str]]
"""A part of the digest: its name, the number of entries, and the lines that are shown."""


@dataclass(frozen=True, kw_only=True)
class MakeDigest:
    """Write the digest of a channel, unless it has had one today. Returns whether there was
    something to say.

    All notices that waited for the digest count as told. It does not wait for another clock that
    writes it now.
    """

    channel_id: int

    def carry_out(self, work: UnitOfWork) -> bool:
        channel = work.session.scalar(
            select(ChannelRow)
            .where(
                ChannelRow.id == self.channel_id,
                ChannelRow.mode == DAILY,
                or_(ChannelRow.digest_at.is_(None), ChannelRow.digest_at < morning(work.now)),
            )
            .with_for_update(key_share=True, skip_locked=True)
        )
        if channel is None:
            return False
        parts = [part for part in _parts(work, channel) if part[1]]
        channel.digest_at = work.now
        if parts:
            work.session.add(_delivery(work, channel, parts))
        return bool(parts)


def morning(now: datetime) -> datetime:
    """Half past eight of the day in Shanghai."""
    return datetime.combine(local_day(now), MORNING, SHANGHAI)


def digest_id(channel: ChannelRow, now: datetime) -> str:
    """The id of the digest of a day. It keeps a second one from being written."""
    return f"daily-{channel.id}-{local_day(now):%Y%m%d}"


def _delivery(work: UnitOfWork, channel: ChannelRow, parts: Sequence[Part]) -> DeliveryRow:
    counts = DIGEST["between"].join(DIGEST[name].format(count) for name, count, _ in parts)
    text = "\n\n".join(
        "\n".join(
            [
                DIGEST["heading"].format(DIGEST[name].format(count)),
                *lines,
                *([DIGEST["more"].format(count - len(lines))] if count > len(lines) else []),
            ]
        )
        for name, count, lines in parts
    )
    subject = DIGEST["subject"].format(day=WRITTEN_DAY.format(local_day(work.now)), parts=counts)
    return DeliveryRow(
        id=digest_id(channel, work.now),
        jurisdiction=channel.jurisdiction,
        channel_id=channel.id,
        path="/inbox",
        subject=subject[:SUBJECT_LIMIT],
        text=text,
        created_at=work.now,
        attempt_at=work.now,
    )


def _parts(work: UnitOfWork, channel: ChannelRow) -> Iterator[Part]:
    """The parts: overdue, due soon, new since the last digest, and notices."""
    calendar = work.calendar(channel.jurisdiction)
    last_day = workdays_after(work.now, SOON_WORKDAYS, calendar)
    edge = end_of(last_day)
    late = _terms(work, channel, ItemRow.due_at <= work.now)
    soon = _terms(work, channel, ItemRow.due_at > work.now, ItemRow.due_at <= edge)
    term_ids = {term.item_id for term in (*late, *soon)}
    last_digest = channel.digest_at or work.now
    opened_since = _terms(work, channel, ItemRow.opened_at > last_digest)
    new = [term for term in opened_since if term.item_id not in term_ids]
    for name, terms in (("late", late), ("soon", soon), ("fresh", new)):
        lines = [_line(term) for term in terms[:MOST_SHOWN]]
        yield name, len(terms), lines
    texts = _waiting(work, channel)
    notices = [DIGEST["notice"].format(text) for text in texts[:MOST_SHOWN]]
    yield "notices", len(texts), notices


def _line(term: Term) -> str:
    due = DIGEST["due"].format(day=written_term(term.due_at)) if term.due_at is not None else ""
    return DIGEST["item"].format(item=term.name, case=term.case_title) + due


def _terms(work: UnitOfWork, channel: ChannelRow, *which: ColumnElement[bool]) -> Sequence[Term]:
    if channel.person_id is None:
        return open_terms(work.session, [channel.holder], None, *which)
    person = work.session.get_one(PersonRow, channel.person_id)
    if not person.active:
        return []
    return open_terms(work.session, actor_from_row(person).holders, person.id, *which)


def _waiting(work: UnitOfWork, channel: ChannelRow) -> list[str]:
    """The notices that waited for the digest, oldest first. They count as told now. Notices that
    were replaced or are over are left out.
    """
    waiting = (
        DeliveryRow.channel_id == channel.id,
        DeliveryRow.delivered_at.is_(None),
        DeliveryRow.attempt_at.is_(None),
    )
    texts = list(
        work.session.scalars(
            select(DeliveryRow.text)
            .join(NoticeRow, NoticeRow.id == DeliveryRow.notice_id)
            .where(*waiting, NoticeRow.current.is_(True))
            .order_by(DeliveryRow.notice_id)
        )
    )
    work.session.execute(
        update(DeliveryRow)
        .where(*waiting)
        .values(delivered_at=work.now, told_with=digest_id(channel, work.now))
    )
    return texts


def make_digests(runtime: Runtime) -> int:
    """Write the digests that are due. That is on working days from half past eight on. Returns how
    many were written.
    """
    now = runtime.now()
    if now < morning(now):
        return 0
    due_channels = select(ChannelRow.id, ChannelRow.jurisdiction).where(
        ChannelRow.mode == DAILY,
        or_(ChannelRow.digest_at.is_(None), ChannelRow.digest_at < morning(now)),
    )
    if not runtime.sends_mail:
        due_channels = due_channels.where(ChannelRow.kind != EMAIL)
    with runtime.query() as session:
        due = [
            (channel_id, code)
            for channel_id, code in session.execute(due_channels.order_by(ChannelRow.id).limit(200))
        ]
        working = {
            code: runtime.calendar_of(session, code).is_workday(local_day(now))
            for code in {c for _, c in due}
        }
    digests = 0
    for channel_id in (channel_id for channel_id, code in due if working[code]):
        try:
            digests += runtime.perform(MakeDigest(channel_id=channel_id))
        except Changed:  # another clock was faster
            continue
    return digests
