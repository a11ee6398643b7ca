"""Going back: to an earlier step (退回), or by taking back one's own (撤回). The earlier form comes
back filled in.
"""

from dataclasses import dataclass
from typing import Any

from service.access.items import targets, withdrawal
from service.commands.items.verbs import ItemCommand, ItemState
from service.engine import Run
from service.errors import BadRequest, NotOffered
from service.store.cases.rows import CaseRow
from service.store.items.lookups import answers_of
from service.store.items.rows import AnswerRow, ItemRow
from service.unit_of_work import UnitOfWork
from service.unit_of_work.outcomes import undo_outcomes
from service.unit_of_work.settle import settle


@dataclass(frozen=True, kw_only=True)
class SendBackItem(ItemCommand):
    """Send an item back to an earlier step, with a reason.

    ``co_again``: co-operating units have to answer again.
    """

    verb = "send_back"
    to_element: str
    reason: str
    co_again: bool = False

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = self.allowed(work)
        if not self.reason.strip():
            raise BadRequest("请填写退回理由，以便上一环节知道需要修改什么", field="reason")
        run = work.restore(case)
        names = targets(work.session, work.deployed(case).definition, case, item, run)
        if self.to_element not in names:
            raise NotOffered(
                "send_back",
                f"不能退回到该环节。目前可以退回的环节：{'、'.join(names.values()) or '无'}",
            )
        work.record(
            case,
            "send_back",
            actor=self.actor,
            element=item.element,
            item_id=item.id,
            to=self.to_element,
            reason=self.reason.strip(),
            co_again=self.co_again,
        )
        returned = {
            "by": self.actor.person_id,
            "who": self.actor.name,
            "why": self.reason.strip(),
            "from": item.element,
        }
        go_back(
            work, case, item, run, Return(to=self.to_element, co_again=self.co_again, told=returned)
        )
        return ItemState.after(work, item, self.actor)


@dataclass(frozen=True, kw_only=True)
class WithdrawItem(ItemCommand):
    """Take back what this person has just finished, if nobody has begun the next step (撤回)."""

    verb = "withdraw"
    reason: str = ""

    def carry_out(self, work: UnitOfWork) -> ItemState:
        case, item = self.allowed(work)
        if case.state is None:
            raise NotOffered("withdraw", "案件已经办结，不能撤回")
        run = work.restore(case)
        following = withdrawal(work.session, work.deployed(case).definition, case, item, run)
        if following is None:
            raise NotOffered(
                "withdraw", "下一环节已经开始办理，或其结果不可撤销，不能撤回；可请对方退回"
            )
        work.record(
            case,
            "withdraw",
            actor=self.actor,
            element=item.element,
            item_id=item.id,
            reason=self.reason.strip(),
        )
        go_back(work, case, following, run, Return(to=item.element))
        return ItemState.after(work, item, self.actor)


@dataclass(frozen=True, kw_only=True)
class Return:
    """Where a step goes back to.

    ``co_again``: co-operating units have to answer again. ``told`` is what the person who gets it
    back is told (``ItemRow.returned``); None if they took it back themselves.
    """

    to: str
    co_again: bool = False
    told: dict[str, Any] | None = None


def go_back(work: UnitOfWork, case: CaseRow, item: ItemRow, run: Run, back: Return) -> None:
    """Let a step begin again. Later answers are undone, and are offered again when their steps come
    again.
    """
    between = work.deployed(case).definition.between(back.to, item.element)
    undone = _undo(work, case, item, back.to, between)
    returned: dict[str, Any] = {element: {"co": back.co_again} for element in undone}
    returned[item.element] = {"co": back.co_again, "draft": item.draft}
    if back.to in returned:
        returned[back.to]["told"] = back.told
    case.returned = {**case.returned, **returned}
    if case.outcome is not None:
        undo_outcomes(work, case, between)
    settle(work, case, run.send_back(item.task, back.to))


def _undo(
    work: UnitOfWork, case: CaseRow, item: ItemRow, target: str, elements: frozenset[str]
) -> list[str]:
    """Take the answers given since the target out of the case's data. Their rows stay and are
    marked as undone.
    """
    answers = [
        row for row in answers_of(work.session, case.id) if row.part == "lead" and not row.undone
    ]
    at_target = [
        row for row in answers if row.element == target and item.place.startswith(row.place)
    ]
    first, place = (at_target[-1].id, at_target[-1].place) if at_target else (0, "")
    gone = [
        row
        for row in answers
        if row.id >= first and row.element in elements and row.place.startswith(place)
    ]
    for row in gone:
        row.undone = True
    for row in gone:
        _restore_values(case, row, [answer for answer in answers if not answer.undone])
    return list(dict.fromkeys(row.element for row in gone))


def _restore_values(case: CaseRow, row: AnswerRow, remaining: list[AnswerRow]) -> None:
    """Set each key to its value in the last remaining answer, or remove it if there is none."""
    home = _home(case.data, row.place)
    for key in row.answers:
        earlier = [
            other.answers[key]
            for other in remaining
            if other.place == row.place and key in other.answers
        ]
        if earlier:
            home[key] = earlier[-1]
        else:
            home.pop(key, None)


def _home(data: dict[str, Any], place: str) -> dict[str, Any]:
    """The mapping with the answers of a place: the case's data, or an entry of a loop."""
    for part in filter(None, place.split(".")):
        name, index = part.rsplit("/", 1)
        data = data[name][int(index)]
    return data
