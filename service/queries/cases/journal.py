"""The record of a case (留痕) as people read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.cases import Closed, names_person, own_only, silent
from service.domain.people.actor import Actor
from service.domain.vocabulary import FACTS, JOURNAL, NAMELESS
from service.engine.document import Element
from service.queries.cases.lines import JournalLine
from service.store.cases.rows import JournalRow
from service.store.items.rows import ItemRow
from service.store.people.rows import PersonRow
from service.unit_of_work import Deployed


def journal_lines(
    session: Session,
    deployed: Deployed,
    case_id: int,
    closed: Closed,
    actor: Actor,
) -> tuple[JournalLine, ...]:
    """The record of a case, newest first.

    Lines of closed steps come without what was said there. Lines of nameless steps come without the
    person who has them.
    """
    elements = deployed.definition.elements
    written = (
        select(JournalRow, PersonRow.name, ItemRow.name)
        .outerjoin(PersonRow, PersonRow.id == JournalRow.person_id)
        .outerjoin(ItemRow, ItemRow.id == JournalRow.item_id)
        .where(JournalRow.case_id == case_id, JournalRow.verb != "pass")
        .order_by(JournalRow.id.desc())
    )
    return tuple(
        _line(row, person, _name_of(row, item, elements, closed), closed, actor)
        for row, person, item in session.execute(written)
        if row.person_id == actor.person_id or not own_only(actor)
    )


def _name_of(
    row: JournalRow, item: str | None, elements: Mapping[str, Element], closed: Closed
) -> str:
    """The name of what a line is about.

    That is the item with its subject. It is only the step if its content or its holder is kept from
    the reader. A line about an outcome needs no name.
    """
    is_kept = row.element in closed or row.element in closed.nameless
    if item is not None and not is_kept:
        return item
    is_named = row.verb != "outcome" and row.element in elements
    if not is_named:
        return ""
    return elements[str(row.element)].name


def _line(
    row: JournalRow, person: str | None, name: str, closed: Closed, actor: Actor
) -> JournalLine:
    verb = JOURNAL.get(row.verb, row.verb)
    facts = {} if silent(row, closed) else row.facts
    return JournalLine(
        at=row.at,
        person=person if names_person(row, closed, actor) else NAMELESS,
        verb=row.verb,
        element=row.element,
        item_id=row.item_id,
        text="，".join(filter(None, [f"{verb}“{name}”" if name else verb, *_in_words(facts)])),
    )


def _in_words(facts: Mapping[str, Any]) -> Sequence[str]:
    """The facts of a journal line that people read."""
    return [FACTS[key].format(value) for key, value in facts.items() if key in FACTS and value]
