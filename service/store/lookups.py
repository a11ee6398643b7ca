"""Named look-ups: the few reads that commands and queries share."""

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from service.domain.people.units import Directory, PersonOf, Unit
from service.domain.terms.calendar import Calendar
from service.store.registry import (
    CalendarYearRow,
    DefinitionRow,
    DeploymentRow,
    FileRow,
    GroupRow,
    JurisdictionRow,
    NamedListRow,
    PersonRow,
    UnitRow,
)
from service.store.tables import AnswerRow, CaseRow, ItemRow

Locked = tuple[CaseRow, int]


_LOCKED = (
    select(CaseRow, JurisdictionRow.revision)
    .join(JurisdictionRow, JurisdictionRow.code == CaseRow.jurisdiction)
    .with_for_update(of=CaseRow)
)
CASE_LOCKED = _LOCKED.where(CaseRow.id == bindparam("case_id"))
CASE_OF_ITEM_LOCKED = _LOCKED.where(
    CaseRow.id
    == select(ItemRow.case_id).where(ItemRow.id == bindparam("item_id")).scalar_subquery()
)
AT_HAND = (
    select(ItemRow)
    .where(
        ItemRow.case_id == bindparam("case_id"),
        or_(ItemRow.state == "open", ItemRow.id == bindparam("item_id")),
    )
    .order_by(ItemRow.id)
    .execution_options(populate_existing=True)
)
ROUNDS = (
    select(ItemRow.element, ItemRow.place, func.max(ItemRow.round))
    .where(
        ItemRow.case_id == bindparam("case_id"),
        ItemRow.element.in_(bindparam("elements", expanding=True)),
    )
    .group_by(ItemRow.element, ItemRow.place)
    .execution_options(autoflush=False)
)
"""Every command asks these; made once, they cost half."""


def case_for_update(
    session: Session, *, case_id: int | None = None, item_id: int | None = None
) -> Locked | None:
    """The case, or an item's case, locked until the transaction ends; and the revision of its
    jurisdiction.
    """
    wanted = CASE_LOCKED if item_id is None else CASE_OF_ITEM_LOCKED
    asked = {"case_id": case_id} if item_id is None else {"item_id": item_id}
    found = session.execute(wanted, asked).one_or_none()
    return None if found is None else (found[0], found[1])


def revision_of(session: Session, jurisdiction: str) -> int:
    """How often the units, groups and rules of a jurisdiction have changed."""
    return (
        session.scalar(select(JurisdictionRow.revision).where(JurisdictionRow.code == jurisdiction))
        or 0
    )


def items_at_hand(session: Session, case_id: int, item_id: int | None = None) -> list[ItemRow]:
    """The open items of a case, and the one asked for whatever its state, oldest first."""
    return list(session.scalars(AT_HAND, {"case_id": case_id, "item_id": item_id}))


def undecided(session: Session, item: ItemRow) -> bool:
    """Whether an application for more time (延期) of this item still waits; one that was terminated
    does not.
    """
    if item.extension_id is None:
        return False
    waiting = select(CaseRow.id).where(CaseRow.id == item.extension_id, CaseRow.ended_at.is_(None))
    return session.scalar(waiting) is not None


def rounds(session: Session, case_id: int, elements: Collection[str]) -> dict[tuple[str, str], int]:
    """The last round of these elements in a case, by element and loop place."""
    found = session.execute(ROUNDS, {"case_id": case_id, "elements": list(elements)})
    return {(element, place): last for element, place, last in found}


def answered(session: Session, case_id: int, element: str, place: str) -> set[int]:
    """Ids of the co-operating units that have answered at a step in any round."""
    return set(
        session.scalars(
            select(ItemRow.unit_id).where(
                ItemRow.case_id == case_id,
                ItemRow.element == element,
                ItemRow.place == place,
                ItemRow.part == "cooperate",
                ItemRow.state == "done",
                ItemRow.unit_id.is_not(None),
            )
        )
    )


def answers_of(session: Session, case_id: int) -> Sequence[AnswerRow]:
    """All answers of a case, oldest first, undone ones too."""
    return session.scalars(
        select(AnswerRow).where(AnswerRow.case_id == case_id).order_by(AnswerRow.id)
    ).all()


def units_of(session: Session, jurisdiction: str) -> Sequence[UnitRow]:
    """All units of a jurisdiction."""
    return session.scalars(
        select(UnitRow).where(UnitRow.jurisdiction == jurisdiction).order_by(UnitRow.id)
    ).all()


def groups_of(session: Session, jurisdiction: str) -> Sequence[GroupRow]:
    """All groups of a jurisdiction."""
    return session.scalars(select(GroupRow).where(GroupRow.jurisdiction == jurisdiction)).all()


def directory(session: Session, jurisdiction: str) -> Directory:
    """Units, groups, relative units and persons' lanes of a jurisdiction, as they are now."""
    rules = rules_of(session, jurisdiction)
    return Directory(
        units={
            row.code: Unit(
                id=row.id,
                code=row.code,
                name=row.name,
                kind=row.kind,
                managed_by=row.managed_by,
                valid_to=row.valid_to,
            )
            for row in units_of(session, jurisdiction)
        },
        groups={row.name: tuple(row.members) for row in groups_of(session, jurisdiction)},
        relatives=rules.get("relative_units", {}),
        persons={
            name: PersonOf(
                variable=rule.get("person", ""),
                role=rule["role"],
                post=rule.get("post", ""),
                unit=rule.get("unit", ""),
            )
            for name, rule in rules.get("roles", {}).items()
        },
        jurisdiction=jurisdiction,
    )


def calendar(session: Session, jurisdiction: str) -> Calendar:
    """The working calendar of a jurisdiction: what ships with the program, and the years that were
    loaded.
    """
    rows = session.scalars(
        select(CalendarYearRow).where(CalendarYearRow.jurisdiction == jurisdiction)
    ).all()
    days = {date.fromisoformat(day): works for row in rows for day, works in row.days.items()}
    return Calendar(overrides=days, loaded=frozenset(row.year for row in rows))


def rules_of(session: Session, jurisdiction: str) -> dict[str, Any]:
    """The jurisdiction's rules: relative units, roles, number formats."""
    row = session.get(JurisdictionRow, jurisdiction)
    return row.rules if row is not None else {}


def person_id(session: Session, jurisdiction: str, login: str) -> int | None:
    """The active person of this login."""
    return session.scalar(
        select(PersonRow.id).where(
            PersonRow.jurisdiction == jurisdiction,
            PersonRow.login == login,
            PersonRow.active.is_(True),
        )
    )


def latest_definition(session: Session, jurisdiction: str, key: str) -> DefinitionRow | None:
    """The newest version of a process."""
    wanted = select(DefinitionRow).where(
        DefinitionRow.jurisdiction == jurisdiction, DefinitionRow.key == key
    )
    return session.scalars(wanted.order_by(DefinitionRow.version.desc()).limit(1)).one_or_none()


def latest_definitions(session: Session, jurisdiction: str) -> Sequence[DefinitionRow]:
    """The newest version of each process."""
    newest = (
        select(DefinitionRow.key, func.max(DefinitionRow.version).label("version"))
        .where(DefinitionRow.jurisdiction == jurisdiction)
        .group_by(DefinitionRow.key)
        .subquery()
    )
    wanted = (
        select(DefinitionRow)
        .join(
            newest,
            (DefinitionRow.key == newest.c.key) & (DefinitionRow.version == newest.c.version),
        )
        .where(DefinitionRow.jurisdiction == jurisdiction)
        .order_by(DefinitionRow.key)
    )
    return session.scalars(wanted).all()


def file_content(session: Session, deployment_id: int, name: str) -> bytes | None:
    """The content of a deployed file."""
    return session.scalar(
        select(FileRow.content).where(FileRow.deployment_id == deployment_id, FileRow.name == name)
    )


def newest_files(session: Session, jurisdiction: str, ending: str) -> dict[str, int]:
    """The id of the newest deployed file of each name with this ending."""
    wanted = (
        select(FileRow.name, func.max(FileRow.id))
        .join(DeploymentRow, DeploymentRow.id == FileRow.deployment_id)
        .where(DeploymentRow.jurisdiction == jurisdiction, FileRow.name.endswith(ending))
        .group_by(FileRow.name)
    )
    return {name: file_id for name, file_id in session.execute(wanted)}


def lists_in_force(session: Session, jurisdiction: str) -> dict[str, NamedListRow]:
    """The version in force of each named list."""
    wanted = (
        select(NamedListRow)
        .where(NamedListRow.jurisdiction == jurisdiction)
        .order_by(NamedListRow.version)
    )
    return {row.name: row for row in session.scalars(wanted)}


def pinned_lists(session: Session, case: CaseRow, names: Collection[str]) -> dict[str, list[Any]]:
    """The entries of these named lists in the versions the case has pinned."""
    wanted = [
        and_(NamedListRow.name == name, NamedListRow.version == case.lists[name])
        for name in sorted(names)
        if name in case.lists
    ]
    if not wanted:
        return {}
    rows = session.scalars(
        select(NamedListRow).where(NamedListRow.jurisdiction == case.jurisdiction, or_(*wanted))
    )
    return {row.name: row.entries for row in rows}
