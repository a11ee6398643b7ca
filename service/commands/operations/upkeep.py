"""What the clock does once a day: it anchors the journal and deletes what is kept no longer."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, not_

from service.domain.terms.deadlines import SHANGHAI
from service.store import journal
from service.store.cases.rows import AnchorRow
from service.store.notices import DeliveryRow
from service.store.operations.failures import standing
from service.store.operations.rows import FailureRow, IdempotencyRow
from service.unit_of_work import UnitOfWork

KEPT = timedelta(hours=24)
DELIVERIES_KEPT = timedelta(days=90)


@dataclass(frozen=True, kw_only=True)
class Upkeep:
    """Delete responses older than a day, letters sent long ago and failures that no longer matter,
    and anchor the journal once a day. Returns whether it was anchored.
    """

    def carry_out(self, work: UnitOfWork) -> bool:
        work.session.execute(delete(IdempotencyRow).where(IdempotencyRow.at < work.now - KEPT))
        work.session.execute(
            delete(DeliveryRow).where(DeliveryRow.delivered_at < work.now - DELIVERIES_KEPT)
        )
        work.session.execute(delete(FailureRow).where(not_(standing())))
        upto = journal.last_line(work.session)
        previous = journal.newest_anchor(work.session)
        if (
            previous is not None
            and previous.at.astimezone(SHANGHAI).date() == work.now.astimezone(SHANGHAI).date()
        ):
            return False
        lines, digest = journal.anchored(work.session, previous, upto)
        work.session.add(
            AnchorRow(
                at=work.now,
                upto=upto,
                lines=lines,
                digest=digest,
            )
        )
        return True
