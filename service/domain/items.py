"""Items: from a step of a diagram to the items it opens (who leads, who co-operates, until when;
牵头 / 配合), and who may do what with them.

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
from service.domain.people.units import Directory, PersonOf
from service.domain.terms.deadlines import Calendar, local, rule_text, start_of, workdays_after
from service.domain.vocabulary import VERBS, WRITTEN_DAY
from service.domain.vocabulary.notices import URGED
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
    lead_due = lead_rule(step.due, co_due)
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


def lead_rule(due: Any, co_due: str | None) -> str | None:
    """The rule of a lead's term: its own, else some days after the co-operating units'."""
    return rule_text(due) if due else co_due and f"{co_due};{LEAD_AFTER_CO}"


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


@dataclass(frozen=True, kw_only=True)
class ItemFacts:
    """What the rules need to know of an item.

    ``targets``: elements it can be sent back to (None: not looked up); ``untouched``: finished, and
    the next step can still be taken back; ``has_due``, ``extending``: there is a term, and an
    undecided application for more; ``urges``: this person may urge here, ``cooling``: why not again
    so soon.
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
    """Every verb of this item for this person, with the reason where it is not allowed."""
    verbs = LEAD_VERBS if facts.part == "lead" else COOPERATE_VERBS
    found = {}
    for verb in verbs:
        gone = "" if verb == "withdraw" else _closed(facts)
        apart = "" if verb == "urge" else _not_mine(actor, facts, verb)
        why = gone or apart or RULES.get(verb, _nothing)(actor, facts)
        found[verb] = Offer(verb=verb, label=VERBS[verb], allowed=not why, why=why)
    return found


def outcome(due_at: datetime | None, now: datetime) -> str:
    """Fate of an open co-operation item when the lead finishes: ``unanswered`` (未反馈) if late, or
    ``excused``.
    """
    return "unanswered" if due_at is not None and due_at <= now else "excused"


def owed(rule: str, answered: Sequence[str], waiting: Sequence[str]) -> Sequence[str]:
    """The units whose answer the lead still needs.

    :param rule: ``all`` (every co-operating unit), ``any`` (at least one) or ``none``.
    """
    if rule == "none" or (rule == "any" and answered):
        return ()
    return waiting


def _closed(facts: ItemFacts) -> str:
    if facts.state != "open":
        return "该事项已经办结或被收回"
    if facts.case_status != "running":
        return "案件不在办理中"
    return ""


def _not_mine(actor: Actor, facts: ItemFacts, verb: str) -> str:
    if facts.holder not in actor.holders:
        return "该事项不属于您或您所在的单位"
    taken = facts.assignee_id not in (None, actor.person_id)
    if taken and verb in {"draft", "complete", "contribute", "send_back"}:
        return f"该事项已由{facts.assignee_name or '他人'}签收，请其办理或先取消签收"
    return ""


def _claim(actor: Actor, facts: ItemFacts) -> str:
    if facts.assignee_id == actor.person_id:
        return "您已经签收"
    return f"该事项已由{facts.assignee_name or '他人'}签收" if facts.assignee_id is not None else ""


def _release(actor: Actor, facts: ItemFacts) -> str:
    if facts.holder == Holder.person(actor.person_id):
        return "该事项指定由您本人办理，无需签收"
    if facts.assignee_id is None:
        return "该事项尚未签收"
    mine = facts.assignee_id == actor.person_id or actor.may(Right.RELEASE_FOR_OTHERS)
    return "" if mine else f"只有{facts.assignee_name or '签收人'}本人或单位负责人可以取消签收"


def _send_back(actor: Actor, facts: ItemFacts) -> str:
    return "没有可以退回的环节" if facts.targets is not None and not facts.targets else ""


def _withdraw(actor: Actor, facts: ItemFacts) -> str:
    if facts.state != "done" or facts.closed_by != actor.person_id:
        return "只有本人办结的事项可以撤回"
    if facts.case_status != "running":
        return "案件不在办理中"
    return (
        "" if facts.untouched is not False else "下一环节已经开始办理，或其结果不可撤销，不能撤回"
    )


def _extend(actor: Actor, facts: ItemFacts) -> str:
    if not facts.has_due:
        return "该事项没有期限，无需延期"
    return "已有一份延期申请尚未审批" if facts.extending else ""


def _urge(actor: Actor, facts: ItemFacts) -> str:
    if facts.holder in actor.holders:
        return "该事项由您或您所在的单位办理，不需要催办"
    if not facts.urges:
        return "只有督查人员、案件发起人和牵头单位（对配合单位）可以催办"
    return facts.cooling


def cooling(who: str, urged_at: datetime, now: datetime, calendar: Calendar) -> str:
    """Why what was urged last at ``urged_at`` cannot be urged again yet; empty from the next
    working day on.
    """
    again = workdays_after(urged_at, 1, calendar)
    if now >= start_of(again):
        return ""
    here = local(urged_at)
    return URGED.format(
        who=who, day=f"{WRITTEN_DAY.format(here)} {here:%H:%M}", again=WRITTEN_DAY.format(again)
    )


def _nothing(actor: Actor, facts: ItemFacts) -> str:
    return ""


RULES = {
    "claim": _claim,
    "release": _release,
    "send_back": _send_back,
    "withdraw": _withdraw,
    "extend": _extend,
    "urge": _urge,
}
