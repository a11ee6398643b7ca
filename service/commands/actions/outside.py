"""What a service task tells those who sent something from outside."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.errors import BadRequest
from service.store.cases.rows import CaseRow
from service.store.outside import SubmissionRow
from service.unit_of_work import Action, UnitOfWork

LONGEST = 200


def reply(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> None:
    """Set the sentence that senders read under their query code. ``to``: a submission's id, a list
    of them, or null.
    """
    to, text = arguments.get("to"), str(arguments.get("text") or "").strip()
    wanted = {int(one) for one in (to if isinstance(to, list) else [to]) if one is not None}
    if not text:
        raise BadRequest("答复内容为空，请检查流程图中答复（reply）的 text")
    rows = work.session.scalars(
        select(SubmissionRow)
        .where(SubmissionRow.id.in_(wanted), SubmissionRow.jurisdiction == case.jurisdiction)
        .order_by(SubmissionRow.id)
    ).all()
    if len(rows) != len(wanted):
        raise BadRequest("答复的对象中有本地区没有的提交，请检查流程图中答复（reply）的 to")
    for row in rows:
        row.state, row.state_at = text[:LONGEST], work.now
        work.record(case, "reply", submission=row.id, text=row.state)


ACTIONS: Mapping[str, Action] = {"reply": reply}
ARGUMENTS = {"reply": frozenset({"to", "text"})}
