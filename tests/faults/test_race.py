"""Two people at the same moment: exactly one wins, the other is told."""

import threading
from collections import Counter
from collections.abc import Callable
from itertools import zip_longest

from sqlalchemy import func, select

from service.commands.cases.starting import StartCase
from service.commands.cases.waits import FireTimer
from service.commands.items.verbs import ClaimItem, CompleteItem
from service.commands.people.signing_in import NoteFailedSignIn
from service.errors import Refused
from service.store.cases.rows import TimerRow
from service.store.items.rows import AnswerRow
from service.store.people.rows import PersonRow
from tests.samples import ANSWERS
from tests.town import Town


def together(acts: list[Callable[[], object]]) -> Counter[str]:
    """Run all at once; counts "done" and the codes of refusals."""
    barrier, found = threading.Barrier(len(acts)), Counter[str]()

    def one(act: Callable[[], object]) -> None:
        barrier.wait()
        try:
            result = act()
        except Refused as exc:
            found[exc.code] += 1
        else:
            found["done" if result is not False else "nothing"] += 1

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_of_twenty_completions_of_one_item_one_wins(town: Town) -> None:
    case = town.applied()
    command = CompleteItem(
        actor=town.actor("cf.danwei"),
        item_id=town.item(case, "unit_review").id,
        answers=ANSWERS["unit_review"],
    )
    found = together([lambda: town.runtime.perform(command)] * 20)
    assert found == {"done": 1, "not_open": 19}
    with town.runtime.query() as session:
        assert (
            session.scalar(
                select(func.count())
                .select_from(AnswerRow)
                .where(AnswerRow.element == "unit_review")
            )
            == 1
        )
    assert town.open(case) == ["department_review"]


def test_of_two_colleagues_claiming_one_item_one_wins(town: Town) -> None:
    around = town.start("cf_filing", "cf.kjj", "2026年第一批备案")
    item = town.item(around, "open_round").id
    commands = [
        ClaimItem(actor=town.actor(login), item_id=item) for login in ("cf.kjj", "cf.kjj.head")
    ]
    found = together(
        [lambda command=command: town.runtime.perform(command) for command in commands]
    )
    assert found == {"done": 1, "not_offered": 1}


def test_numbers_are_unique_and_without_gaps_when_decided_at_once(town: Town) -> None:
    cases = [town.reviewed(f"项目{n}") for n in range(6)]
    around = town.round()
    actor = town.actor("cf.lxh")
    commands = [
        CompleteItem(actor=actor, item_id=item.id, answers=ANSWERS["decide"])
        for item in town.items(around, "decide")
    ]
    found = together(
        [lambda command=command: town.runtime.perform(command) for command in commands]
    )
    assert found == {"done": 6}
    assert sorted(str(town.row(case).number) for case in cases) == [
        f"赤科榜备〔2026〕{n:03d}号" for n in range(1, 7)
    ]


def openings(town: Town, count: int) -> list[StartCase]:
    return [
        StartCase(
            actor=town.actor("cf.kjj"),
            process="cf_filing",
            title=f"第{n}批",
            answers=ANSWERS["open_round"],
        )
        for n in range(count)
    ]


def test_two_rounds_opened_at_once_take_each_application_once(town: Town) -> None:
    cases = [town.reviewed(f"项目{n}") for n in range(4)]
    commands = openings(town, 3)
    rounds: list[int] = []
    found = together(
        [
            lambda command=command: rounds.append(town.runtime.perform(command))
            for command in commands
        ]
    )
    assert found == {"done": 3}
    assert sorted(item.place for one in rounds for item in town.items(one, "decide")) == [
        f"decisions/{n}" for n in range(4)
    ]
    taken = [one for one in rounds if town.items(one, "decide")]
    assert len(taken) == 1, "one round has them all, the others none"
    assert [town.open(case) for case in cases] == [[]] * 4


def test_decisions_delivered_while_rounds_open_hold_nobody_up(town: Town) -> None:
    """Each decision touches the round and an application, each new round all applications: in both
    orders at once.
    """
    cases = [town.reviewed(f"项目{n}") for n in range(5)]
    around = town.round()
    decide = [
        CompleteItem(actor=town.actor("cf.lxh"), item_id=item.id, answers=ANSWERS["decide"])
        for item in town.items(around, "decide")
    ]
    acts = [
        command
        for pair in zip_longest(decide[::-1], openings(town, 3))
        for command in pair
        if command
    ]
    found = together([lambda command=command: town.runtime.perform(command) for command in acts])
    assert found == {"done": 8}
    assert [town.open(case) for case in cases] == [["tracking"]] * 5
    assert town.row(around).status == "finished"


def test_wrong_passwords_at_once_are_all_counted(town: Town) -> None:
    person = town.actor("cf.kjj").person_id
    together([lambda: town.runtime.perform(NoteFailedSignIn(person_id=person))] * 4)
    with town.runtime.query() as session:
        assert session.get_one(PersonRow, person).failures == 4


def test_a_timer_fired_by_eight_clocks_fires_once(town: Town) -> None:
    case = town.filed()
    with town.runtime.query() as session:
        timer = session.scalars(
            select(TimerRow).where(TimerRow.case_id == case, TimerRow.element == "quarter_passed")
        ).one()
    town.now = timer.due_at
    found = together([lambda: town.runtime.perform(FireTimer(timer_id=timer.id))] * 8)
    assert found["done"] == 1
    assert found["nothing"] + found["changed"] == 7
    assert sorted(town.open(case)) == ["ledger", "tracking"]
