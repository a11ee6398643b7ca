"""年度报告, from 15 November to the end of February: who is asked, who is late, what the campaign's
page counts.
"""

from datetime import date
from typing import Any

import pytest

from service.clock import tick
from service.commands.supervision.urging import start_urge_job
from service.errors import NotAllowed, NotFound
from service.queries.supervision.campaigns import (
    ReportsAsked,
    campaign_page,
    campaigns,
    late_ids,
    reports,
)
from tests.town import Town


@pytest.fixture
def november(town: Town) -> dict[str, int]:
    """Five projects in 跟榜 since the summer, on 1 November."""
    town.at(date(2026, 8, 3))
    found = {
        name: town.filed(name) for name in ("早交", "最后一天交", "晚交一天", "不交", "结题代替")
    }
    town.at(date(2026, 11, 1))
    return found


def stages(town: Town, year: int = 2026, login: str = "cf.kjj") -> dict[str, int]:
    with town.runtime.query() as session:
        page = campaign_page(session, town.runtime, town.actor(login), "annual_report", year)
    assert sum(one.total for one in page.departments) == page.total.total
    return {
        **{name: count for name, count in page.total.stages.items() if count},
        **({"came_late": page.total.came_late} if page.total.came_late else {}),
    }


def test_a_winter_of_reports_in_the_figures_of_the_campaign(
    town: Town, november: dict[str, int]
) -> None:
    with town.runtime.query() as session:
        page = campaign_page(session, town.runtime, town.actor("cf.kjj"), "annual_report", 2026)
    assert (page.total.total, page.tracked, page.opening, page.ahead) == (0, 5, 0, 5)
    town.at(date(2026, 11, 14))
    assert stages(town) == {}
    town.at(date(2026, 11, 15))
    assert stages(town) == {"waiting": 5}
    town.at(date(2026, 11, 20))
    town.complete("cf.gangbu", november["早交"], "annual_report")
    assert stages(town) == {"waiting": 4, "submitted": 1}
    town.complete("cf.hongshan", november["早交"], "annual_audit")
    assert stages(town) == {"waiting": 4, "reviewed": 1}
    town.complete("cf.kjj", november["早交"], "annual_assessment")
    town.at(date(2026, 12, 10))
    town.complete("cf.gangbu", november["结题代替"], "tracking")
    assert stages(town) == {"waiting": 3, "assessed": 1, "replaced": 1}
    town.at(date(2026, 12, 31))
    town.complete("cf.gangbu", november["最后一天交"], "annual_report")
    assert stages(town) == {"waiting": 2, "submitted": 1, "assessed": 1, "replaced": 1}
    town.at(date(2027, 1, 1))
    assert stages(town) == {"late": 2, "submitted": 1, "assessed": 1, "replaced": 1}
    town.complete("cf.gangbu", november["晚交一天"], "annual_report")
    assert stages(town) == {"late": 1, "submitted": 2, "assessed": 1, "replaced": 1, "came_late": 1}
    town.at(date(2027, 2, 28))
    assert stages(town) == {"late": 1, "submitted": 2, "assessed": 1, "replaced": 1, "came_late": 1}
    assert stages(town, 2027) == {}


def test_the_list_names_each_project_and_marks_what_came_late(
    town: Town, november: dict[str, int]
) -> None:
    town.at(date(2026, 11, 15))
    town.at(date(2027, 1, 5))
    town.complete("cf.gangbu", november["晚交一天"], "annual_report")
    with town.runtime.query() as session:
        who = town.actor("cf.kjj")
        late = reports(
            session, town.runtime, who, "annual_report", 2026, ReportsAsked(late=True)
        ).reports
        owed = reports(
            session, town.runtime, who, "annual_report", 2026, ReportsAsked(stage="late")
        ).reports
        first = reports(session, town.runtime, who, "annual_report", 2026, ReportsAsked(limit=2))
        rest = reports(
            session,
            town.runtime,
            who,
            "annual_report",
            2026,
            ReportsAsked(limit=10, cursor=first.next),
        )
    assert [(one.title, one.days_late, one.department) for one in late] == [
        ("晚交一天", 2, "红山区科技局")
    ]
    assert {one.title for one in owed} == {"早交", "最后一天交", "不交", "结题代替"}
    assert len({one.item_id for one in (*first.reports, *rest.reports)}) == 5


def test_a_project_filed_after_the_middle_of_november_is_first_asked_next_year(town: Town) -> None:
    town.at(date(2026, 11, 16))
    town.filed("晚备案")
    town.at(date(2026, 12, 31))
    assert stages(town) == {}
    town.at(date(2027, 11, 15))
    assert stages(town, 2027) == {"waiting": 1}


def test_a_report_that_a_clock_opens_after_the_new_year_belongs_to_the_old_one(
    town: Town, november: dict[str, int]
) -> None:
    town.at(date(2027, 1, 10))  # no clock ran since 1 November
    assert stages(town, 2026) == {"late": 5}
    assert stages(town, 2027) == {}


def test_all_who_are_late_are_urged_once(town: Town, november: dict[str, int]) -> None:
    town.at(date(2026, 11, 15))
    town.at(date(2027, 1, 4))
    who = town.actor("cf.kjj")
    with town.runtime.query() as session:
        late = late_ids(session, town.runtime, who, "annual_report", 2026)
    assert len(late) == 5
    for _ in range(2):
        start_urge_job(town.runtime, who, late, "请立即提交年度报告", leading=True)
        tick(town.runtime)
    urged = [
        [one.text for one in town.page("cf.gangbu", item).comments if one.kind == "urge"]
        for item in late
    ]
    assert urged == [["请立即提交年度报告"]] * 5


def test_who_does_not_lead_it_sees_no_campaign(town: Town) -> None:
    with town.runtime.query() as session:
        assert [one.leading for one in campaigns(session, town.actor("cf.kjj"))] == [True]
        assert [one.leading for one in campaigns(session, town.actor("cf.ducha"))] == [False]
        assert campaigns(session, town.actor("cf.hongshan")) == ()
        assert campaigns(session, town.actor("zy.kjj")) == ()
        with pytest.raises(NotAllowed):
            campaign_page(session, town.runtime, town.actor("cf.hongshan"), "annual_report", 2026)
        with pytest.raises(NotFound):
            campaign_page(session, town.runtime, town.actor("cf.kjj"), "nothing", 2026)


def test_the_list_is_narrowed_by_department_and_by_what_is_typed(
    town: Town, november: dict[str, int]
) -> None:
    town.at(date(2026, 11, 15))

    def titles(**narrowed: Any) -> set[str]:
        with town.runtime.query() as session:
            return {
                one.title
                for one in reports(
                    session,
                    town.runtime,
                    town.actor("cf.kjj"),
                    "annual_report",
                    2026,
                    ReportsAsked(**narrowed),
                ).reports
            }

    with town.runtime.query() as session:
        (home,) = campaign_page(
            session, town.runtime, town.actor("cf.kjj"), "annual_report", 2026
        ).departments
    assert (home.code, home.name, home.total) == ("hongshan", "红山区科技局", 5)
    assert titles(department="hongshan") == set(november)
    assert titles(department="none") == titles(department="songshan") == titles(q="%") == set()
    assert titles(q="交一") == {"晚交一天"}
    number = town.row(november["不交"]).number
    assert number
    assert titles(q=number[-6:]) == {"不交"}
