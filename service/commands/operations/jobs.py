"""Long work in parts (JobRow). Each part is a transaction of its own, done once by the first clock
that comes.

Decided: a job is a row with a position. A clock locks it, does the next part and moves the position
in the same transaction. Because ten thousand parts must neither be one transaction nor be lost or
done twice if a clock dies.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.commands.operations.failing import attempt, note_failure
from service.domain.vocabulary import JOBS
from service.store.operations.rows import FailureRow, JobRow
from service.unit_of_work import Command, Runtime, UnitOfWork

PARTS_AT_ONCE = 50


@dataclass(frozen=True, kw_only=True)
class Kind:
    """What a job of one kind consists of: the number of its parts, the id of the next one, and what
    is done with a part.
    """

    count: Callable[[Session, JobRow], int]
    following: Callable[[Session, JobRow], int | None]
    part: Callable[[JobRow, int], Command[Any]]


KINDS: dict[str, Kind] = {}
"""Filled by the modules that have such work, each with a line at its end."""


@dataclass(frozen=True, kw_only=True)
class StartJob:
    """Begin a long work. The clock goes on with it. Returns the job's id."""

    kind: str
    jurisdiction: str
    person_id: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)

    def carry_out(self, work: UnitOfWork) -> int:
        row = JobRow(
            kind=self.kind,
            jurisdiction=self.jurisdiction,
            person_id=self.person_id,
            facts=dict(self.facts),
            created_at=work.now,
        )
        work.session.add(row)
        work.session.flush()
        row.total = KINDS[self.kind].count(work.session, row)
        return row.id


@dataclass(frozen=True, kw_only=True)
class DoPart:
    """Do the next part and move on. Returns whether there may be more."""

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
        job.position = part
        job.done = job.done + 1
        kind.part(job, part).carry_out(work)
        return True


@dataclass(frozen=True)
class SkipPart:
    """Note a part that failed and move on, so that it stops no other part. It is tried again
    later.
    """

    job_id: int
    error: str

    def carry_out(self, work: UnitOfWork) -> bool:
        job = _claimed(work, self.job_id)
        part = None
        if job is not None:
            part = KINDS[job.kind].following(work.session, job)
        if job is None or part is None:
            return False
        job.position = part
        job.failed = job.failed + 1
        job.error = f"{part}: {self.error}"
        _note(work, job, part, self.error)
        return True


@dataclass(frozen=True, kw_only=True)
class RedoPart:
    """Try a failed part again. Nothing happens if it is not due."""

    job_id: int
    part: int

    def carry_out(self, work: UnitOfWork) -> bool:
        failed = work.session.get(
            FailureRow,
            ("part", f"{self.job_id}/{self.part}"),
            with_for_update={"skip_locked": True},
        )
        if failed is None or failed.attempt_at is None or failed.attempt_at > work.now:
            return False
        job = work.session.get_one(JobRow, self.job_id, with_for_update=True)
        KINDS[job.kind].part(job, self.part).carry_out(work)
        job.done = job.done + 1
        job.failed = job.failed - 1
        job.error = job.error if job.failed else None
        work.session.delete(failed)
        return True


@dataclass(frozen=True)
class NotePartFailed:
    """Note that a part failed again."""

    job_id: int
    part: int
    error: str

    def carry_out(self, work: UnitOfWork) -> None:
        _note(work, work.session.get_one(JobRow, self.job_id), self.part, self.error)


def _note(work: UnitOfWork, job: JobRow, part: int, error: str) -> None:
    note_failure(
        work,
        "part",
        f"{job.id}/{part}",
        error,
        jurisdiction=job.jurisdiction,
        what=f"{JOBS[job.kind]} {part}",
    )


def _claimed(work: UnitOfWork, job_id: int) -> JobRow | None:
    """The job, locked. None if it is finished or another clock works on it."""
    return work.session.scalar(
        select(JobRow)
        .where(JobRow.id == job_id, JobRow.finished_at.is_(None))
        .with_for_update(skip_locked=True)
    )


def work_on_jobs(runtime: Runtime) -> int:
    """Do some parts of every unfinished job, and failed parts that are due again. Returns their
    number.
    """
    with runtime.query() as session:
        jobs = list(
            session.scalars(
                select(JobRow.id).where(JobRow.finished_at.is_(None)).order_by(JobRow.id)
            )
        )
        again = list(
            session.scalars(
                select(FailureRow.of)
                .where(FailureRow.kind == "part", FailureRow.attempt_at <= runtime.now())
                .limit(PARTS_AT_ONCE)
            )
        )
    return sum(_work_on(runtime, job) for job in jobs) + sum(
        _redo(runtime, *map(int, of.split("/"))) for of in again
    )


def _work_on(runtime: Runtime, job: int) -> int:
    for done in range(PARTS_AT_ONCE):
        if not attempt(runtime, DoPart(job_id=job), partial(SkipPart, job)):
            return done
    return PARTS_AT_ONCE


def _redo(runtime: Runtime, job: int, part: int) -> bool:
    return bool(
        attempt(runtime, RedoPart(job_id=job, part=part), partial(NotePartFailed, job, part))
    )
