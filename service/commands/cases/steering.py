"""Steering a case as a whole (挂起、恢复、终止). Only the process owner does this, with a
reason.
"""

from dataclasses import dataclass
from typing import ClassVar

from sqlalchemy import select

from service.access.cases import sees
from service.access.rights import require
from service.commands.operations.failing import try_now
from service.domain.cases import case_offers
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.errors import BadRequest, HasChildren, NotFound, NotOffered
from service.store.cases.rows import CaseRow, OutboxRow, SubscriptionRow
from service.store.operations.rows import FailureRow
from service.unit_of_work import UnitOfWork
from service.unit_of_work.children import ENDED, count_below, resumed_children, suspend_children
from service.unit_of_work.news import tell_steered
from service.unit_of_work.outcomes import end_early
from service.unit_of_work.settle import settle
from service.unit_of_work.terms import resume_terms, stop_terms


@dataclass(frozen=True, kw_only=True)
class SteerCase:
    """An act of the process owner on a whole case."""

    verb: ClassVar[str]
    actor: Actor
    case_id: int
    reason: str

    def allowed(self, work: UnitOfWork) -> CaseRow:
        """The case, locked, if this verb is open to this person now.

        :raises NotFound: they cannot see it. :raises NotAllowed: they are not the process owner.
            :raises NotOffered: its status does not allow it.
        """
        case = work.locked_case(self.case_id)
        if not sees(work.session, self.actor, case.id):
            raise NotFound("该案件")
        require(self.actor, Right.STEER_CASES)
        offer = case_offers(
            self.actor, case.status, rests_with_parent=case.suspended_with is not None
        )[self.verb]
        if not offer.allowed:
            raise NotOffered(self.verb, offer.why)
        if not self.reason.strip():
            raise BadRequest("请填写理由，理由将记入办理记录", field="reason")
        work.record(case, self.verb, actor=self.actor, reason=self.reason.strip())
        return case


@dataclass(frozen=True, kw_only=True)
class SuspendCase(SteerCase):
    """Suspend a case. Nothing can be done in it, no timer fires, and messages wait."""

    verb = "suspend"

    def carry_out(self, work: UnitOfWork) -> int:
        case = self.allowed(work)
        case.status = "suspended"
        stop_terms(work, case)
        suspend_children(work, case)
        tell_steered(work, case, self.verb, self.reason.strip())
        return case.id


@dataclass(frozen=True, kw_only=True)
class ResumeCase(SteerCase):
    """Resume a case. Messages that came meanwhile are delivered now."""

    verb = "resume"

    def carry_out(self, work: UnitOfWork) -> int:
        case = self.allowed(work)
        case.status = "running"
        resume_terms(work, case)
        for woken in (case, *resumed_children(work, case)):
            _deliver_again(work, woken)
        tell_steered(work, case, self.verb, self.reason.strip())
        return case.id


def _deliver_again(work: UnitOfWork, case: CaseRow) -> None:
    """Make everything due now that could not be delivered while the case was suspended, including
    the ends of its children.
    """
    waits = work.session.execute(
        select(SubscriptionRow.name, SubscriptionRow.key).where(SubscriptionRow.case_id == case.id)
    ).all()
    for name, key in [*waits, (ENDED, str(case.id))]:
        undelivered = select(OutboxRow.id).where(
            OutboxRow.jurisdiction == case.jurisdiction,
            OutboxRow.name == name,
            OutboxRow.key == key,
            OutboxRow.delivered_at.is_(None),
        )
        try_now(work, FailureRow.kind == "message", FailureRow.of.in_(undelivered))


@dataclass(frozen=True, kw_only=True)
class TerminateCase(SteerCase):
    """End a case at once. Open work is taken back, and the record stays.

    ``children``: its children are ended, too.
    """

    verb = "terminate"
    children: bool = False

    def carry_out(self, work: UnitOfWork) -> int:
        case = self.allowed(work)
        if not self.children and (count := count_below(work, case)):
            raise HasChildren(count)
        settle(work, case, work.restore(case).cancel())
        case.status = "terminated"
        case.suspended_with = None
        end_early(work, case, self.reason.strip())
        return case.id
