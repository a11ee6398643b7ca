"""The “跟榜”服务台账 (附件4): one per managing department, from the latest answers of each case.
Source: CF-2.3.1.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from service.access.cases import visible_to
from service.domain.forms.answers import keys_of
from service.domain.forms.shown import plain_values
from service.domain.people.actor import Actor
from service.domain.people.units import Unit
from service.errors import NotFound
from service.store.cases.rows import CaseRow
from service.store.items.rows import AnswerRow
from service.store.people.lookups import directory_of
from service.unit_of_work import Process

LEDGER_FORMS = ("cf_annex4", "cf_import")
LEDGER_PROCESS = "cf_project"


@dataclass(frozen=True, kw_only=True)
class LedgerLine:
    """One tracked project. ``values`` are by key of the ledger's form, with choices in words.
    ``at`` is the day of the answer.
    """

    case_id: int
    number: str
    at: date | None
    values: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class LedgerPage:
    """The ledger of one department (归口管理部门)."""

    department: str
    lines: list[LedgerLine] = field(default_factory=list)


def tracking(
    session: Session, runtime: Process, actor: Actor, department: str | None = None
) -> tuple[LedgerPage, ...]:
    """The ledgers of the projects that this person can see, by department.

    :param department: the name or code of one department; all if None.
    :raises NotFound: there is no unit of that name or code.
    """
    units = directory_of(session, actor.jurisdiction).units
    named = (unit for unit in units.values() if department in (unit.code, unit.name))
    chosen = next(named, None)
    if department and chosen is None:
        raise NotFound(f"单位“{department}”")
    pages: dict[str, LedgerPage] = {}
    is_numbered = CaseRow.number.is_not(None)
    is_running = CaseRow.ended_at.is_(None)
    for case, answer in _rows(session, actor, is_numbered, is_running):
        manager = _manager(units, case)
        if manager is not None and chosen in (None, manager):
            page = pages.setdefault(manager.code, LedgerPage(department=manager.name))
            page.lines.append(_line(session, runtime, case, answer))
    if chosen is not None and not pages:
        return (LedgerPage(department=chosen.name),)
    return tuple(pages[code] for code in units if code in pages)


def case_ledger(session: Session, runtime: Process, actor: Actor, case_id: int) -> LedgerPage:
    """The ledger with this one project, whatever its state is.

    :raises NotFound: there is no such case, this person may not see it, or it keeps no ledger.
    """
    case_with_answer = _rows(session, actor, CaseRow.id == case_id)
    if not case_with_answer:
        raise NotFound("该案件的台账")
    manager = _manager(directory_of(session, actor.jurisdiction).units, case_with_answer[0][0])
    line = _line(session, runtime, *case_with_answer[0])
    return LedgerPage(
        department=manager.name if manager else str(line.values["managing_department"]),
        lines=[line],
    )


def _manager(units: Mapping[str, Unit], case: CaseRow) -> Unit | None:
    home = units.get(str(case.data.get("starter_unit")))
    if home is None:
        return None
    return units.get(home.managed_by or "")


def _rows(
    session: Session, actor: Actor, *which: ColumnElement[bool]
) -> list[tuple[CaseRow, AnswerRow | None]]:
    """The cases that fulfil these conditions, each with its latest answer to the ledger."""
    latest = (
        select(AnswerRow.case_id, func.max(AnswerRow.id).label("last"))
        .where(AnswerRow.form.in_(LEDGER_FORMS), AnswerRow.undone.is_(False))
        .group_by(AnswerRow.case_id)
        .subquery()
    )
    cases_with_answers = (
        select(CaseRow, AnswerRow)
        .outerjoin(latest, latest.c.case_id == CaseRow.id)
        .outerjoin(AnswerRow, AnswerRow.id == latest.c.last)
        .where(visible_to(actor), CaseRow.process == LEDGER_PROCESS, *which)
    )
    return [
        (case, answer) for case, answer in session.execute(cases_with_answers.order_by(CaseRow.id))
    ]


def _line(
    session: Session, runtime: Process, case: CaseRow, answer: AnswerRow | None
) -> LedgerLine:
    fields = keys_of(runtime.catalogue.deployed(session, case.definition_id).form(LEDGER_FORMS[0]))
    answered = {
        key: value for key, value in (answer.answers if answer else {}).items() if value is not None
    }
    latest = ("progress", "bottleneck", "suggestions", "coordination_matters")
    standing = {key: case.data.get(key) for key in fields if key not in latest}
    values = {key: _word(fields[key], {**standing, **answered}.get(key)) for key in fields}
    return LedgerLine(
        case_id=case.id,
        number=str(case.number),
        at=answer.at.date() if answer else None,
        values=plain_values(values),
    )


def _word(component: Mapping[str, Any], value: Any) -> Any:
    """The words of a choice. Any other value stays as it is."""
    return next(
        (option["label"] for option in component.get("values") or () if option["value"] == value),
        value,
    )
