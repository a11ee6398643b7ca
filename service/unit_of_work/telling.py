"""Telling people: one door for every notice (通知), whatever its cause."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.store.outside import NoticeRow
from service.store.tables import CaseRow, ItemRow

if TYPE_CHECKING:
    from service.unit_of_work.work import UnitOfWork


def tell(
    work: UnitOfWork, case: CaseRow, holder: str, text: str, *, kind: str = "notice", item: ItemRow | None = None,
    key: str | None = None,
) -> NoticeRow:
    """Leave a notice for whoever ``holder`` stands for, in this transaction.

    :param holder: ``unit:ID``, ``head:ID``, ``person:ID`` or ``role:CODE:ROLE``.
    :param key: what must come once has one; the database refuses it a second time.
    """
    row = NoticeRow(case_id=case.id, item_id=item.id if item is not None else None, kind=kind, key=key, holder=holder,
                    at=work.now, text=text)
    work.session.add(row)
    return row
