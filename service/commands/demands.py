"""The demand registry (项目库): what is entered, changed, merged and withdrawn, each with its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.commands.numbers import take
from service.domain.demands import columns_of, record_of
from service.domain.people import Actor
from service.errors import BadRequest
from service.store.demands import DemandChangeRow, DemandRow
from service.unit_of_work import UnitOfWork

NUMBERS = "demand"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where demands come from: ``declared`` or ``contributed`` in a case, ``added`` or ``imported`` by somebody."""

    source: str
    case_id: int | None = None
    actor: Actor | None = None


def enter(
    work: UnitOfWork, jurisdiction: str, records: Sequence[Mapping[str, Any]], origin: Origin
) -> list[DemandRow]:
    """Put records into the registry, each with its number and the first line of its history.

    :raises BadRequest: one has no name.
    """
    if not all(record.get("demand_name") for record in records):
        raise BadRequest("每项技术需求都要有名称，请补充后再入库", field="demand_name")
    numbers = take(work, jurisdiction, NUMBERS, len(records)) if records else []
    rows = [
        DemandRow(jurisdiction=jurisdiction, number=number, facts=facts, source=origin.source, case_id=origin.case_id,
                  created_at=work.now, **columns_of(facts))
        for number, facts in zip(numbers, map(record_of, records), strict=True)
    ]
    work.session.add_all(rows)
    work.session.flush()
    for row in rows:
        note(work, row, origin.source, actor=origin.actor, after=row.facts)
    return rows


def note(
    work: UnitOfWork, row: DemandRow, verb: str, *, actor: Actor | None = None, before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None, reason: str = "",
) -> None:
    """A line of a demand's history."""
    work.session.add(DemandChangeRow(
        demand_id=row.id, at=work.now, person_id=actor.person_id if actor else None, verb=verb, before=before,
        after=after, reason=reason))
