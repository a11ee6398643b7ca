"""The record of a case (留痕) as people read it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.cases import Closed, names_person, own_only, silent
from service.domain.people.actor import Actor
from service.domain.vocabulary import FACTS, JOURNAL, NAMELESS
from service.queries.cases.lines import JournalLine
from service.store.cases.rows import JournalRow
from service.store.people.rows import PersonRow
from service.unit_of_work import Deployed


def journal_lines(
    session: Session,
    deployed: Deployed,
    case_id: int,
    closed: Closed,
    actor: Actor,
) -> tuple[JournalLine, ...]:
    """The record of a case, newest first; of steps that are closed without what was said there, of
    those that are nameless without who has them.
    """
    wanted = (
        select(JournalRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == JournalRow.person_id)
        .where(JournalRow.case_id == case_id, JournalRow.verb != "pass")
        .order_by(JournalRow.id.desc())
    )
    elements = deployed.definition.elements
    found = []
    for row, person in session.execute(wanted):
        if own_only(actor) and row.person_id != actor.person_id:
            continue
        known = row.verb != "outcome" and row.element in elements
        name = elements[str(row.element)].name if known else ""
        facts = {} if silent(row, closed) else row.facts
        found.append(
            JournalLine(
                at=row.at,
                person=person if names_person(row, closed, actor) else NAMELESS,
                verb=row.verb,
                element=row.element,
                item_id=row.item_id,
                text="，".join(
                    filter(
                        None,
                        [
                            f"{JOURNAL.get(row.verb, row.verb)}“{name}”"
                            if name
                            else JOURNAL.get(row.verb, row.verb),
                            *_said(facts),
                        ],
                    )
                ),
            )
        )
    return tuple(found)


def _said(facts: Mapping[str, Any]) -> Sequence[str]:
    """The facts of a journal line that people read."""
    return [FACTS[key].format(value) for key, value in facts.items() if key in FACTS and value]
