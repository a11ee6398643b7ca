"""An official calendar that comes late: what is open moves with it, and the record says so."""

from datetime import date, datetime

import pytest
from sqlalchemy import select

from service.clock import tick
from service.commands.cases.steering import ResumeCase, SuspendCase
from service.commands.operations.jobs import work_on_jobs
from service.commands.operations.reproject import Reproject
from service.commands.supervision.orders import StartOrder
from service.commands.terms.calendars import LoadCalendar, Loaded
from service.domain.terms.calendar_years import Year
from service.domain.terms.deadlines import SHANGHAI, last_day
from service.errors import NotAllowed, NotFound
from service.queries.operations.jobs import job
from service.queries.operations.verify import differences
from service.store.cases.rows import TimerRow
from service.store.items.rows import ItemRow
from service.store.processes.rows import StartTimerRow
from tests.town import Town

NEW_YEAR = {
    "2027-01-01": False,
    "2027-01-02": False,
    "2027-01-03": False,
    "2027-01-04": False,
    "2027-01-09": True,
}
SPRING = {f"2027-02-{day:02}": False for day in range(5, 12)}


def load_2027(
    town: Town, days: dict[str, bool] = NEW_YEAR, login: str | None = "cf.admin"
) -> Loaded:
    return town.runtime.perform(
        LoadCalendar(
            jurisdiction="cf",
            years=[Year(year=2027, source="本测试", days=days)],
            actor=town.actor(login) if login else None,
        )
    )


def last(town: Town, case: int, element: str) -> date:
    due_at = town.item(case, element).due_at
    assert due_at is not None
    return last_day(due_at)


def recorded(town: Town, case: int, verb: str) -> list[str]:
    return [line.text for line in town.case("cf.owner", case).journal if line.verb == verb]


def test_a_term_over_the_new_year_is_provisional_until_the_calendar_is_announced(
    town: Town,
) -> None:
    town.at(date(2026, 12, 30))
    case = town.applied()
    item = town.item(case, "unit_review").id
    assert last(town, case, "unit_review") == date(2027, 1, 7)  # 31, then 4 to 7 January
    assert town.page("cf.danwei", item).item.provisional
    loaded = load_2027(town)
    assert loaded.years == (2027,)
    assert not town.page("cf.danwei", item).item.provisional
    tick(town.runtime)
    assert last(town, case, "unit_review") == date(2027, 1, 8)  # the 4th is off, the 9th not needed
    (said,) = recorded(town, case, "due_change")
    assert "2027-01-07" in said
    assert "2027-01-08" in said
    with town.runtime.query() as session:
        done = job(session, loaded.job_id or 0)
    assert (done.done, done.failed, done.total) == (1, 0, 1)
    assert done.finished_at


def test_what_opens_after_the_load_counts_by_it_at_once(town: Town) -> None:
    town.at(date(2026, 12, 30))
    load_2027(town)
    assert last(town, town.applied(), "unit_review") == date(2027, 1, 8)


def test_another_city_keeps_its_own_calendar(town: Town) -> None:
    town.at(date(2026, 12, 30))
    load_2027(town)
    with town.runtime.query() as session:
        assert town.runtime.calendar_of(session, "cf").is_official(2027)
        assert not town.runtime.calendar_of(session, "zy").is_official(2027)


def test_loading_the_same_again_changes_nothing(town: Town) -> None:
    assert load_2027(town).years == (2027,)
    assert load_2027(town) == Loaded(years=(), job_id=None)
    assert load_2027(town, SPRING).years == (2027,)


def test_timers_move_too_and_reminders_are_planned_anew(town: Town) -> None:
    town.at(date(2026, 12, 30))
    case = town.applied()
    with town.runtime.query() as session:
        before = session.query(TimerRow.due_at).filter(TimerRow.case_id == case).all()
        starts = session.query(StartTimerRow.due_at).all()
    load_2027(town)
    with town.runtime.query() as session:
        assert session.query(StartTimerRow.due_at).all() == starts, "calendar terms do not move"
    tick(town.runtime)
    item = town.item(case, "unit_review")
    assert item.reminder == "half"
    assert item.remind_at == datetime(
        2027, 1, 6, 9, tzinfo=SHANGHAI
    )  # 31, 5, 6, 7, 8: the third of five
    with town.runtime.query() as session:
        assert session.query(TimerRow.due_at).filter(TimerRow.case_id == case).all() == before


def test_a_case_that_rests_is_left_alone_and_counts_by_the_new_calendar_when_it_goes_on(
    town: Town,
) -> None:
    town.at(date(2026, 12, 30))
    case = town.applied()
    town.steer(SuspendCase, "cf.owner", case)
    load_2027(town)
    tick(town.runtime)
    item = town.item(case, "unit_review")
    assert (item.due_at, item.remind_at) == (None, None)
    assert town.page("cf.owner", item.id).item.paused
    town.at(date(2027, 1, 5))
    town.steer(ResumeCase, "cf.owner", case)
    assert last(town, case, "unit_review") == date(2027, 1, 9), (
        "from the 5th to the 8th, and the Saturday people work"
    )
    assert list(differences(town.runtime)) == []


def test_a_timer_of_a_case_that_rests_counts_by_the_new_calendar_when_it_goes_on(
    town: Town,
) -> None:
    town.at(date(2026, 12, 28))
    case = town.runtime.perform(
        StartOrder(
            actor=town.actor("cf.ducha"), title="逾期未审核", unit="hongshan", text="请立即办理"
        )
    )
    town.at(date(2026, 12, 30))
    town.steer(SuspendCase, "cf.owner", case)
    load_2027(town)
    tick(town.runtime)
    assert list(differences(town.runtime)) == [], "while it rests"
    town.at(date(2027, 1, 4))
    town.steer(ResumeCase, "cf.owner", case)
    with town.runtime.query() as session:
        timer = session.scalars(select(TimerRow).where(TimerRow.case_id == case)).one()
    assert (
        last_day(timer.due_at) == last(town, case, "reply_order") == date(2027, 1, 8)
    )  # 29, then 5 to 8 January
    town.at(date(2027, 1, 8))
    assert town.row(case).data["order_level"] == "blue"
    town.at(date(2027, 1, 9))
    assert town.row(case).data["order_level"] == "orange"
    assert list(differences(town.runtime)) == []


def test_the_same_days_loaded_from_a_file_without_a_source_change_nothing(town: Town) -> None:
    load_2027(town)
    again = town.runtime.perform(
        LoadCalendar(
            jurisdiction="cf",
            years=[Year(year=2027, source="", days=NEW_YEAR)],
            actor=town.actor("cf.admin"),
        )
    )
    assert again.years == ()


def test_only_an_administrator_loads_and_only_for_a_city_that_there_is(town: Town) -> None:
    with pytest.raises(NotAllowed):
        load_2027(town, login="cf.owner")
    with pytest.raises(NotFound):
        town.runtime.perform(LoadCalendar(jurisdiction="nowhere", years=[]))


def test_a_part_that_fails_is_noted_and_stops_no_other(town: Town) -> None:
    town.at(date(2026, 12, 30))
    bad, good = town.applied("甲"), town.applied("乙")
    with town.runtime.transaction() as work:
        work.session.get_one(ItemRow, town.item(bad, "unit_review").id).due_rule = "P一WD"
    loaded = load_2027(town)
    while work_on_jobs(town.runtime):
        pass
    with town.runtime.query() as session:
        done = job(session, loaded.job_id or 0)
    assert (done.done, done.failed) == (1, 1)
    assert str(bad) in str(done.error)
    assert last(town, good, "unit_review") == date(2027, 1, 8)


def test_a_due_that_is_not_what_its_rule_says_is_found_and_repaired(town: Town) -> None:
    case = town.applied()
    right = town.item(case, "unit_review").due_at
    assert list(differences(town.runtime)) == []
    with town.runtime.transaction() as work:
        work.session.get_one(ItemRow, town.item(case, "unit_review").id).due_at = town.now
    (found,) = differences(town.runtime)
    assert (found.kind, found.of) == ("due", f"case {case}")
    town.runtime.perform(Reproject(case_id=case))
    assert town.item(case, "unit_review").due_at == right
    assert list(differences(town.runtime)) == []
