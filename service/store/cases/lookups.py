"""The look-ups of cases that commands share."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from service.store.cases.rows import CaseRow, SubscriptionRow
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


def untaken(jurisdiction: str, message: str, *, taker: int = 0) -> Select[SubscriptionRow, CaseRow]:
    """The waits for a message that no other running case has taken, with the cases that wait.

    :param taker: the case that asks; what it has taken itself is free for it.
    """
    others = select(CaseRow.id).where(CaseRow.status == "running", CaseRow.id != taker)
    return (
        select(SubscriptionRow, CaseRow)
        .join(CaseRow, CaseRow.id == SubscriptionRow.case_id)
        .where(
            SubscriptionRow.jurisdiction == jurisdiction,
            SubscriptionRow.name == message,
            SubscriptionRow.taken_by.is_(None) | SubscriptionRow.taken_by.not_in(others),
            CaseRow.status == "running",
        )
    )


def anybody_waits(session: Session, jurisdiction: str, message: str) -> bool:
    """Whether some case waits for a message and nobody has taken it."""
    return session.execute(untaken(jurisdiction, message).limit(1)).first() is not None


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
