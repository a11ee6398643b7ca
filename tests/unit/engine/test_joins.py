"""Gateways: joins in loops, conditions, nothing true."""

import pytest

from service.errors import ExpressionFailed, Stuck
from tests.unit.engine.driver import Case

ROUNDS = """
start s
xor m
and f
user a
user b
and j
user review
xor again
end e
s > m > f
f > a > j
f > b > j
j > review > again
again > m if more = true
again > e default
"""


def test_a_parallel_join_in_a_loop_waits_for_both_in_every_round_and_order():
    case = Case(ROUNDS, more=True).begin()
    for first, second in [("a", "b"), ("b", "a"), ("b", "a"), ("a", "b"), ("b", "a")]:
        assert case.open == ["a", "b"]
        assert case.do(first).open == [second]
        assert case.do(second).open == ["review"]
        case.do("review")
    case.do("a").do("b").do("review", more=False)
    assert case.done


def test_an_inclusive_join_in_a_loop_waits_for_those_that_were_chosen():
    text = ROUNDS.replace("and f", "or f").replace("and j", "or j")
    text = text.replace("f > a > j", "f > a if x = true\na > j").replace(
        "f > b > j", "f > b default\nb > j"
    )
    text += "user c\nf > c if y = true\nc > j"
    case = Case(text, more=True, x=True, y=True).begin()
    assert case.open == ["a", "c"]
    assert case.do("c").open == ["a"]
    assert case.do("a").do("review").open == ["a", "c"]
    case.do("a").do("c", x=False, y=False)
    assert case.do("review").open == ["b"]
    case.do("b", x=True).do("review")
    assert case.open == ["a"]
    assert case.do("a").open == ["review"]


def test_a_second_token_on_one_flow_stays_for_the_next_round():
    case = Case("""
        start s
        and f
        user a1
        user a2
        user b1
        user b2
        xor m
        xor n
        and j
        user after
        end e
        s > f
        f > a1 > m
        f > a2 > m
        f > b1 > n
        f > b2 > n
        m > j
        n > j
        j > after > e
    """).begin()
    case.do("a1").do("a2")
    assert case.open == ["b1", "b2"]
    assert case.do("b1").open == ["after", "b2"]
    assert case.do("after").open == ["b2"]
    case.do("b2").do("after")
    assert case.done


@pytest.mark.parametrize("kind", ["and", "or"])
def test_two_flows_straight_from_a_split_to_its_join_count_as_two(kind):
    case = Case(
        f"start s\n{kind} f\n{kind} j\nuser a\nend e\ns > f\nf > j\nf > j\nj > a > e"
    ).begin()
    assert case.open == ["a"]
    assert case.do("a").done


def test_conditions_are_tried_in_document_order():
    case = Case(
        """
        start s
        xor x
        user first
        user second
        end e
        s > x
        x > second if amount > 5
        x > first if amount > 1
        first > e
        second > e
    """,
        amount=10,
    ).begin()
    assert case.open == ["second"]


def test_the_default_flow_is_taken_only_when_no_condition_holds():
    text = (
        "start s\nxor x\nuser a\nuser b\nend e\ns > x\nx "
        "> a default\nx > b if ok = true\na > e\nb > e"
    )
    assert Case(text, ok=True).begin().open == ["b"]
    assert Case(text, ok=None).begin().open == ["a"]


@pytest.mark.parametrize("kind", ["xor", "or"])
def test_a_gateway_where_nothing_holds_and_without_default_is_stuck(kind):
    text = f"start s\n{kind} choose\nuser a\nend e\ns > choose\nchoose > a if ok = true\na > e"
    with pytest.raises(Stuck) as refused:
        Case(text, ok=False).begin()
    assert "choose" in refused.value.sentence


def test_a_condition_that_is_neither_true_nor_false_is_refused():
    text = "start s\nxor x\nuser a\nend e\ns > x\nx > a if amount\na > e"
    with pytest.raises(ExpressionFailed) as refused:
        Case(text, amount=3).begin()
    assert refused.value.facts["element"] == "x"


def test_an_inclusive_split_sends_a_token_along_every_flow_that_holds():
    text = (
        "start s\nor f\nor j\nuser a\nuser b\nuser c\nend "
        "e\ns > f\nf > a if x = true\nf > b if y = true\n"
    )
    text += "f > c default\na > j\nb > j\nc > j\nj > e"
    assert Case(text, x=True, y=True).begin().open == ["a", "b"]
    assert Case(text, x=False, y=True).begin().open == ["b"]
    assert Case(text, x=False, y=False).begin().open == ["c"]


def test_a_run_that_goes_round_for_ever_is_stuck():
    with pytest.raises(Stuck):
        Case("start s\nxor m\nxor n\nend e\ns > m > n\nn > m if true\nn > e default").begin()


@pytest.mark.parametrize(
    "first", ["f > j if x = true\nf > a if y = true", "f > a if y = true\nf > j if x = true"]
)
def test_an_inclusive_join_with_a_straight_flow_waits_for_the_other_branch(first):
    case = Case(
        f"start s\nor f\nor j\nuser a\nuser b\nend e\ns > f\n{first}\na > j\nj > b > e",
        x=True,
        y=True,
    ).begin()
    assert case.open == ["a"]
    assert case.do("a").open == ["b"]


def test_a_token_consumed_a_moment_ago_does_not_take_another_one_with_it():
    case = (
        Case("""
        start s
        and f
        user a1
        user b
        user a2
        user c
        xor m
        xor n
        xor x
        or j
        user after
        end e
        s > f
        f > a1 > m
        f > b > n
        f > a2 > m
        f > c > x
        m > j
        n > j
        x > j if joins = true
        x > e default
        j > after > e
    """)
        .begin()
        .do("a1")
        .do("b")
        .do("a2")
    )
    assert case.open == ["c"]
    assert case.do("c", joins=False).open == ["after", "after"]
