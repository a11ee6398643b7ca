"""Actions of service tasks that read and replace the jurisdiction's named lists."""

from collections.abc import Mapping
from typing import Any

from service.errors import BadRequest
from service.store.cases.rows import CaseRow
from service.store.processes.lookups import lists_in_force
from service.store.processes.rows import NamedListRow
from service.unit_of_work import NamedAction, UnitOfWork


def list_in_force(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> list[Any]:
    """The entries of the named list in force."""
    row = lists_in_force(work.session, case.jurisdiction).get(str(arguments["name"]))
    if row is None:
        return []
    return list(row.entries)


def publish_list(work: UnitOfWork, case: CaseRow, arguments: Mapping[str, Any]) -> int:
    """Put a new version of a named list in force. Running cases keep theirs. Returns the
    version.
    """
    name = str(arguments["name"])
    entries = arguments["entries"]
    if not isinstance(entries, list) or not all(
        isinstance(e, dict) and e.get("value") for e in entries
    ):
        raise BadRequest("清单的每一项都要有名称，请补充后再发布", list=name)
    row = lists_in_force(work.session, case.jurisdiction).get(name)
    version = row.version + 1 if row is not None else 1
    work.session.add(
        NamedListRow(
            jurisdiction=case.jurisdiction,
            name=name,
            version=version,
            title=row.title if row is not None else name,
            entries=[{**entry, "label": entry.get("label") or entry["value"]} for entry in entries],
            in_force_at=work.now,
        )
    )
    work.record(case, "list", name=name, version=version, entries=len(entries))
    return version


ACTIONS: Mapping[str, NamedAction] = {
    "list_in_force": NamedAction(carry_out=list_in_force, arguments=frozenset({"name"})),
    "publish_list": NamedAction(carry_out=publish_list, arguments=frozenset({"name", "entries"})),
}
