"""Reminders and urging where the clock goes wrong or very much is asked."""

from datetime import date, timedelta

import pytest
from sqlalchemy import func, select

from service.clock import tick
from service.commands.supervision import urging
from service.commands.supervision.urging import UrgeMany
from service.commands.terms.calendars import RecomputeCase
from service.errors import BadRequest
from service.store.notices import NoticeRow
from tests.town import Town


def reminders(town: Town) -> int:
    with town.runtime.query() as session:
        return session.scalar(select(func.count()).where(NoticeRow.kind == "reminder")) or 0


def test_a_clock_set_back_an_hour_with_all_recomputed_says_nothing_twice_and_goes_on(
    town: Town,
) -> None:
    case = town.applied()
    town.at(date(2026, 3, 5))  # half of five working days
    assert reminders(town) == 1
    town.now -= timedelta(hours=1)
    town.runtime.perform(RecomputeCase(case_id=case))
    assert town.item(case, "unit_review").reminder == "half", "planned again"
    town.now += timedelta(hours=1)
    tick(town.runtime)
    assert reminders(town) == 1
    assert town.item(case, "unit_review").reminder == "eve"
    town.at(date(2026, 3, 6))
    assert reminders(town) == 2


def test_more_than_may_be_urged_at_once_is_refused_and_nobody_is_urged(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [town.item(town.applied(title), "unit_review").id for title in ("甲", "乙")]
    monkeypatch.setattr(urging, "MOST", 1)
    with pytest.raises(BadRequest, match="一次最多催办 1 件"):
        town.runtime.perform(UrgeMany(actor=town.actor("cf.ducha"), items=items, message="请办理"))
    tick(town.runtime)
    with town.runtime.query() as session:
        assert session.scalar(select(func.count()).where(NoticeRow.kind == "urge")) == 0
