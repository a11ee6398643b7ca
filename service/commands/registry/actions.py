"""Actions of service tasks on the demand registry (项目库)."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from service.commands.registry.demands import Change, Origin, enter_demands, note
from service.domain.registry import FOLLOWS
from service.domain.vocabulary import DEMAND_STATES
from service.errors import BadRequest
from service.store.cases.rows import CaseRow
from service.store.items.rows import AnswerRow, ItemRow
from service.store.people.rows import UnitRow
from service.store.registry import DemandRow
from service.unit_of_work import NamedAction, UnitOfWork


def collect(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows that co-operating units contributed to a step under a key, each with its unit, in
    the order given.

    The latest round counts. For a unit that was not asked again in it, its earlier rows count.
    """
    step = str(arguments["step"])
    key = str(arguments["key"])
    items_of_step = work.session.execute(
        select(ItemRow.round, ItemRow.unit_id, ItemRow.part).where(
            ItemRow.case_id == case.id, ItemRow.element == step
        )
    ).all()
    latest = max((line.round for line in items_of_step), default=0)
    again = {
        line.unit_id for line in items_of_step if line.round == latest and line.part == "cooperate"
    }
    answer_by_unit = {
        unit.id: (unit, answer)
        for answer, unit in work.session.execute(
            select(AnswerRow, UnitRow)
            .join(UnitRow, UnitRow.id == AnswerRow.unit_id)
            .where(
                AnswerRow.case_id == case.id,
                AnswerRow.element == step,
                AnswerRow.part == "cooperate",
                AnswerRow.undone.is_(False),
            )
            .order_by(AnswerRow.id)
        )
        if answer.round == latest or unit.id not in again
    }
    return [
        {**row, "unit": unit.name, "unit_code": unit.code}
        for unit, answer in answer_by_unit.values()
        for row in answer.answers.get(key) or ()
        if isinstance(row, dict)
    ]


def take_in_demands(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> list[int]:
    """Put demands into the registry, each with its number. Returns their ids.

    ``source`` is declared or contributed.
    """
    records = _listed(arguments["rows"])
    source = str(arguments["source"])
    if source not in ("declared", "contributed") or not all(
        isinstance(row, dict) for row in records
    ):
        raise BadRequest(
            "入库的技术需求应为若干行，来源应为 declared 或 contributed，请检查流程图",
            source=source,
        )
    entered = enter_demands(
        work, case.jurisdiction, records, Origin(source=source, case_id=case.id)
    )
    work.record(
        case,
        "demands_enter",
        number="、".join(row.number for row in entered[:20]),
        rows=len(entered),
    )
    return [row.id for row in entered]


def _listed(given: Any) -> list[Any]:
    """A list of the values: one value becomes a list of one, null an empty list."""
    return given if isinstance(given, list) else [] if given is None else [given]


def chosen_demands(
    work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """The demands in a state and of a pilot, oldest first, with all keys of their records. If both
    are null, all demands.
    """
    chosen = select(DemandRow).where(DemandRow.jurisdiction == case.jurisdiction)
    if arguments.get("state") is not None:
        chosen = chosen.where(DemandRow.state == str(arguments["state"]))
    if arguments.get("pilot") is not None:
        chosen = chosen.where(DemandRow.pilot_id == int(arguments["pilot"]))
    return [context(demand) for demand in work.session.scalars(chosen.order_by(DemandRow.id))]


def context(row: DemandRow) -> dict[str, Any]:
    """A demand as a case sees it."""
    return {
        **row.facts,
        "demand_id": row.id,
        "demand_number": row.number,
        "number": row.number,
        "state": row.state,
    }


def mark_demands(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> None:
    """Bring demands to a state. Selected and posted demands belong to the pilot. Its projects only
    change the state.

    :raises BadRequest: the state is unknown or does not follow the present one, or the demand is
        another pilot's.
    """
    state = str(arguments["state"])
    reason = str(arguments.get("reason") or "")
    given = _listed(arguments["ids"])
    if state not in FOLLOWS:
        raise BadRequest(
            f"没有名为“{state}”的需求状态，可用：{'、'.join(FOLLOWS)}，请检查流程图", state=state
        )
    for row in _locked(work, case, {int(demand_id) for demand_id in given}):
        if row.state not in FOLLOWS[state]:
            raise BadRequest(
                f"技术需求 {row.number} {DEMAND_STATES[row.state]}，"
                f"不能转为“{DEMAND_STATES[state]}”，"
                "请在项目库中核对后重试",
                demand=row.id,
                state=row.state,
            )
        if row.pilot_id not in (None, case.parent_id or case.id):
            raise BadRequest(
                f"技术需求 {row.number} 已归入另一轮试点，本轮不能再处理，请改为不列入",
                demand=row.id,
            )
        before = row.state
        row.state = state
        _belongs(row, case, state)
        change = Change(
            verb=state,
            before={"state": before},
            after={"state": state, "case_id": case.id},
            reason=reason,
        )
        note(work, row, change)
    if given:
        work.record(case, "demands_mark", rows=len(given), text=DEMAND_STATES[state], reason=reason)


def _locked(work: UnitOfWork, case: CaseRow, ids: set[int]) -> list[DemandRow]:
    demands = list(
        work.session.scalars(
            select(DemandRow)
            .where(DemandRow.jurisdiction == case.jurisdiction, DemandRow.id.in_(ids))
            .order_by(DemandRow.id)
            .with_for_update()
        )
    )
    if missing := ids - {demand.id for demand in demands}:
        raise BadRequest(
            f"项目库中没有技术需求 {'、'.join(map(str, sorted(missing)))}，请核对",
            ids=sorted(missing),
        )
    return demands


def _belongs(row: DemandRow, case: CaseRow, state: str) -> None:
    if state == "listed":
        row.pilot_id = None
    elif case.parent_id is None:
        row.pilot_id = case.id


ACTIONS: Mapping[str, NamedAction] = {
    "collect": NamedAction(carry_out=collect, arguments=frozenset({"step", "key"})),
    "enter_demands": NamedAction(
        carry_out=take_in_demands, arguments=frozenset({"rows", "source"})
    ),
    "demands": NamedAction(carry_out=chosen_demands, arguments=frozenset({"state", "pilot"})),
    "mark_demands": NamedAction(
        carry_out=mark_demands, arguments=frozenset({"ids", "state", "reason"})
    ),
}
