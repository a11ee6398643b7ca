"""The demand registry (项目库): adding, changing, merging and withdrawing demands, each with its
history.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import select

from service.access.registry import book, book_to_enter
from service.commands.cases.numbers import take
from service.domain.people.actor import Actor
from service.domain.registry import Book, columns_of, demand_offers, may_enter, record_of
from service.domain.vocabulary import THIS_DEMAND
from service.errors import BadAnswers, BadRequest, Changed, NotAllowed, NotFound, NotOffered
from service.store.registry import DemandChangeRow, DemandRow
from service.unit_of_work import UnitOfWork

NUMBERS = "demand"


@dataclass(frozen=True, kw_only=True)
class Origin:
    """Where demands come from: ``declared`` or ``contributed`` in a case, ``added`` or ``imported``
    by a person.
    """

    source: str
    case_id: int | None = None
    actor: Actor | None = None


def enter_demands(
    work: UnitOfWork, jurisdiction: str, records: Sequence[Mapping[str, Any]], origin: Origin
) -> list[DemandRow]:
    """Put records into the registry, each with its number and the first line of its history.

    :raises BadRequest: a record has no name.
    """
    if not all(record.get("demand_name") for record in records):
        raise BadRequest("每项技术需求都要有名称，请补充后再入库", field="demand_name")
    numbers = take(work, jurisdiction, NUMBERS, len(records)) if records else []
    demands = [
        DemandRow(
            jurisdiction=jurisdiction,
            number=number,
            facts=facts,
            source=origin.source,
            case_id=origin.case_id,
            created_at=work.now,
            **columns_of(facts),
        )
        for number, facts in zip(numbers, map(record_of, records), strict=True)
    ]
    work.session.add_all(demands)
    work.session.flush()
    for demand in demands:
        note(work, demand, Change(verb=origin.source, actor=origin.actor, after=demand.facts))
    return demands


@dataclass(frozen=True, kw_only=True)
class Change:
    """A change of a demand, and who made it. ``before`` and ``after`` are the changed values."""

    verb: str
    actor: Actor | None = None
    before: dict[str, Any] | None = None
    after: dict[str, Any] | None = None
    reason: str = ""


def note(work: UnitOfWork, row: DemandRow, change: Change) -> None:
    """Add a line to a demand's history."""
    work.session.add(
        DemandChangeRow(
            demand_id=row.id,
            at=work.now,
            person_id=change.actor.person_id if change.actor else None,
            verb=change.verb,
            before=change.before,
            after=change.after,
            reason=change.reason,
        )
    )


@dataclass(frozen=True, kw_only=True)
class AddDemand:
    """Put one demand into the registry by hand (登记). Returns its id."""

    actor: Actor
    record: Mapping[str, Any]

    def carry_out(self, work: UnitOfWork) -> int:
        code = self.actor.jurisdiction
        registry_book = book_to_enter(work.session, self.actor, work.directory(code))
        clean = _clean(registry_book, self.record)
        if not may_enter(
            self.actor, registry_book.registry, registry_book.directory, str(clean.get("county"))
        ):
            raise NotAllowed("各县区只能登记本县区的技术需求，请核对“项目所在县区”")
        (row,) = enter_demands(work, code, [clean], Origin(source="added", actor=self.actor))
        work.record(
            None,
            "demand_add",
            actor=self.actor,
            jurisdiction=code,
            number=row.number,
            title=row.name,
        )
        return row.id


def _clean(registry_book: Book, record: Mapping[str, Any]) -> dict[str, Any]:
    clean, errors = registry_book.checked(record)
    if errors:
        raise BadAnswers(errors)
    return clean


@dataclass(frozen=True, kw_only=True)
class DemandCommand:
    """A command on one demand.

    ``version`` is the version that the person looked at. If it is another one now, somebody was
    faster.
    """

    verb: ClassVar[str]
    actor: Actor
    demand_id: int
    version: int | None = None

    def allowed(self, work: UnitOfWork) -> tuple[Book, DemandRow]:
        """The registry and the demand, locked.

        :raises NotFound: there is no such demand here. :raises NotAllowed: this person may not
            change it. :raises NotOffered: its state does not allow it. :raises Changed: it has
            another version.
        """
        registry_book = book(work.session, self.actor, work.directory(self.actor.jurisdiction))
        (row,) = locked(work, self.actor, [self.demand_id])
        offer = demand_offers(
            self.actor, registry_book.registry, state=row.state, county=row.county
        ).get(self.verb)
        if offer is None:
            raise registry_book.refusal()
        if not offer.allowed:
            raise NotOffered(self.verb, offer.why)
        if self.version is not None and self.version != row.version:
            raise self._late(work, row)
        return registry_book, row

    def _late(self, work: UnitOfWork, row: DemandRow) -> Changed:
        """The refusal that tells who was faster."""
        last = select(DemandChangeRow.person_id).where(DemandChangeRow.demand_id == row.id)
        if work.session.scalar(last.order_by(DemandChangeRow.id.desc()).limit(1)) == (
            self.actor.person_id
        ):
            return Changed.by_oneself(THIS_DEMAND)
        return Changed("该需求刚刚被他人更新，请刷新后核对；您填写的内容仍保留在页面上")

    def tell(self, work: UnitOfWork, row: DemandRow, **facts: Any) -> None:
        """Write a line into the jurisdiction's journal."""
        work.record(
            None,
            f"demand_{self.verb}",
            actor=self.actor,
            jurisdiction=self.actor.jurisdiction,
            number=row.number,
            title=row.name,
            **facts,
        )


def locked(work: UnitOfWork, actor: Actor, ids: Sequence[int]) -> list[DemandRow]:
    """Demands of the actor's jurisdiction, always locked in the same order.

    :raises NotFound: one of them does not exist.
    """
    demands = list(
        work.session.scalars(
            select(DemandRow)
            .where(DemandRow.jurisdiction == actor.jurisdiction, DemandRow.id.in_(ids))
            .order_by(DemandRow.id)
            .with_for_update()
        )
    )
    if len(demands) != len(set(ids)):
        raise NotFound("该技术需求")
    return demands


@dataclass(frozen=True, kw_only=True)
class ChangeDemand(DemandCommand):
    """Change a demand's record (修改). Its history has the old and the new value of each field."""

    verb = "change"
    record: Mapping[str, Any]
    reason: str = ""

    def carry_out(self, work: UnitOfWork) -> int:
        registry_book, row = self.allowed(work)
        clean = _clean(registry_book, self.record)
        if not may_enter(
            self.actor, registry_book.registry, registry_book.directory, str(clean.get("county"))
        ):
            raise NotAllowed(
                "各县区只能修改本县区的技术需求，不能转给其他县区，请核对“项目所在县区”"
            )
        new_facts = {**row.facts, **record_of({**row.facts, **clean})}
        changed = [key for key in new_facts if new_facts[key] != row.facts.get(key)]
        if not changed:
            raise BadRequest("内容没有变化，未作修改", demand=row.id)
        change = Change(
            verb="changed",
            actor=self.actor,
            reason=self.reason.strip(),
            before={key: row.facts.get(key) for key in changed},
            after={key: new_facts[key] for key in changed},
        )
        note(work, row, change)
        row.facts = new_facts
        for column, value in columns_of(new_facts).items():
            setattr(row, column, value)
        self.tell(work, row, fields=changed, reason=self.reason.strip())
        return row.id


@dataclass(frozen=True, kw_only=True)
class WithdrawDemand(DemandCommand):
    """Withdraw a demand (撤出), with a reason. Its record stays."""

    verb = "withdraw"
    reason: str

    def carry_out(self, work: UnitOfWork) -> int:
        _, row = self.allowed(work)
        if not self.reason.strip():
            raise BadRequest("请填写撤出理由，以便日后查考", field="reason")
        before = row.state
        row.state = "withdrawn"
        change = Change(
            verb="withdrawn",
            actor=self.actor,
            before={"state": before},
            after={"state": row.state},
            reason=self.reason.strip(),
        )
        note(work, row, change)
        self.tell(work, row, reason=self.reason.strip())
        return row.id


@dataclass(frozen=True, kw_only=True)
class MergeDemands(DemandCommand):
    """Merge a demand into another (合并). This one stays as a record, and the other one goes on."""

    verb = "merge"
    into: int
    reason: str = ""

    def carry_out(self, work: UnitOfWork) -> int:
        locked(
            work, self.actor, [self.demand_id, self.into]
        )  # both, in one order, before either is looked at
        _, row = self.allowed(work)
        (remaining,) = locked(work, self.actor, [self.into])
        if remaining.id == row.id or remaining.state not in ("listed", "selected"):
            raise BadRequest(
                f"只能并入另一项在库或拟立项的需求，{remaining.number} 不是，请核对",
                into=remaining.id,
            )
        row.state = "merged"
        row.merged_into = remaining.id
        self._note(work, row, into=remaining.number)
        self._note(work, remaining, merged=row.number)
        self.tell(work, row, text=remaining.number, reason=self.reason.strip())
        return remaining.id

    def _note(self, work: UnitOfWork, row: DemandRow, **after: str) -> None:
        change = Change(
            verb="merged",
            actor=self.actor,
            after=dict(after),
            reason=self.reason.strip(),
        )
        note(work, row, change)
