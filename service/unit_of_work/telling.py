"""Telling people: every notice (通知) is written here, whatever its cause, with its deliveries.

Decided: a delivery is written in the transaction of its notice, and sent by the clock. Because a
mail server must neither delay what somebody does nor make it fail, and what is undone must not have
been mailed.

Decided: one matter, one notice. A newer notice of the same matter replaces the older one for the
same holder. When the matter is over, its notices are over, too. Because people who open the bell
want to know how things stand. How things came about is in the journal.
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
"""Kinds of notices that a digest counts anyway: new work."""
Reach = tuple[ChannelRow, frozenset[Holder]]
"""A channel, and the holders whose notices go to it."""


@dataclass(frozen=True, kw_only=True)
class Notice:
    """What is told.

    - ``kind`` is one of ``NOTICE_KINDS``.
    - ``key`` is set for a notice that must come only once: the database refuses a second one.
    - ``matter`` is what it is about (see :class:`~service.store.notices.NoticeRow`).
    - ``first`` is true if there cannot be an earlier notice of this matter.
    - ``fold`` is the same for notices that are shown as one line if there are many.
    """

    text: str
    kind: str = "notice"
    key: str | None = None
    matter: str | None = None
    first: bool = False
    fold: str | None = None


def tell(
    work: UnitOfWork,
    case: CaseRow,
    holder: Holder,
    notice: Notice,
    *,
    item: ItemRow | None = None,
) -> NoticeRow:
    """Leave a notice for the people for whom ``holder`` stands, in this transaction.

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
    """Write what follows from the notices of this command.

    Earlier notices of the same matters are replaced, and those of matters that are over end. The
    remaining notices go to the channels that they reach. A person who is reached in two ways, as
    one of the staff of a unit and as its head, is told once.

    This sends at most one UPDATE, one SELECT and one INSERT.
    """
    newest = _newest(work)
    work.told = []
    _replace_earlier(work, newest)
    if newest:
        _write_deliveries(work, newest)


def _newest(work: UnitOfWork) -> list[Told]:
    """The notices of this command, without those that are over or were replaced in it."""
    id_by_matter: dict[tuple[Any, Holder], int] = {}
    for _, _, notice in work.told:
        id_by_matter[_matter_and_holder(notice)] = notice.id
    newest = []
    for case, item, notice in work.told:
        if notice.matter in work.over:
            continue
        if id_by_matter[_matter_and_holder(notice)] == notice.id:
            newest.append((case, item, notice))
    return newest


def _matter_and_holder(notice: NoticeRow) -> tuple[Any, Holder]:
    """The key of which there is one notice only; a notice without a matter has its own."""
    return notice.matter or notice.id, notice.holder


def _replace_earlier(work: UnitOfWork, told: Sequence[Told]) -> None:
    """Mark earlier notices as not current if their matter is over or has a newer notice."""
    over = work.over
    moved_on = work.moved_on - work.over
    work.over = set()
    work.moved_on = set()
    if not over and not moved_on:
        return
    new_ids: list[int] = []
    holders: set[Holder] = set()
    for _, item, notice in told:
        if notice.matter in moved_on:
            new_ids.append(notice.id)
            holders.add(notice.holder)
        if item is not None:
            holders.add(item.holder)
    is_over = NoticeRow.matter.in_(over)
    has_newer = and_(
        NoticeRow.matter.in_(moved_on),
        NoticeRow.holder.in_(holders),
        NoticeRow.id.not_in(new_ids),
    )
    work.session.execute(
        update(NoticeRow)
        .where(NoticeRow.current.is_(True), or_(is_over, has_newer))
        .values(current=False)
        .execution_options(synchronize_session=False)
    )


def _write_deliveries(work: UnitOfWork, told: Sequence[Told]) -> None:
    """Write the deliveries of these notices."""
    all_holders = {notice.holder for _, _, notice in told}
    jurisdictions = {case.jurisdiction for case, _, _ in told}
    reaches = list(_reaches(work, all_holders, jurisdictions))
    deliveries: dict[tuple[Any, ...], dict[str, Any]] = {}
    for case, item, notice in told:
        for channel, holders in reaches:
            if notice.holder not in holders:
                continue
            if channel.mode == DAILY and notice.kind in IN_EACH_DIGEST:
                continue
            same_sentence = (channel.id, notice.case_id, notice.item_id, notice.text)
            delivery = _delivery(work, channel, case, item, notice)
            deliveries.setdefault(same_sentence, delivery)
    if deliveries:
        work.session.execute(insert(DeliveryRow), list(deliveries.values()))


def _delivery(
    work: UnitOfWork,
    channel: ChannelRow,
    case: CaseRow,
    item: ItemRow | None,
    notice: NoticeRow,
) -> dict[str, Any]:
    """The values of one delivery."""
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
    """The channels of these holders, and of the people for whom they stand.

    The channels are locked, so that nobody deletes one in the meantime.
    """
    may_hold = [PersonRow.unit_id.in_(units_among(holders))]
    if any(holder.is_role for holder in holders):
        may_hold.append(PersonRow.jurisdiction.in_(jurisdictions))
    people = select(PersonRow.id).where(or_(*may_hold))
    channels = (
        select(ChannelRow, PersonRow)
        .outerjoin(PersonRow, PersonRow.id == ChannelRow.person_id)
        .where(
            ChannelRow.mode != OFF,
            or_(ChannelRow.holder.in_(holders), ChannelRow.person_id.in_(people)),
        )
        .order_by(ChannelRow.id)
        .with_for_update(of=ChannelRow, read=True, key_share=True)
    )
    for channel, person in work.session.execute(channels):
        if channel.kind == EMAIL and not work.process.sends_mail:
            continue
        if person is None:
            yield channel, frozenset({channel.holder})
        elif person.active:
            yield channel, frozenset(actor_from_row(person).holders)


def actor_from_row(person: PersonRow, unit: UnitRow | None = None) -> Actor:
    """The actor for a person row: enough to list the holders that stand for the person.

    :param unit: the unit of the person. With it, the actor also tells what the person may read.
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
