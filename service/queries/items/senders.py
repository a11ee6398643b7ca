"""From whom items came, who asks a co-operating unit, and who sent an item back."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.queries.items.lines import ReturnedLine, SenderLine
from service.store.items.rows import ItemRow
from service.store.people.rows import PersonRow, UnitRow


def sender_line(person: str | None, unit: str | None, asking: str | None) -> SenderLine | None:
    """From whom an item came.

    It is the unit that asks, or else the unit of the person whose act opened the item, or else that
    person. None if nobody may be named.
    """
    if asking is not None:
        return SenderLine(unit=asking, person=None, asks=True)
    if person is None:
        return None
    return SenderLine(unit=unit, person=None if unit else person)


def units_that_ask(session: Session, items: Sequence[ItemRow]) -> Mapping[str, str]:
    """The units that lead the steps at which these items co-operate, by task. The database is only
    asked if one of them co-operates.
    """
    co_operating = [item for item in items if item.part == "cooperate"]
    if not co_operating:
        return {}
    leads = (
        select(ItemRow.task, UnitRow.name)
        .join(UnitRow, UnitRow.id == ItemRow.unit_id)
        .where(
            ItemRow.case_id.in_({item.case_id for item in co_operating}),
            ItemRow.task.in_({item.task for item in co_operating}),
            ItemRow.part == "lead",
        )
    )
    return {task: unit for task, unit in session.execute(leads)}


def send_backs(session: Session, items: Sequence[ItemRow]) -> Mapping[int, ReturnedLine]:
    """The send-backs that opened these items, by item. Names are only looked up if there is a
    send-back.
    """
    returned = {item.id: (item, item.returned) for item in items if item.returned is not None}
    if not returned:
        return {}
    authors = {facts.get("by") for _, facts in returned.values()}
    named = select(PersonRow.id, PersonRow.name).where(PersonRow.id.in_(authors))
    names: dict[Any, str] = {person: name for person, name in session.execute(named)}
    return {
        item_id: ReturnedLine(
            person=names.get(facts.get("by")),
            at=item.opened_at,
            element=facts.get("from"),
            step="",
            why=str(facts.get("why") or ""),
        )
        for item_id, (item, facts) in returned.items()
    }
