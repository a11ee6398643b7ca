"""The look-ups of cases that commands share."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import and_, bindparam, or_, select
from sqlalchemy.orm import Session

from service.store.cases.rows import CaseRow
from service.store.processes.rows import (
    JurisdictionRow,
    NamedListRow,
)

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


def pinned_lists(session: Session, case: CaseRow, names: Collection[str]) -> dict[str, list[Any]]:
    """The entries of these named lists in the versions the case has pinned."""
    wanted = [
        and_(NamedListRow.name == name, NamedListRow.version == case.lists[name])
        for name in sorted(names)
        if name in case.lists
    ]
    if not wanted:
        return {}
    rows = session.scalars(
        select(NamedListRow).where(NamedListRow.jurisdiction == case.jurisdiction, or_(*wanted))
    )
    return {row.name: row.entries for row in rows}
