"""Sending back: what is offered, and what begins anew."""

import random

import pytest

from service.errors import NotOpen
from tests.unit.engine.driver import Case
from tests.unit.engine.generator import Generator

SPLIT = """
start s
user draft
and f
user a1
user a2
user b1
and j
user after
user last
end e
s > draft > f
f > a1 > a2 > j
f > b1 > j
j > after > last > e
"""
INSIDE = """
start s
user before
sub p {options} {{
  start s1
  user one
  user two
  end e1
  s1 > one > two > e1
}}
user after
end e
s > before > p > after > e
"""


def test_in_a_sequence_every_step_passed_is_offered_nearest_first():
    case = Case(
        "start s\nuser a\nuser b\nxor x\nuser c\nuser d\nend e\ns > a > b > x\nx > c default\n"
        "x > d if other = true\nc > e\nd > e"
    )
    case.begin().do("a").do("b", other=False)
    assert case.targets("c") == ["b", "a"]
    assert case.back("c", "a").open == ["a"]


def test_a_step_begins_anew_with_a_new_task():
    case = Case("start s\nuser a\nuser b\nend e\ns > a > b > e").begin()
    first = case.wait("a").task
    case.do("a").back("b", "a")
    assert case.wait("a").task != first
    with pytest.raises(NotOpen):
        case.act("complete", first)
    assert case.do("a").do("b").done


def test_in_a_branch_the_step_before_the_split_is_offered_only_when_no_other_branch_has_open_work():
    case = Case(SPLIT).begin().do("draft").do("a1")
    assert case.targets("a2") == ["a1"]
    assert case.targets("b1") == []
    case.do("b1")
    assert case.targets("a2") == ["a1", "draft"]
    assert case.back("a2", "draft").open == ["draft"]
    assert case.do("draft").open == ["a1", "b1"]


def test_after_the_join_never_a_step_inside_the_branches():
    case = Case(SPLIT).begin().do("draft").do("a1").do("a2").do("b1").do("after")
    assert case.targets("last") == ["after", "draft"]
    case.back("last", "draft").do("draft")
    assert case.open == ["a1", "b1"]
    assert case.do("b1").do("a1").open == ["a2"]
    assert case.do("a2").open == ["after"]


def test_a_token_that_waits_at_a_join_is_kept_when_the_other_branch_goes_back():
    case = Case(SPLIT).begin().do("draft").do("b1").do("a1")
    assert case.back("a2", "a1").open == ["a1"]
    assert case.do("a1").do("a2").open == ["after"]


def test_in_a_subprocess_earlier_steps_inside_and_before_it():
    case = (
        Case(INSIDE.format(options="") + "boundary t on=p timer=P30D\nend e2\nt > e2")
        .begin()
        .do("before")
        .do("one")
    )
    assert case.targets("two") == ["one", "before"]
    assert case.open == ["t", "two"]
    assert case.back("two", "before").open == ["before"]
    since = case.later(days=3).do("before").wait("t").since
    assert since == case.now


def test_after_a_subprocess_it_is_offered_as_a_whole():
    case = Case(INSIDE.format(options="")).begin().do("before").do("one").do("two")
    assert case.targets("after") == ["p", "before"]
    assert case.back("after", "p").open == ["one"]
    assert case.do("one").do("two").do("after").done


def test_of_several_open_instances_none_is_sent_out_of_the_loop():
    case = Case(INSIDE.format(options="each='= names' as=name results=r"), names=["x", "y"]).begin()
    case.do("before").do("one")
    assert case.targets("one") == []
    assert case.targets("two") == ["one"]
    case.back("two", "one")
    places = {w.place for w in case.run().waiting()}
    assert places == {(("r", 0),), (("r", 1),)}
    assert [entry["name"] for entry in case.data["r"]] == ["x", "y"]
    case.do("one").do("one").do("two").do("two")
    assert case.open == ["after"]


def test_after_a_loop_it_is_offered_as_a_whole_and_its_results_are_emptied():
    case = (
        Case(
            "start s\nuser a\nuser m each='= names' as=name "
            "results=r\nuser after\nend e\ns > a > m > after > e",
            names=["x", "y"],
        )
        .begin()
        .do("a")
        .do("m", score=1)
        .do("m", score=2)
    )
    assert case.targets("after") == ["m", "a"]
    assert case.back("after", "m").open == ["m", "m"]
    assert case.data["r"] == [{"name": "x"}, {"name": "y"}]


SIDE = """
start s
user before
user work
boundary news on=work msg=news non
user look
user judge
end e
end e2
s > before > work > e
news > look > judge > e2
"""


def test_side_work_goes_back_along_its_own_branch_only():
    case = Case(SIDE).begin().do("before").fire("news").do("look")
    assert case.targets("judge") == ["look"]
    assert case.back("judge", "look").open == ["look", "news", "work"]


def test_main_work_does_not_go_back_while_side_work_is_open():
    case = Case(SIDE).begin().do("before").fire("news")
    assert case.targets("work") == []
    case.do("look").do("judge")
    assert case.targets("work") == ["before"]
    case.back("work", "before").do("before")
    assert case.open == ["news", "work"]


def test_boundary_events_of_the_step_begin_anew():
    case = Case(
        "start s\nuser a\nuser b\nboundary t on=a timer=P5WD non\nuser urge\nend e\nend e2\n"
        "s > a > b > e\nt > urge > e2"
    )
    case.begin().fire("t").do("urge").do("a")
    assert case.back("b", "a").open == ["a", "t"]


def test_after_a_new_round_the_last_step_can_still_be_sent_back():
    case = Case(
        """
        start s
        xor m
        user draft
        user review
        xor x
        end e
        s > m > draft > review > x
        x > m if more = true
        x > e default
    """,
        more=True,
    ).begin()
    for _ in range(5):
        case.do("draft").do("review")
    assert case.targets("draft")[0] == "review"
    assert case.back("draft", "review").open == ["review"]
    assert case.do("review").open == ["draft"]


def test_an_element_that_is_not_offered_is_refused_and_changes_nothing():
    case = Case(SPLIT).begin().do("draft")
    state = case.state
    with pytest.raises(NotOpen):
        case.back("b1", "draft")
    assert case.state == state


def test_a_called_case_is_offered_as_a_step():
    case = Case("start s\ncall c called=x\nuser after\nend e\ns > c > after > e").begin()
    case.act("fulfil", case.wait("c").task, {})
    assert case.back("after", "c").open == ["c"]


def walk(seed: int) -> int:
    """A random walk with send-backs: nobody else's work may be touched, and the walk must come to
    its end.
    """
    rnd = random.Random(seed)
    generator = Generator(rnd)
    text, _ = generator.process(4)
    case = Case(text, **{name: draw() for name, draw in generator.variables.items()}).begin()
    sent_back = 0
    for act in range(200):
        if case.done:
            return sent_back
        users = [w for w in case.run().waiting() if w.kind == "user"]
        if not users:
            chosen = rnd.choice(case.run().waiting())
            case.act("fire", chosen.task, chosen.element)
            continue
        chosen = rnd.choice(users)
        targets = case.run().targets(chosen.task)
        if targets and act < 80 and rnd.random() < 0.3:
            element = rnd.choice(targets)
            case.act("send_back", chosen.task, element)
            sent_back += 1
            now = (
                {w.task for w in case.run().waiting() if w.kind == "user"}
                if not case.done
                else set()
            )
            assert chosen.task not in now, seed
            assert {w.task for w in users} - {chosen.task} <= now, (seed, act)
            if element.startswith("u") and f"user {element} each" not in text:
                fresh = [
                    w
                    for w in case.run().waiting()
                    if w.task not in {u.task for u in users} and w.kind == "user"
                ]
                assert [w.element for w in fresh] == [element], (seed, act)
        else:
            case.act("complete", chosen.task)
        for name in generator.variables:
            if act > 80 and name.startswith("l"):
                case.data[name] = False
    assert case.done, seed
    return sent_back


def test_random_walks_with_send_backs_touch_nobody_elses_work_and_end():
    assert sum(walk(seed) for seed in range(25)) > 20


def test_folding_keeps_the_place_from_which_a_joins_tokens_came():
    """Not a sound diagram (a branch leads back before its split), but nothing may be forgotten in
    it.
    """
    case = Case(
        """
        start s
        xor m
        user a
        and f
        user b
        user c
        xor y
        and j
        user after
        end e
        s > m > a > f
        f > b > j
        f > c > y
        y > m if again = true
        y > j default
        j > after > e
    """,
        again=True,
    ).begin()
    case.do("a").do("c").do("a").do("c").do("a").do("b").do("b").do("b").do("c", again=False)
    assert case.targets("after") == ["a"]
