"""The action by which a service task tells people something."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.domain.people.actor import Holder
from service.domain.people.rights import HEAD
from service.domain.vocabulary.notices import NOTICE_KINDS
from service.errors import BadRequest
from service.store.cases.rows import CaseRow
from service.store.people.rows import PersonRow
from service.unit_of_work import NamedAction, UnitOfWork
from service.unit_of_work.telling import Notice, tell


def notify(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> None:
    """Leave a notice for units (codes), their heads (``head:code``), people (logins) or a role
    (``role:supervisor``).

    ``kind`` is notice, order, circular or extension.
    """
    to = arguments["to"]
    kind = str(arguments.get("kind") or "notice")
    if kind not in NOTICE_KINDS:
        raise BadRequest(f"通知类别“{kind}”无效，可用：{'、'.join(NOTICE_KINDS)}", kind=kind)
    for name in to if isinstance(to, list) else [to]:
        holder = _holder(work, case, str(name))
        tell(work, case, holder, Notice(text=str(arguments["text"]), kind=kind))
        work.record(case, "notify", holder=holder, text=str(arguments["text"]))


def _holder(work: UnitOfWork, case: CaseRow, name: str) -> Holder:
    post, _, of = name.rpartition(":")
    if post == "role":
        return Holder.role(case.jurisdiction, of)
    unit = work.directory(case.jurisdiction).units.get(of)
    if unit is not None:
        if post == HEAD:
            return Holder.heads(unit.id)
        return Holder.unit(unit.id)
    person = work.session.scalar(
        select(PersonRow.id).where(
            PersonRow.login == name, PersonRow.jurisdiction == case.jurisdiction
        )
    )
    if person is None:
        raise BadRequest(f"通知对象“{name}”既不是单位也不是人员，请检查流程图中的通知设置", to=name)
    return Holder.person(person)


ACTIONS: Mapping[str, NamedAction] = {
    "notify": NamedAction(carry_out=notify, arguments=frozenset({"to", "text", "kind"})),
}
