"""One command is one honest transaction: who reads cannot write, who is too late is told."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from service.errors import BadRequest, Refused
from service.store.cases.rows import CaseRow
from service.unit_of_work import UnitOfWork
from tests.town import Town


@dataclass(frozen=True)
class Retitle:
    """Lock cases one after the other; ``between`` runs while the first are held."""

    case_ids: tuple[int, ...]
    title: str = "另一个标题"
    between: Callable[[], object] = lambda: None

    def carry_out(self, work: UnitOfWork) -> None:
        for case_id in self.case_ids:
            work.locked_case(case_id).title = self.title
            self.between()


def aside(act: Callable[[], object]) -> None:
    """Do it as somebody else would: outside this command's transaction."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def attempt(found: Counter[str], act: Callable[[], object]) -> None:
    try:
        act()
    except Refused as exc:
        found[exc.code] += 1
    else:
        found["done"] += 1


@pytest.fixture
def cases(town: Town) -> tuple[int, int]:
    return town.applied("甲"), town.applied("乙")


def test_a_query_cannot_write(town: Town, cases: tuple[int, int]) -> None:
    with town.runtime.query() as session, pytest.raises(DBAPIError):
        session.execute(text("UPDATE case_ SET title = 'x'"))
    assert town.row(cases[0]).title == "甲"
    town.runtime.perform(Retitle(cases))  # the connection that has been read with writes again
    assert town.row(cases[0]).title == "另一个标题"


def test_a_query_never_waits_and_sees_what_was_committed(
    town: Town, cases: tuple[int, int]
) -> None:
    seen = []

    def look() -> None:
        seen.append(town.row(cases[0]).title)

    town.runtime.perform(Retitle(cases[:1], between=lambda: aside(look)))
    assert seen == ["甲"]
    assert town.row(cases[0]).title == "另一个标题"


def test_instants_come_back_aware_and_exact(town: Town, cases: tuple[int, int]) -> None:
    with town.runtime.query() as session:
        started = session.scalars(select(CaseRow.started_at).where(CaseRow.id == cases[0])).one()
    assert started == town.now
    assert isinstance(started, datetime)
    assert str(started.tzinfo) == "UTC"


@pytest.mark.only_on("postgresql")  # SQLite lets one command in at a time: it has no row locks
def test_sessions_are_set_up_whatever_the_server_thinks(town: Town) -> None:
    with town.runtime.query() as session:
        found = {
            name: session.scalar(text(f"SHOW {name}"))
            for name in (
                "lock_timeout",
                "timezone",
                "transaction_isolation",
                "synchronous_commit",
                "transaction_read_only",
            )
        }
    assert found == {
        "lock_timeout": "3s",
        "timezone": "UTC",
        "transaction_isolation": "read committed",
        "synchronous_commit": "on",
        "transaction_read_only": "on",
    }


@pytest.mark.only_on("postgresql")  # SQLite lets one command in at a time: it has no row locks
def test_a_case_that_is_held_too_long_is_refused_not_waited_for(
    town: Town, cases: tuple[int, int]
) -> None:
    started, found = time.monotonic(), Counter[str]()
    late = Retitle(cases[:1], "来晚了")
    town.runtime.perform(
        Retitle(
            cases[:1],
            between=lambda: aside(lambda: attempt(found, lambda: town.runtime.perform(late))),
        )
    )
    assert found == {"changed": 1}
    assert 2.5 < time.monotonic() - started < 15
    assert town.row(cases[0]).title == "另一个标题"


def test_two_commands_that_hold_each_other_up_end_at_once(
    town: Town, cases: tuple[int, int]
) -> None:
    """A deadlock on PostgreSQL: one wins, the other is refused with 409; SQLite lets them in one by
    one.
    """
    barrier, found = threading.Barrier(2), Counter[str]()

    def both_hold_one() -> None:
        if town.runtime.engine.dialect.name == "postgresql" and not barrier.broken:
            try:
                barrier.wait(5)
            except threading.BrokenBarrierError:
                return
            barrier.abort()

    threads = [
        threading.Thread(
            target=attempt,
            args=(
                found,
                lambda order=order: town.runtime.perform(Retitle(order, between=both_hold_one)),
            ),
        )
        for order in (cases, cases[::-1])
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lost = (
        {"changed": 1, "done": 1}
        if town.runtime.engine.dialect.name == "postgresql"
        else {"done": 2}
    )
    assert found == lost
    assert [town.row(case).title for case in cases] == ["另一个标题"] * 2


@pytest.mark.only_on("postgresql")  # SQLite lets one command in at a time: it has no row locks
def test_a_text_that_is_too_long_for_its_column_is_a_refusal(
    town: Town, cases: tuple[int, int]
) -> None:
    with pytest.raises(BadRequest):
        town.runtime.perform(Retitle(cases[:1], "长" * 201))
