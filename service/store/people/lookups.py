"""The look-ups of units and people that commands and queries share."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people.units import Directory, PersonOf, Unit
from service.store.people.rows import GroupRow, PersonRow, UnitRow
from service.store.processes.lookups import rules_of


def units_of(session: Session, jurisdiction: str) -> Sequence[UnitRow]:
    """All units of a jurisdiction."""
    return session.scalars(
        select(UnitRow).where(UnitRow.jurisdiction == jurisdiction).order_by(UnitRow.id)
    ).all()


def groups_of(session: Session, jurisdiction: str) -> Sequence[GroupRow]:
    """All groups of a jurisdiction."""
    return session.scalars(select(GroupRow).where(GroupRow.jurisdiction == jurisdiction)).all()


def directory_of(session: Session, jurisdiction: str) -> Directory:
    """The directory of a jurisdiction as it is now: its units, groups and names."""
    rules = rules_of(session, jurisdiction)
    lanes = {name: _lane(rule) for name, rule in rules.get("roles", {}).items()}
    return Directory(
        units={row.code: _unit(row) for row in units_of(session, jurisdiction)},
        groups={row.name: tuple(row.members) for row in groups_of(session, jurisdiction)},
        relatives=rules.get("relative_units", {}),
        persons=lanes,
        jurisdiction=jurisdiction,
    )


def _unit(row: UnitRow) -> Unit:
    return Unit(
        id=row.id,
        code=row.code,
        name=row.name,
        kind=row.kind,
        managed_by=row.managed_by,
        valid_to=row.valid_to,
    )


def _lane(rule: Mapping[str, Any]) -> PersonOf:
    return PersonOf(
        variable=rule.get("person", ""),
        role=rule["role"],
        post=rule.get("post", ""),
        unit=rule.get("unit", ""),
    )


def active_person_id(session: Session, jurisdiction: str, login: str) -> int | None:
    """The id of the active person with this login; None if there is none."""
    active_person = select(PersonRow.id).where(
        PersonRow.jurisdiction == jurisdiction,
        PersonRow.login == login,
        PersonRow.active.is_(True),
    )
    return session.scalar(active_person)
