"""Telling people: one door for every notice (通知), whatever its cause, and what is sent besides
the page.

Decided: a delivery is written in the transaction of its notice and sent by the clock. Because a
mail server must neither hold up what somebody does nor make it fail, and what is undone must not
have been mailed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, or_, select

from service.domain.notices import DAILY, EMAIL, OFF
from service.domain.people.actor import Actor, Holder, units_among
from service.domain.vocabulary import NOTICE_KINDS, NOTICE_SUBJECT
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.notices import ChannelRow, DeliveryRow, NoticeRow
from service.store.people.rows import PersonRow
from service.unit_of_work.work import UnitOfWork

SUBJECT_LIMIT = 200
Reach = tuple[ChannelRow, frozenset[Holder]]
"""A channel, and the holders whose notices go there."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is said. ``kind`` as in ``NOTICE_KINDS``; what must come once has a ``key``, which the
    database refuses a second time.
    """

    text: str
    kind: str = "notice"
    key: str | None = None


def tell(
    work: UnitOfWork, case: CaseRow, holder: Holder, notice: Notice, *, item: ItemRow | None = None
) -> NoticeRow:
    """Leave a notice for whoever ``holder`` stands for, in this transaction.

    :param item: the item that it is about, if it is about one.
    """
    row = NoticeRow(
        case_id=case.id,
        item_id=item.id if item is not None else None,
        kind=notice.kind,
        key=notice.key,
        holder=holder,
        at=work.now,
        text=notice.text,
    )
    work.session.add(row)
    work.told.append((case, item, row))
    return row


def write_deliveries(work: UnitOfWork) -> None:
    """A delivery for each channel that a notice of this command reaches; one SELECT and one INSERT
    at most.

    Who is reached in two ways, as one of the unit's staff and as its head, is told once.
    """
    told, work.told = work.told, []
    if not told:
        return
    reaches = list(
        _reaches(
            work,
            {notice.holder for _, _, notice in told},
            {case.jurisdiction for case, _, _ in told},
        )
    )
    rows: dict[tuple[Any, ...], dict[str, Any]] = {}
    for case, item, notice in told:
        for channel, holders in reaches:
            if notice.holder in holders:
                mark = (channel.id, notice.case_id, notice.item_id, notice.text)
                rows.setdefault(mark, _delivery(work, channel, case, item, notice))
    if rows:
        work.session.execute(insert(DeliveryRow), list(rows.values()))


def _delivery(
    work: UnitOfWork, channel: ChannelRow, case: CaseRow, item: ItemRow | None, notice: NoticeRow
) -> dict[str, Any]:
    subject = NOTICE_SUBJECT.format(kind=NOTICE_KINDS[notice.kind], case=case.title)
    return {
        "id": work.process.catalogue.new_id(),
        "jurisdiction": case.jurisdiction,
        "channel_id": channel.id,
        "notice_id": notice.id,
        "subject": subject[:SUBJECT_LIMIT],
        "text": notice.text,
        "created_at": work.now,
        "path": f"/items/{item.id}" if item is not None else f"/cases/{case.id}",
        "attempt_at": None if channel.mode == DAILY else work.now,
    }


def _reaches(work: UnitOfWork, holders: set[Holder], jurisdictions: set[str]) -> Iterator[Reach]:
    """The channels of these holders, and of the people who hold them."""
    theirs = [PersonRow.unit_id.in_(units_among(holders))]
    if any(holder.is_role for holder in holders):
        theirs.append(PersonRow.jurisdiction.in_(jurisdictions))
    wanted = (
        select(ChannelRow, PersonRow)
        .outerjoin(PersonRow, PersonRow.id == ChannelRow.person_id)
        .where(
            ChannelRow.mode != OFF,
            or_(
                ChannelRow.holder.in_(holders),
                ChannelRow.person_id.in_(select(PersonRow.id).where(or_(*theirs))),
            ),
        )
    )
    kept = wanted.order_by(ChannelRow.id).with_for_update(of=ChannelRow, read=True, key_share=True)
    for channel, person in work.session.execute(kept):  # nobody takes a channel away meanwhile
        if channel.kind == EMAIL and not work.process.sends_mail:
            continue
        if person is None:
            yield channel, frozenset({channel.holder})
        elif person.active:
            yield channel, frozenset(holds(person).holders)


def holds(person: PersonRow) -> Actor:
    """Somebody as far as it matters for what they hold."""
    return Actor(
        person_id=person.id,
        login=person.login,
        name=person.name,
        jurisdiction=person.jurisdiction,
        unit_id=person.unit_id,
        unit_name=None,
        unit_code=None,
        roles=frozenset(person.roles),
    )
