"""From 1 November 2026 to 28 February 2027, day by day: every reminder, light and escalation of a
project.

The calendar of 2027 is announced on 25 November, as this test invents it: 1 to 3 January and 5 to
11 February off, the Saturdays 30 January and 13 February worked.
"""

from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from service.commands.cases.steering import ResumeCase, SuspendCase
from service.commands.terms.calendars import LoadCalendar
from service.domain.people.actor import Holder
from service.domain.terms.calendar_years import Year
from service.store.items.rows import ItemRow
from service.store.notices import NoticeRow
from service.store.people.rows import UnitRow
from tests.samples import LEDGER
from tests.town import Town

FIRST, LAST = date(2026, 11, 1), date(2027, 2, 28)
ANNOUNCED = date(2026, 11, 25)
OFF = [date(2027, 1, day) for day in range(1, 4)] + [date(2027, 2, day) for day in range(5, 12)]
WORKED = [date(2027, 1, 30), date(2027, 2, 13)]


class Winter:
    """Four months of one project. ``deeds``: what somebody does on a day, after the morning's
    reminders.
    """

    def __init__(self, town: Town) -> None:
        self.town = town
        town.at(date(2026, 9, 1))
        self.case = town.filed()
        self.lights: dict[str, list[tuple[str, str | None]]] = {}
        self.deeds = {
            ANNOUNCED: lambda: town.runtime.perform(
                LoadCalendar(
                    jurisdiction="cf",
                    years=[
                        Year(
                            year=2027,
                            source="本测试",
                            days={day.isoformat(): day in WORKED for day in OFF + WORKED},
                        )
                    ],
                )
            )
        }

    def live(self) -> None:
        for day in days(FIRST, LAST):
            self.town.at(day)
            for item in self.town.items(self.case, "ledger"):
                self.town.complete("cf.gangbu", self.case, item.element)
            if day in self.deeds:
                self.deeds[day]()
            self.look(day)

    def look(self, day: date) -> None:
        """Note the light of every open item on the first day it is shown."""
        for part in ("lead", "cooperate"):
            for item in self.town.items(self.case, part=part):
                seen = self.lights.setdefault(f"{item.element} {part}", [])
                shown = self.town.page("cf.owner", item.id).item.light
                if not seen or seen[-1][1] != shown:
                    seen.append((f"{day:%m-%d}", shown))

    def told(self, element: str, part: str = "lead") -> list[tuple[str, str, list[str]]]:
        """The reminders of a step: day, stage, to whom."""
        wanted = (
            select(NoticeRow)
            .join(ItemRow, ItemRow.id == NoticeRow.item_id)
            .where(
                ItemRow.case_id == self.case,
                ItemRow.element == element,
                ItemRow.part == part,
                NoticeRow.kind == "reminder",
            )
            .order_by(NoticeRow.id)
        )
        found: dict[tuple[str, str], list[str]] = {}
        with self.town.runtime.query() as session:
            for row in session.scalars(wanted):
                stage = str(row.key).split("/")[2]
                found.setdefault(
                    (f"{row.at.astimezone(self.town.now.tzinfo):%m-%d}", stage), []
                ).append(row.holder)
        return [(day, stage, holders) for (day, stage), holders in found.items()]


def days(first: date, last: date) -> Iterator[date]:
    for number in range((last - first).days + 1):
        yield first + timedelta(days=number)


@pytest.fixture
def winter(town: Town) -> Winter:
    return Winter(town)


WITHOUT_A_HEAD = (Holder.role("cf", "admin"), Holder.role("cf", "supervisor"))
"""Who hears at once what is overdue in a unit without a head."""


def unit(town: Town, code: str) -> int:
    with town.runtime.query() as session:
        return session.scalars(
            select(UnitRow.id).where(UnitRow.jurisdiction == "cf", UnitRow.code == code)
        ).one()


def test_a_yearly_report_that_nobody_writes_is_reminded_and_escalated_all_winter(
    winter: Winter, town: Town
) -> None:
    winter.live()
    me = f"person:{town.actor('cf.gangbu').person_id}"
    everybody = [me, *WITHOUT_A_HEAD]
    assert winter.told("annual_report") == [
        ("12-08", "half", [me]),
        ("12-30", "eve", [me]),
        ("12-31", "due", [me]),
        ("01-04", "late:1", everybody),
        *(
            (day, f"late:{late}", everybody)
            for day, late in (
                ("01-06", 3),
                ("01-11", 6),
                ("01-14", 9),
                ("01-19", 12),
                ("01-22", 15),
                ("01-27", 18),
                ("01-30", 21),
                ("02-03", 24),
                ("02-13", 27),
                ("02-17", 30),
                ("02-22", 33),
                ("02-25", 36),
            )
        ),
    ]
    assert winter.lights["annual_report lead"] == [
        ("11-15", "green"),
        ("12-30", "yellow"),
        ("01-01", "red"),
    ]


def test_a_coordination_is_reminded_on_both_sides_and_each_by_its_own_term(
    winter: Winter, town: Town
) -> None:
    matter = {**LEDGER, "coordination_matters": "用地指标"}
    winter.deeds[date(2026, 11, 2)] = lambda: town.tell(
        "cf.gangbu", winter.case, "feedback", **matter
    )
    winter.deeds[date(2026, 11, 11)] = lambda: town.contribute(
        "cf.hongshan", winter.case, "coordinate"
    )
    winter.deeds[date(2026, 11, 19)] = lambda: town.complete("cf.kjj", winter.case, "coordinate")
    winter.live()
    county, bureau = unit(town, "hongshan"), unit(town, "science_bureau")
    theirs, ours, supervision = f"unit:{county}", f"unit:{bureau}", Holder.role("cf", "supervisor")
    assert winter.told("coordinate", "cooperate") == [
        ("11-05", "half", [theirs]),
        ("11-06", "eve", [theirs]),
        ("11-09", "due", [theirs]),
        ("11-10", "late:1", [theirs, *WITHOUT_A_HEAD]),
    ]
    assert winter.told("coordinate") == [
        ("11-09", "half", [ours]),
        ("11-13", "eve", [ours]),
        ("11-16", "due", [ours]),
        ("11-17", "late:1", [ours, Holder.heads(bureau)]),
        ("11-19", "late:3", [ours, Holder.heads(bureau), supervision]),
    ]
    assert winter.lights["coordinate cooperate"] == [
        ("11-02", "green"),
        ("11-06", "yellow"),
        ("11-10", "red"),
    ]
    assert winter.lights["coordinate lead"] == [
        ("11-02", "green"),
        ("11-13", "yellow"),
        ("11-17", "red"),
    ]


def test_who_has_taken_an_item_is_reminded_instead_of_the_whole_unit(
    winter: Winter, town: Town
) -> None:
    report = date(2026, 12, 21)
    winter.deeds[report] = lambda: town.complete("cf.gangbu", winter.case, "annual_report")
    winter.deeds[date(2026, 12, 22)] = lambda: town.claim(
        "cf.hongshan", town.item(winter.case, "annual_audit").id
    )
    winter.deeds[date(2027, 1, 6)] = lambda: town.complete(
        "cf.hongshan", winter.case, "annual_audit"
    )
    winter.live()
    assert [stage for _, stage, _ in winter.told("annual_report")] == ["half"]
    me = f"person:{town.actor('cf.hongshan').person_id}"
    assert winter.told("annual_audit") == [
        ("12-28", "half", [me]),
        ("01-04", "eve", [me]),
        ("01-05", "due", [me]),
        ("01-06", "late:1", [me, *WITHOUT_A_HEAD]),
    ]
    assert winter.lights["annual_audit lead"] == [("12-21", "green"), ("01-04", "yellow")]


def test_a_case_that_rests_has_no_light_and_no_reminder_and_a_fixed_day_stays(
    winter: Winter, town: Town
) -> None:
    winter.deeds[date(2026, 12, 1)] = lambda: town.steer(SuspendCase, "cf.owner", winter.case)
    winter.deeds[date(2026, 12, 30)] = lambda: town.steer(ResumeCase, "cf.owner", winter.case)
    winter.live()
    assert [(day, stage) for day, stage, _ in winter.told("annual_report")][:3] == [
        ("12-31", "due"),
        ("01-04", "late:1"),
        ("01-06", "late:3"),
    ]
    assert winter.lights["annual_report lead"] == [
        ("11-15", "green"),
        ("12-01", None),
        ("12-30", "yellow"),
        ("01-01", "red"),
    ]


def test_working_days_do_not_run_while_a_case_rests(winter: Winter, town: Town) -> None:
    matter = {**LEDGER, "coordination_matters": "用地指标"}
    winter.deeds[date(2026, 11, 2)] = lambda: town.tell(
        "cf.gangbu", winter.case, "feedback", **matter
    )
    winter.deeds[date(2026, 11, 4)] = lambda: town.steer(SuspendCase, "cf.owner", winter.case)
    winter.deeds[date(2026, 11, 16)] = lambda: town.steer(ResumeCase, "cf.owner", winter.case)
    winter.live()
    # one of ten days had run (3 November); the other nine run from the 16th on
    assert winter.lights["coordinate lead"] == [
        ("11-02", "green"),
        ("11-04", None),
        ("11-16", "green"),
        ("11-25", "yellow"),
        ("11-27", "red"),
    ]
