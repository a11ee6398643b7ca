"""The look-ups of cases that commands share."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from service.store.cases.rows import CaseRow, SubscriptionRow
from service.store.processes.rows import JurisdictionRow, NamedListRow

Locked = tuple[CaseRow, int]
"""A locked case, and the revision of its jurisdiction."""

LOCKED = (
    select(CaseRow, JurisdictionRow.revision)
    .join(JurisdictionRow, JurisdictionRow.code == CaseRow.jurisdiction)
    .with_for_update(of=CaseRow)
)
CASE_LOCKED = LOCKED.where(CaseRow.id == bindparam("case_id"))


def case_for_update(session: Session, case_id: int) -> Locked | None:
    """Lock a case until the transaction ends. Returns it with the revision of its jurisdiction.

    Returns None if there is no such case.
    """
    row = session.execute(CASE_LOCKED, {"case_id": case_id}).one_or_none()
    if row is None:
        return None
    return (row[0], row[1])


def untaken(jurisdiction: str, message: str, *, taker: int = 0) -> Select[SubscriptionRow, CaseRow]:
    """The subscriptions to a message that no running case has taken, with the cases that wait.

    :param taker: the id of the case that asks. Subscriptions that it has taken itself also count.
    """
    other_cases = select(CaseRow.id).where(CaseRow.status == "running", CaseRow.id != taker)
    return (
        select(SubscriptionRow, CaseRow)
        .join(CaseRow, CaseRow.id == SubscriptionRow.case_id)
        .where(
            SubscriptionRow.jurisdiction == jurisdiction,
            SubscriptionRow.name == message,
            SubscriptionRow.taken_by.is_(None) | SubscriptionRow.taken_by.not_in(other_cases),
            CaseRow.status == "running",
        )
    )


def anybody_waits(session: Session, jurisdiction: str, message: str) -> bool:
    """Whether a case waits for a message and no other case has taken it."""
    return session.execute(untaken(jurisdiction, message).limit(1)).first() is not None


def pinned_lists(session: Session, case: CaseRow, names: Collection[str]) -> dict[str, list[Any]]:
    """The entries of these named lists, in the versions that the case has pinned."""
    versions = [
        and_(NamedListRow.name == name, NamedListRow.version == case.lists[name])
        for name in sorted(names)
        if name in case.lists
    ]
    if not versions:
        return {}
    lists = session.scalars(
        select(NamedListRow).where(NamedListRow.jurisdiction == case.jurisdiction, or_(*versions))
    )
    return {row.name: row.entries for row in lists}
