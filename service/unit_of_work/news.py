"""News: whom it concerns that a step opens, comes back or is taken away, that a co-operating unit
has answered, and what came of a case (DOMAIN.md §8, told).

Decided: nobody is told of their own act. Because a bell that rings for what one has just done
oneself is soon no longer looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any

from sqlalchemy import select

from service.domain.functions import written_term
from service.domain.people.actor import Holder, units_among
from service.domain.people.rights import ADMIN, SUPERVISOR
from service.domain.vocabulary import NAMELESS
from service.domain.vocabulary.notices import NEWS
from service.store.cases.rows import CaseRow
from service.store.items.lookups import extension_undecided
from service.store.items.rows import ItemRow
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work.telling import Notice, holds, tell
from service.unit_of_work.work import UnitOfWork

ITEM_OVER = "item_over"
"""The message that an item is over, to the application for more time that still waits. Its key is
the item's number."""


def matter_of(item: ItemRow) -> str:
    """The matter that an item is."""
    return f"item/{item.id}"


def answers_matter(item: ItemRow) -> str:
    """The matter that the answers of an item's co-operating units are."""
    return f"answers/{item.task}"


def taker(item: ItemRow) -> Holder:
    """Who has taken an item, else whose it is."""
    return Holder.person(item.assignee_id) if item.assignee_id is not None else item.holder


def tell_opened(work: UnitOfWork, case: CaseRow, items: Sequence[ItemRow]) -> None:
    """New work of one case: told to whoever can do it. Where nobody can, administrators and 督查
    are told.
    """
    for item in items:
        if work.acting is None or item.holder != Holder.person(work.acting):
            tell(work, case, item.holder, _arrival(work, case, item, items), item=item)
    for item in _without_people(work, items):
        text = NEWS["nobody"].format(
            case=case.title, item=item.name, unit=_unit_name(work, case, item)
        )
        notice = Notice(text=text, matter=matter_of(item), first=True, fold="nobody")
        for role in (ADMIN, SUPERVISOR):
            tell(work, case, Holder.role(case.jurisdiction, role), notice, item=item)


def _arrival(work: UnitOfWork, case: CaseRow, item: ItemRow, items: Sequence[ItemRow]) -> Notice:
    facts = {"case": case.title, "item": item.name, "due": _due(item)}
    if item.returned is not None:
        word = "returned" if item.returned["who"] else "again"
        text = NEWS[word].format(**facts, who=item.returned["who"], why=item.returned["why"])
        return Notice(text=text, kind="returned", matter=matter_of(item), first=True)
    word = "arrival" if item.part == "lead" else "asked"
    leads = (
        _unit_name(work, case, one) for one in items if one.part == "lead" and one.task == item.task
    )
    return Notice(
        text=NEWS[word].format(**facts, leads="、".join(filter(None, leads)) or NEWS["leading"]),
        kind="arrival",
        matter=matter_of(item),
        first=True,
        fold=f"arrival/{item.part}/{case.process}/{item.element}",
    )


def _due(item: ItemRow) -> str:
    if item.due_at is None:
        return ""
    return NEWS["due"].format(day=written_term(item.due_at))


def _unit_name(work: UnitOfWork, case: CaseRow, item: ItemRow) -> str:
    units = work.directory(case.jurisdiction).units.values()
    return next((unit.name for unit in units if unit.id == item.unit_id), "")


def _without_people(work: UnitOfWork, items: Iterable[ItemRow]) -> list[ItemRow]:
    """The items of units none of whose active people may work on them."""
    theirs = [item for item in items if item.holder.unit_id is not None]
    present = with_people(work, {item.holder for item in theirs})
    return [item for item in theirs if item.holder not in present]


def is_nameless(work: UnitOfWork, case: CaseRow, item: ItemRow) -> bool:
    """Whether others are not told who has an item (property ``anonymous`` of its step). Its
    condition is not asked: what is said of open work is said before there is a result.
    """
    step = work.deployed(case).definition.elements.get(item.element)
    return step is not None and "anonymous" in step.properties


def named(work: UnitOfWork, case: CaseRow, item: ItemRow) -> str:
    """Whose an item is, as others are told of it: the unit, and the person who has taken it. Who
    has a step that its diagram calls ``anonymous`` is told to nobody.
    """
    name = _unit_name(work, case, item)
    if is_nameless(work, case, item):
        return name or NAMELESS
    if item.assignee_id is None:
        return name
    person = work.session.execute(
        select(PersonRow.name, UnitRow.name)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .where(PersonRow.id == item.assignee_id)
    ).one()
    return f"{name or person[1] or ''}{person[0]}"


def with_people(work: UnitOfWork, holders: Collection[Holder]) -> set[Holder]:
    """Those units and heads of units for whom an active person stands; asked for once."""
    if unknown := set(units_among(holders)) - work.staffed.keys():
        people = select(PersonRow).where(PersonRow.unit_id.in_(unknown), PersonRow.active.is_(True))
        work.staffed.update((unit, set()) for unit in unknown)
        for person in work.session.scalars(people):
            work.staffed[person.unit_id or 0].update(holds(person).holders)
    return {holder for holder in holders if holder in work.staffed.get(holder.unit_id or 0, ())}


def tell_closed(work: UnitOfWork, case: CaseRow, closed: Iterable[ItemRow]) -> None:
    """What was said of items that are over no longer counts; whoever had taken one that was taken
    back hears of it. An application for more time that is still undecided ends with its item.
    """
    for item in closed:
        if extension_undecided(work.session, item):
            work.post(case, ITEM_OVER, str(item.id), {})
        work.over.add(matter_of(item))
        if item.part == "lead":
            work.over.add(answers_matter(item))
        taken = item.assignee_id not in (None, work.acting) and item.person_id is None
        if item.state == "cancelled" and taken:
            text = NEWS["gone"].format(case=case.title, item=item.name)
            notice = Notice(text=text, matter=f"gone/{item.id}", first=True)
            tell(work, case, taker(item), notice, item=item)


def tell_answered(work: UnitOfWork, case: CaseRow, item: ItemRow) -> None:
    """A co-operating unit has answered: told to whoever leads the step."""
    step = [one for one in work.open_items(case) if one.task == item.task]
    owing = sum(one.part == "cooperate" and one.id != item.id for one in step)
    text = NEWS["answered"].format(
        case=case.title,
        item=item.name,
        unit=_unit_name(work, case, item),
        rest=NEWS["owing"].format(owing) if owing else NEWS["all_answered"],
    )
    for lead in step:
        if lead.part == "lead":
            notice = Notice(text=text, kind="answer", matter=answers_matter(item))
            tell(work, case, taker(lead), notice, item=lead)


def tell_steered(work: UnitOfWork, case: CaseRow, verb: str, reason: str) -> None:
    """A case rests, or goes on: told to its starter and to whoever works on it."""
    text = NEWS[verb].format(case=case.title, reason=reason)
    holders: dict[Any, None] = {}
    if case.starter_id is not None:
        holders[Holder.person(case.starter_id)] = None
    holders.update((taker(item), None) for item in work.open_items(case))
    for holder in holders:
        if work.acting is None or holder != Holder.person(work.acting):
            tell(work, case, holder, Notice(text=text, matter=f"steered/{case.id}"))
