"""Long works and how far they have come."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.store.operations.rows import JobRow


@dataclass(frozen=True, kw_only=True)
class JobLine:
    """A long work: the number of parts done, failed and in all. ``error`` is that of the last part
    that failed.
    """

    id: int
    kind: str
    created_at: datetime
    done: int
    failed: int
    total: int
    error: str | None
    finished_at: datetime | None


def job_line(row: JobRow) -> JobLine:
    """The line of a job."""
    return JobLine(
        id=row.id,
        kind=row.kind,
        created_at=row.created_at,
        done=row.done,
        failed=row.failed,
        total=row.total,
        error=row.error,
        finished_at=row.finished_at,
    )


def job(session: Session, job_id: int) -> JobLine:
    """One long work."""
    return job_line(session.get_one(JobRow, job_id))


def newest_job(session: Session, jurisdiction: str, kind: str) -> JobLine | None:
    """The last long work of a kind. None if there was none."""
    row = session.scalars(
        select(JobRow)
        .where(JobRow.jurisdiction == jurisdiction, JobRow.kind == kind)
        .order_by(JobRow.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    return job_line(row)
