"""The items that a step of a diagram opens, and what people may do with them.

A step opens one item for each lead (牵头) and each co-operating unit (配合), each with a term.

Decided: one function answers "what may I do now?" for buttons and guards alike: :func:`offers`
gives each verb with the reason why it is not allowed. Instead of checks in views and again in
commands, which always drift apart.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from service.domain.people.actor import Actor, Holder
from service.domain.people.offers import Offer
from service.domain.people.rights import HEAD, Right
from service.domain.people.units import Directory, PersonOf, Unit
from service.domain.terms.deadlines import Calendar, local, rule_text, start_of, workdays_after
from service.domain.vocabulary import VERBS, WRITTEN_DAY
from service.domain.vocabulary.notices import URGED
from service.errors import Unresolved

CO_DUE = "P5WD"
"""The term of co-operating units, if the diagram names none."""
LEAD_AFTER_CO = "P2WD"
"""The term of the lead after that of the co-operating units, if the diagram names none."""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A user task that has just become open.

    ``due`` and ``co_due`` are rules or instants; their expressions have been evaluated.
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
    """An item that is to be opened."""

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
    """The items that a step opens: one for each lead and one for each co-operating unit.

    Groups are expanded to their units.

    :param answered: the ids of co-operating units that answered in an earlier round. They get no
        item again.
    :param person: gives the id of the person with a login, None if there is no such account.
    :raises Unresolved: a name stands for nobody. A task that nobody sees must not exist.
    """
    leads = [_lead(step, name, directory, values, person) for name in step.leads]
    if not leads:
        raise Unresolved(step.name, "（空）", "流程图中没有为该环节指定牵头单位")
    lead_units = {lead.unit_id for lead in leads if lead.unit_id is not None}
    co_units = directory.co_units(step.name, step.co_units, values, lead_units | set(answered))
    co_due = rule_text(step.co_due or CO_DUE) if co_units else None
    lead_due = lead_rule(step.due, co_due)
    lead_plans = [replace(lead, due_rule=lead_due) for lead in leads]
    return lead_plans + [_co_unit(step, unit, co_due) for unit in co_units]


def lead_rule(due: Any, co_due: str | None) -> str | None:
    """The rule of a lead's term.

    This is the step's own rule, or else some days after the term of the co-operating units. It is
    None if there is neither.
    """
    if due:
        return rule_text(due)
    if co_due:
        return f"{co_due};{LEAD_AFTER_CO}"
    return co_due


def _co_unit(step: Step, unit: Unit, due_rule: str | None) -> Plan:
    return Plan(
        part="cooperate",
        holder=Holder.unit(unit.id),
        unit_id=unit.id,
        person_id=None,
        due_rule=due_rule,
        form=step.co_form,
    )


def _lead(
    step: Step,
    name: str,
    directory: Directory,
    values: Mapping[str, Any],
    person: Callable[[str], int | None],
) -> Plan:
    """The item of a lead, without its term: a unit, a person, or a post."""
    if name not in directory.persons:
        unit = directory.unit(step.name, name, values)
        return _lead_plan(step, Holder.unit(unit.id), unit_id=unit.id)
    lane = directory.persons[name]
    if lane.post:
        return _post(step, name, directory, lane, values)
    login = values.get(lane.variable)
    person_id = person(str(login)) if login else None
    if person_id is None:
        raise Unresolved(step.name, name, f"案件数据“{lane.variable}”（{login}）不是可用的账号")
    return _lead_plan(step, Holder.person(person_id), person_id=person_id)


def _post(
    step: Step, name: str, directory: Directory, lane: PersonOf, values: Mapping[str, Any]
) -> Plan:
    """The item of a post, for which everybody who holds the post may act.

    These are the heads of a unit, or everybody in the jurisdiction with a role.
    """
    if lane.post != HEAD:
        return _lead_plan(step, Holder.role(directory.jurisdiction, lane.post))
    unit_code = lane.code(values)
    unit = directory.units.get(unit_code)
    if unit is None:
        raise Unresolved(step.name, name, f"“{unit_code}”不是单位目录中的单位")
    return _lead_plan(step, Holder.heads(unit.id), unit_id=unit.id)


def _lead_plan(
    step: Step, holder: Holder, *, unit_id: int | None = None, person_id: int | None = None
) -> Plan:
    return Plan(
        part="lead",
        holder=holder,
        unit_id=unit_id,
        person_id=person_id,
        due_rule=None,
        form=step.form,
    )


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """The facts about an item that the rules need.

    - ``targets`` are the elements that it can be sent back to; None if they were not looked up.
    - ``untouched``: the item is finished, and nobody has begun with the next step. None if this was
      not looked up.
    - ``has_due``: the item has a term. ``extending``: an application for more time is undecided.
    - ``urges``: the actor may urge at this item. ``cooling`` is the reason why they may not urge
      again so soon, or "".
    """

    part: str
    state: str
    holder: Holder
    assignee_id: int | None
    assignee_name: str | None
    case_status: str
    targets: Sequence[str] | None = None
    closed_by: int | None = None
    untouched: bool | None = None
    has_due: bool = False
    extending: bool = False
    urges: bool = False
    cooling: str = ""


LEAD_VERBS = (
    "claim",
    "release",
    "draft",
    "complete",
    "send_back",
    "withdraw",
    "comment",
    "attach",
    "extend",
    "urge",
)
COOPERATE_VERBS = ("claim", "release", "draft", "contribute", "comment", "attach", "extend", "urge")


def offers(actor: Actor, facts: ItemFacts) -> Mapping[str, Offer]:
    """An offer for each verb of the item, with the reason if the actor may not do it now."""
    verbs = LEAD_VERBS if facts.part == "lead" else COOPERATE_VERBS
    return {verb: _offer(verb, actor, facts) for verb in verbs}


def _offer(verb: str, actor: Actor, facts: ItemFacts) -> Offer:
    why = ""
    if verb != "withdraw":
        why = _why_not_open(facts)
    if verb != "urge":
        why = why or _why_not_own(actor, facts, verb)
    if verb in RULES:
        why = why or RULES[verb](actor, facts)
    return Offer(
        verb=verb,
        label=VERBS[verb],
        allowed=not why,
        why=why,
    )


def outcome(due_at: datetime | None, now: datetime) -> str:
    """The state of a co-operating unit's open item once the lead has finished.

    It is ``unanswered`` (未反馈) if it is overdue, or else ``excused``.
    """
    if due_at is not None and due_at <= now:
        return "unanswered"
    return "excused"


def owed(rule: str, answered: Sequence[str], waiting: Sequence[str]) -> Sequence[str]:
    """The units whose answers the lead still needs before finishing.

    :param rule: whose answers are needed: ``all``, ``any`` (at least one) or ``none``.
    :param answered: the units that have answered.
    :param waiting: the units that have not answered.
    """
    if rule == "none" or (rule == "any" and answered):
        return ()
    return waiting


def _why_not_open(facts: ItemFacts) -> str:
    if facts.state != "open":
        return "该事项已经办结或被收回"
    if facts.case_status != "running":
        return "案件不在办理中"
    return ""


def _why_not_own(actor: Actor, facts: ItemFacts, verb: str) -> str:
    if facts.holder not in actor.holders:
        return "该事项不属于您或您所在的单位"
    taken = facts.assignee_id not in (None, actor.person_id)
    if taken and verb in {"draft", "complete", "contribute", "send_back"}:
        return f"该事项已由{facts.assignee_name or '他人'}签收，请其办理或先取消签收"
    return ""


def _claim(actor: Actor, facts: ItemFacts) -> str:
    if facts.assignee_id == actor.person_id:
        return "您已经签收"
    if facts.assignee_id is None:
        return ""
    return f"该事项已由{facts.assignee_name or '他人'}签收"


def _release(actor: Actor, facts: ItemFacts) -> str:
    if facts.holder == Holder.person(actor.person_id):
        return "该事项指定由您本人办理，无需签收"
    if facts.assignee_id is None:
        return "该事项尚未签收"
    may_release = facts.assignee_id == actor.person_id or actor.may(Right.RELEASE_FOR_OTHERS)
    if may_release:
        return ""
    return f"只有{facts.assignee_name or '签收人'}本人或单位负责人可以取消签收"


def _send_back(actor: Actor, facts: ItemFacts) -> str:
    if facts.targets is not None and not facts.targets:
        return "没有可以退回的环节"
    return ""


def _withdraw(actor: Actor, facts: ItemFacts) -> str:
    if facts.state != "done" or facts.closed_by != actor.person_id:
        return "只有本人办结的事项可以撤回"
    if facts.case_status != "running":
        return "案件不在办理中"
    if facts.untouched is False:
        return "下一环节已经开始办理，或其结果不可撤销，不能撤回"
    return ""


def _extend(actor: Actor, facts: ItemFacts) -> str:
    if not facts.has_due:
        return "该事项没有期限，无需延期"
    if not facts.extending:
        return ""
    return "已有一份延期申请尚未审批"


def _urge(actor: Actor, facts: ItemFacts) -> str:
    if facts.holder in actor.holders:
        return "该事项由您或您所在的单位办理，不需要催办"
    if not facts.urges:
        return "只有督查人员、案件发起人和牵头单位（对配合单位）可以催办"
    return facts.cooling


def cooling(who: str, urged_at: datetime, now: datetime, calendar: Calendar) -> str:
    """The reason why an item cannot be urged again yet; empty from the next working day on.

    :param who: the person who urged it last.
    :param urged_at: when they urged it.
    """
    next_day = workdays_after(urged_at, 1, calendar)
    if now >= start_of(next_day):
        return ""
    urged = local(urged_at)
    return URGED.format(
        who=who,
        day=f"{WRITTEN_DAY.format(urged)} {urged:%H:%M}",
        again=WRITTEN_DAY.format(next_day),
    )


RULES = {
    "claim": _claim,
    "release": _release,
    "send_back": _send_back,
    "withdraw": _withdraw,
    "extend": _extend,
    "urge": _urge,
}
"""The rules of single verbs: each gives the reason why the actor may not do it, or ""."""
