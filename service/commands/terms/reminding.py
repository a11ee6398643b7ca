"""Reminders (提醒) that are due. Each stage is told once, in a transaction of its own, by the first
clock that comes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from service.commands.operations.failing import forget_failures, note_failure
from service.domain.functions import written_term
from service.domain.people.actor import Holder
from service.domain.people.rights import ADMIN, SUPERVISOR
from service.domain.terms.deadlines import last_day
from service.domain.terms.reminders import HEADS_FROM, SUPERVISORS_FROM, Reminder, following
from service.domain.vocabulary.notices import OF_OTHERS, REMINDERS
from service.errors import Changed
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.notices import NoticeRow
from service.store.operations.failures import reminders_again
from service.store.operations.rows import FailureRow
from service.store.people.rows import PersonRow
from service.unit_of_work import Runtime, UnitOfWork
from service.unit_of_work.news import is_nameless, matter_of, named, taker, with_people
from service.unit_of_work.telling import Notice, tell
from service.unit_of_work.terms import plan_reminder


@dataclass(frozen=True, kw_only=True)
class RemindItem:
    """Tell the due reminder of an item, and plan the next one. Nothing happens if another clock was
    faster.

    :raises Changed: somebody works on the case now.
    """

    item_id: int

    def carry_out(self, work: UnitOfWork) -> bool:
        claim = (
            select(CaseRow.id)
            .join(ItemRow, ItemRow.case_id == CaseRow.id)
            .where(ItemRow.id == self.item_id)
        )
        if work.session.scalar(claim.with_for_update(of=CaseRow, skip_locked=True)) is None:
            raise Changed()
        case, item = work.locked_item(self.item_id)
        at = _comes_at(work, item)
        if item.state != "open" or item.due_at is None or at is None or at > work.now:
            return False
        if not item.reminder:  # open since before there were reminders
            plan_reminder(item, work.calendar(case.jurisdiction), work.now)
            return False
        reminder = Reminder(stage=item.reminder, at=at)
        self._say(work, case, item, reminder, item.due_at)
        coming = following(
            item.opened_at, item.due_at, reminder, work.now, work.calendar(case.jurisdiction)
        )
        item.remind_at = coming.at
        item.reminder = coming.stage
        item.changed_by = None
        forget_failures(work, "reminder", [str(item.id)])
        return True

    def _say(
        self, work: UnitOfWork, case: CaseRow, item: ItemRow, reminder: Reminder, due_at: datetime
    ) -> None:
        day = last_day(due_at)
        texts = _texts(work, case, item, reminder, due_at)
        holder_by_key = {
            f"{item.id}/{day}/{reminder.stage}/{holder}": holder
            for holder in recipients(work, case, item, reminder)
        }
        told_before = set(
            work.session.scalars(select(NoticeRow.key).where(NoticeRow.key.in_(holder_by_key)))
        )
        if (
            holder_by_key.keys() <= told_before
        ):  # a machine whose clock was set back plans again what it has said
            return
        for key, holder in holder_by_key.items():
            if key not in told_before:
                text = texts[holder not in (item.holder, taker(item))]
                notice = Notice(
                    text=text,
                    kind="reminder",
                    key=key,
                    matter=matter_of(item),
                )
                tell(work, case, holder, notice, item=item)
        work.record(
            case,
            "remind",
            element=item.element,
            item_id=item.id,
            stage=reminder.stage,
            text=texts[0],
        )


def _texts(
    work: UnitOfWork, case: CaseRow, item: ItemRow, reminder: Reminder, due_at: datetime
) -> tuple[str, str]:
    """The text for the people who have the item, and the text for their heads and 督查."""
    facts = {
        "case": case.title,
        "item": item.name,
        "day": written_term(due_at),
        "late": reminder.days_late,
    }
    word = reminder.stage.partition(":")[0]
    if word not in OF_OTHERS:
        return REMINDERS[word].format(**facts), ""
    return REMINDERS[word].format(**facts), OF_OTHERS[word].format(
        **facts, who=named(work, case, item)
    )


def _comes_at(work: UnitOfWork, item: ItemRow) -> datetime | None:
    """The instant of the item's next reminder: as planned, or after a failure the next try."""
    if item.remind_at is not None or item.reminder is None:
        return item.remind_at
    failed = work.session.get(FailureRow, ("reminder", str(item.id)))
    if failed is None:
        return None
    return failed.attempt_at


def recipients(
    work: UnitOfWork, case: CaseRow, item: ItemRow, reminder: Reminder
) -> Iterator[Holder]:
    """The people who are reminded.

    It is the person who has claimed the item, or else its holder. From the first day overdue the
    heads are told, from the third 督查. If the unit has no head, administrators and 督查 are told
    at once. The heads of somebody whose name is kept are not told, because they would know whom
    they have sent.
    """
    yield taker(item)
    if reminder.days_late < HEADS_FROM:
        return
    unit = item.unit_id
    if unit is None and item.person_id is not None and not is_nameless(work, case, item):
        unit = work.session.scalar(select(PersonRow.unit_id).where(PersonRow.id == item.person_id))
    headless = False
    if unit is not None:
        headless = not with_people(work, [Holder.heads(unit)])
        yield Holder.role(item.jurisdiction, ADMIN) if headless else Holder.heads(unit)
    if headless or reminder.days_late >= SUPERVISORS_FROM:
        yield Holder.role(item.jurisdiction, SUPERVISOR)


@dataclass(frozen=True)
class NoteReminderFailed:
    """Note why a reminder could not be told. It loses its plan, and the ledger has the next try."""

    item_id: int
    error: str

    def carry_out(self, work: UnitOfWork) -> None:
        case, item = work.locked_item(self.item_id)
        item.remind_at = None
        note_failure(
            work,
            "reminder",
            str(item.id),
            self.error,
            jurisdiction=case.jurisdiction,
            case_id=case.id,
            item_id=item.id,
            what=item.name[:200],
        )


def due_reminders(runtime: Runtime, now: datetime, limit: int = 200) -> list[int]:
    """The ids of items whose reminder is due, oldest first: as planned, or again after a
    failure.
    """
    planned = select(ItemRow.id, ItemRow.remind_at).where(
        ItemRow.remind_at <= now, ItemRow.state == "open"
    )
    again = reminders_again(now).order_by(FailureRow.attempt_at, ItemRow.id)
    with runtime.query() as session:
        due = [
            *session.execute(planned.order_by(ItemRow.remind_at, ItemRow.id).limit(limit)),
            *session.execute(again.limit(limit)),
        ]
    return [
        item
        for item, _ in sorted(due, key=lambda planned_item: (planned_item[1], planned_item[0]))[
            :limit
        ]
    ]
