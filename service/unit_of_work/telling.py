"""Telling people: one door for every notice (通知), whatever its cause, and what is sent besides
the page.

Decided: a delivery is written in the transaction of its notice and sent by the clock. Because a
mail server must neither hold up what somebody does nor make it fail, and what is undone must not
have been mailed.

Decided: one matter, one notice. A newer notice of the same matter replaces the older one for the
same holder, and when the matter is over its notices are. Because whoever opens the bell wants to
know how things stand, not how they came about; that is in the record.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, insert, or_, select, update

from service.domain.notices import DAILY, EMAIL, OFF
from service.domain.people.actor import Actor, Holder, units_among
from service.domain.vocabulary.notices import NOTICE_KINDS, NOTICE_SUBJECT
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.notices import ChannelRow, DeliveryRow, NoticeRow
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work.work import Told, UnitOfWork

SUBJECT_LIMIT = 200
IN_EACH_DIGEST = frozenset({"arrival"})
"""What a digest counts by itself: new work."""
Reach = tuple[ChannelRow, frozenset[Holder]]
"""A channel, and the holders whose notices go there."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is said. ``kind`` as in ``NOTICE_KINDS``; what must come once has a ``key``, which the
    database refuses a second time.

    ``matter`` is what it is about (see :class:`~service.store.notices.NoticeRow`); ``first``: there
    cannot be an earlier notice of this matter. ``fold`` is common to what is shown as one line when
    there is much of it.
    """

    text: str
    kind: str = "notice"
    key: str | None = None
    matter: str | None = None
    first: bool = False
    fold: str | None = None


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
        matter=notice.matter,
        fold=notice.fold,
    )
    work.session.add(row)
    if notice.matter is not None and not notice.first:
        work.moved_on.add(notice.matter)
    work.told.append((case, item, row))
    return row


def write_notices(work: UnitOfWork) -> None:
    """What follows from what was told in this command: earlier notices of the same matters are
    replaced, those of matters that are over end, and what remains goes to the channels it reaches.

    One UPDATE, one SELECT and one INSERT at most. Whoever is reached in two ways, as one of the
    unit's staff and as its head, is told once.
    """
    told, work.told = _newest(work), []
    _replace(work, told)
    if told:
        _write_deliveries(work, told)


def _newest(work: UnitOfWork) -> list[Told]:
    """What was told, without what is over or was said anew in the same command."""
    newest = {(notice.matter or notice.id, notice.holder): notice.id for _, _, notice in work.told}
    return [
        (case, item, notice)
        for case, item, notice in work.told
        if notice.matter not in work.over
        and newest[notice.matter or notice.id, notice.holder] == notice.id
    ]


def _replace(work: UnitOfWork, told: Sequence[Told]) -> None:
    over, moved_on = work.over, work.moved_on - work.over
    work.over, work.moved_on = set(), set()
    if not over and not moved_on:
        return
    kept = [notice.id for _, _, notice in told if notice.matter in moved_on]
    holders = {notice.holder for _, _, notice in told if notice.matter in moved_on}
    holders |= {item.holder for _, item, _ in told if item is not None}
    work.session.execute(
        update(NoticeRow)
        .where(
            NoticeRow.current.is_(True),
            or_(
                NoticeRow.matter.in_(over),
                and_(
                    NoticeRow.matter.in_(moved_on),
                    NoticeRow.holder.in_(holders),
                    NoticeRow.id.not_in(kept),
                ),
            ),
        )
        .values(current=False)
        .execution_options(synchronize_session=False)
    )


def _write_deliveries(work: UnitOfWork, told: Sequence[Told]) -> None:
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
            if notice.holder in holders and not (
                channel.mode == DAILY and notice.kind in IN_EACH_DIGEST
            ):
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


def holds(person: PersonRow, unit: UnitRow | None = None) -> Actor:
    """The actor for a person row: enough to list what they hold; with their unit also to tell what
    they may read.
    """
    return Actor(
        person_id=person.id,
        login=person.login,
        name=person.name,
        jurisdiction=person.jurisdiction,
        unit_id=person.unit_id,
        unit_name=unit.name if unit is not None else None,
        unit_code=unit.code if unit is not None else None,
        roles=frozenset(person.roles),
    )
