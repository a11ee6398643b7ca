"""Items and who may do what with them.

Decided: one function answers "what may I do now?" for buttons and guards alike: :func:`offers`
gives each verb with the reason why it is not allowed. Instead of checks in views and again in
commands, which always drift apart.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.people.actor import Actor
from service.domain.people.holder import Holder
from service.domain.people.offers import Offer
from service.domain.people.rights import Right
from service.domain.terms.calendar import Calendar
from service.domain.terms.deadlines import local, start_of, workdays_after
from service.domain.vocabulary import URGED, VERBS, WRITTEN_DAY


@dataclass(frozen=True, kw_only=True)
class Work:
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


def offers(actor: Actor, work: Work) -> Mapping[str, Offer]:
    """Every verb of this item for this person, with the reason where it is not allowed."""
    verbs = LEAD_VERBS if work.part == "lead" else COOPERATE_VERBS
    found = {}
    for verb in verbs:
        gone = "" if verb == "withdraw" else _closed(work)
        apart = "" if verb == "urge" else _not_mine(actor, work, verb)
        why = gone or apart or RULES.get(verb, _nothing)(actor, work)
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


def _closed(work: Work) -> str:
    if work.state != "open":
        return "该事项已经办结或被收回"
    if work.case_status != "running":
        return "案件不在办理中"
    return ""


def _not_mine(actor: Actor, work: Work, verb: str) -> str:
    if work.holder not in actor.holders:
        return "该事项不属于您或您所在的单位"
    taken = work.assignee_id not in (None, actor.person_id)
    if taken and verb in {"draft", "complete", "contribute", "send_back"}:
        return f"该事项已由{work.assignee_name or '他人'}签收，请其办理或先取消签收"
    return ""


def _claim(actor: Actor, work: Work) -> str:
    if work.assignee_id == actor.person_id:
        return "您已经签收"
    return f"该事项已由{work.assignee_name or '他人'}签收" if work.assignee_id is not None else ""


def _release(actor: Actor, work: Work) -> str:
    if work.holder == Holder.person(actor.person_id):
        return "该事项指定由您本人办理，无需签收"
    if work.assignee_id is None:
        return "该事项尚未签收"
    mine = work.assignee_id == actor.person_id or actor.may(Right.RELEASE_FOR_OTHERS)
    return "" if mine else f"只有{work.assignee_name or '签收人'}本人或单位负责人可以取消签收"


def _send_back(actor: Actor, work: Work) -> str:
    return "没有可以退回的环节" if work.targets is not None and not work.targets else ""


def _withdraw(actor: Actor, work: Work) -> str:
    if work.state != "done" or work.closed_by != actor.person_id:
        return "只有本人办结的事项可以撤回"
    if work.case_status != "running":
        return "案件不在办理中"
    return "" if work.untouched is not False else "下一环节已经开始办理，或其结果不可撤销，不能撤回"


def _extend(actor: Actor, work: Work) -> str:
    if not work.has_due:
        return "该事项没有期限，无需延期"
    return "已有一份延期申请尚未审批" if work.extending else ""


def _urge(actor: Actor, work: Work) -> str:
    if work.holder in actor.holders:
        return "该事项由您或您所在的单位办理，不需要催办"
    if not work.urges:
        return "只有督查人员、案件发起人和牵头单位（对配合单位）可以催办"
    return work.cooling


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


def _nothing(actor: Actor, work: Work) -> str:
    return ""


RULES = {
    "claim": _claim,
    "release": _release,
    "send_back": _send_back,
    "withdraw": _withdraw,
    "extend": _extend,
    "urge": _urge,
}
