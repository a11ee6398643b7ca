"""Long work in parts (JobRow): each part is a transaction of its own, done once by whichever clock is first.

Decided: a job is a row with a position; a clock locks it, does the part that follows and moves the position in the same
transaction. Because ten thousand parts must neither be one transaction nor be lost or done twice when a clock dies.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.errors import Changed, Refused
from service.store.supervision import JobRow
from service.unit_of_work import Command, Runtime, UnitOfWork

log = structlog.get_logger()
PARTS_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a job of one kind consists of: how many parts, the id of the one that follows, and what is done with it."""

    count: Callable[[Session, JobRow], int]
    following: Callable[[Session, JobRow], int | None]
    part: Callable[[JobRow, int], Command[Any]]


KINDS: dict[str, Kind] = {}
"""Filled by the modules that have such work, each with its line at the end."""


@dataclass(frozen=True, kw_only=True)
class StartJob:
    """Begin a long work; the clock goes on with it. Gives the job's id."""

    kind: str
    jurisdiction: str
    person_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def carry_out(self, work: UnitOfWork) -> int:
        row = JobRow(kind=self.kind, jurisdiction=self.jurisdiction, person_id=self.person_id, facts=dict(self.facts),
                     created_at=work.now)
        work.session.add(row)
        work.session.flush()
        row.total = KINDS[self.kind].count(work.session, row)
        return row.id


@dataclass(frozen=True, kw_only=True)
class DoPart:
    """Do the part that follows and move on; gives whether there may be more."""

    job_id: int

    def carry_out(self, work: UnitOfWork) -> bool:
        job = _claimed(work, self.job_id)
        if job is None:
            return False
        kind = KINDS[job.kind]
        part = kind.following(work.session, job)
        if part is None:
            job.finished_at = work.now
            return False
        job.position, job.done = part, job.done + 1
        kind.part(job, part).carry_out(work)
        return True


@dataclass(frozen=True, kw_only=True)
class SkipPart:
    """A part that failed is noted and left behind, so that it stops nobody else."""

    job_id: int
    error: str

    def carry_out(self, work: UnitOfWork) -> bool:
        job = _claimed(work, self.job_id)
        part = KINDS[job.kind].following(work.session, job) if job is not None else None
        if job is None or part is None:
            return False
        job.position, job.failed, job.error = part, job.failed + 1, f"{part}: {self.error}"
        return True


def _claimed(work: UnitOfWork, job_id: int) -> JobRow | None:
    """The job, locked; None when it is finished or another clock is at it."""
    return work.session.scalar(select(JobRow).where(
        JobRow.id == job_id, JobRow.finished_at.is_(None)).with_for_update(skip_locked=True))


def work_on_jobs(runtime: Runtime) -> int:
    """Do some parts of every unfinished job; gives the count."""
    with runtime.query() as session:
        jobs = list(session.scalars(select(JobRow.id).where(JobRow.finished_at.is_(None)).order_by(JobRow.id)))
    return sum(_work_on(runtime, job) for job in jobs)


def _work_on(runtime: Runtime, job: int) -> int:
    for done in range(PARTS_AT_ONCE):
        try:
            if not runtime.perform(DoPart(job_id=job)):
                return done
        except Changed:  # somebody works on that case at this moment
            return done
        except Refused as exc:
            runtime.perform(SkipPart(job_id=job, error=exc.sentence))
        except Exception as exc:  # one part must not stop the others
            log.error("part of a job failed", job_id=job, exc_info=exc)
            runtime.perform(SkipPart(job_id=job, error=repr(exc)))
    return PARTS_AT_ONCE
