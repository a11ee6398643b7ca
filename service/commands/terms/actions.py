"""The outcome of an application for more time (延期): the item's new term, and who is told."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from service.domain.people.actor import Holder
from service.domain.people.rights import SUPERVISOR
from service.domain.terms.deadlines import end_of, last_day, term_basis
from service.domain.vocabulary import EXTENSION, WRITTEN_DAY
from service.errors import BadRequest
from service.store.cases.rows import CaseRow
from service.store.items.rows import CommentRow, ItemRow
from service.unit_of_work import NamedAction, UnitOfWork
from service.unit_of_work.telling import Notice, tell
from service.unit_of_work.terms import set_term


def settle_extension(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> str:
    """Grant or refuse an application. The arguments are ``item``, ``conclusion`` (grant or refuse),
    ``until`` (a date) and ``opinion``.

    Returns ``granted``, ``refused``, or ``closed`` if the item is over.

    The case of the item is locked after the application's. Nobody locks them the other way round,
    because an item's case never asks for its applications.

    :raises BadRequest: it is granted without a later date.
    """
    about, item = work.locked_item(int(arguments["item"]))
    item.extension_id = None
    result = _settle(work, about, item, arguments)
    opinion = str(arguments.get("opinion") or "")
    day = ""
    if item.due_at is not None:
        day = WRITTEN_DAY.format(last_day(item.due_at))
    decision = EXTENSION[result].format(day=day, opinion=opinion).strip()
    if case.starter_id is not None:
        work.session.add(
            CommentRow(
                case_id=about.id,
                item_id=item.id,
                person_id=case.starter_id,
                at=work.now,
                text=decision,
                kind="extension",
            )
        )
        text = EXTENSION["told"].format(
            case=about.title,
            item=item.name,
            who=case.data.get("item_unit"),
            text=decision,
        )
        for holder in (
            Holder.person(case.starter_id),
            Holder.role(case.jurisdiction, SUPERVISOR),
        ):
            notice = Notice(text=text, kind="extension", matter=f"case/{case.id}")
            tell(work, about, holder, notice, item=item)
    work.record(case, "extension", item_id=item.id, text=decision)
    return result


def _settle(work: UnitOfWork, about: CaseRow, item: ItemRow, arguments: Mapping[str, Any]) -> str:
    if item.state != "open":
        return "closed"
    if arguments.get("conclusion") != "grant":
        return "refused"
    until = _granted_until(arguments.get("until"), item.due_at)
    before = item.due_at
    item.due_rule = until.isoformat()
    item.due_since = item.due_since or item.opened_at
    item.term_basis = term_basis("", item.due_rule)
    if about.status == "running":
        set_term(item, work.calendar(about.jurisdiction), about.pauses, work.now)
    work.record(
        about,
        "due_change",
        element=item.element,
        item_id=item.id,
        due_to=until.isoformat(),
        due_from=last_day(before).isoformat() if before is not None else "",
        reason=str(arguments.get("opinion") or ""),
    )
    return "granted"


def _granted_until(until: Any, before: datetime | None) -> date:
    """The day that was granted.

    :raises BadRequest: there is no day, or it is not after the present term.
    """
    if not isinstance(until, date) or (before is not None and end_of(until) <= before):
        raise BadRequest("准予延到的日期应晚于原期限，请修改后再提交", field="due_granted")
    return until


ACTIONS: Mapping[str, NamedAction] = {
    "settle_extension": NamedAction(
        carry_out=settle_extension, arguments=frozenset({"item", "conclusion", "until", "opinion"})
    ),
}
