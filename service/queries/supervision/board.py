"""The supervision board (督查): overdue and nearly overdue work by unit, process, step and age, and
how units do.

Decided: figures come from counts, and lists come from the items by an index on their due dates.
Because the board then costs the same with a thousand open items and with a million. A day counts as
overdue when it is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from service.access.rights import require
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.terms.deadlines import local_day, workdays_after
from service.domain.vocabulary import PERSONS
from service.errors import BadRequest
from service.store.items.rows import ItemRow
from service.store.people.lookups import units_of
from service.store.processes.lookups import latest_definition
from service.store.supervision import ClosedCountRow, DayFigureRow, OpenCountRow
from service.unit_of_work import Process

AGES = ((1, 3), (4, 10), (11, 30), (31, None))
"""The number of days overdue, from and to."""
PERIODS = ("month", "quarter", "year", "all")
TREND_DAYS = 60
BEHIND = 1_000
NOBODYS = ("persons", PERSONS)
"""The key and name for items of people who act for no unit."""


@dataclass(frozen=True, kw_only=True)
class CountLine:
    """The number of open items. ``key`` is the code of a unit, a process, or
    ``process/element``.
    """

    key: str
    name: str
    open: int
    yellow: int
    red: int


@dataclass(frozen=True, kw_only=True)
class UnitLine(CountLine):
    """How a unit does in a period.

    ``on_time`` is the share of items finished in time, among those finished or never answered.
    ``days`` is the average in working days. Both are None if nothing was finished.
    """

    done: int
    on_time: float | None
    days: float | None
    unanswered: int
    excused: int


@dataclass(frozen=True, kw_only=True)
class TrendLine:
    """The open items at the end of a day."""

    day: date
    open: int
    yellow: int
    red: int


@dataclass(frozen=True, kw_only=True)
class BoardPage:
    """The board. ``ages`` are overdue items by age, as ``AGES``. ``behind`` is the number of items
    that are not counted yet.
    """

    total: CountLine
    units: tuple[CountLine, ...]
    processes: tuple[CountLine, ...]
    steps: tuple[CountLine, ...]
    ages: tuple[int, ...]
    trend: tuple[TrendLine, ...]
    behind: int


def board(session: Session, runtime: Process, actor: Actor) -> BoardPage:
    """The figures of the jurisdiction now.

    :raises NotAllowed: this person is neither 督查 nor 流程管理员 nor 系统管理员.
    """
    require(actor, Right.SEE_BOARD)
    today = local_day(runtime.now())
    soon = workdays_after(today, 1, runtime.calendar_for(session, actor))
    units = _by(session, actor, "unit", OpenCountRow.unit_id, today, soon)
    steps = _by(session, actor, "step", OpenCountRow.name, today, soon)
    unit_names = _unit_names(session, actor)
    step_names = _step_names(session, runtime, actor, steps)
    lines = [_line(*unit_names.get(unit, NOBODYS), counts) for unit, counts in units.items()]
    stepped = [_line(key, step_names[key][1], counts) for key, counts in steps.items()]
    changed = select(ItemRow.id).where(ItemRow.counted.is_(False)).limit(BEHIND)
    number_changed = select(func.count()).select_from(changed.subquery())
    return BoardPage(
        total=_sum("", "", lines),
        units=_worst(lines),
        steps=_worst(stepped),
        processes=_worst(_processes(stepped, step_names)),
        ages=_ages(session, actor, today),
        trend=trend(session, actor, today),
        behind=session.scalar(number_changed) or 0,
    )


def _line(key: str, name: str, counts: tuple[int, int, int]) -> CountLine:
    return CountLine(
        key=key,
        name=name,
        open=counts[0],
        yellow=counts[1],
        red=counts[2],
    )


def _unit_names(session: Session, actor: Actor) -> dict[int, tuple[str, str]]:
    """Code and name of every unit."""
    return {unit.id: (unit.code, unit.name) for unit in units_of(session, actor.jurisdiction)}


def _by(
    session: Session, actor: Actor, axis: str, column: Any, today: date, soon: date
) -> dict[Any, tuple[int, int, int]]:
    """The numbers of open, yellow and red items along an axis."""
    counts_along_axis = (
        select(
            column,
            func.sum(OpenCountRow.count),
            _sum_where(OpenCountRow.due_on.between(today, soon)),
            _sum_where(OpenCountRow.due_on < today),
        )
        .where(OpenCountRow.jurisdiction == actor.jurisdiction, OpenCountRow.axis == axis)
        .group_by(column)
    )
    return {
        key: (count, yellow, red)
        for key, count, yellow, red in session.execute(counts_along_axis)
        if count
    }


def _sum_where(condition: ColumnElement[bool]) -> Any:
    return func.sum(case((condition, OpenCountRow.count), else_=0))


def _sum(key: str, name: str, lines: Sequence[CountLine]) -> CountLine:
    return CountLine(
        key=key,
        name=name,
        open=sum(line.open for line in lines),
        yellow=sum(line.yellow for line in lines),
        red=sum(line.red for line in lines),
    )


def _worst(lines: Sequence[CountLine]) -> tuple[CountLine, ...]:
    """The lines with the most overdue first."""
    return tuple(sorted(lines, key=lambda line: (-line.red, -line.yellow, -line.open, line.name)))


def _processes(steps: Sequence[CountLine], names: Mapping[str, tuple[str, str]]) -> list[CountLine]:
    groups: dict[str, list[CountLine]] = {}
    for step in steps:
        groups.setdefault(step.key.partition("/")[0], []).append(step)
    return [_sum(process, names[lines[0].key][0], lines) for process, lines in groups.items()]


def _step_names(
    session: Session, runtime: Process, actor: Actor, steps: Mapping[str, Any]
) -> dict[str, tuple[str, str]]:
    """The names of process and step by key, from the newest versions."""
    names_by_step: dict[str, tuple[str, str]] = {}
    for process in {key.partition("/")[0] for key in steps}:
        newest = latest_definition(session, actor.jurisdiction, process)
        elements = (
            runtime.catalogue.deployed(session, newest.id).definition.elements
            if newest is not None
            else {}
        )
        for key in steps:
            home, _, element = key.partition("/")
            if home == process:
                name = elements[element].name if element in elements else element
                names_by_step[key] = (
                    newest.name if newest is not None else process,
                    name or element,
                )
    return names_by_step


def _ages(session: Session, actor: Actor, today: date) -> tuple[int, ...]:
    """The number of items by days overdue, as ``AGES``."""
    spans = [
        (today - timedelta(days=most or 20_000), today - timedelta(days=least))
        for least, most in AGES
    ]
    late = [_sum_where(OpenCountRow.due_on.between(*span)) for span in spans]
    counts = session.execute(
        select(*late).where(
            OpenCountRow.jurisdiction == actor.jurisdiction, OpenCountRow.axis == "unit"
        )
    ).one()
    return tuple(count or 0 for count in counts)


def trend(session: Session, actor: Actor, today: date, unit_id: int = 0) -> tuple[TrendLine, ...]:
    """The last two months day by day. Days on which no clock ran are missing."""
    figures_by_day = (
        select(DayFigureRow)
        .where(
            DayFigureRow.jurisdiction == actor.jurisdiction,
            DayFigureRow.unit_id == unit_id,
            DayFigureRow.day >= today - timedelta(days=TREND_DAYS),
        )
        .order_by(DayFigureRow.day)
    )
    return tuple(
        TrendLine(
            day=figures.day,
            open=figures.open,
            yellow=figures.yellow,
            red=figures.red,
        )
        for figures in session.scalars(figures_by_day)
    )


def period_start(period: str, today: date) -> date:
    """The first month of a period.

    :raises BadRequest: there is no such period.
    """
    if period not in PERIODS:
        raise BadRequest(f"没有名为“{period}”的时段。可用：{'、'.join(PERIODS)}", period=period)
    month = {"month": today.month, "quarter": (today.month - 1) // 3 * 3 + 1, "year": 1, "all": 1}[
        period
    ]
    return date(1 if period == "all" else today.year, month, 1)


def units(
    session: Session, runtime: Process, actor: Actor, period: str = "year"
) -> tuple[UnitLine, ...]:
    """Every unit that had work in the period or has some now, most overdue first.

    :raises NotAllowed: this person is neither 督查 nor 流程管理员 nor 系统管理员. :raises
        BadRequest: there is no such period.
    """
    require(actor, Right.SEE_BOARD)
    today = local_day(runtime.now())
    soon = workdays_after(today, 1, runtime.calendar_for(session, actor))
    closed_count = ClosedCountRow
    sums = [
        func.sum(column)
        for column in (
            closed_count.done,
            closed_count.late,
            closed_count.unanswered,
            closed_count.excused,
            closed_count.handled_days,
        )
    ]
    closed = {
        unit: tuple(sums_of_unit)
        for unit, *sums_of_unit in session.execute(
            select(closed_count.unit_id, *sums)
            .where(
                closed_count.jurisdiction == actor.jurisdiction,
                closed_count.month >= period_start(period, today),
            )
            .group_by(closed_count.unit_id)
        )
    }
    now = _by(session, actor, "unit", OpenCountRow.unit_id, today, soon)
    names = _unit_names(session, actor)
    lines = [
        _unit(
            *names.get(unit, NOBODYS), now.get(unit, (0, 0, 0)), closed.get(unit, (0, 0, 0, 0, 0))
        )
        for unit in {*now, *closed}
    ]
    return tuple(
        sorted(
            lines,
            key=lambda line: (
                -line.red,
                line.on_time if line.on_time is not None else 2,
                line.name,
            ),
        )
    )


def _unit(code: str, name: str, now: tuple[int, int, int], closed: tuple[Any, ...]) -> UnitLine:
    done, late, unanswered, excused, days = closed
    owed = done + unanswered
    return UnitLine(
        key=code,
        name=name,
        open=now[0],
        yellow=now[1],
        red=now[2],
        done=done,
        unanswered=unanswered,
        excused=excused,
        on_time=(done - late) / owed if owed else None,
        days=days / done if done else None,
    )
