"""The look-ups of cases that commands share."""

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from service.store.cases.rows import CaseRow
from service.store.processes.rows import JurisdictionRow

Locked = tuple[CaseRow, int]
"""A case and the revision of its jurisdiction."""

LOCKED = (
    select(CaseRow, JurisdictionRow.revision)
    .join(JurisdictionRow, JurisdictionRow.code == CaseRow.jurisdiction)
    .with_for_update(of=CaseRow)
)
CASE_LOCKED = LOCKED.where(CaseRow.id == bindparam("case_id"))


def case_for_update(session: Session, case_id: int) -> Locked | None:
    """The case, locked until the transaction ends, and the revision of its jurisdiction."""
    row = session.execute(CASE_LOCKED, {"case_id": case_id}).one_or_none()
    return None if row is None else (row[0], row[1])
