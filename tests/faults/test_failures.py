"""What the clock fails to do is remembered, shown, tried again, parked at last, and stops nobody
else.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from service.clock import remind, start_cases
from service.commands.operations import jobs
from service.commands.operations.failing import FIVE_TIMES, attempt
from service.commands.operations.jobs import StartJob, work_on_jobs
from service.commands.operations.retrying import Retry
from service.errors import BadRequest, Changed, NotAllowed, NotFound
from service.queries.operations.clock import StoppedLine, clock_page
from service.queries.operations.metrics import metrics
from service.store.cases.rows import CaseRow
from service.store.items.rows import ItemRow
from service.store.operations.rows import JobRow
from service.store.processes.rows import StartTimerRow
from service.unit_of_work import UnitOfWork
from tests.town import Town


def stopped(town: Town) -> list[StoppedLine]:
    with town.runtime.query() as session:
        return list(clock_page(session, town.runtime, town.actor("cf.admin")).stopped)


def retry(town: Town, kind: str, of: str, login: str = "cf.admin") -> None:
    town.runtime.perform(Retry(actor=town.actor(login), kind=kind, id=of))


def reminded(town: Town, stage: str) -> int:
    """A case whose item has this reminder next; gives the item's id. The next reminder of all is
    due now.
    """
    item = town.item(town.applied(stage), "unit_review").id
    with town.runtime.transaction() as work:
        row = work.session.get_one(ItemRow, item)
        row.reminder = stage
        town.now = max(town.now, row.remind_at or town.now)
    return item


def test_a_reminder_that_fails_is_shown_tried_again_and_parked_and_others_are_said(
    town: Town,
) -> None:
    bad, good = reminded(town, "broken"), reminded(town, "half")
    assert remind(town.runtime) == 1
    (line,) = stopped(town)
    assert (line.kind, line.id, line.attempts) == ("reminder", str(bad), 1)
    assert line.again_at == town.now + FIVE_TIMES.waits[0]
    assert "broken" in line.error
    for pause in FIVE_TIMES.waits:
        town.now += pause
        remind(town.runtime)
    (line,) = stopped(town)
    assert (line.attempts, line.again_at) == (len(FIVE_TIMES.waits) + 1, None)
    assert "jiebang_parked_work 1.0\n" in metrics(town.runtime)
    assert town.row_of_item(good).reminder != "half"


def test_a_parked_reminder_is_said_when_somebody_retries_it(town: Town) -> None:
    bad = reminded(town, "broken")
    remind(town.runtime)
    with town.runtime.transaction() as work:
        work.session.get_one(ItemRow, bad).reminder = "half"
    retry(town, "reminder", str(bad))
    assert remind(town.runtime) == 1
    assert stopped(town) == []
    assert town.row_of_item(bad).reminder == "eve"


def test_a_reminder_that_failed_is_gone_with_its_item(town: Town) -> None:
    bad = reminded(town, "broken")
    remind(town.runtime)
    town.complete("cf.danwei", town.row_of_item(bad).case_id, "unit_review")
    assert stopped(town) == []
    assert "jiebang_failed_work 0.0\n" in metrics(town.runtime)
    with pytest.raises(NotFound, match="已经办结"):
        retry(town, "reminder", str(bad))


@pytest.mark.parametrize(
    ("login", "kind", "of", "refusal"),
    [
        ("cf.danwei", "timer", "1", NotAllowed),
        ("cf.admin", "timer", "999999", NotFound),
        ("cf.admin", "timer", "x", NotFound),
        ("cf.admin", "part", "1/1", NotFound),
        ("cf.admin", "nonsense", "1", BadRequest),
        ("cf.admin", "message", "gone", NotFound),
    ],
)
def test_what_is_not_there_or_not_ones_own_cannot_be_retried(
    town: Town, login: str, kind: str, of: str, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        retry(town, kind, of, login)


def test_a_failure_of_another_city_is_neither_shown_nor_retried(town: Town) -> None:
    bad = reminded(town, "broken")
    remind(town.runtime)
    with town.runtime.query() as session:
        assert clock_page(session, town.runtime, town.actor("zy.admin")).stopped == ()
    with pytest.raises(NotFound):
        retry(town, "reminder", str(bad), "zy.admin")


# -- long works


@dataclass(frozen=True)
class Rename:
    """A part: gives a case a new title, and fails where ``poison`` says so."""

    case_id: int
    poison: set[int]

    def carry_out(self, work: UnitOfWork) -> None:
        if self.case_id in self.poison:
            raise RuntimeError("毒")
        work.session.get_one(CaseRow, self.case_id).title = "新"


@pytest.fixture
def renaming(town: Town, monkeypatch: pytest.MonkeyPatch) -> tuple[int, list[int], set[int]]:
    """A long work of five parts, of which the first and third fail: its id, the cases, those that
    fail.
    """
    cases = [town.applied(f"第{number}个") for number in range(5)]
    poison = {cases[0], cases[2]}
    monkeypatch.setitem(
        jobs.KINDS,
        "recompute",
        jobs.Kind(
            count=lambda session, job: len(cases),
            following=lambda session, job: next(
                (case for case in cases if case > job.position), None
            ),
            part=lambda job, part: Rename(part, poison),
        ),
    )
    return town.runtime.perform(StartJob(kind="recompute", jurisdiction="cf")), cases, poison


def job(town: Town, job_id: int) -> tuple[int, int, bool, bool]:
    with town.runtime.query() as session:
        row = session.get_one(JobRow, job_id)
        return row.done, row.failed, row.error is not None, row.finished_at is not None


def titles(town: Town, cases: list[int]) -> list[str]:
    with town.runtime.query() as session:
        return list(
            session.scalars(select(CaseRow.title).where(CaseRow.id.in_(cases)).order_by(CaseRow.id))
        )


def test_parts_that_fail_stop_no_other_and_are_done_later(
    town: Town, renaming: tuple[int, list[int], set[int]]
) -> None:
    made, cases, poison = renaming
    work_on_jobs(town.runtime)
    assert titles(town, cases) == ["第0个", "新", "第2个", "新", "新"]
    assert job(town, made) == (3, 2, True, True)
    assert [(line.kind, line.id) for line in stopped(town)] == [
        ("part", f"{made}/{case}") for case in sorted(poison)
    ]
    poison.discard(cases[0])
    town.now += FIVE_TIMES.waits[0]
    assert work_on_jobs(town.runtime) == 1
    assert job(town, made) == (4, 1, True, True)
    poison.clear()
    assert work_on_jobs(town.runtime) == 0, "the other waits for its second try"
    retry(town, "part", f"{made}/{cases[2]}")
    assert work_on_jobs(town.runtime) == 1
    assert job(town, made) == (5, 0, False, True)
    assert set(titles(town, cases)) == {"新"}
    assert stopped(town) == []


def test_a_part_that_always_fails_is_parked(
    town: Town, renaming: tuple[int, list[int], set[int]]
) -> None:
    made, cases, _ = renaming
    for pause in (timedelta(), *FIVE_TIMES.waits, timedelta(days=30)):
        town.now += pause
        work_on_jobs(town.runtime)
    assert job(town, made) == (3, 2, True, True)
    assert [(line.attempts, line.again_at) for line in stopped(town)] == [
        (len(FIVE_TIMES.waits) + 1, None)
    ] * 2


# -- starts, and noting itself


def test_a_start_that_fails_is_shown_and_stops_no_other(town: Town) -> None:
    town.at(date(2026, 11, 20))
    with town.runtime.transaction() as work:
        row = work.session.scalars(
            select(StartTimerRow).where(StartTimerRow.jurisdiction == "cf")
        ).first()
        assert row is not None
        work.session.add(
            StartTimerRow(
                jurisdiction="cf",
                process="gone",
                element="start",
                rule=row.rule,
                since=town.now,
                due_at=town.now,
            )
        )
    town.now += timedelta(minutes=1)
    start_cases(town.runtime)
    (line,) = stopped(town)
    assert (line.kind, line.what, line.attempts) == ("start", "gone", 1)
    assert "jiebang_failed_starts 1.0\n" in metrics(town.runtime)


@dataclass(frozen=True)
class Fail:
    """A command that ends with this exception."""

    exception: Exception

    def carry_out(self, work: UnitOfWork) -> Any:
        raise self.exception


def test_a_failure_that_cannot_be_noted_now_does_not_end_the_run(town: Town) -> None:
    assert attempt(town.runtime, Fail(RuntimeError("毒")), lambda error: Fail(Changed())) is None
    with pytest.raises(RuntimeError, match="disk"):
        attempt(town.runtime, Fail(RuntimeError("毒")), lambda error: Fail(RuntimeError("disk")))
