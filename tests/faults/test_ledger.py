"""One ledger for whatever the clock fails to do: each kind stands in it, is put off, parked, and
done after a retry by hand.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from service.clock import deliver_messages, fire_timers, remind, start_cases
from service.commands.cases.steering import TerminateCase
from service.commands.notices.channels import ChangeMode, RemoveChannel, SetChannel
from service.commands.notices.delivery import deliver_notices
from service.commands.operations import jobs
from service.commands.operations.jobs import StartJob, work_on_jobs
from service.commands.operations.retrying import Retry
from service.commands.operations.upkeep import Upkeep
from service.domain.vocabulary import STOPPED
from service.errors import NotFound
from service.store.cases.rows import CaseRow, OutboxRow, TimerRow
from service.store.items.rows import ItemRow
from service.store.notices import ChannelRow, DeliveryRow
from service.store.operations.rows import FailureRow
from service.store.processes.rows import StartTimerRow
from service.unit_of_work import Runtime
from tests.faults.test_clocks import spoiled
from tests.faults.test_delivery import Say
from tests.faults.test_failures import Rename, reminded, stopped
from tests.letters import Receiver, http_receiver
from tests.town import Town

FIVE_TIMES = (1, 5, 30, 120, 720)
"""Minutes from each failure to the next try."""
FOR_A_DAY = (1, 5, 30, 120, 360, 360, 360, 204)
"""The last try is a day after the letter was written."""


@dataclass(frozen=True)
class Trouble:
    """Something that fails: its key in the ledger, how the clock tries it, and what mends it."""

    of: object
    run: Callable[[Runtime], int]
    mend: Callable[[], None]


@dataclass(frozen=True)
class Place:
    """Where something is made to fail."""

    town: Town
    receiver: Receiver
    url: str
    patch: pytest.MonkeyPatch

    def setting(self, row: type, key: object, **values: object) -> Callable[[], None]:
        """What sets columns of a row."""

        def set_them() -> None:
            with self.town.runtime.transaction() as work:
                found = work.session.get_one(row, key)
                for name, value in values.items():
                    setattr(found, name, value)

        return set_them


def timer(place: Place) -> Trouble:
    _, _, first = spoiled(place.town)
    return Trouble(first.id, fire_timers, place.setting(TimerRow, first.id, task=first.task))


def start(place: Place) -> Trouble:
    place.town.at(date(2026, 11, 20))
    with place.town.runtime.transaction() as work:
        row = work.session.scalars(
            select(StartTimerRow).where(StartTimerRow.jurisdiction == "cf")
        ).first()
        assert row is not None
        process, row.process, row.due_at = row.process, "gone", place.town.now
    return Trouble(row.id, start_cases, place.setting(StartTimerRow, row.id, process=process))


def message(place: Place) -> Trouble:
    """To a case that rests; it is let go on without anybody being told."""
    case = place.town.reviewed()
    around = place.town.round()
    place.setting(CaseRow, case, status="suspended")()
    place.town.complete("cf.lxh", around, "decide")
    with place.town.runtime.transaction() as work:
        sent = work.session.scalars(select(OutboxRow)).one()
        work.session.execute(delete(FailureRow))  # of the try right after the commit
    return Trouble(sent.id, deliver_messages, place.setting(CaseRow, case, status="running"))


def reminder(place: Place) -> Trouble:
    item = reminded(place.town, "broken")
    return Trouble(item, remind, place.setting(ItemRow, item, reminder="half"))


def part(place: Place) -> Trouble:
    case = place.town.applied()
    poison = {case}
    kind = jobs.Kind(
        count=lambda session, job: 1,
        following=lambda session, job: case if case > job.position else None,
        part=lambda job, number: Rename(number, poison),
    )
    place.patch.setitem(jobs.KINDS, "recompute", kind)
    job = place.town.runtime.perform(StartJob(kind="recompute", jurisdiction="cf"))
    return Trouble(f"{job}/{case}", work_on_jobs, poison.clear)


def delivery(place: Place) -> Trouble:
    letters(place, "请审核。")
    with place.town.runtime.query() as session:
        (of,) = session.scalars(select(DeliveryRow.id))
    return Trouble(of, deliver_notices, place.receiver.behaviour.clear)


def letters(place: Place, *texts: str) -> int:
    """Letters to a receiver that fails; gives the channel."""
    unit = place.town.actor("cf.danwei")
    channel = place.town.runtime.perform(
        SetChannel(
            actor=place.town.actor("cf.admin"),
            unit=unit.unit_code,
            kind="webhook",
            address=f"{place.url}/unit",
        )
    )
    place.receiver.behaviour["/unit"] = "fail"
    case = place.town.applied()
    with place.town.runtime.transaction() as work:  # what was told of the case itself
        for row in work.session.scalars(select(DeliveryRow)):
            work.session.delete(row)
    place.town.runtime.perform(Say(case, f"unit:{unit.unit_id}", texts))
    return channel


MAKERS = {
    "timer": timer,
    "start": start,
    "message": message,
    "reminder": reminder,
    "part": part,
    "delivery": delivery,
}


@pytest.fixture
def place(town: Town, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    receiver = Receiver()
    with http_receiver(receiver) as url:
        yield Place(town, receiver, url, monkeypatch)


def standing(town: Town, kind: str, of: object) -> FailureRow:
    found = town.failure(kind, of)
    assert found is not None
    return found


def parked(place: Place, kind: str) -> Trouble:
    """Something that has failed as often as it is tried by itself."""
    trouble = MAKERS[kind](place)
    trouble.run(place.town.runtime)
    while at := standing(place.town, kind, trouble.of).attempt_at:
        place.town.now = at
        trouble.run(place.town.runtime)
    return trouble


def retry(town: Town, kind: str, of: object) -> None:
    town.runtime.perform(Retry(actor=town.actor("cf.admin"), kind=kind, id=str(of)))


def test_every_kind_is_tried(town: Town) -> None:
    assert set(MAKERS) == set(STOPPED)


@pytest.mark.parametrize("kind", MAKERS)
def test_what_fails_stands_in_the_ledger_is_put_off_and_parked_at_last(
    place: Place, kind: str
) -> None:
    town, trouble = place.town, MAKERS[kind](place)
    assert town.failure(kind, trouble.of) is None
    waits = FOR_A_DAY if kind == "delivery" else FIVE_TIMES
    for count, minutes in enumerate(waits, 1):
        trouble.run(town.runtime)
        failed = standing(town, kind, trouble.of)
        assert (failed.jurisdiction, failed.attempts) == ("cf", count)
        assert failed.attempt_at == town.now + timedelta(minutes=minutes)
        assert failed.error
        town.now = failed.attempt_at - timedelta(seconds=1)
        trouble.run(town.runtime)
        assert standing(town, kind, trouble.of).attempts == count, "not before its time"
        town.now = failed.attempt_at
    trouble.run(town.runtime)
    for later in (timedelta(), timedelta(days=30)):
        town.now += later
        trouble.run(town.runtime)
        failed = standing(town, kind, trouble.of)
        assert (failed.attempts, failed.attempt_at) == (len(waits) + 1, None), "parked"
    assert (kind, str(trouble.of)) in {(line.kind, line.id) for line in stopped(town)}


@pytest.mark.parametrize("kind", MAKERS)
def test_what_is_parked_is_tried_at_once_after_a_retry_and_forgotten_once_it_is_done(
    place: Place, kind: str
) -> None:
    town, trouble = place.town, parked(place, kind)
    retry(town, kind, trouble.of)
    failed = standing(town, kind, trouble.of)
    assert (failed.attempts, failed.attempt_at) == (0, town.now)
    trouble.run(town.runtime)
    again = standing(town, kind, trouble.of)
    wait = None if kind == "delivery" else town.now + timedelta(minutes=FIVE_TIMES[0])
    assert (again.attempts, again.attempt_at) == (1, wait), "a letter's day is over"
    retry(town, kind, trouble.of)
    trouble.mend()
    trouble.run(town.runtime)
    assert town.failure(kind, trouble.of) is None
    assert stopped(town) == []
    with pytest.raises(NotFound):
        retry(town, kind, trouble.of)


# -- what is no more leaves no failure


def test_a_timer_takes_its_failure_with_it_when_its_case_ends(place: Place) -> None:
    town, trouble = place.town, parked(place, "timer")
    with town.runtime.query() as session:
        case = session.get_one(TimerRow, trouble.of).case_id
    town.steer(TerminateCase, "cf.owner", case)
    assert town.failure("timer", trouble.of) is None


@pytest.mark.parametrize("command", ["off", "remove"])
def test_letters_that_are_taken_away_take_their_failures_with_them(
    place: Place, command: str
) -> None:
    town, channel = place.town, letters(place, "一", "二", "三")
    deliver_notices(town.runtime)
    with town.runtime.query() as session:
        failed = session.scalars(select(FailureRow).where(FailureRow.kind == "delivery")).all()
        assert sorted(one.attempts for one in failed) == [0, 0, 1], "the others wait with the first"
        assert len({(one.attempt_at, one.error) for one in failed}) == 1
    admin = town.actor("cf.admin")
    town.runtime.perform(
        ChangeMode(actor=admin, channel_id=channel, mode="off")
        if command == "off"
        else RemoveChannel(actor=admin, channel_id=channel)
    )
    with town.runtime.query() as session:
        assert session.scalars(select(FailureRow)).all() == []
        assert len(session.scalars(select(ChannelRow)).all()) == (command == "off")


def test_a_reminder_whose_item_is_over_is_forgotten_by_the_daily_upkeep(place: Place) -> None:
    town, trouble = place.town, parked(place, "reminder")
    town.runtime.perform(Upkeep())
    assert town.failure("reminder", trouble.of) is not None
    town.complete("cf.danwei", town.row_of_item(int(str(trouble.of))).case_id, "unit_review")
    town.runtime.perform(Upkeep())
    assert town.failure("reminder", trouble.of) is None


def test_a_reminder_that_failed_and_is_planned_anew_goes_by_its_plan(place: Place) -> None:
    town, trouble = place.town, parked(place, "reminder")
    place.setting(ItemRow, trouble.of, reminder="eve", remind_at=town.now + timedelta(minutes=10))()
    retry(town, "reminder", trouble.of)
    assert remind(town.runtime) == 0, "not before its plan"
    town.now += timedelta(minutes=10)
    assert remind(town.runtime) == 1
    assert town.failure("reminder", trouble.of) is None
