"""What a service task makes public or tells people: publish, notify."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.errors import BadRequest
from service.store.outside import NoticeRow, PublicationRow
from service.store.registry import PersonRow
from service.store.tables import CaseRow
from service.unit_of_work import Action, UnitOfWork


def publish(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> int:
    """Make something public; gives the id of the publication."""
    row = PublicationRow(
        jurisdiction=case.jurisdiction, case_id=case.id, kind=str(arguments["kind"]),
        title=str(arguments["title"])[:200], text=str(arguments.get("text") or ""), at=work.now,
    )
    work.session.add(row)
    work.session.flush()
    work.record(case, "publish", publication=row.id, kind=row.kind, title=row.title)
    return row.id


def notify(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> None:
    """Leave a notice for units (codes) or people (logins)."""
    to = arguments["to"]
    for name in to if isinstance(to, list) else [to]:
        holder = _holder(work, case, str(name))
        work.session.add(NoticeRow(case_id=case.id, holder=holder, at=work.now, text=str(arguments["text"])))
        work.record(case, "notify", holder=holder, text=str(arguments["text"]))


def _holder(work: UnitOfWork, case: CaseRow, name: str) -> str:
    unit = work.directory(case.jurisdiction).units.get(name)
    if unit is not None:
        return f"unit:{unit.id}"
    person = work.session.scalar(select(PersonRow.id).where(
        PersonRow.login == name, PersonRow.jurisdiction == case.jurisdiction))
    if person is None:
        raise BadRequest(f"通知对象“{name}”既不是单位也不是人员，请检查流程图中的通知设置", to=name)
    return f"person:{person}"


ACTIONS: Mapping[str, Action] = {"publish": publish, "notify": notify}
ARGUMENTS = {
    "publish": frozenset({"kind", "title", "text"}),
    "notify": frozenset({"to", "text"}),
}
