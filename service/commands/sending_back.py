"""Sending an item back to an earlier step (退回): the earlier form comes back filled in."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from service.commands.items import ItemCommand
from service.errors import BadRequest, NotOffered
from service.store import lookups
from service.store.tables import AnswerRow, CaseRow, ItemRow
from service.unit_of_work import UnitOfWork
from service.unit_of_work.back import targets


@dataclass(frozen=True, kw_only=True)
class SendBackItem(ItemCommand):
    """Send back to an earlier step, with a reason. ``co_again``: co-operating units owe their share again."""

    verb = "send_back"
    to_element: str
    reason: str
    co_again: bool = False

    def carry_out(self, work: UnitOfWork) -> int:
        case, item = self.allowed(work)
        if not self.reason.strip():
            raise BadRequest("请填写退回理由，以便上一环节知道需要修改什么", field="reason")
        run = work.restore(case)
        definition = work.deployed(case).definition
        found = targets(work.session, definition, case, item, run)
        if self.to_element not in found:
            raise NotOffered("send_back", f"不能退回到该环节。目前可以退回的环节：{'、'.join(found.values()) or '无'}")
        undone = _undo(work, case, item, self.to_element, definition.between(self.to_element, item.element))
        self._remember(case, item, undone)
        work.record(case, "send_back", actor=self.actor, element=item.element, item_id=item.id,
                    to=self.to_element, reason=self.reason.strip(), co_again=self.co_again)
        work.settle(case, run.send_back(item.task, self.to_element))
        return case.id

    def _remember(self, case: CaseRow, item: ItemRow, undone: Iterable[str]) -> None:
        """What the returned steps show and ask when they are reached again."""
        returned: dict[str, Any] = {element: {"co": self.co_again} for element in undone}
        returned[item.element] = {"co": self.co_again, "draft": item.draft}
        case.returned = {**case.returned, **returned}


def _undo(work: UnitOfWork, case: CaseRow, item: ItemRow, target: str, elements: frozenset[str]) -> list[str]:
    """Take the answers given since the target out of the case's data; the records stay, marked as undone."""
    rows = [row for row in lookups.answers_of(work.session, case.id) if row.part == "lead" and not row.undone]
    there = [row for row in rows if row.element == target and item.place.startswith(row.place)]
    first, place = (there[-1].id, there[-1].place) if there else (0, "")
    gone = [row for row in rows if row.id >= first and row.element in elements and row.place.startswith(place)]
    for row in gone:
        row.undone = True
    for row in gone:
        _restore_values(case, row, [kept for kept in rows if not kept.undone])
    return list(dict.fromkeys(row.element for row in gone))


def _restore_values(case: CaseRow, row: AnswerRow, kept: list[AnswerRow]) -> None:
    """Each key goes back to what the last remaining answer says, or away."""
    home = _home(case.data, row.place)
    for key in row.answers:
        earlier = [other.answers[key] for other in kept if other.place == row.place and key in other.answers]
        if earlier:
            home[key] = earlier[-1]
        else:
            home.pop(key, None)


def _home(data: dict[str, Any], place: str) -> dict[str, Any]:
    """The mapping that holds the answers given at a place: the case's data or a loop's entry."""
    for part in filter(None, place.split(".")):
        name, index = part.rsplit("/", 1)
        data = data[name][int(index)]
    return data
