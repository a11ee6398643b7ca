"""A case before it runs: its row, what it pins, and what every case knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.domain.people.actor import Actor
from service.domain.terms.deadlines import SHANGHAI
from service.store.cases.rows import CaseRow
from service.store.processes.lookups import lists_in_force
from service.store.processes.rows import DefinitionRow

if TYPE_CHECKING:
    from service.unit_of_work.work import UnitOfWork

TITLE_LIMIT = 200


def new_case(
    work: UnitOfWork,
    row: DefinitionRow,
    title: str,
    jurisdiction: str,
    starter: Actor | None = None,
    business_key: str | None = None,
    *,
    parent: CaseRow | None = None,
    parent_task: str | None = None,
) -> CaseRow:
    """A case that has not begun to run; it pins the named lists in force.

    Without a starter the clock starts it, or its parent, whose starter then stands in its data.
    """
    lists = lists_in_force(work.session, jurisdiction)
    above = parent.data if parent is not None else {}
    case = CaseRow(
        jurisdiction=jurisdiction,
        definition_id=row.id,
        process=row.key,
        title=title,
        business_key=business_key,
        starter_id=starter.person_id if starter else None,
        started_at=work.now,
        returned={},
        lists={name: entry.version for name, entry in lists.items()},
        parent_id=parent.id if parent is not None else None,
        parent_task=parent_task,
        data={
            "case_title": title,
            "starter": starter.login if starter else above.get("starter"),
            "starter_unit": starter.unit_code if starter else above.get("starter_unit"),
            "started_on": work.now.astimezone(SHANGHAI).date(),
        },
    )
    work.session.add(case)
    work.session.flush()
    case.data["case_id"] = case.id
    work.case_id = work.case_id or case.id
    return case
