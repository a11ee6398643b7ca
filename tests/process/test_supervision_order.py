"""督办单: blue reminds, orange warns, red stays; answered, checked, numbered."""

from datetime import date

import pytest
from sqlalchemy import select

from service.commands.supervision.orders import StartOrder
from service.domain.terms.deadlines import last_day
from service.errors import BadAnswers, BadRequest, NotAllowed, NotFound
from service.store.notices import NoticeRow
from tests.town import Town

UNIT = {"cf": "hongshan", "zy": "ganzhou"}
CITIES = pytest.mark.parametrize("city", ["cf", "zy"])


def order(town: Town, city: str, level: str = "blue", wanted: date | None = None) -> int:
    return town.runtime.perform(
        StartOrder(
            actor=town.actor(f"{city}.ducha"),
            title="逾期未审核",
            unit=UNIT[city],
            text="请立即办理",
            level=level,
            wanted=wanted,
        )
    )


def last(town: Town, case: int) -> date:
    """The last day for the reply."""
    due_at = town.item(case, "reply_order").due_at
    assert due_at is not None
    return last_day(due_at)


def reply(town: Town, city: str, case: int) -> None:
    town.complete(f"{city}.{UNIT[city]}", case, "reply_order", order_reply="已办理完毕")


def told(town: Town, case: int) -> list[str]:
    """The holders of the order's notices, with the kind of holder only."""
    with town.runtime.query() as session:
        rows = session.scalars(
            select(NoticeRow.holder)
            .where(NoticeRow.case_id == case, NoticeRow.kind == "order")
            .order_by(NoticeRow.id)
        )
        return [holder.partition(":")[0] for holder in rows]


def test_a_date_that_was_asked_for_is_the_orders_own_and_a_default_is_ours(town: Town) -> None:
    asked, silent = order(town, "cf", wanted=date(2026, 3, 20)), order(town, "cf")
    found = [town.item(case, "reply_order").term_basis for case in (asked, silent)]
    assert found == ["case", "ours"]


@CITIES
def test_a_blue_order_is_answered_in_time_accepted_and_numbered(town: Town, city: str) -> None:
    case = order(town, city)
    assert told(town, case) == ["unit"]
    town.forward(workdays=4)
    reply(town, city, case)
    town.complete(f"{city}.ducha", case, "check_reply", order_conclusion="accept")
    row = town.row(case)
    assert row.status == "finished"
    assert row.data["order_level"] == "blue"
    assert row.number is not None
    assert "督办〔2026〕001号" in row.number


@pytest.mark.both_databases
@CITIES
def test_unanswered_it_turns_orange_then_red_and_stays_red(town: Town, city: str) -> None:
    case = order(town, city)
    days = {}
    for _ in range(16):
        town.forward(workdays=1)
        days.setdefault(town.row(case).data["order_level"], town.now.date())
    assert days == {"blue": date(2026, 3, 3), "orange": date(2026, 3, 10), "red": date(2026, 3, 16)}
    assert told(town, case) == [
        "unit",
        "unit",
        "head",
        "unit",
        "head",
        "unit" if city == "zy" else "head",
    ]
    assert town.open(case) == ["reply_order"]
    assert town.item(case, "reply_order").round == 3
    reply(town, city, case)
    town.complete(f"{city}.ducha", case, "check_reply", order_conclusion="accept")
    assert town.row(case).status == "finished"


def test_an_urgent_one_starts_higher_with_its_own_term(town: Town) -> None:
    case = order(town, "cf", "red")
    item = town.item(case, "reply_order")
    assert item.due_rule == "P2WD"
    town.forward(workdays=9)
    assert town.item(case, "reply_order").id == item.id


def test_an_answer_that_is_not_accepted_comes_back_with_the_reason(town: Town) -> None:
    case = order(town, "cf")
    reply(town, "cf", case)
    town.complete(
        "cf.ducha", case, "check_reply", order_conclusion="again", order_check="请附整改照片"
    )
    assert town.open(case) == ["reply_order"]
    assert (
        town.page("cf.hongshan", town.item(case, "reply_order").id).values["order_check"]
        == "请附整改照片"
    )


def test_only_supervisors_open_orders_and_only_for_units_that_there_are(town: Town) -> None:
    with pytest.raises(NotAllowed):
        town.runtime.perform(
            StartOrder(actor=town.actor("cf.kjj"), title="甲", unit="hongshan", text="乙")
        )
    with pytest.raises(BadAnswers):
        town.runtime.perform(
            StartOrder(actor=town.actor("cf.ducha"), title="甲", unit="nowhere", text="乙")
        )


def test_others_do_not_see_an_order(town: Town) -> None:
    case = order(town, "cf")
    assert town.case("cf.hongshan", case)
    with pytest.raises(Exception, match="不存在|没有|无权"):
        town.case("cf.songshan", case)


def test_an_order_is_about_an_item_of_its_own_city(town: Town) -> None:
    foreign = town.item(town.applied(), "unit_review").id
    for city, item in (("cf", 999_999), ("zy", foreign)):
        with pytest.raises(NotFound):
            town.runtime.perform(
                StartOrder(
                    actor=town.actor(f"{city}.ducha"),
                    title="甲",
                    unit=UNIT[city],
                    text="乙",
                    item_id=item,
                )
            )


@CITIES
def test_the_day_wanted_is_the_reply_s_due_and_when_it_has_passed_the_level_decides(
    town: Town, city: str
) -> None:
    case = order(town, city, wanted=date(2026, 3, 20))
    assert last(town, case) == date(2026, 3, 20)
    town.at(date(2026, 3, 20))
    assert town.row(case).data["order_level"] == "blue"
    town.at(date(2026, 3, 21))  # a Saturday
    assert town.row(case).data["order_level"] == "orange"
    assert last(town, case) == date(2026, 3, 25), "three working days from Saturday, 21 March"


@CITIES
def test_a_reply_that_is_not_accepted_gets_a_new_day(town: Town, city: str) -> None:
    case = order(town, city, wanted=date(2026, 3, 6))
    reply(town, city, case)
    town.complete(
        f"{city}.ducha",
        case,
        "check_reply",
        order_conclusion="again",
        order_check="请附凭证",
        order_wanted="2026-03-18",
    )
    assert last(town, case) == date(2026, 3, 18)
    reply(town, city, case)
    town.complete(
        f"{city}.ducha", case, "check_reply", order_conclusion="again", order_check="仍不完整"
    )
    assert last(town, case) == date(2026, 3, 9), "no day given: five working days from 2 March"


def test_a_day_that_has_passed_is_refused(town: Town) -> None:
    with pytest.raises(BadRequest, match="已经过去"):
        order(town, "cf", wanted=date(2026, 3, 1))
