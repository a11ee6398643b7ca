"""The working calendar: the years that are announced, and the days of one year."""

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people.actor import Actor
from service.domain.terms.deadlines import Calendar
from service.queries.operations.jobs import JobLine, newest_job
from service.store.people.rows import PersonRow
from service.store.terms import CalendarYearRow
from service.unit_of_work import Process

SHOWN_BEFORE, SHOWN_AFTER = 1, 2
WEEKS = Weeks()


@dataclass(frozen=True, kw_only=True)
class DayLine:
    """A day. ``mark`` is ``off`` (休) on a holiday and ``work`` (班) on a weekend day that is
    worked; otherwise it is "".
    """

    day: date
    works: bool
    mark: str


@dataclass(frozen=True, kw_only=True)
class YearLine:
    """A year. It is official or provisional. ``source`` and ``loaded_at`` are set if somebody has
    loaded it.
    """

    year: int
    official: bool
    source: str
    loaded_at: datetime | None
    loaded_by: str | None


@dataclass(frozen=True, kw_only=True)
class CalendarPage:
    """The years to choose from, and one year by month and week. A week begins on Monday; None is a
    day of another month.
    """

    year: int
    years: tuple[YearLine, ...]
    months: tuple[tuple[tuple[DayLine | None, ...], ...], ...]
    workdays: int
    job: JobLine | None

    @property
    def shown(self) -> YearLine | None:
        """The line of the year whose days are shown."""
        return next((line for line in self.years if line.year == self.year), None)


def calendar_page(session: Session, runtime: Process, actor: Actor, year: int) -> CalendarPage:
    """One year of the jurisdiction's calendar."""
    calendar = runtime.calendar_for(session, actor)
    months = tuple(_month(calendar, year, month) for month in range(1, 13))
    working = sum(
        day.works for month in months for week in month for day in week if day is not None
    )
    return CalendarPage(
        year=year,
        years=_years(session, actor, calendar, runtime.now().year),
        months=months,
        workdays=working,
        job=newest_job(session, actor.jurisdiction, "recompute"),
    )


def _years(session: Session, actor: Actor, calendar: Calendar, now: int) -> tuple[YearLine, ...]:
    years_with_author = select(CalendarYearRow, PersonRow.name).outerjoin(
        PersonRow, PersonRow.id == CalendarYearRow.loaded_by
    )
    rows_by_year = {
        row.year: (row, name)
        for row, name in session.execute(
            years_with_author.where(CalendarYearRow.jurisdiction == actor.jurisdiction)
        )
    }
    years = sorted({*rows_by_year, *range(now - SHOWN_BEFORE, now + SHOWN_AFTER + 1)})
    return tuple(_year(rows_by_year.get(year), year, calendar.is_official(year)) for year in years)


def _year(
    row_and_author: tuple[CalendarYearRow, str | None] | None, year: int, official: bool
) -> YearLine:
    row, name = row_and_author or (None, None)
    return YearLine(
        year=year,
        official=official,
        source=row.source if row else "",
        loaded_at=row.loaded_at if row else None,
        loaded_by=name,
    )


def _month(calendar: Calendar, year: int, month: int) -> tuple[tuple[DayLine | None, ...], ...]:
    return tuple(
        tuple(_day(calendar, day) if day.month == month else None for day in week)
        for week in WEEKS.monthdatescalendar(year, month)
    )


def _day(calendar: Calendar, day: date) -> DayLine:
    works = calendar.is_workday(day)
    mark = "off" if calendar.is_holiday(day) else "work" if works and day.weekday() >= 5 else ""
    return DayLine(day=day, works=works, mark=mark)
