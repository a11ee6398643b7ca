"""Figures for Prometheus: numbers only."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Insert, String, Update, cast, insert, literal, select, update

from service.errors import BadAnswers
from service.store.cases.rows import CaseRow, OutboxRow, TimerRow
from service.store.operations.rows import FailureRow
from tests.town import Town

LINE = re.compile(
    r'[a-z_]+(\{[a-z]+="[A-Za-z_]+"(,(outcome|le)="[a-z0-9_.+I]+nf"|,[a-z]+="[a-z0-9_.]+")?\})? '
    r"[0-9.]+(e[+-][0-9]+)?"
)


def figures(town: Town) -> dict[str, float]:
    response = town.app.test_client().get("/metrics")
    assert response.status_code == 200
    assert response.mimetype == "text/plain"
    lines = [
        line for line in response.get_data(as_text=True).splitlines() if not line.startswith("#")
    ]
    assert [line for line in lines if not LINE.fullmatch(line)] == []
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def changed(town: Town, change: Update | Insert) -> None:
    with town.runtime.command_sessions() as session:
        session.execute(change)
        session.commit()


def test_open_work_and_late_timers_are_counted(town: Town) -> None:
    before = figures(town)
    assert (before["jiebang_due_timers"], before["jiebang_timer_lag_seconds"]) == (0, 0)
    town.filed()
    after = figures(town)
    assert after["jiebang_open_items"] > before["jiebang_open_items"]
    town.now += timedelta(days=400)
    late = figures(town)
    assert late["jiebang_due_timers"] >= 1
    assert late["jiebang_timer_lag_seconds"] > 24 * 3600
    broken = {"what": "", "since": town.now, "attempts": 1, "error": "broken"}
    due = select(literal("timer"), cast(TimerRow.id, String), literal("cf"))
    written = due.add_columns(*(literal(value) for value in broken.values()))
    names = ["kind", "of", "jurisdiction", *broken]
    changed(town, insert(FailureRow).from_select(names, written))
    failed = figures(town)
    assert failed["jiebang_failed_timers"] == late["jiebang_due_timers"]
    assert (failed["jiebang_due_timers"], failed["jiebang_timer_lag_seconds"]) == (0, 0)
    changed(town, update(CaseRow).values(status="suspended"))
    assert figures(town)["jiebang_failed_timers"] == 0


def test_parked_messages_are_told_apart(town: Town) -> None:
    town.filed()
    assert figures(town)["jiebang_undelivered_messages"] == 0
    changed(town, update(OutboxRow).values(delivered_at=None, attempt_at=town.now))
    with town.runtime.query() as session:
        message = session.scalars(select(OutboxRow.id)).one()
    failed = {"kind": "message", "of": message, "jurisdiction": "cf", "what": "", "attempts": 6}
    changed(town, insert(FailureRow).values(**failed, since=town.now, attempt_at=town.now))
    for attempt_at, parked in ((town.now, 0), (None, 1)):
        changed(town, update(FailureRow).values(attempt_at=attempt_at))
        found = figures(town)
        assert (found["jiebang_undelivered_messages"], found["jiebang_parked_messages"]) == (
            1,
            parked,
        )


def test_commands_are_counted_by_outcome_and_timed(town: Town) -> None:
    case = town.applied()
    with pytest.raises(BadAnswers):
        town.complete("cf.danwei", case, "unit_review", unit_opinion="")
    found = figures(town)
    assert found['jiebang_commands_total{command="CompleteItem",outcome="bad_answers"}'] == 1
    done = found['jiebang_commands_total{command="CompleteItem",outcome="done"}']
    assert found['jiebang_command_seconds_count{command="CompleteItem"}'] == done + 1
    assert found['jiebang_command_seconds_bucket{command="CompleteItem",le="+Inf"}'] == done + 1
    assert 0 < found['jiebang_command_seconds_sum{command="CompleteItem"}'] < 60


def test_nothing_of_the_cases_is_told(town: Town) -> None:
    town.applied("苜蓿草高值化加工技术")
    assert town.app.test_client().get("/metrics").get_data(as_text=True).isascii()
