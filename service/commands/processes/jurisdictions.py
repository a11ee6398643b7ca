"""Loading a jurisdiction's data: units, groups, roles, clauses, lists. Loading again updates what
is there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from service.domain.terms.deadlines import due_by_date
from service.store.people.lookups import groups_of, units_of
from service.store.people.rows import GroupRow, UnitRow
from service.store.processes.lookups import lists_in_force
from service.store.processes.rows import ClauseRow, JurisdictionRow, NamedListRow
from service.unit_of_work import UnitOfWork

RULES = (
    "relative_units",
    "roles",
    "numbers",
    "narrowings",
    "document",
    "pending",
    "registry",
    "sponsors",
    "papers",
    "campaigns",
)


@dataclass(frozen=True, kw_only=True)
class LoadJurisdiction:
    """Bring the database to a checked manifest. A list that a case has already published is left
    alone.
    """

    manifest: Mapping[str, Any]

    def carry_out(self, work: UnitOfWork) -> str:
        entry = self.manifest["jurisdiction"]
        code = str(entry["code"])
        row = work.session.get(JurisdictionRow, code) or JurisdictionRow(code=code)
        row.name = entry["name"]
        row.rules = {key: self.manifest[key] for key in RULES if key in self.manifest}
        clauses = self.manifest.get("clauses") or ()
        others: dict[str, Any] = {}
        for clause in clauses:
            if clause.get("others"):
                others[clause["id"]] = clause["others"]
        row.rules["others"] = others
        row.revision = (row.revision or 0) + 1
        work.reloading = True
        work.session.add(row)
        work.session.flush()
        units = self.manifest.get("units", ())
        self._units(work, code, units)
        self._groups(work, code, self.manifest.get("groups", ()))
        self._clauses(work, code, self.manifest.get("clauses", ()))
        self._lists(work, code, self.manifest.get("lists", ()))
        work.record(None, "load", jurisdiction=code, units=len(units))
        return code

    def _units(self, work: UnitOfWork, code: str, entries: Sequence[Mapping[str, Any]]) -> None:
        units_by_code = {unit.code: unit for unit in units_of(work.session, code)}
        for entry in entries:
            unit = units_by_code.get(entry["code"]) or UnitRow(
                jurisdiction=code, code=entry["code"]
            )
            unit.name = entry["name"]
            unit.kind = entry["kind"]
            unit.managed_by = entry.get("managed_by")
            unit.head = entry.get("head") or ""
            unit.officer = entry.get("officer") or ""
            unit.basis = entry.get("basis", "ours")
            unit.valid_to = due_by_date(str(entry["valid_to"])) if entry.get("valid_to") else None
            work.session.add(unit)
        work.session.flush()

    def _groups(self, work: UnitOfWork, code: str, entries: Sequence[Mapping[str, Any]]) -> None:
        groups_by_name = {group.name: group for group in groups_of(work.session, code)}
        for entry in entries:
            group = groups_by_name.get(entry["name"]) or GroupRow(
                jurisdiction=code, name=entry["name"]
            )
            group.members = list(entry["members"])
            group.basis = entry.get("basis", "ours")
            work.session.add(group)

    def _clauses(self, work: UnitOfWork, code: str, entries: Sequence[Mapping[str, Any]]) -> None:
        clauses_of_jurisdiction = select(ClauseRow).where(ClauseRow.jurisdiction == code)
        clauses_by_code = {
            clause.code: clause for clause in work.session.scalars(clauses_of_jurisdiction)
        }
        for position, entry in enumerate(entries):
            clause = clauses_by_code.get(entry["id"]) or ClauseRow(
                jurisdiction=code, code=entry["id"]
            )
            clause.position = position
            clause.title = entry["title"]
            clause.text = entry.get("text") or ""
            clause.leads = list(entry.get("leads") or ())
            clause.co_units = list(entry.get("co_units") or ())
            clause.inferred = bool(entry.get("inferred"))
            work.session.add(clause)

    def _lists(self, work: UnitOfWork, code: str, entries: Sequence[Mapping[str, Any]]) -> None:
        lists_by_name = lists_in_force(work.session, code)
        work.session.add_all(
            NamedListRow(
                jurisdiction=code,
                name=entry["name"],
                version=1,
                title=entry["title"],
                entries=[dict(line) for line in entry["entries"]],
                in_force_at=work.now,
            )
            for entry in entries
            if entry["name"] not in lists_by_name
        )
