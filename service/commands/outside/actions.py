"""Actions of service tasks that publish something, take it back, or answer people who sent
something.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from service.domain.terms.deadlines import due
from service.errors import BadRequest
from service.store.cases.rows import CaseRow
from service.store.outside import PublicationRow, SubmissionRow
from service.unit_of_work import NamedAction, UnitOfWork

LONGEST_REPLY = 200


def publish(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> int:
    """Publish something. Returns the id of the publication.

    ``details`` are what outsiders see, by label. ``message`` is what they may send, ``until`` an
    instant, a date, or a rule that counts from now.
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
        if not rule:
            return None
        return due(rule, work.now, work.calendar(case.jurisdiction))
    except ValueError as exc:
        raise BadRequest(
            f"公布的截止时间“{until}”无法识别，请填时间、日期或 P5WD 这样的期限"
        ) from exc


def close_publication(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> None:
    """Close or withdraw (撤榜) a publication of the jurisdiction. Nothing more is taken by it."""
    state = str(arguments["state"])
    reason = str(arguments.get("reason") or "")
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
    row.state = state
    row.state_at = work.now
    row.reason = reason
    work.record(case, "unpublish", publication=row.id, title=row.title, reason=reason)


def reply(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> None:
    """Set the sentence that senders read under their query code.

    ``to`` is the id of a submission, a list of ids, or null.
    """
    to = arguments.get("to")
    text = str(arguments.get("text") or "").strip()
    submission_ids = {
        int(submission)
        for submission in (to if isinstance(to, list) else [to])
        if submission is not None
    }
    if not text:
        raise BadRequest("答复内容为空，请检查流程图中答复（reply）的 text")
    submissions = work.session.scalars(
        select(SubmissionRow)
        .where(
            SubmissionRow.id.in_(submission_ids), SubmissionRow.jurisdiction == case.jurisdiction
        )
        .order_by(SubmissionRow.id)
    ).all()
    if len(submissions) != len(submission_ids):
        raise BadRequest("答复的对象中有本地区没有的提交，请检查流程图中答复（reply）的 to")
    for submission in submissions:
        submission.state = text[:LONGEST_REPLY]
        submission.state_at = work.now
        work.record(case, "reply", submission=submission.id, text=submission.state)


ACTIONS: Mapping[str, NamedAction] = {
    "publish": NamedAction(
        carry_out=publish,
        arguments=frozenset({"kind", "title", "text", "number", "until", "details", "message"}),
    ),
    "close_publication": NamedAction(
        carry_out=close_publication, arguments=frozenset({"publication", "state", "reason"})
    ),
    "reply": NamedAction(carry_out=reply, arguments=frozenset({"to", "text"})),
}
