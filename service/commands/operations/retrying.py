"""Trying again what failed and was put off or parked: timers, starts, messages, reminders, long
works, deliveries.
"""

from dataclasses import dataclass
from typing import Any

from service.access.rights import require
from service.commands.notices.delivery import RetryDelivery
from service.commands.terms.reminding import remind_now
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.vocabulary import FAILURES, STOPPED
from service.errors import BadRequest, NotFound
from service.store.cases.rows import CaseRow, OutboxRow, TimerRow
from service.store.operations.rows import FailureRow
from service.store.processes.rows import StartTimerRow
from service.unit_of_work import UnitOfWork

Stopped = TimerRow | StartTimerRow | OutboxRow | FailureRow
TABLES: dict[str, type[Any]] = {"timer": TimerRow, "start": StartTimerRow, "message": OutboxRow}


@dataclass(frozen=True, kw_only=True)
class Retry:
    """Try something that failed again at once, with all its tries before it. ``kind``: as in
    ``STOPPED``.

    :raises NotAllowed: not of 流程管理员 or 系统管理员. :raises NotFound: it has been done
        meanwhile.
    """

    actor: Actor
    kind: str
    id: str

    def carry_out(self, work: UnitOfWork) -> None:
        require(self.actor, Right.RETRY)
        if self.kind == "delivery":
            RetryDelivery(actor=self.actor, delivery_id=self.id).carry_out(work)
            return
        row = self._row(work)
        row.attempts, row.attempt_at, row.error = 0, work.now, None
        if self.kind == "reminder":
            remind_now(work, int(self.id))
        work.record(
            None,
            "retry",
            actor=self.actor,
            jurisdiction=self.actor.jurisdiction,
            kind=self.kind,
            of=self.id,
        )

    def _row(self, work: UnitOfWork) -> Stopped:
        if self.kind not in STOPPED:
            raise BadRequest(f"没有名为“{self.kind}”的类别", kind=self.kind)
        number = int(self.id) if self.id.isdecimal() else 0
        key: Any = (
            (self.kind, self.id)
            if self.kind in FAILURES
            else self.id
            if self.kind == "message"
            else number
        )
        row: Stopped | None = work.session.get(
            TABLES.get(self.kind, FailureRow), key, with_for_update=True
        )
        done = isinstance(row, OutboxRow) and row.delivered_at is not None
        if row is None or done or self._home(work, row) != self.actor.jurisdiction:
            raise NotFound("该项（可能已经办成）")
        return row

    def _home(self, work: UnitOfWork, row: Stopped) -> str:
        owner = work.session.get_one(CaseRow, row.case_id) if isinstance(row, TimerRow) else row
        return owner.jurisdiction
