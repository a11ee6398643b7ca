"""Counting for supervision (督查). A changed item is taken out of its old count and put into its
new one.

Decided: the clock counts items that are marked as changed, some hundred at a time, and each item
remembers what it was counted as. Because then a completion never waits for a counter, nothing is
counted twice or left out, and the board costs what it shows however many items there are.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import bindparam, case, delete, func, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from service.domain.terms.deadlines import (
    Calendar,
    last_day,
    local_day,
    workdays_after,
    workdays_between,
)
from service.errors import Changed
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.processes.rows import JurisdictionRow
from service.store.supervision import ClosedCountRow, DayFigureRow, OpenCountRow
from service.unit_of_work import Runtime, UnitOfWork

INSERT: dict[str, Any] = {"postgresql": postgresql.insert, "sqlite": sqlite.insert}
ITEMS_AT_ONCE = 1_000
BATCHES = 20
NO_DUE = date(9999, 12, 31)
OPEN_KEY = ("jurisdiction", "axis", "unit_id", "name", "part", "due_on")
CLOSED_KEY = ("jurisdiction", "unit_id", "part", "month")
CLOSED_SUMS = ("done", "late", "unanswered", "excused", "handled_days")
ITEMS = ItemRow.metadata.tables[ItemRow.__tablename__]
Key = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True)
class CountItems:
    """Count some of the changed items. Returns their number. Items that another clock counts now
    are left to it.
    """

    def carry_out(self, work: UnitOfWork) -> int:
        uncounted = work.session.execute(
            select(
                ItemRow.id,
                ItemRow.jurisdiction,
                ItemRow.unit_id,
                ItemRow.element,
                ItemRow.part,
                ItemRow.state,
                ItemRow.opened_at,
                ItemRow.due_at,
                ItemRow.closed_at,
                ItemRow.counted_as,
                CaseRow.process,
            )
            .join(CaseRow, CaseRow.id == ItemRow.case_id)
            .where(ItemRow.counted.is_(False))
            .order_by(ItemRow.id)
            .limit(ITEMS_AT_ONCE)
            .with_for_update(of=ItemRow, skip_locked=True)
        ).all()
        if not uncounted:
            return 0
        marks = {item.id: counted_as(item, work.calendar(item.jurisdiction)) for item in uncounted}
        opened: Counter[Key] = Counter()
        closed: dict[Key, list[float]] = defaultdict(lambda: [0] * len(CLOSED_SUMS))
        for item in uncounted:
            for mark, sign in ((item.counted_as, -1), (marks[item.id], 1)):
                _add(opened, closed, item, mark or "", sign)
        _write(
            work,
            OpenCountRow,
            OPEN_KEY,
            {key: {"count": count} for key, count in opened.items() if count},
        )
        _write(
            work,
            ClosedCountRow,
            CLOSED_KEY,
            {
                key: dict(zip(CLOSED_SUMS, sums, strict=True))
                for key, sums in closed.items()
                if any(sums)
            },
        )
        work.session.connection().execute(
            update(ITEMS)
            .where(ITEMS.c.id == bindparam("item"))
            .values(counted=True, counted_as=bindparam("mark")),
            [{"item": item, "mark": mark} for item, mark in marks.items()],
        )
        return len(uncounted)


def counted_as(row: Any, calendar: Calendar) -> str:
    """What an item is counted as: ``o`` and its last day, or ``c`` with month, state, lateness and
    working days, or nothing.
    """
    if row.state == "open":
        return f"o {last_day(row.due_at) if row.due_at is not None else NO_DUE}"
    if row.state == "cancelled" or row.closed_at is None:
        return ""
    opened = local_day(row.opened_at)
    closed = local_day(row.closed_at)
    late = row.state == "done" and row.due_at is not None and row.closed_at > row.due_at
    return (
        f"c {closed.replace(day=1)} {row.state} {int(late)} "
        f"{workdays_between(opened, closed, calendar)}"
    )


def _add(
    opened: Counter[Key], closed: dict[Key, list[float]], row: Any, mark: str, sign: int
) -> None:
    kind, *parts = mark.split() or [""]
    unit = row.unit_id or 0
    if kind == "o":
        day = date.fromisoformat(parts[0])
        step = f"{row.process}/{row.element}"
        opened[row.jurisdiction, "unit", unit, "", row.part, day] += sign
        opened[row.jurisdiction, "step", 0, step, row.part, day] += sign
    elif kind == "c":
        month, state, late, days = parts
        first_day = date.fromisoformat(month)
        sums = closed[row.jurisdiction, unit, row.part, first_day]
        place = CLOSED_SUMS.index(state)
        sums[place] += sign
        if state == "done":
            sums[1] += sign * int(late)
            sums[4] += sign * int(days)


def _write(
    work: UnitOfWork, table: Any, key: tuple[str, ...], sums: Mapping[Key, Mapping[str, float]]
) -> None:
    """Add to counts in the order of their keys, so that two clocks never wait for each other."""
    if not sums:
        return
    counts = [
        {**dict(zip(key, key_of_count, strict=True)), **sums[key_of_count]}
        for key_of_count in sorted(sums)
    ]
    added = INSERT[work.process.engine.dialect.name](table.__table__)
    names = next(iter(sums.values()))
    work.session.connection().execute(
        added.on_conflict_do_update(
            index_elements=key,
            set_={name: table.__table__.c[name] + added.excluded[name] for name in names},
        ),
        counts,
    )


@dataclass(frozen=True, kw_only=True)
class KeepDayFigures:
    """Store the figures of the end of yesterday for the trend. They come from the counts. Returns
    whether it was done.

    A clock that starts later stores the counts of that moment. Days on which no clock ran have no
    figures.
    """

    jurisdiction: str

    def carry_out(self, work: UnitOfWork) -> bool:
        today = local_day(work.now)
        day = today - timedelta(days=1)
        home = work.session.get(
            JurisdictionRow, self.jurisdiction, with_for_update={"skip_locked": True}
        )
        if home is None or work.session.get(DayFigureRow, (self.jurisdiction, 0, day)) is not None:
            return False
        soon = workdays_after(day, 1, work.calendar(self.jurisdiction))
        open_by_unit = (
            select(
                OpenCountRow.unit_id,
                func.sum(OpenCountRow.count),
                _when(OpenCountRow.due_on <= day),
                _when(OpenCountRow.due_on.between(today, soon)),
            )
            .where(OpenCountRow.jurisdiction == self.jurisdiction, OpenCountRow.axis == "unit")
            .group_by(OpenCountRow.unit_id)
        )
        units = [
            (unit, count, red, yellow)
            for unit, count, red, yellow in work.session.execute(open_by_unit)
            if count
        ]
        whole = tuple(sum(figures[place] for figures in units) for place in (1, 2, 3))
        figures_by_unit = [figures for figures in units if figures[0]] + [(0, *whole)]
        work.session.execute(
            insert(DayFigureRow),
            [
                {
                    "jurisdiction": self.jurisdiction,
                    "unit_id": unit,
                    "day": day,
                    "open": count,
                    "red": red,
                    "yellow": yellow,
                }
                for unit, count, red, yellow in figures_by_unit
            ],
        )
        return True


def _when(condition: Any) -> Any:
    return func.sum(case((condition, OpenCountRow.count), else_=0))


@dataclass(frozen=True, kw_only=True)
class Recount:
    """Forget all counts, so that the clock counts everything again."""

    def carry_out(self, work: UnitOfWork) -> None:
        for table in (OpenCountRow, ClosedCountRow):
            work.session.execute(delete(table))
        work.session.connection().execute(update(ITEMS).values(counted=False, counted_as=None))


def count_items(runtime: Runtime) -> int:
    """Count what has changed, in parts. Returns the number of items."""
    total = 0
    for _ in range(BATCHES):
        try:
            count = 0
            if _any_changed(runtime):
                count = runtime.perform(CountItems())
        except Changed:  # the database is busy; next time
            break
        total += count
        if count < ITEMS_AT_ONCE:
            break
    return total


def _any_changed(runtime: Runtime) -> bool:
    with runtime.query() as session:
        return (
            session.scalar(select(ItemRow.id).where(ItemRow.counted.is_(False)).limit(1))
            is not None
        )


def keep_day_figures(runtime: Runtime) -> int:
    """Store yesterday's figures for every jurisdiction that has none yet. Returns the number of
    jurisdictions.
    """
    day = local_day(runtime.now()) - timedelta(days=1)
    with runtime.query() as session:
        done = select(DayFigureRow.jurisdiction).where(
            DayFigureRow.day == day, DayFigureRow.unit_id == 0
        )
        without_figures = list(
            session.scalars(select(JurisdictionRow.code).where(JurisdictionRow.code.not_in(done)))
        )
    try:
        return sum(runtime.perform(KeepDayFigures(jurisdiction=code)) for code in without_figures)
    except Changed:
        return 0
