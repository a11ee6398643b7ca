"""Which units' channels somebody may set; and whom a remark may name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work.telling import holds

NAMING = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠]\s?(\S+)")
"""An at sign and what follows, where it is no part of a mail address."""
UNKNOWN = re.compile(r"[\w.-]{1,20}")
"""What is shown of a name that nobody has."""
LONGEST_NAME = 60


def units_kept(session: Session, actor: Actor) -> dict[str, str]:
    """Code -> name of the units whose channels this person may set."""
    if actor.may(Right.KEEP_ALL_CHANNELS):
        wanted = select(UnitRow.code, UnitRow.name).where(
            UnitRow.jurisdiction == actor.jurisdiction
        )
        return {code: name for code, name in session.execute(wanted.order_by(UnitRow.id))}
    if actor.may(Right.KEEP_UNIT_CHANNELS) and actor.unit_code is not None:
        return {actor.unit_code: actor.unit_name or actor.unit_code}
    return {}


def people_named(session: Session, jurisdiction: str, text: str) -> Mapping[str, list[Actor]]:
    """Whom a text names with ``@``, by the name or login that was written; of several that begin
    alike the longest counts. A name that nobody has leads to nobody.
    """
    found: dict[str, list[Actor]] = {}
    for written in dict.fromkeys(NAMING.findall(text)):
        said = literal(written[:LONGEST_NAME])
        fitting = (
            select(PersonRow, UnitRow)
            .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
            .where(
                PersonRow.jurisdiction == jurisdiction,
                PersonRow.active.is_(True),
                or_(said.startswith(PersonRow.name), said.startswith(PersonRow.login)),
            )
            .order_by(PersonRow.id)
        )
        people = list(_by_name(written, session.execute(fitting)))
        if not people and (unknown := UNKNOWN.match(written)):
            found[unknown[0]] = []
        longest = max((len(name) for name, _ in people), default=0)
        for name, actor in people:
            if len(name) == longest:
                found.setdefault(name, []).append(actor)
    return found


def _by_name(written: str, rows: Iterable[Any]) -> Iterator[tuple[str, Actor]]:
    """Name as written -> who is meant, of the rows that the database has found."""
    for person, unit in rows:
        name = person.name if written.startswith(person.name) else person.login
        yield name, holds(person, unit)
