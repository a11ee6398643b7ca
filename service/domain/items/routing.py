"""From a step of a diagram to the items it opens: who leads, who co-operates, until when (DOMAIN:
牵头 / 配合).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.domain.people.holder import Holder
from service.domain.people.rights import HEAD
from service.domain.people.units import Directory, PersonOf
from service.domain.terms.deadlines import rule_text
from service.errors import Unresolved

CO_DUE = "P5WD"
LEAD_AFTER_CO = "P2WD"
"""The lead's own default due is two working days after the co-operating units'."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A user task that has just become open. ``due`` and ``co_due`` are rules or instants, already
    evaluated.
    """

    element: str
    name: str
    leads: Sequence[str]
    co_units: Sequence[str]
    co_rule: str
    due: Any = None
    co_due: Any = None
    form: str | None = None
    co_form: str = "contribution"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """One item to open."""

    part: str
    holder: Holder
    unit_id: int | None
    person_id: int | None
    due_rule: str | None
    form: str | None


def plan(
    step: Step,
    directory: Directory,
    values: Mapping[str, Any],
    *,
    answered: Collection[int],
    person: Callable[[str], int | None],
) -> list[Plan]:
    """The items a step opens: one per lead, one per co-operating unit after expanding groups.

    :param answered: ids of co-operating units that have answered in an earlier round and owe
        nothing again.
    :param person: the person id of a login, None if there is no such account.
    :raises Unresolved: a name leads to nobody; a task that nobody sees must not exist.
    """
    leads = [_lead(step, name, directory, values, person) for name in step.leads]
    if not leads:
        raise Unresolved(step.name, "（空）", "流程图中没有为该环节指定牵头单位")
    units = {plan.unit_id for plan in leads if plan.unit_id is not None}
    co_units = directory.co_units(step.name, step.co_units, values, units | set(answered))
    co_due = rule_text(step.co_due or CO_DUE) if co_units else None
    lead_due = rule_text(step.due) if step.due else co_due and f"{co_due};{LEAD_AFTER_CO}"
    return [
        *(replace(lead, due_rule=lead_due) for lead in leads),
        *(
            Plan(
                part="cooperate",
                holder=Holder.unit(unit.id),
                unit_id=unit.id,
                person_id=None,
                due_rule=co_due,
                form=step.co_form,
            )
            for unit in co_units
        ),
    ]


def _lead(
    step: Step,
    name: str,
    directory: Directory,
    values: Mapping[str, Any],
    person: Callable[[str], int | None],
) -> Plan:
    if name not in directory.persons:
        unit = directory.unit(step.name, name, values)
        return Plan(
            part="lead",
            holder=Holder.unit(unit.id),
            unit_id=unit.id,
            person_id=None,
            due_rule=None,
            form=step.form,
        )
    lane = directory.persons[name]
    if lane.post:
        return _post(step, name, directory, lane, values)
    login = values.get(lane.variable)
    found = person(str(login)) if login else None
    if found is None:
        raise Unresolved(step.name, name, f"案件数据“{lane.variable}”（{login}）不是可用的账号")
    return Plan(
        part="lead",
        holder=Holder.person(found),
        unit_id=None,
        person_id=found,
        due_rule=None,
        form=step.form,
    )


def _post(
    step: Step, name: str, directory: Directory, lane: PersonOf, values: Mapping[str, Any]
) -> Plan:
    """The item of a post: whoever holds it may act. The heads of a unit, or everybody of a role."""
    if lane.post != HEAD:
        return Plan(
            part="lead",
            holder=Holder.role(directory.jurisdiction, lane.post),
            unit_id=None,
            person_id=None,
            due_rule=None,
            form=step.form,
        )
    unit = directory.units.get(lane.code(values))
    if unit is None:
        raise Unresolved(step.name, name, f"“{lane.code(values)}”不是单位目录中的单位")
    return Plan(
        part="lead",
        holder=Holder.heads(unit.id),
        unit_id=unit.id,
        person_id=None,
        due_rule=None,
        form=step.form,
    )
