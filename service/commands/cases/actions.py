"""Actions of service tasks that read other cases or take numbers."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.commands.cases.numbers import take
from service.store.cases.lookups import untaken
from service.store.cases.rows import CaseRow, SubscriptionRow
from service.store.processes.rows import JurisdictionRow
from service.unit_of_work import NamedAction, UnitOfWork


def waiting_cases(
    work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The cases of a process that wait for a message and belong to no other open round. They are
    taken for this round.

    Only one round looks at a time. It locks the jurisdiction first, so that no two rounds take the
    same case.
    """
    work.session.execute(
        select(JurisdictionRow.code)
        .where(JurisdictionRow.code == case.jurisdiction)
        .with_for_update(key_share=True)
    )
    untaken_cases = (
        untaken(case.jurisdiction, str(arguments["message"]), taker=case.id)
        .where(CaseRow.process == str(arguments["process"]))
        .order_by(CaseRow.id)
        .with_for_update(of=SubscriptionRow)
    )
    summaries = []
    for subscription, waiting in work.session.execute(untaken_cases).all():
        subscription.taken_by = case.id
        summaries.append(_summary(work, waiting))
    return summaries


def _summary(work: UnitOfWork, case: CaseRow) -> dict[str, Any]:
    """What a round needs to know about a case: its plain values, and whom it belongs to."""
    plain = {key: value for key, value in case.data.items() if not isinstance(value, dict)}
    unit = work.directory(case.jurisdiction).units.get(str(case.data.get("starter_unit")))
    return {
        **plain,
        "case_id": case.id,
        "case_title": case.title,
        "unit_name": unit.name if unit else None,
    }


def siblings(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> int:
    """The number of other children of this case's parent that have a value under a key which is
    neither null nor false.
    """
    if case.parent_id is None:
        return 0
    data_of_siblings = select(CaseRow.data).where(
        CaseRow.parent_id == case.parent_id, CaseRow.id != case.id
    )
    values = (data.get(str(arguments["key"])) for data in work.session.scalars(data_of_siblings))
    return sum(value is not None and value is not False for value in values)


def children(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The values that this case's children have under some keys, oldest child first. Children that
    were cut off are included.
    """
    keys = [str(key) for key in arguments["keys"]]
    held = work.session.scalars(
        select(CaseRow.data).where(CaseRow.parent_id == case.id).order_by(CaseRow.id)
    )
    return [{key: data.get(key) for key in keys} for data in held]


def number(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> str:
    """The next number in the jurisdiction's format of this name. There are no gaps, because it
    commits with its case.
    """
    name = str(arguments["format"])
    (text,) = take(work, case.jurisdiction, name)
    work.record(case, "number", number=text, format=name)
    return text


ACTIONS: Mapping[str, NamedAction] = {
    "waiting_cases": NamedAction(
        carry_out=waiting_cases, arguments=frozenset({"process", "message"})
    ),
    "siblings": NamedAction(carry_out=siblings, arguments=frozenset({"key"})),
    "children": NamedAction(carry_out=children, arguments=frozenset({"keys"})),
    "number": NamedAction(carry_out=number, arguments=frozenset({"format"})),
}
