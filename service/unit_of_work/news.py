"""News about items (DOMAIN.md §8): who is told that a step opens, comes back or is taken away, that
a co-operating unit has answered, or that a case rests.

Decided: nobody is told of their own act. Because people soon stop looking at a bell that rings for
what they have just done themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
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
from service.unit_of_work.telling import Notice, actor_from_row, tell
from service.unit_of_work.work import UnitOfWork

ITEM_OVER = "item_over"
"""The message that an item is over. It goes to an application for more time that still waits. Its
key is the id of the item.
"""


def matter_of(item: ItemRow) -> str:
    """The matter of the notices about an item."""
    return f"item/{item.id}"


def answers_matter(item: ItemRow) -> str:
    """The matter of the notices about the answers of an item's co-operating units."""
    return f"answers/{item.task}"


def taker(item: ItemRow) -> Holder:
    """The person who has taken an item, or its holder if nobody has."""
    if item.assignee_id is None:
        return item.holder
    return Holder.person(item.assignee_id)


def _acts_now(work: UnitOfWork, holder: Holder) -> bool:
    """Whether a holder is the person whose command is carried out."""
    return work.acting is not None and holder == Holder.person(work.acting)


# -- a step opens


def tell_opened(work: UnitOfWork, case: CaseRow, items: Sequence[ItemRow]) -> None:
    """Tell those who can do the new work of a case.

    If nobody can do an item, administrators and 督查 are told.
    """
    for item in items:
        if not _acts_now(work, item.holder):
            tell(work, case, item.holder, _arrival(work, case, item, items), item=item)
    for item in _without_people(work, items):
        text = NEWS["nobody"].format(
            case=case.title,
            item=item.name,
            unit=_unit_name(work, case, item),
        )
        notice = Notice(
            text=text,
            matter=matter_of(item),
            first=True,
            fold="nobody",
        )
        for role in (ADMIN, SUPERVISOR):
            tell(work, case, Holder.role(case.jurisdiction, role), notice, item=item)


def _arrival(work: UnitOfWork, case: CaseRow, item: ItemRow, items: Sequence[ItemRow]) -> Notice:
    """The notice of a new item."""
    if item.returned is not None:
        return _return(case, item, item.returned)
    text = NEWS["arrival" if item.part == "lead" else "asked"].format(
        case=case.title,
        item=item.name,
        due=_due(item),
        leads=_names_of_leads(work, case, item, items),
    )
    return Notice(
        text=text,
        kind="arrival",
        matter=matter_of(item),
        first=True,
        fold=f"arrival/{item.part}/{case.process}/{item.element}",
    )


def _return(case: CaseRow, item: ItemRow, returned: Mapping[str, Any]) -> Notice:
    """The notice of an item that was sent back, or that comes again."""
    text = NEWS["returned" if returned["who"] else "again"].format(
        case=case.title,
        item=item.name,
        due=_due(item),
        who=returned["who"],
        why=returned["why"],
    )
    return Notice(
        text=text,
        kind="returned",
        matter=matter_of(item),
        first=True,
    )


def _names_of_leads(
    work: UnitOfWork,
    case: CaseRow,
    item: ItemRow,
    items: Iterable[ItemRow],
) -> str:
    """The names of the units that lead the step of an item."""
    names = []
    for other in items:
        if other.part == "lead" and other.task == item.task:
            names.append(_unit_name(work, case, other))
    return "、".join(filter(None, names)) or NEWS["leading"]


def _due(item: ItemRow) -> str:
    """When an item is due, in words; "" if it has no due."""
    if item.due_at is None:
        return ""
    return NEWS["due"].format(day=written_term(item.due_at))


def _unit_name(work: UnitOfWork, case: CaseRow, item: ItemRow) -> str:
    """The name of the unit that has an item; "" if no unit has it."""
    for unit in work.directory(case.jurisdiction).units.values():
        if unit.id == item.unit_id:
            return unit.name
    return ""


# -- who has an item


def _without_people(work: UnitOfWork, items: Iterable[ItemRow]) -> list[ItemRow]:
    """The items of units in which no active person may work on them."""
    items_of_units = [item for item in items if item.holder.unit_id is not None]
    staffed = with_people(work, {item.holder for item in items_of_units})
    return [item for item in items_of_units if item.holder not in staffed]


def is_nameless(work: UnitOfWork, case: CaseRow, item: ItemRow) -> bool:
    """Whether others must not learn who has an item (property ``anonymous`` of its step).

    The condition of the property is not evaluated: open work is told before there is a result.
    """
    step = work.deployed(case).definition.elements.get(item.element)
    return step is not None and "anonymous" in step.properties


def named(work: UnitOfWork, case: CaseRow, item: ItemRow) -> str:
    """The name of who has an item, as others may learn it.

    It is the unit and the person who has taken the item. If the diagram calls the step
    ``anonymous``, the person is left out.
    """
    unit_name = _unit_name(work, case, item)
    if is_nameless(work, case, item):
        return unit_name or NAMELESS
    if item.assignee_id is None:
        return unit_name
    assignee = (
        select(PersonRow.name, UnitRow.name)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .where(PersonRow.id == item.assignee_id)
    )
    person_name, own_unit_name = work.session.execute(assignee).one()
    return f"{unit_name or own_unit_name or ''}{person_name}"


def with_people(work: UnitOfWork, holders: Collection[Holder]) -> set[Holder]:
    """Those of these units and heads of units for whom there is an active person.

    Each unit is read only once in a command.
    """
    unread = set(units_among(holders)) - work.staffed.keys()
    if unread:
        people = select(PersonRow).where(PersonRow.unit_id.in_(unread), PersonRow.active.is_(True))
        for unit in unread:
            work.staffed[unit] = set()
        for person in work.session.scalars(people):
            work.staffed[person.unit_id or 0].update(actor_from_row(person).holders)
    return {holder for holder in holders if holder in work.staffed.get(holder.unit_id or 0, ())}


# -- a step is over, or a co-operating unit has answered


def tell_closed(work: UnitOfWork, case: CaseRow, closed: Iterable[ItemRow]) -> None:
    """End the notices of items that are over.

    A person from whom an item was taken away is told. An application for more time that is
    undecided ends with its item.
    """
    for item in closed:
        if extension_undecided(work.session, item):
            work.post(case, ITEM_OVER, str(item.id), {})
        work.over.add(matter_of(item))
        if item.part == "lead":
            work.over.add(answers_matter(item))
        taken_by_other = item.assignee_id not in (None, work.acting) and item.person_id is None
        if item.state == "cancelled" and taken_by_other:
            text = NEWS["gone"].format(case=case.title, item=item.name)
            notice = Notice(text=text, matter=f"gone/{item.id}", first=True)
            tell(work, case, taker(item), notice, item=item)


def tell_answered(work: UnitOfWork, case: CaseRow, item: ItemRow) -> None:
    """Tell those who lead a step that a co-operating unit has answered."""
    items_of_step = [other for other in work.open_items(case) if other.task == item.task]
    owing = 0
    for other in items_of_step:
        if other.part == "cooperate" and other.id != item.id:
            owing += 1
    text = NEWS["answered"].format(
        case=case.title,
        item=item.name,
        unit=_unit_name(work, case, item),
        rest=NEWS["owing"].format(owing) if owing else NEWS["all_answered"],
    )
    for lead in items_of_step:
        if lead.part == "lead":
            notice = Notice(text=text, kind="answer", matter=answers_matter(item))
            tell(work, case, taker(lead), notice, item=lead)


# -- a case rests or goes on


def tell_steered(work: UnitOfWork, case: CaseRow, verb: str, reason: str) -> None:
    """Tell the starter of a case, and those who work on it, that it rests or goes on."""
    text = NEWS[verb].format(case=case.title, reason=reason)
    holders: dict[Holder, None] = {}
    if case.starter_id is not None:
        holders[Holder.person(case.starter_id)] = None
    for item in work.open_items(case):
        holders[taker(item)] = None
    for holder in holders:
        if not _acts_now(work, holder):
            tell(work, case, holder, Notice(text=text, matter=f"steered/{case.id}"))
