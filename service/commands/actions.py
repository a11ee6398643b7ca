"""The named actions of service tasks: a small registry. Their effects happen inside the command's transaction."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.domain.deadlines import SHANGHAI
from service.errors import BadRequest
from service.store import lookups
from service.store.counters import next_number
from service.store.outside import NoticeRow, PublicationRow
from service.store.registry import JurisdictionRow, NamedListRow, PersonRow
from service.store.tables import CaseRow, SubscriptionRow
from service.unit_of_work import Action, UnitOfWork


def number(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> str:
    """The next number in the jurisdiction's format of this name; without gaps, because it commits with its case."""
    name = str(arguments["format"])
    formats = lookups.rules_of(work.session, case.jurisdiction).get("numbers", {})
    if name not in formats:
        raise BadRequest(f"没有名为“{name}”的编号格式，请在地区数据中补充", format=name)
    year = work.now.astimezone(SHANGHAI).year
    value = next_number(work.session, case.jurisdiction, name, year)
    text = str(formats[name]["pattern"]).format(year=year, n=value)
    work.record(case, "number", number=text, format=name)
    return text


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


def waiting_cases(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The cases of a process that wait for a message and are not taken by another open round; takes them.

    One round at a time: a lock on the jurisdiction comes before the look, so that no two take the same case.
    """
    work.session.execute(select(JurisdictionRow.code).where(
        JurisdictionRow.code == case.jurisdiction).with_for_update(key_share=True))
    other = select(CaseRow.id).where(CaseRow.status == "running", CaseRow.id != case.id)
    wanted = select(SubscriptionRow, CaseRow).join(CaseRow, CaseRow.id == SubscriptionRow.case_id).where(
        CaseRow.jurisdiction == case.jurisdiction, CaseRow.process == str(arguments["process"]),
        CaseRow.status == "running", SubscriptionRow.name == str(arguments["message"]),
        SubscriptionRow.taken_by.is_(None) | SubscriptionRow.taken_by.not_in(other),
    ).order_by(CaseRow.id).with_for_update(of=SubscriptionRow)
    found = []
    for subscription, waiting in work.session.execute(wanted).all():
        subscription.taken_by = case.id
        found.append(_summary(work, waiting))
    return found


def _summary(work: UnitOfWork, case: CaseRow) -> dict[str, Any]:
    """What a round needs to know of a case: its plain values, and who it belongs to."""
    plain = {key: value for key, value in case.data.items() if not isinstance(value, dict)}
    unit = work.directory(case.jurisdiction).units.get(str(case.data.get("starter_unit")))
    return {**plain, "case_id": case.id, "case_title": case.title, "unit_name": unit.name if unit else None}


def list_in_force(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> list[Any]:
    """The entries of the named list in force."""
    row = lookups.lists_in_force(work.session, case.jurisdiction).get(str(arguments["name"]))
    return list(row.entries) if row is not None else []


def publish_list(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> int:
    """Put a new version of a named list in force; running cases keep theirs. Gives the version."""
    name, entries = str(arguments["name"]), arguments["entries"]
    if not isinstance(entries, list) or not all(isinstance(e, dict) and e.get("value") for e in entries):
        raise BadRequest("清单的每一项都要有名称，请补充后再发布", list=name)
    row = lookups.lists_in_force(work.session, case.jurisdiction).get(name)
    version = row.version + 1 if row is not None else 1
    work.session.add(NamedListRow(
        jurisdiction=case.jurisdiction, name=name, version=version, title=row.title if row is not None else name,
        entries=[{**entry, "label": entry.get("label") or entry["value"]} for entry in entries], in_force_at=work.now,
    ))
    work.record(case, "list", name=name, version=version, entries=len(entries))
    return version


ACTIONS: Mapping[str, Action] = {
    "number": number, "publish": publish, "notify": notify, "waiting_cases": waiting_cases,
    "list_in_force": list_in_force, "publish_list": publish_list,
}
ARGUMENTS: Mapping[str, frozenset[str]] = {
    "number": frozenset({"format"}), "publish": frozenset({"kind", "title", "text"}),
    "notify": frozenset({"to", "text"}), "waiting_cases": frozenset({"process", "message"}),
    "list_in_force": frozenset({"name"}), "publish_list": frozenset({"name", "entries"}),
}
