"""Trying again what failed and was put off or parked.

This module need not know what a failure is about, because the clock finds the work by the ledger.
"""

from dataclasses import dataclass

from sqlalchemy import select

from service.access.rights import require
from service.commands.operations.failing import try_now
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.vocabulary import STOPPED
from service.errors import BadRequest, NotFound
from service.store.items.rows import ItemRow
from service.store.operations.rows import FailureRow
from service.unit_of_work import UnitOfWork

NUMBERED = ("timer", "start")
MOST_DIGITS = 10


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Try something that failed again at once, and reset its retry count. ``kind`` is one of
    ``STOPPED``.

    :raises NotAllowed: this person is neither 流程管理员 nor 系统管理员. :raises NotFound: it has
        been done meanwhile.
    """

    actor: Actor
    kind: str
    id: str

    def carry_out(self, work: UnitOfWork) -> None:
        require(self.actor, Right.RETRY)
        if self.kind == "delivery":
            RetryDelivery(actor=self.actor, delivery_id=self.id).carry_out(work)
            return
        self._check()
        same_failure = (
            FailureRow.kind == self.kind,
            FailureRow.of == self.id,
            FailureRow.jurisdiction == self.actor.jurisdiction,
        )
        if not try_now(work, *same_failure, error=None):
            raise NotFound("该项（可能已经办成）")
        if self.kind == "reminder" and not self._awaited(work):
            raise NotFound("该提醒（事项可能已经办结）")
        work.record(
            None,
            "retry",
            actor=self.actor,
            jurisdiction=self.actor.jurisdiction,
            kind=self.kind,
            of=self.id,
        )

    def _check(self) -> None:
        if self.kind not in STOPPED:
            raise BadRequest(f"没有名为“{self.kind}”的类别", kind=self.kind)
        if self.kind in NUMBERED and self.id.isdecimal() and len(self.id) > MOST_DIGITS:
            raise BadRequest("提交的内容过长、数值过大，或含有无法保存的字符，请修改后重试")

    def _awaited(self, work: UnitOfWork) -> bool:
        """Whether the item is open and this reminder is still to come."""
        item = select(ItemRow.reminder).where(ItemRow.id == int(self.id), ItemRow.state == "open")
        return bool(work.session.scalar(item))


@dataclass(frozen=True, kw_only=True)
class RetryDelivery:
    """Send parked letters again: one, or without an id all of the jurisdiction. Returns their
    number.

    :raises NotAllowed: this person is neither 流程管理员 nor 系统管理员. :raises NotFound: nothing
        is parked there.
    """

    actor: Actor
    delivery_id: str | None = None

    def carry_out(self, work: UnitOfWork) -> int:
        require(self.actor, Right.RESEND_NOTICES)
        parked = [
            FailureRow.kind == "delivery",
            FailureRow.jurisdiction == self.actor.jurisdiction,
            FailureRow.attempt_at.is_(None),
        ]
        if self.delivery_id is not None:
            parked.append(FailureRow.of == self.delivery_id)
        count = try_now(work, *parked)
        if not count and self.delivery_id is not None:
            raise NotFound("该停放的通知")
        work.record(
            None,
            "delivery_retry",
            actor=self.actor,
            jurisdiction=self.actor.jurisdiction,
            count=count,
        )
        return count
