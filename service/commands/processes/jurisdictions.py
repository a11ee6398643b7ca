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
    """Bring the database to a manifest that has been checked. Lists already published by a case are
    left alone.
    """

    manifest: Mapping[str, Any]

    def carry_out(self, work: UnitOfWork) -> str:
        entry = self.manifest["jurisdiction"]
        code = str(entry["code"])
        row = work.session.get(JurisdictionRow, code) or JurisdictionRow(code=code)
        row.name, row.rules = (
            entry["name"],
            {key: self.manifest[key] for key in RULES if key in self.manifest},
        )
        clauses = self.manifest.get("clauses") or ()
        row.rules["others"] = {
            entry["id"]: entry["others"] for entry in clauses if entry.get("others")
        }
        row.revision, work.reloading = (row.revision or 0) + 1, True
        work.session.add(row)
        work.session.flush()
        self._units(work, code, self.manifest.get("units", ()))
        self._groups(work, code, self.manifest.get("groups", ()))
        self._clauses(work, code, self.manifest.get("clauses", ()))
        self._lists(work, code, self.manifest.get("lists", ()))
        work.record(None, "load", jurisdiction=code, units=len(self.manifest.get("units", ())))
        return code

    def _units(self, work: UnitOfWork, code: str, entries: Sequence[Mapping[str, Any]]) -> None:
        known = {row.code: row for row in units_of(work.session, code)}
        for entry in entries:
            row = known.get(entry["code"]) or UnitRow(jurisdiction=code, code=entry["code"])
            row.name, row.kind, row.managed_by = (
                entry["name"],
                entry["kind"],
                entry.get("managed_by"),
            )
            row.head, row.officer = entry.get("head") or "", entry.get("officer") or ""
            row.basis = entry.get("basis", "ours")
            row.valid_to = due_by_date(str(entry["valid_to"])) if entry.get("valid_to") else None
            work.session.add(row)
        work.session.flush()

    def _groups(self, work: UnitOfWork, code: str, entries: Sequence[Mapping[str, Any]]) -> None:
        known = {row.name: row for row in groups_of(work.session, code)}
        for entry in entries:
            row = known.get(entry["name"]) or GroupRow(jurisdiction=code, name=entry["name"])
            row.members, row.basis = list(entry["members"]), entry.get("basis", "ours")
            work.session.add(row)

    def _clauses(self, work: UnitOfWork, code: str, entries: Sequence[Mapping[str, Any]]) -> None:
        wanted = select(ClauseRow).where(ClauseRow.jurisdiction == code)
        known = {row.code: row for row in work.session.scalars(wanted)}
        for position, entry in enumerate(entries):
            row = known.get(entry["id"]) or ClauseRow(jurisdiction=code, code=entry["id"])
            row.position, row.title, row.text = position, entry["title"], entry.get("text") or ""
            row.leads, row.co_units = (
                list(entry.get("leads") or ()),
                list(entry.get("co_units") or ()),
            )
            row.inferred = bool(entry.get("inferred"))
            work.session.add(row)

    def _lists(self, work: UnitOfWork, code: str, entries: Sequence[Mapping[str, Any]]) -> None:
        known = lists_in_force(work.session, code)
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
            if entry["name"] not in known
        )
