"""Named look-ups: the few reads that commands and queries share."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.domain.units import Directory, PersonOf, Unit
from service.store.registry import (
    DefinitionRow,
    FileRow,
    GroupRow,
    JurisdictionRow,
    NamedListRow,
    PersonRow,
    UnitRow,
)
from service.store.tables import AnswerRow, CaseRow, ItemRow


def case_for_update(session: Session, case_id: int) -> CaseRow | None:
    """The case, locked until the transaction ends."""
    return session.scalars(select(CaseRow).where(CaseRow.id == case_id).with_for_update()).one_or_none()


def case_of_item_for_update(session: Session, item_id: int) -> CaseRow | None:
    """The case of an item, locked; the item itself is read after the lock."""
    wanted = select(ItemRow.case_id).where(ItemRow.id == item_id).scalar_subquery()
    return session.scalars(select(CaseRow).where(CaseRow.id == wanted).with_for_update()).one_or_none()


def open_items(session: Session, case_id: int) -> Sequence[ItemRow]:
    """The open items of a case, oldest first."""
    wanted = select(ItemRow).where(ItemRow.case_id == case_id, ItemRow.state == "open").order_by(ItemRow.id)
    return session.scalars(wanted).all()


def rounds(session: Session, case_id: int) -> dict[tuple[str, str], int]:
    """The last round of each element and loop place in a case."""
    wanted = select(ItemRow.element, ItemRow.place, func.max(ItemRow.round)).where(ItemRow.case_id == case_id)
    return {(element, place): last for element, place, last in session.execute(
        wanted.group_by(ItemRow.element, ItemRow.place))}


def answers_of(session: Session, case_id: int) -> Sequence[AnswerRow]:
    """All answers of a case, oldest first, undone ones too."""
    return session.scalars(select(AnswerRow).where(AnswerRow.case_id == case_id).order_by(AnswerRow.id)).all()


def units_of(session: Session, jurisdiction: str) -> Sequence[UnitRow]:
    """All units of a jurisdiction."""
    return session.scalars(select(UnitRow).where(UnitRow.jurisdiction == jurisdiction).order_by(UnitRow.id)).all()


def groups_of(session: Session, jurisdiction: str) -> Sequence[GroupRow]:
    """All groups of a jurisdiction."""
    return session.scalars(select(GroupRow).where(GroupRow.jurisdiction == jurisdiction)).all()


def directory(session: Session, jurisdiction: str) -> Directory:
    """Units, groups, relative units and persons' lanes of a jurisdiction, as they are now."""
    rules = rules_of(session, jurisdiction)
    return Directory(
        units={
            row.code: Unit(id=row.id, code=row.code, name=row.name, kind=row.kind, managed_by=row.managed_by)
            for row in units_of(session, jurisdiction)
        },
        groups={row.name: tuple(row.members) for row in groups_of(session, jurisdiction)},
        relatives=rules.get("relative_units", {}),
        persons={
            name: PersonOf(variable=rule["person"], role=rule["role"]) for name, rule in rules.get("roles", {}).items()
        },
    )


def rules_of(session: Session, jurisdiction: str) -> dict[str, Any]:
    """The jurisdiction's rules: relative units, roles, number formats."""
    row = session.get(JurisdictionRow, jurisdiction)
    return row.rules if row is not None else {}


def person_id(session: Session, jurisdiction: str, login: str) -> int | None:
    """The active person of this login."""
    return session.scalar(select(PersonRow.id).where(
        PersonRow.jurisdiction == jurisdiction, PersonRow.login == login, PersonRow.active.is_(True)))


def latest_definition(session: Session, jurisdiction: str, key: str) -> DefinitionRow | None:
    """The newest version of a process."""
    wanted = select(DefinitionRow).where(DefinitionRow.jurisdiction == jurisdiction, DefinitionRow.key == key)
    return session.scalars(wanted.order_by(DefinitionRow.version.desc()).limit(1)).one_or_none()


def latest_definitions(session: Session, jurisdiction: str) -> Sequence[DefinitionRow]:
    """The newest version of each process."""
    newest = select(DefinitionRow.key, func.max(DefinitionRow.version).label("version")).where(
        DefinitionRow.jurisdiction == jurisdiction).group_by(DefinitionRow.key).subquery()
    wanted = select(DefinitionRow).join(
        newest, (DefinitionRow.key == newest.c.key) & (DefinitionRow.version == newest.c.version)
    ).where(DefinitionRow.jurisdiction == jurisdiction).order_by(DefinitionRow.key)
    return session.scalars(wanted).all()


def file_content(session: Session, deployment_id: int, name: str) -> bytes | None:
    """The content of a deployed file."""
    return session.scalar(select(FileRow.content).where(FileRow.deployment_id == deployment_id, FileRow.name == name))


def lists_in_force(session: Session, jurisdiction: str) -> dict[str, NamedListRow]:
    """The version in force of each named list."""
    wanted = select(NamedListRow).where(NamedListRow.jurisdiction == jurisdiction).order_by(NamedListRow.version)
    return {row.name: row for row in session.scalars(wanted)}


def pinned_lists(session: Session, jurisdiction: str, versions: dict[str, int]) -> dict[str, list[Any]]:
    """The entries of named lists in the versions a case has pinned."""
    if not versions:
        return {}
    wanted = select(NamedListRow).where(NamedListRow.jurisdiction == jurisdiction,
                                        NamedListRow.name.in_(list(versions)))
    return {row.name: row.entries for row in session.scalars(wanted) if versions[row.name] == row.version}
