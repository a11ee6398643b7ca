"""Loading an official calendar (放假调休安排), and applying it to open work.

Decided: loading is one transaction, and recomputing is one for each case, done by the clock as a
long work. Because a city has ten thousand open cases in November, and nobody may wait for all of
them at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, func, or_, select
from sqlalchemy.orm import Session

from service.access.rights import require
from service.commands.operations.jobs import KINDS, Kind, StartJob
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.domain.terms.calendar_years import Year
from service.domain.terms.deadlines import due, last_day
from service.domain.vocabulary import NEW_CALENDAR
from service.errors import NotFound
from service.store.cases.rows import CaseRow, TimerRow
from service.store.items.rows import ItemRow
from service.store.operations.rows import JobRow
from service.store.processes.rows import JurisdictionRow, StartTimerRow
from service.store.terms import CalendarYearRow
from service.unit_of_work import UnitOfWork
from service.unit_of_work.children import ALIVE
from service.unit_of_work.terms import set_term, timer_due


@dataclass(frozen=True, kw_only=True)
class Loaded:
    """What loading has changed: the years that are new or differ, and the job that recomputes. The
    job is None if nothing is to do.
    """

    years: tuple[int, ...]
    job_id: int | None


@dataclass(frozen=True, kw_only=True)
class LoadCalendar:
    """Put the official calendar of some years in force. Open work is recomputed afterwards. Without
    an actor the operator loads it.

    Loading the same calendar again changes nothing.

    :raises NotAllowed: this person is not 系统管理员. :raises NotFound: there is no such
        jurisdiction.
    """

    jurisdiction: str
    years: Sequence[Year]
    actor: Actor | None = None

    def carry_out(self, work: UnitOfWork) -> Loaded:
        if self.actor is not None:
            require(self.actor, Right.LOAD_CALENDARS)
        home = work.session.get(JurisdictionRow, self.jurisdiction, with_for_update=True)
        if home is None:
            raise NotFound(f"地区 {self.jurisdiction} ")
        changed = tuple(year.year for year in self.years if self._put(work, year))
        if not changed:
            return Loaded(years=(), job_id=None)
        home.revision = home.revision + 1
        work.reloading = True
        work.session.flush()
        self._restart(work)
        return Loaded(
            years=changed,
            job_id=StartJob(
                kind="recompute",
                jurisdiction=self.jurisdiction,
                facts={"years": list(changed)},
                person_id=self.actor.person_id if self.actor else None,
            ).carry_out(work),
        )

    def _put(self, work: UnitOfWork, year: Year) -> bool:
        row = work.session.get(CalendarYearRow, (self.jurisdiction, year.year))
        if row is not None and row.days == dict(year.days) and year.source in ("", row.source):
            return False
        row = row or CalendarYearRow(jurisdiction=self.jurisdiction, year=year.year)
        row.source = year.source
        row.days = dict(year.days)
        row.loaded_at = work.now
        row.loaded_by = self.actor.person_id if self.actor else None
        work.session.add(row)
        work.record(
            None,
            "calendar",
            actor=self.actor,
            jurisdiction=self.jurisdiction,
            year=year.year,
            title=year.source,
            days=len(year.days),
        )
        return True

    def _restart(self, work: UnitOfWork) -> None:
        """Recompute the next start of each process that the clock starts."""
        calendar = work.calendar(self.jurisdiction)
        for row in work.session.scalars(
            select(StartTimerRow).where(StartTimerRow.jurisdiction == self.jurisdiction)
        ):
            row.due_at = due(row.rule, row.since, calendar)


@dataclass(frozen=True, kw_only=True)
class RecomputeCase:
    """Recompute the deadlines and timers of a case by the calendar in force. What moves is
    recorded.
    """

    case_id: int

    def carry_out(self, work: UnitOfWork) -> bool:
        case = work.locked_case(self.case_id)
        if case.status not in ALIVE:
            return False
        calendar = work.calendar(case.jurisdiction)
        for item in (
            work.open_items(case) if case.status == "running" else ()
        ):  # while it rests, items have no due
            before = item.due_at
            if set_term(item, calendar, case.pauses, work.now) and before and item.due_at:
                work.record(
                    case,
                    "due_change",
                    element=item.element,
                    item_id=item.id,
                    holder=item.holder,
                    due_from=last_day(before).isoformat(),
                    due_to=last_day(item.due_at).isoformat(),
                    reason=NEW_CALENDAR,
                )
        for timer in work.session.scalars(select(TimerRow).where(TimerRow.case_id == case.id)):
            moved = timer_due(timer, calendar, case.pauses)
            if moved != timer.due_at:
                work.record(
                    case,
                    "timer_change",
                    element=timer.element,
                    reason=NEW_CALENDAR,
                    due_from=timer.due_at.isoformat(),
                    due_to=moved.isoformat(),
                )
                timer.due_at = moved
        return True


def _affected(job: JobRow) -> Select[int]:
    """The cases after the job's position that wait for something with a date."""
    return select(CaseRow.id).where(
        CaseRow.jurisdiction == job.jurisdiction,
        CaseRow.status.in_(ALIVE),
        CaseRow.id > job.position,
        or_(
            exists().where(
                ItemRow.case_id == CaseRow.id,
                ItemRow.state == "open",
                ItemRow.due_rule.is_not(None),
            ),
            exists().where(TimerRow.case_id == CaseRow.id),
        ),
    )


def _count(session: Session, job: JobRow) -> int:
    return session.scalar(select(func.count()).select_from(_affected(job).subquery())) or 0


def _following(session: Session, job: JobRow) -> int | None:
    return session.scalar(_affected(job).order_by(CaseRow.id).limit(1))


KINDS["recompute"] = Kind(
    count=_count, following=_following, part=lambda job, part: RecomputeCase(case_id=part)
)
