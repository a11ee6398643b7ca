"""Sending letters to people's channels. A letter is claimed in one transaction, sent outside any
transaction, and noted in another.

Decided: letters are sent at least once, under an id that stays the same. If a process dies between
claiming and noting, its lease runs out and the letter is sent again, instead of a receipt that
could be lost with the letter unsent.

Decided: a channel whose receiver fails is left alone for a while, with all that waits for it.
Because a receiver that is down answers the second letter no better than the first, and each one
that hangs holds up the others.

Decided: each channel sends at most twenty notices an hour; one summary covers the rest, because a
flood of letters is not read.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, func, select, update

from service.commands.notices.digests import make_digests
from service.commands.operations.failing import forget_failures, note_failure, put_off_with
from service.domain.notices import Attempt, Letter, route
from service.domain.outside import CODE_HERE, code_of_letter
from service.domain.vocabulary.notices import FLOOD
from service.errors import Changed
from service.store.notices import ChannelRow, DeliveryRow
from service.store.operations.failures import put_off
from service.unit_of_work import Runtime, UnitOfWork

log = structlog.get_logger()
LEASE, FLOOD_HOUR = timedelta(minutes=2), timedelta(hours=1)
THREADS, LETTERS_AT_ONCE, EACH_HOUR = 4, 20, 20
UNDELIVERED = DeliveryRow.delivered_at.is_(None)


@dataclass(frozen=True, kw_only=True)
class ClaimDelivery:
    """Claim the next letter of a channel that is due. Nobody else takes it before the lease is
    over.

    Returns None if nothing is due, or if another clock works on this channel now.
    """

    channel_id: int

    def carry_out(self, work: UnitOfWork) -> Letter | None:
        channel = _locked(work, self.channel_id)
        row = None
        if channel is not None:
            row = _next(work, self.channel_id)
        if channel is None or row is None:
            return None
        if (
            row.notice_id is not None
            and not row.attempts
            and fold_flood(work, channel, row.created_at)
        ):
            row = _next(work, channel.id)
        if row is None:
            return None
        return _letter(work, channel, row)


def _locked(work: UnitOfWork, channel_id: int) -> ChannelRow | None:
    return work.session.scalar(
        select(ChannelRow)
        .where(ChannelRow.id == channel_id)
        .with_for_update(key_share=True, skip_locked=True)
    )


def _due(now: datetime) -> tuple[ColumnElement[bool], ...]:
    """The letters to send now. They are not claimed and not put off."""
    return UNDELIVERED, DeliveryRow.attempt_at <= now, ~put_off("delivery", DeliveryRow.id, now)


def _next(work: UnitOfWork, channel_id: int) -> DeliveryRow | None:
    return work.session.scalar(
        select(DeliveryRow)
        .where(
            DeliveryRow.channel_id == channel_id,
            *_due(work.now),
        )
        .order_by(DeliveryRow.created_at, DeliveryRow.notice_id)
        .limit(1)
        .execution_options(populate_existing=True)
    )


def _letter(work: UnitOfWork, channel: ChannelRow, row: DeliveryRow) -> Letter:
    row.attempts = row.attempts + 1
    row.attempt_at = work.now + LEASE
    if row.id == flood_id(channel, row.created_at):
        folded = (
            select(func.count()).select_from(DeliveryRow).where(DeliveryRow.told_with == row.id)
        )
        count = work.session.scalar(folded)
        row.subject, row.text = (
            FLOOD[part].format(count=count, each=EACH_HOUR) for part in ("subject", "text")
        )
    return Letter(
        id=row.id,
        kind=channel.kind,
        address=channel.address,
        secret=channel.secret,
        subject=row.subject,
        text=_text(work, channel, row),
        outside=channel.holder.is_sender,
        link=work.process.settings.address + row.path,
        at=row.created_at,
        attempt=row.attempts,
    )


def _text(work: UnitOfWork, channel: ChannelRow, row: DeliveryRow) -> str:
    """The text of a letter. A letter to somebody outside gets its query code here; it is stored
    nowhere before.
    """
    if not channel.holder.is_sender:
        return row.text
    return row.text.replace(CODE_HERE, code_of_letter(work.process.sealed, row.id))


def flood_id(channel: ChannelRow, at: datetime) -> str:
    """The id of the summary that covers the rest of an hour's notices."""
    return f"more-{channel.id}-{at:%Y%m%d%H}"


def fold_flood(work: UnitOfWork, channel: ChannelRow, at: datetime) -> bool:
    """Let one summary, sent when the hour is over, cover the notices of the hour beyond the first
    twenty. Returns whether there is one.

    Notices that come when the summary is already on its way are sent one by one.
    """
    hour = at.replace(minute=0, second=0, microsecond=0)
    summary = work.session.get(DeliveryRow, flood_id(channel, at))
    if summary is not None and summary.attempts:
        return False
    rest = (
        select(DeliveryRow.id)
        .where(
            DeliveryRow.channel_id == channel.id,
            DeliveryRow.notice_id.is_not(None),
            DeliveryRow.created_at >= hour,
            DeliveryRow.created_at < hour + FLOOD_HOUR,
        )
        .order_by(DeliveryRow.created_at, DeliveryRow.notice_id)
    )
    folded = work.session.scalars(
        update(DeliveryRow)
        .where(
            DeliveryRow.id.in_(rest.offset(EACH_HOUR)),
            UNDELIVERED,
            DeliveryRow.attempts == 0,
        )
        .values(delivered_at=work.now, attempt_at=None, told_with=flood_id(channel, at))
        .returning(DeliveryRow.id)
    ).all()
    if not folded:
        return False
    forget_failures(work, "delivery", folded)
    if summary is None:
        work.session.add(
            DeliveryRow(
                id=flood_id(channel, at),
                jurisdiction=channel.jurisdiction,
                channel_id=channel.id,
                path="/notices",
                subject="",
                text="",
                created_at=hour,
                attempt_at=max(hour + FLOOD_HOUR, work.now),
            )
        )
        work.session.flush()
    return True


@dataclass(frozen=True, kw_only=True)
class NoteSent:
    """Note the outcome of an attempt: delivered, to be tried again with all that waits for the
    channel, or parked.
    """

    letter: Letter
    why: str = ""

    def carry_out(self, work: UnitOfWork) -> None:
        row = work.session.get(DeliveryRow, self.letter.id, with_for_update=True)
        if row is None or row.delivered_at is not None:
            return
        if not self.why:
            row.delivered_at = work.now
            row.attempt_at = None
            forget_failures(work, "delivery", [row.id])
        elif row.attempts == self.letter.attempt:  # nobody has begun another one since
            row.attempt_at = work.now
            failed = note_failure(work, "delivery", row.id, self.why, **_about(row))
            put_off_with(
                work, failed, {waiting.id: _about(waiting) for waiting in self._waiting(work, row)}
            )

    def _waiting(self, work: UnitOfWork, row: DeliveryRow) -> list[DeliveryRow]:
        return list(
            work.session.scalars(
                select(DeliveryRow)
                .where(
                    DeliveryRow.channel_id == row.channel_id,
                    DeliveryRow.id != row.id,
                    *_due(work.now),
                )
                .with_for_update(skip_locked=True)
            )
        )


def _about(row: DeliveryRow) -> dict[str, Any]:
    """The columns for a letter in the ledger of failures."""
    return {"jurisdiction": row.jurisdiction, "what": row.subject, "since": row.created_at}


def due_channels(runtime: Runtime) -> list[tuple[int, str]]:
    """The channels for which a letter is due, the longest waiting first, and the route that each
    would take.
    """
    first = func.min(DeliveryRow.attempt_at)
    longest_waiting = (
        select(ChannelRow.id, ChannelRow.kind, ChannelRow.address)
        .join(DeliveryRow, DeliveryRow.channel_id == ChannelRow.id)
        .where(*_due(runtime.now()))
        .group_by(ChannelRow.id, ChannelRow.kind, ChannelRow.address)
        .order_by(first, ChannelRow.id)
    )
    with runtime.query() as session:
        return [
            (channel_id, route(kind, address))
            for channel_id, kind, address in session.execute(longest_waiting.limit(200))
        ]


def deliver_notices(runtime: Runtime) -> int:
    """Write the digests that are due, and send due letters to a few channels at once. Returns the
    number of attempts.

    A server that does not answer is asked once. Other letters for it wait until the next time.
    """
    make_digests(runtime)
    due = due_channels(runtime)
    away = set[str]()
    if not due:
        return 0
    with ThreadPoolExecutor(
        max_workers=min(THREADS, len(due)), thread_name_prefix="delivery"
    ) as pool:
        return sum(pool.map(lambda channel: _send_some(runtime, channel[0], channel[1], away), due))


def _send_some(runtime: Runtime, channel_id: int, way: str, away: set[str]) -> int:
    """Send the letters of one channel until one fails."""
    for count in range(LETTERS_AT_ONCE):
        try:
            letter = None
            if way not in away:
                letter = runtime.perform(ClaimDelivery(channel_id=channel_id))
            if letter is None:
                return count
            sent = _send(runtime, letter)
            runtime.perform(NoteSent(letter=letter, why=sent.why))
        except Changed:  # the database is busy: what was claimed goes again when its lease is over
            return count
        if sent.away:
            away.add(way)
        if sent.why:
            return count + 1
    return LETTERS_AT_ONCE


def _send(runtime: Runtime, letter: Letter) -> Attempt:
    """Send a letter outside any transaction. No address and no key is logged, not even in an
    exception.
    """
    try:
        sent = runtime.send(runtime.settings, letter, runtime.now())
    except Exception as exc:  # one letter must not stop the others
        log.error(
            "delivery failed", delivery_id=letter.id, kind=letter.kind, error=type(exc).__name__
        )
        return Attempt(why=type(exc).__name__)
    if sent.why:
        log.warning(
            "not delivered",
            delivery_id=letter.id,
            kind=letter.kind,
            attempt=letter.attempt,
            why=sent.why,
        )
    return sent
