"""Which units' channels a person may set, and which people a remark names."""

import re
from collections.abc import Mapping

from sqlalchemy import literal, or_, select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.store.people.rows import PersonRow, UnitRow
from service.unit_of_work.telling import actor_from_row

NAMING = re.compile(r"(?<![A-Za-z0-9._%+-])[@＠]\s?(\S+)")
"""An at sign and what follows it. An at sign inside a mail address does not count."""
UNKNOWN = re.compile(r"[\w.-]{1,20}")
"""The beginning of a name that nobody has, which is shown to the author."""
LONGEST_NAME = 60


def units_kept(session: Session, actor: Actor) -> dict[str, str]:
    """The units whose channels this person may set: name by code."""
    if actor.may(Right.KEEP_ALL_CHANNELS):
        in_jurisdiction = UnitRow.jurisdiction == actor.jurisdiction
        units = select(UnitRow.code, UnitRow.name).where(in_jurisdiction).order_by(UnitRow.id)
        return {code: name for code, name in session.execute(units)}
    if actor.may(Right.KEEP_UNIT_CHANNELS) and actor.unit_code is not None:
        return {actor.unit_code: actor.unit_name or actor.unit_code}
    return {}


def people_named(session: Session, jurisdiction: str, text: str) -> Mapping[str, list[Actor]]:
    """The people whom a text names with ``@``, by the name or login that was written.

    If the names of several people fit, those with the longest name are meant. A name that nobody
    has stands with an empty list.
    """
    people_by_name: dict[str, list[Actor]] = {}
    for written in dict.fromkeys(NAMING.findall(text)):
        people = _people_written(session, jurisdiction, written)
        if not people and (unknown := UNKNOWN.match(written)):
            people_by_name[unknown[0]] = []
        longest = max((len(name) for name, _ in people), default=0)
        for name, actor in people:
            if len(name) == longest:
                people_by_name.setdefault(name, []).append(actor)
    return people_by_name


def _people_written(session: Session, jurisdiction: str, written: str) -> list[tuple[str, Actor]]:
    """The active people with whose name or login the text begins, each with that name or login."""
    beginning = literal(written[:LONGEST_NAME])
    people = (
        select(PersonRow, UnitRow)
        .outerjoin(UnitRow, UnitRow.id == PersonRow.unit_id)
        .where(
            PersonRow.jurisdiction == jurisdiction,
            PersonRow.active.is_(True),
            or_(beginning.startswith(PersonRow.name), beginning.startswith(PersonRow.login)),
        )
        .order_by(PersonRow.id)
    )
    return [
        (
            person.name if written.startswith(person.name) else person.login,
            actor_from_row(person, unit),
        )
        for person, unit in session.execute(people)
    ]
