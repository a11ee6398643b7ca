"""The store fails: nothing half done, a sentence, and the others go on."""

import contextlib
import sqlite3
import threading
import time
from dataclasses import dataclass

import pytest
from sqlalchemy import event, select, update
from sqlalchemy.engine import make_url

from service.app import create_runtime
from service.clock import tick
from service.errors import Changed, NoSpace, StateUnreadable
from service.store.cases.rows import CaseRow, TimerRow
from service.store.operations import database
from service.store.operations.rows import FailureRow
from service.unit_of_work import Runtime, UnitOfWork
from tests.town import Town


@pytest.mark.only_on("sqlite")
def test_a_full_disk_refuses_with_a_sentence_and_changes_nothing(town: Town) -> None:
    case = town.applied()

    @event.listens_for(town.runtime.engine, "begin")
    def no_more_pages(connection: object) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()  # type: ignore[attr-defined]
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]

    with pytest.raises(NoSpace):
        town.attach("cf.danwei", town.item(case, "unit_review").id, "证明.pdf", b"x" * 1_000_000)
    event.remove(town.runtime.engine, "begin", no_more_pages)
    town.runtime.engine.dispose()
    assert town.page("cf.danwei", town.item(case, "unit_review").id).attachments == ()
    town.complete("cf.danwei", case, "unit_review")
    assert town.open(case) == ["department_review"]


@pytest.mark.only_on("sqlite")
def test_a_database_locked_for_long_refuses_and_a_moment_later_works(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = make_url(town.settings.database_url).database or ""
    case = town.applied()
    monkeypatch.setattr(database, "BUSY_MS", 200)
    town.runtime.engine.dispose()
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(Changed):
        town.complete("cf.danwei", case, "unit_review")
    assert town.open(case) == ["unit_review"]
    threading.Thread(
        target=lambda: (time.sleep(0.05), other.execute("ROLLBACK"), other.close())
    ).start()
    town.complete("cf.danwei", case, "unit_review")
    assert town.open(case) == ["department_review"]


@dataclass(frozen=True)
class Write:
    """Hold the write lock for so many seconds."""

    seconds: float

    def carry_out(self, work: UnitOfWork) -> None:
        work.session.connection()
        time.sleep(self.seconds)


@pytest.mark.only_on("sqlite")
def test_nobody_starves_beside_a_clock_with_very_much_to_do(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 1_000)
    stop, writers = threading.Event(), [create_runtime(town.settings) for _ in range(2)]

    def hog(runtime: Runtime) -> None:
        while not stop.is_set():
            with contextlib.suppress(Changed):
                runtime.perform(Write(0.02))
            time.sleep(0.002)  # what a command does outside its transaction

    threads = [threading.Thread(target=hog, args=(one,)) for one in writers]
    for thread in threads:
        thread.start()
    try:
        for _ in range(40):  # each would be refused after a second of waiting
            town.runtime.perform(Write(0))
            time.sleep(0.05)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
        for one in writers:
            one.engine.dispose()


def test_a_case_whose_state_cannot_be_restored_is_named_and_the_others_go_on(town: Town) -> None:
    broken, sound = town.filed("坏"), town.filed("好")
    with town.runtime.command_sessions() as session:
        session.execute(update(CaseRow).where(CaseRow.id == broken).values(state=b"damaged"))
        session.execute(update(TimerRow).values(due_at=town.now))
        session.commit()
    tick(town.runtime)
    assert "ledger" in town.open(sound)
    assert "ledger" not in town.open(broken)
    with town.runtime.query() as session:
        failed = select(TimerRow.case_id).join(FailureRow, FailureRow.timer_id == TimerRow.id)
        assert set(session.scalars(failed.where(FailureRow.error.is_not(None)))) == {broken}
    with pytest.raises(StateUnreadable):
        town.complete("cf.gangbu", broken, "tracking")
    town.complete("cf.gangbu", sound, "tracking")


def test_a_bug_in_a_constraint_is_not_taken_for_a_lost_race(town: Town) -> None:
    from sqlalchemy.exc import IntegrityError

    from service.commands.people.signing_in import OpenCredential

    command = OpenCredential(
        person_id=town.actor("cf.kjj").person_id,
        kind=None,  # type: ignore[arg-type]
        secret="x",
        lifetime=town.now - town.now,
    )
    with pytest.raises(IntegrityError):
        town.runtime.perform(command)
