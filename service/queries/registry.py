"""The demand registry (项目库): the list, and one demand with its history, its cases and demands
that may be the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from service.access.cases import visible_to
from service.access.registry import book, book_to_enter
from service.domain.forms.shown import plain, plain_values
from service.domain.people.actor import Actor
from service.domain.people.offers import Offer
from service.domain.registry import (
    Book,
    Names,
    demand_offers,
    keeps_registry,
    may_enter,
    reads,
    registry_of,
)
from service.domain.vocabulary import DEMAND_CHANGES
from service.errors import NotFound
from service.queries.paging import page_of
from service.store.cases.rows import CaseRow
from service.store.people.rows import PersonRow
from service.store.processes.rows import JurisdictionRow
from service.store.registry import DemandChangeRow, DemandRow
from service.unit_of_work import Process

FILTERS = ("state", "county", "field", "kind")
Project = aliased(CaseRow)
PROJECT = (
    select(func.max(Project.id))
    .where(Project.parent_id == DemandRow.pilot_id, Project.business_key == DemandRow.number)
    .correlate(DemandRow)
)
"""A demand's own case is the child of its pilot that has the demand's number."""


@dataclass(frozen=True, kw_only=True)
class DemandLine:
    """A demand as a list shows it. Amounts are in yuan. ``project_status`` is the status of its
    case, once it is posted.
    """

    id: int
    number: str
    name: str
    demander_name: str
    county: str
    county_name: str
    field: str
    kind: str
    state: str
    total_amount: Decimal
    bounty: Decimal
    source: str
    created_at: datetime
    version: int
    project_id: int | None
    project_status: str | None


@dataclass(frozen=True, kw_only=True)
class DemandsPage:
    """A page of the list. ``options`` are the values and labels to filter by."""

    demands: tuple[DemandLine, ...]
    next: str | None
    total: int
    options: Mapping[str, Mapping[str, str]]
    may_enter: bool


@dataclass(frozen=True, kw_only=True)
class CaseRef:
    """A case that has to do with a demand. ``id`` is None if the reader may not see it."""

    id: int | None
    title: str
    status: str


@dataclass(frozen=True, kw_only=True)
class ChangeLine:
    """A line of a demand's history. Each of its ``fields`` has a label, the value before and the
    value after.
    """

    at: datetime
    person: str | None
    verb: str
    label: str
    reason: str
    fields: tuple[tuple[str, Any, Any], ...] = ()


@dataclass(frozen=True, kw_only=True)
class DemandPage:
    """One demand with all that belongs to it."""

    demand: DemandLine
    record: Mapping[str, Any]
    form: Mapping[str, Any]
    values: Mapping[str, Any]
    history: tuple[ChangeLine, ...]
    cases: Mapping[str, CaseRef]
    merged_into: DemandLine | None
    alike: tuple[DemandLine, ...]
    offers: Mapping[str, Offer]


def has_registry(session: Session, runtime: Process, actor: Actor) -> bool:
    """Whether there is a registry that this person may look at. Every page asks this, so it is one
    statement.
    """
    row = session.get_one(JurisdictionRow, actor.jurisdiction)
    return registry_of(row.rules) is not None and reads(
        actor, runtime.catalogue.directory(session, row.code, row.revision)
    )


def labels(session: Session, actor: Actor) -> dict[str, str]:
    """The labels of a record's keys, in the order of the form.

    :raises NotFound: this person has no registry.
    """
    return book(session, actor).labels()


def labels_to_enter(session: Session, actor: Actor) -> dict[str, str]:
    """:func:`labels`, for a person who is about to add demands.

    :raises NotFound: this person has no registry. :raises NotAllowed: they may not add to it.
    """
    return book_to_enter(session, actor).labels()


def demands(
    session: Session,
    actor: Actor,
    *,
    filters: Mapping[str, str | None],
    limit: int = 20,
    cursor: str | None = None,
) -> DemandsPage:
    """The demands of the jurisdiction, newest first.

    :param filters: by state, county, field, kind, and q, a part of a text or the number.
    :raises NotFound: this person has no registry. :raises BadRequest: the cursor cannot be read.
    """
    registry_book = book(session, actor)
    chosen_ids = _filtered(select(DemandRow.id), actor, filters)
    total = session.scalar(select(func.count()).select_from(chosen_ids.subquery())) or 0
    rows, following = page_of(
        session, _filtered(_lines(), actor, filters), DemandRow.id, limit=limit, cursor=cursor
    )
    return DemandsPage(
        demands=tuple(_line(registry_book, *row) for row in rows),
        next=following,
        total=total,
        options={key: registry_book.options(key) for key in ("county", "field", "kind")},
        may_enter=may_enter(actor, registry_book.registry, registry_book.directory),
    )


def all_rows(
    session: Session, actor: Actor, filters: Mapping[str, str | None]
) -> Iterator[dict[str, Any]]:
    """Every demand that fits, oldest first, as a row of a table. Choices are in words, amounts are
    plain numbers.
    """
    registry_book = book(session, actor)
    words = {key: registry_book.options(key) for key in registry_book.labels()}
    chosen_demands = (
        _filtered(_lines(), actor, filters).order_by(DemandRow.id).execution_options(yield_per=500)
    )
    for row, _, status in session.execute(chosen_demands):
        in_words = {
            key: words.get(key, {}).get(str(value), value) for key, value in row.facts.items()
        }
        yield {
            **plain_values(in_words),
            "number": row.number,
            "state": row.state,
            "project_status": status,
        }


def _lines() -> Select[DemandRow, int | None, str | None]:
    return select(DemandRow, Project.id, Project.status).outerjoin(
        Project, Project.id == PROJECT.scalar_subquery()
    )


def _filtered(demands_query: Any, actor: Actor, filters: Mapping[str, str | None]) -> Any:
    demands_query = demands_query.where(DemandRow.jurisdiction == actor.jurisdiction)
    for name in FILTERS:
        if filters.get(name):
            demands_query = demands_query.where(getattr(DemandRow, name) == filters[name])
    if q := filters.get("q"):
        demands_query = demands_query.where(
            or_(
                DemandRow.name.icontains(q, autoescape=True),
                DemandRow.demander_name.icontains(q, autoescape=True),
                DemandRow.number == q,
            )
        )
    return demands_query


def _line(
    registry_book: Book, row: DemandRow, project: int | None, status: str | None
) -> DemandLine:
    county = registry_book.directory.units.get(row.county)
    return DemandLine(
        id=row.id,
        number=row.number,
        name=row.name,
        demander_name=row.demander_name,
        county=row.county,
        county_name=county.name if county else row.county,
        field=row.field,
        kind=row.kind,
        state=row.state,
        total_amount=Decimal(row.total_fen) / 100,
        bounty=Decimal(row.bounty_fen) / 100,
        source=row.source,
        created_at=row.created_at,
        version=row.version,
        project_id=project,
        project_status=status,
    )


def demand_page(session: Session, actor: Actor, demand_id: int) -> DemandPage:
    """One demand.

    :raises NotFound: there is no such demand, or this person has no registry.
    """
    registry_book = book(session, actor)
    lines = _some(session, actor, registry_book, [demand_id])
    if demand_id not in lines:
        raise NotFound("该技术需求")
    row = session.get_one(DemandRow, demand_id)
    demand = lines[demand_id]
    alike = (
        _alike(session, row)
        if keeps_registry(actor, registry_book.registry) and row.state == "listed"
        else []
    )
    others = _some(
        session, actor, registry_book, [*alike, *([row.merged_into] if row.merged_into else [])]
    )
    return DemandPage(
        demand=demand,
        record=plain_values(row.facts),
        form=registry_book.form,
        values=plain_values({**registry_book.lists, **row.facts}),
        history=_history(session, registry_book, row),
        cases=_cases(
            session,
            actor,
            {"declaration": row.case_id, "pilot": row.pilot_id, "project": demand.project_id},
        ),
        merged_into=others.get(row.merged_into or 0),
        alike=tuple(others[other_id] for other_id in alike if other_id in others),
        offers=demand_offers(actor, registry_book.registry, state=row.state, county=row.county),
    )


def empty_page(session: Session, actor: Actor) -> Book:
    """The registry, for a person who is about to add a demand.

    :raises NotFound: this person has no registry, or may not add to it.
    """
    registry_book = book(session, actor)
    if not may_enter(actor, registry_book.registry, registry_book.directory):
        raise NotFound("登记技术需求的页面")
    return registry_book


def _some(
    session: Session, actor: Actor, registry_book: Book, ids: Sequence[int]
) -> dict[int, DemandLine]:
    these_demands = _lines().where(
        DemandRow.id.in_(ids), DemandRow.jurisdiction == actor.jurisdiction
    )
    return {
        row.id: _line(registry_book, row, project, status)
        for row, project, status in session.execute(these_demands)
    }


def _alike(session: Session, row: DemandRow) -> list[int]:
    """The ids of demands in use that may be the same as this one."""
    candidates = (
        select(DemandRow.id, DemandRow.name, DemandRow.demander_name)
        .where(
            DemandRow.jurisdiction == row.jurisdiction,
            DemandRow.id != row.id,
            DemandRow.state.in_(("listed", "selected")),
        )
        .order_by(DemandRow.id)
    )
    names = Names()
    for other, name, demander in session.execute(candidates):
        names.add(other, name, demander)
    return [int(similar) for similar in names.like(row.name, row.demander_name)]


def _history(session: Session, registry_book: Book, row: DemandRow) -> tuple[ChangeLine, ...]:
    names = registry_book.labels()
    changes = (
        select(DemandChangeRow, PersonRow.name)
        .outerjoin(PersonRow, PersonRow.id == DemandChangeRow.person_id)
        .where(DemandChangeRow.demand_id == row.id)
    )
    lines = []
    for change, person in session.execute(changes.order_by(DemandChangeRow.id.desc())):
        before = change.before or {}
        after = change.after or {}
        changed = (
            tuple(
                (
                    names[key],
                    _in_words(registry_book, key, before.get(key)),
                    _in_words(registry_book, key, after[key]),
                )
                for key in after
                if key in names
            )
            if change.verb == "changed"
            else ()
        )
        remarks = [
            change.reason,
            *(str(after[key]) for key in ("into", "merged") if after.get(key)),
        ]
        label = DEMAND_CHANGES.get(change.verb, change.verb)
        lines.append(
            ChangeLine(
                at=change.at,
                person=person,
                verb=change.verb,
                fields=changed,
                label=label,
                reason="，".join(filter(None, remarks)),
            )
        )
    return tuple(lines)


def _in_words(registry_book: Book, key: str, value: Any) -> Any:
    """A value, in words if it is a choice."""
    return registry_book.options(key).get(str(value), plain(value))


def _cases(session: Session, actor: Actor, ids: Mapping[str, int | None]) -> dict[str, CaseRef]:
    related_cases = select(
        CaseRow.id, CaseRow.title, CaseRow.status, visible_to(actor).label("visible")
    ).where(and_(CaseRow.id.in_([case_id for case_id in ids.values() if case_id is not None])))
    cases_by_id = {row.id: row for row in session.execute(related_cases)}
    return {
        name: CaseRef(
            id=case_id if cases_by_id[case_id].visible else None,
            title=cases_by_id[case_id].title,
            status=cases_by_id[case_id].status,
        )
        for name, case_id in ids.items()
        if case_id in cases_by_id
    }
