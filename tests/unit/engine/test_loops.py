"""Multi-instance activities: items from the case, results in the case, tokens with an index
only.
"""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from service.engine import Desk
from service.errors import ExpressionFailed, Stuck
from tests.unit.engine.driver import Case

REVIEW = """
start s
user review each='= experts' as=expert results=reviews {more}
user after
end e
s > review > after > e
"""


def test_results_stand_in_the_order_of_the_collection():
    case = Case(REVIEW.format(more=""), experts=["甲", "乙", "丙"]).begin()
    assert [w.place for w in case.run().waiting()] == [
        (("reviews", 0),),
        (("reviews", 1),),
        (("reviews", 2),),
    ]
    case.do("review", 2, score=70).do("review", 0, score=90).do("review", 0, score=80)
    assert case.open == ["after"]
    assert case.data["reviews"] == [
        {"expert": "甲", "score": 90},
        {"expert": "乙", "score": 80},
        {"expert": "丙", "score": 70},
    ]


def test_in_order_one_instance_is_open_at_a_time():
    case = Case(REVIEW.format(more="seq"), experts=["甲", "乙"]).begin()
    assert case.open == ["review"]
    case.do("review", score=1)
    assert case.wait("review").place == (("reviews", 1),)
    assert case.do("review", score=2).open == ["after"]
    assert [r["score"] for r in case.data["reviews"]] == [1, 2]


def test_an_empty_or_missing_collection_is_passed():
    assert Case(REVIEW.format(more=""), experts=[]).begin().open == ["after"]
    case = Case(REVIEW.format(more=""), experts=None).begin()
    assert case.open == ["after"]
    assert case.data["reviews"] == []


def test_a_completion_condition_sees_the_counters_and_the_results():
    until = "until='= nrOfCompletedInstances = 2 and nrOfInstances = 4 and nrOfActiveInstances = 2'"
    case = Case(REVIEW.format(more=until), experts=[1, 2, 3, 4]).begin()
    case.do("review", 3, score=5)
    assert case.open == ["review"] * 3
    case.do("review", 0, score=6)
    assert case.open == ["after"]
    case = Case(REVIEW.format(more="until='= count(reviews) = 3'"), experts=[1, 2, 3]).begin()
    assert case.do("review").open == ["after"]


def test_a_cardinality_repeats_as_often_as_it_says():
    case = Case("start s\nuser u times='= n' results=r\nend e\ns > u > e", n=3).begin()
    assert case.open == ["u"] * 3
    for wrong in (-1, "x", True, Decimal("1.5")):
        with pytest.raises(ExpressionFailed):
            Case("start s\nuser u times='= n' results=r\nend e\ns > u > e", n=wrong).begin()


def test_a_collection_that_is_not_a_list_is_refused():
    with pytest.raises(ExpressionFailed) as refused:
        Case(REVIEW.format(more=""), experts="甲").begin()
    assert refused.value.facts["element"] == "review"


NESTED = """
start s
sub projects each='= projects' as=project results=graded {
  start s1
  user prepare
  user review each='= project_experts' as=expert results=reviews
  user grade
  end e1
  s1 > prepare > review > grade > e1
}
end e
s > projects > e
"""


def test_nested_loops_write_into_the_entry_they_stand_in():
    case = Case(NESTED, projects=["A", "B"], project_experts=["outer"], grade="case").begin()
    first, second = (w.task for w in case.run().waiting())
    case.act("complete", second, {"project_experts": ["x", "y"], "grade": "b"})
    assert [(w.element, w.place) for w in case.run().waiting()][1:] == [
        ("review", (("graded", 1), ("reviews", 0))),
        ("review", (("graded", 1), ("reviews", 1))),
    ]
    task = case.run().waiting()[2].task
    values = case.run().values(task)
    assert [values[name] for name in ("expert", "project", "grade")] == ["y", "B", "b"]
    assert case.run().home(task) == {"expert": "y"}
    case.act("complete", first, {})
    case.do("review", 0, score=1).do("review", 0, score=2).do("review", 0, score=3)
    case.do("grade").do("grade")
    assert case.done
    assert case.data["graded"] == [
        {"project": "A", "reviews": [{"expert": "outer", "score": 1}]},
        {
            "project": "B",
            "project_experts": ["x", "y"],
            "grade": "b",
            "reviews": [{"expert": "x", "score": 2}, {"expert": "y", "score": 3}],
        },
    ]
    assert case.data["grade"] == "case"


def test_entering_a_loop_again_replaces_its_results():
    case = Case(
        """
        start s
        xor m
        user u each='= names' as=name results=r
        user check
        xor x
        end e
        s > m > u > check > x
        x > m if again = true
        x > e default
    """,
        names=["a", "b"],
        again=True,
    ).begin()
    case.do("u", score=1).do("u", score=2).do("check", names=["c"])
    assert case.data["r"] == [{"name": "c"}]
    assert case.open == ["u"]


def test_an_interrupted_loop_leaves_nothing_open():
    case = Case(
        NESTED + "boundary stop on=projects msg=stop\nuser tidy\nend e2\nstop > tidy > e2",
        projects=["A", "B"],
        project_experts=["x"],
    ).begin()
    case.do("prepare")
    assert case.open == ["prepare", "review", "stop"]
    assert case.fire("stop").open == ["tidy"]
    assert case.do("tidy").done


def test_a_loop_whose_list_was_taken_out_of_the_data_is_stuck():
    case = Case(REVIEW.format(more=""), experts=["甲"]).begin()
    del case.data["reviews"]
    with pytest.raises(Stuck):
        case.do("review")


def test_the_desk_wants_an_aware_instant():
    with pytest.raises(ValueError, match="aware"):
        Desk({}, datetime(2026, 1, 1), {}, {}, {})
    assert Desk({}, datetime(2026, 1, 1, tzinfo=UTC), {}, {}, {}).sent == []


ROUNDS = """
start s
user work
end over
boundary year on=work timer=R/P1Y non
sub round results=rounds {
  start s1
  user report
  user review
  end e1
  s1 > report > review > e1
}
end reported
s > work > over
year > round > reported
"""


def test_rounds_of_a_subprocess_that_overlap_keep_their_answers_apart():
    case = (
        Case(ROUNDS)
        .begin()
        .fire("year")
        .do("report", text="第一年")
        .fire("year")
        .do("report", text="第二年")
    )
    assert [w.place for w in case.run().waiting() if w.element == "review"] == [
        (("rounds", 0),),
        (("rounds", 1),),
    ]
    seen = [
        case.run().values(w.task)["text"] for w in case.run().waiting() if w.element == "review"
    ]
    assert seen == ["第一年", "第二年"]
    case.do("review", 1, mark=2).do("review", 0, mark=1)
    assert case.data == {"rounds": [{"text": "第一年", "mark": 1}, {"text": "第二年", "mark": 2}]}
    assert case.fire("year").wait("report").place == (("rounds", 2),)


def test_work_sent_back_inside_a_round_stays_in_its_entry():
    case = (
        Case(ROUNDS)
        .begin()
        .fire("year")
        .fire("year")
        .do("report", 1, text="甲")
        .back("review", "report")
    )
    assert sorted(w.place for w in case.run().waiting() if w.element == "report") == [
        (("rounds", 0),),
        (("rounds", 1),),
    ]
    assert case.do("work").do("report").do("report").do("review").do("review").done
