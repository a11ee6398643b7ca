"""Drafts for 督查: an order about an item, and a circular from the figures of a period."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.access.rights import require
from service.domain.functions import written_term
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.terms.deadlines import local
from service.domain.vocabulary import CIRCULAR, ORDER, PERIODS, TERMS, WRITTEN_DAY
from service.queries.supervision.board import NOBODYS, UnitLine, units
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.people.rows import UnitRow
from service.store.processes.lookups import lists_in_force
from service.unit_of_work import Process

NAMED = 10


@dataclass(frozen=True, kw_only=True)
class OrderDraft:
    """An order to fill in. ``units`` are the code and name of the units that may be addressed."""

    title: str
    unit: str
    problem: str
    text: str
    item_id: int | None
    units: tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class CircularDraft:
    """A circular to edit. ``named`` are the codes of the units that it speaks of."""

    title: str
    text: str
    named: frozenset[str]
    units: tuple[tuple[str, str], ...]


def order_draft(
    session: Session, runtime: Process, actor: Actor, item_id: int | None
) -> OrderDraft:
    """The draft of an order.

    :param item_id: an open item of the jurisdiction that it is about. None for an order about
        something else.
    :raises NotAllowed: this person is not 督查.
    """
    choices = _choices(session, actor)
    item = None
    if item_id is not None:
        item = session.execute(
            select(ItemRow, CaseRow.title, UnitRow.code)
            .join(CaseRow, CaseRow.id == ItemRow.case_id)
            .outerjoin(UnitRow, UnitRow.id == ItemRow.unit_id)
            .where(ItemRow.id == item_id, ItemRow.jurisdiction == actor.jurisdiction)
        ).one_or_none()
    if item is None:
        return OrderDraft(
            title="",
            unit="",
            problem="",
            text="",
            item_id=None,
            units=choices,
        )
    about, title, code = item
    day = ""
    if about.due_at is not None:
        day = written_term(about.due_at)
    owner_of_term = ""
    if about.term_basis:
        owner_of_term = f"（{TERMS[about.term_basis][0]}）"
    return OrderDraft(
        title=ORDER["title"].format(case=title, item=about.name)[:100],
        unit=code or "",
        item_id=about.id,
        units=choices,
        problem=ORDER["problem"].format(
            case=title,
            item=about.name,
            day=day,
            whose=owner_of_term,
        )
        if day
        else "",
        text=ORDER["text"],
    )


def circular_draft(session: Session, runtime: Process, actor: Actor, period: str) -> CircularDraft:
    """The draft of a circular from the unit table of a period. It says who is late, who never
    answered and who is on time.

    :raises NotAllowed: this person is not 督查. :raises BadRequest: there is no such period.
    """
    choices = _choices(session, actor)
    lines = [line for line in units(session, runtime, actor, period) if line.key != NOBODYS[0]]
    bad = [line for line in lines if line.red or line.unanswered][:NAMED]
    good = [line for line in lines if line.done and line.on_time == 1 and not line.red][:NAMED]
    now = local(runtime.now())
    sums: dict[str, int] = {}
    for name in ("open", "red", "yellow", "done", "unanswered"):
        sums[name] = sum(getattr(line, name) for line in lines)
    text = CIRCULAR["text"].format(day=WRITTEN_DAY.format(now), period=PERIODS[period], **sums)
    if bad:
        text += CIRCULAR["bad"].format(lines=_listed(bad))
    else:
        text += CIRCULAR["none_bad"]
    if good:
        names = "、".join(line.name for line in good)
        text += CIRCULAR["good"].format(names=names)
    return CircularDraft(
        title=CIRCULAR["title"].format(now),
        text=text,
        named=frozenset(line.key for line in bad),
        units=choices,
    )


def _listed(lines: Sequence[UnitLine]) -> str:
    return "\n".join(
        f"{number}. "
        + CIRCULAR["line"].format(
            name=line.name,
            red=line.red,
            unanswered=line.unanswered,
            rate="—" if line.on_time is None else f"{100 * line.on_time:.0f}%",
        )
        for number, line in enumerate(lines, 1)
    )


def _choices(session: Session, actor: Actor) -> tuple[tuple[str, str], ...]:
    """The units that may be addressed."""
    require(actor, Right.OPEN_ORDERS)
    entry = lists_in_force(session, actor.jurisdiction).get("units")
    if entry is None:
        return ()
    return tuple((str(option["value"]), str(option["label"])) for option in entry.entries)
