"""Who may do what with an item: one function for buttons and guards."""

from datetime import UTC, datetime

import pytest

from service.domain.items import ItemFacts, offers, outcome, owed
from service.domain.people.actor import Actor

STAFF = Actor(
    person_id=1,
    login="cf.kjj",
    name="甲",
    jurisdiction="cf",
    unit_id=7,
    unit_name="市科技局",
    unit_code="science_bureau",
    roles=frozenset({"staff"}),
)
HEAD = Actor(
    person_id=2,
    login="cf.kjj.head",
    name="乙",
    jurisdiction="cf",
    unit_id=7,
    unit_name="市科技局",
    unit_code="science_bureau",
    roles=frozenset({"head"}),
)
SUPERVISOR = Actor(
    person_id=3,
    login="cf.ducha",
    name="丙",
    jurisdiction="cf",
    unit_id=7,
    unit_name="市科技局",
    unit_code="science_bureau",
    roles=frozenset({"supervisor"}),
)


def work(**more: object) -> ItemFacts:
    known: dict[str, object] = {
        "part": "lead",
        "state": "open",
        "holder": "unit:7",
        "assignee_id": None,
        "assignee_name": None,
        "case_status": "running",
        "targets": ("apply",),
    }
    return ItemFacts(**{**known, **more})  # type: ignore[arg-type]


def allowed(actor: Actor, given: ItemFacts) -> set[str]:
    return {verb for verb, offer in offers(actor, given).items() if offer.allowed}


def test_staff_may_do_all_but_release_with_a_free_item_of_their_unit() -> None:
    assert allowed(STAFF, work()) == {
        "claim",
        "draft",
        "complete",
        "send_back",
        "comment",
        "attach",
    }


def test_a_colleagues_claimed_item_can_only_be_remarked_on() -> None:
    assert allowed(STAFF, work(assignee_id=9)) == {"comment", "attach"}


def test_the_head_may_release_what_a_colleague_claimed() -> None:
    assert allowed(HEAD, work(assignee_id=9)) == {"release", "comment", "attach"}


def test_a_cooperating_unit_contributes_and_never_completes() -> None:
    found = offers(STAFF, work(part="cooperate"))
    assert "complete" not in found
    assert "send_back" not in found
    assert found["contribute"].allowed


@pytest.mark.parametrize(
    "given", [work(state="done"), work(case_status="suspended"), work(holder="unit:8")]
)
def test_nothing_is_open_to_others_or_when_all_is_over(given: ItemFacts) -> None:
    assert allowed(STAFF, given) == set()
    assert all(offer.why for offer in offers(STAFF, given).values())


def test_supervision_works_on_nothing_even_in_its_own_unit() -> None:
    assert allowed(SUPERVISOR, work()) == set()


def test_a_step_without_an_earlier_one_cannot_be_sent_back() -> None:
    assert "send_back" not in allowed(STAFF, work(targets=()))


@pytest.mark.parametrize(
    ("rule", "answered", "waiting", "expected"),
    [
        ("all", ["甲"], ["乙"], ["乙"]),
        ("any", ["甲"], ["乙"], []),
        ("any", [], ["乙"], ["乙"]),
        ("none", [], ["乙"], []),
    ],
)
def test_what_the_lead_waits_for(
    rule: str, answered: list[str], waiting: list[str], expected: list[str]
) -> None:
    assert list(owed(rule, answered, waiting)) == expected


def test_silence_counts_against_the_unit_only_after_its_own_due_date() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    assert outcome(now, now) == "unanswered"
    assert outcome(datetime(2026, 3, 3, tzinfo=UTC), now) == "excused"
    assert outcome(None, now) == "excused"
