"""Urging (催办): people who still owe something are asked to get on with it.

Decided: an urging stays with the item for everybody who sees it, and nobody can urge the same item
again before the next working day. Because a reminder that comes ten times a day is read by nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.cases import sees
from service.access.rights import require
from service.access.supervision import may_urge
from service.commands.items.verbs import ItemCommand, ItemState
from service.commands.operations.jobs import KINDS, Kind, StartJob
from service.domain.items import ItemFacts, cooling, offers
from service.domain.people.actor import Actor, Holder
from service.domain.people.rights import Right
from service.domain.vocabulary.notices import OF_OTHERS, URGE
from service.errors import BadRequest, NotFound, NotOffered, NotOpen
from service.store.cases.rows import CaseRow
from service.store.items.rows import CommentRow, ItemRow
from service.store.operations.rows import JobRow
from service.store.people.rows import PersonRow
from service.unit_of_work import Runtime, UnitOfWork
from service.unit_of_work.news import matter_of, named, taker
from service.unit_of_work.telling import Notice, actor_from_row, tell

LONGEST_MESSAGE = 500
MOST = 20_000


def why_not_urged_again(work: UnitOfWork, item: ItemRow) -> str:
    """Why an item cannot be urged again yet. "" if it can."""
    last = work.session.execute(
        select(CommentRow.at, PersonRow.name)
        .join(PersonRow, PersonRow.id == CommentRow.person_id)
        .where(CommentRow.item_id == item.id, CommentRow.kind == "urge")
        .order_by(CommentRow.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None:
        return ""
    return cooling(last.name, last.at, work.now, work.calendar(item.jurisdiction))


def urge(work: UnitOfWork, actor: Actor, case: CaseRow, item: ItemRow, message: str) -> None:
    """Tell the people who have the item, and if it is overdue also the heads of the unit. It stays
    with the item and in the record.
    """
    work.session.add(
        CommentRow(
            case_id=case.id,
            item_id=item.id,
            person_id=actor.person_id,
            at=work.now,
            text=message,
            kind="urge",
        )
    )
    facts = {"case": case.title, "item": item.name, "message": message}
    notice = Notice(text=URGE.format(who=actor.name, **facts), kind="urge", matter=matter_of(item))
    tell(work, case, taker(item), notice, item=item)
    if item.due_at is not None and item.due_at <= work.now and item.unit_id is not None:
        text = OF_OTHERS["urge"].format(urger=actor.name, who=named(work, case, item), **facts)
        tell(work, case, Holder.heads(item.unit_id), replace(notice, text=text), item=item)
    work.record(
        case,
        "urge",
        actor=actor,
        element=item.element,
        item_id=item.id,
        text=message,
    )


@dataclass(frozen=True, kw_only=True)
class UrgeItem(ItemCommand):
    """Urge the people who have an open item. With ``step`` everybody is urged who still owes
    something at its step.

    :raises NotOffered: this person may not urge it, or it was urged already today.
    """

    verb = "urge"
    message: str
    step: bool = False

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = work.locked_item(self.item_id)
        if case.jurisdiction != self.actor.jurisdiction or not sees(
            work.session, self.actor, case.id
        ):
            raise NotFound("该事项")
        if item.state != "open":
            raise NotOpen(f"“{item.name}”")
        if self.behind(item):
            self.refuse_late(item)
        message = checked_message(self.message)
        self._require_offer(work, case, item)
        for owed in self._owing(work, case, item) if self.step else [item]:
            urge(work, self.actor, case, owed, message)
        return ItemState.after(work, item, self.actor)

    def _require_offer(self, work: UnitOfWork, case: CaseRow, item: ItemRow) -> None:
        offer = offers(
            self.actor,
            ItemFacts(
                part=item.part,
                state=item.state,
                holder=item.holder,
                assignee_id=item.assignee_id,
                assignee_name=None,
                case_status=case.status,
                urges=may_urge(work.session, self.actor, case, item),
                cooling="" if self.step else why_not_urged_again(work, item),
            ),
        )["urge"]
        if not offer.allowed:
            raise NotOffered("urge", offer.why)

    def _owing(self, work: UnitOfWork, case: CaseRow, item: ItemRow) -> list[ItemRow]:
        """The items of the step that may be urged now.

        :raises NotOffered: there is none.
        """
        owing = [
            owed
            for owed in work.open_items(case)
            if owed.task == item.task and self._owes(work, case, owed)
        ]
        if not owing:
            raise NotOffered("urge", why_not_urged_again(work, item))
        return owing

    def _owes(self, work: UnitOfWork, case: CaseRow, item: ItemRow) -> bool:
        mine = item.holder in self.actor.holders
        return (
            not mine
            and may_urge(work.session, self.actor, case, item)
            and not why_not_urged_again(work, item)
        )


def checked_message(message: str) -> str:
    """The message of an urging.

    :raises BadRequest: it is empty or too long.
    """
    if not 0 < len(message.strip()) <= LONGEST_MESSAGE:
        raise BadRequest(f"请填写催办内容，不超过 {LONGEST_MESSAGE} 字", field="message")
    return message.strip()


@dataclass(frozen=True, kw_only=True)
class UrgeOne:
    """Urge one item of a long work. An item that is over, suspended or already urged is passed
    over.
    """

    item_id: int
    person_id: int
    message: str

    def carry_out(self, work: UnitOfWork) -> bool:
        case, item = work.locked_item(self.item_id)
        if item.state != "open" or case.status != "running" or why_not_urged_again(work, item):
            return False
        urge(
            work,
            actor_from_row(work.session.get_one(PersonRow, self.person_id)),
            case,
            item,
            self.message,
        )
        return True


@dataclass(frozen=True, kw_only=True)
class UrgeMany:
    """Urge many items one after the other. The clock does it. Returns the job's id.

    ``leading``: this person's unit leads what the items belong to. Otherwise only 督查 may do this.

    :raises NotAllowed: neither is so. :raises BadRequest: there is nothing to urge, or more than
        20,000 items.
    """

    actor: Actor
    items: Sequence[int] = field(default=())
    message: str
    leading: bool = False

    def carry_out(self, work: UnitOfWork) -> int:
        if not self.leading:
            require(self.actor, Right.URGE_MANY)
        if len(self.items) > MOST:
            raise BadRequest(f"一次最多催办 {MOST} 件，请先按单位或环节缩小范围")
        open_items = select(ItemRow.id).where(
            ItemRow.id.in_(self.items),
            ItemRow.jurisdiction == self.actor.jurisdiction,
            ItemRow.state == "open",
        )
        items = sorted(work.session.scalars(open_items))
        if not items:
            raise BadRequest("没有需要催办的事项")
        facts = {"items": items, "message": checked_message(self.message)}
        work.record(
            None,
            "urge_many",
            actor=self.actor,
            jurisdiction=self.actor.jurisdiction,
            count=len(items),
            text=facts["message"],
        )
        return StartJob(
            kind="urge",
            jurisdiction=self.actor.jurisdiction,
            person_id=self.actor.person_id,
            facts=facts,
        ).carry_out(work)


def start_urge_job(
    runtime: Runtime, actor: Actor, items: Sequence[int], message: str, *, leading: bool = False
) -> int:
    """Urge these items. Returns the id of the job that does it."""
    return runtime.perform(
        UrgeMany(
            actor=actor,
            items=items,
            message=message,
            leading=leading,
        )
    )


def _following(session: Session, job: JobRow) -> int | None:
    return next((item for item in job.facts["items"] if item > job.position), None)


KINDS["urge"] = Kind(
    count=lambda session, job: len(job.facts["items"]),
    following=_following,
    part=lambda job, part: UrgeOne(
        item_id=part, person_id=int(job.person_id or 0), message=job.facts["message"]
    ),
)
