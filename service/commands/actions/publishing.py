"""What a service task makes public, takes back or tells people."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from service.domain.people.actor import head_holder, role_holder
from service.domain.terms.deadlines import due
from service.domain.vocabulary import NOTICE_KINDS
from service.errors import BadRequest
from service.store.cases.rows import CaseRow
from service.store.outside import PublicationRow
from service.store.people.rows import PersonRow
from service.unit_of_work import Action, UnitOfWork
from service.unit_of_work.telling import tell


def publish(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> int:
    """Make something public; gives the id of the publication.

    ``details`` are what outsiders see, label by label; ``message`` what they may send, up to
    ``until``: an instant, a date, or a rule that counts from now.
    """
    number, until, details = (arguments.get(name) for name in ("number", "until", "details"))
    if details is not None and not isinstance(details, dict):
        raise BadRequest("公布的内容（details）应是“名称: 值”的组合，请检查流程图中的公布设置")
    row = PublicationRow(
        jurisdiction=case.jurisdiction,
        case_id=case.id,
        kind=str(arguments["kind"]),
        details=details,
        title=str(arguments["title"])[:200],
        text=str(arguments.get("text") or ""),
        at=work.now,
        number=str(number) if number else None,
        until=_until(work, case, until),
        message=arguments.get("message") or None,
    )
    if row.number is not None and work.session.scalar(
        select(PublicationRow.id).where(
            PublicationRow.jurisdiction == row.jurisdiction, PublicationRow.number == row.number
        )
    ):
        raise BadRequest(f"编号“{row.number}”已经公布过，请换一个编号", number=row.number)
    work.session.add(row)
    work.session.flush()
    work.record(case, "publish", publication=row.id, kind=row.kind, title=row.title)
    return row.id


def _until(work: UnitOfWork, case: CaseRow, until: Any) -> datetime | None:
    try:
        rule = until if isinstance(until, date) else str(until or "")
        return due(rule, work.now, work.calendar(case.jurisdiction)) if rule else None
    except ValueError as exc:
        raise BadRequest(
            f"公布的截止时间“{until}”无法识别，请填时间、日期或 P5WD 这样的期限"
        ) from exc


def close_publication(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> None:
    """Close or withdraw (撤榜) a publication of the jurisdiction: nothing more is taken by it."""
    state, reason = str(arguments["state"]), str(arguments.get("reason") or "")
    if state not in ("closed", "withdrawn"):
        raise BadRequest(f"公布的状态“{state}”无效，请填 closed 或 withdrawn", state=state)
    row = work.session.scalar(
        select(PublicationRow).where(
            PublicationRow.id == arguments["publication"],
            PublicationRow.jurisdiction == case.jurisdiction,
        )
    )
    if row is None:
        raise BadRequest("要关闭的公布不存在，请检查流程图中 close_publication 的 publication")
    row.state, row.state_at, row.reason = state, work.now, reason
    work.record(case, "unpublish", publication=row.id, title=row.title, reason=reason)


def notify(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> None:
    """Leave a notice for units (codes), their heads (``head:code``), people (logins) or a role
    (``role:supervisor``).

    ``kind`` says what it is: notice, order, circular or extension.
    """
    to, kind = arguments["to"], str(arguments.get("kind") or "notice")
    if kind not in NOTICE_KINDS:
        raise BadRequest(f"通知类别“{kind}”无效，可用：{'、'.join(NOTICE_KINDS)}", kind=kind)
    for name in to if isinstance(to, list) else [to]:
        holder = _holder(work, case, str(name))
        tell(work, case, holder, str(arguments["text"]), kind=kind)
        work.record(case, "notify", holder=holder, text=str(arguments["text"]))


def _holder(work: UnitOfWork, case: CaseRow, name: str) -> str:
    post, _, of = name.rpartition(":")
    if post == "role":
        return role_holder(case.jurisdiction, of)
    unit = work.directory(case.jurisdiction).units.get(of)
    if unit is not None:
        return head_holder(unit.id) if post == "head" else f"unit:{unit.id}"
    person = work.session.scalar(
        select(PersonRow.id).where(
            PersonRow.login == name, PersonRow.jurisdiction == case.jurisdiction
        )
    )
    if person is None:
        raise BadRequest(f"通知对象“{name}”既不是单位也不是人员，请检查流程图中的通知设置", to=name)
    return f"person:{person}"


ACTIONS: Mapping[str, Action] = {
    "publish": publish,
    "close_publication": close_publication,
    "notify": notify,
}
ARGUMENTS = {
    "publish": frozenset({"kind", "title", "text", "number", "until", "details", "message"}),
    "close_publication": frozenset({"publication", "state", "reason"}),
    "notify": frozenset({"to", "text", "kind"}),
}
