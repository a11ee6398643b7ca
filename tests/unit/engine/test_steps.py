"""Computed steps, child cases, outside jobs, and what the desk is told."""

import pytest

from service.engine import Passed
from service.errors import ExpressionFailed, NotFound, NotOpen, Stuck
from tests.unit.engine.driver import Case, define

CALL = """
start s
call child called=pilot to.project='= name' to.amount='= amount' from.grade='= result'
boundary failed on=child error=E1
user after
user repair
end e
s > child > after > e
failed > repair > e
"""


def test_a_script_writes_its_result_into_the_case():
    case = Case(
        "start s\nscript double text='amount * 2' result=twice\nend e\ns > double > e", amount=4
    ).begin()
    assert case.data["twice"] == 8


def test_a_service_action_gets_its_named_arguments_and_its_value_is_kept():
    case = Case(
        "start s\naction file action=number in.format=filing "
        "in.of='= amount' result=number\nend e\n"
        "s > file > e",
        amount=4,
    )
    seen = []
    case.actions["number"] = lambda given: seen.append(dict(given)) or "第1号"
    case.begin()
    assert seen == [{"format": "filing", "of": 4}]
    assert case.data["number"] == "第1号"


def test_a_decision_sees_the_names_at_its_place():
    case = Case(
        "start s\ndecision d each='= items' as=item ref=grading result=grade results=r\nend e\n"
        "s > d > e",
        items=[1, 2],
    )
    case.decisions["grading"] = lambda names: names["item"] * 10 + names["bonus"]
    case.data["bonus"] = 1
    case.begin()
    assert case.data["r"] == [{"item": 1, "grade": 11}, {"item": 2, "grade": 21}]


@pytest.mark.parametrize("line", ["action x action=nothing", "decision x ref=nothing"])
def test_an_unknown_action_or_decision_is_stuck(line):
    with pytest.raises(Stuck):
        Case(f"start s\n{line}\nend e\ns > x > e").begin()


def test_a_failing_expression_names_its_element():
    with pytest.raises(ExpressionFailed) as refused:
        Case("start s\nscript broken text='1 +' result=x\nend e\ns > broken > e").begin()
    assert refused.value.facts == {"element": "broken", "expression": "= 1 +"}


def test_a_call_waits_for_its_child_case_and_takes_its_results():
    case = Case(CALL, name="光伏", amount=5).begin()
    wait = case.wait("child")
    assert (wait.kind, wait.name) == ("call", "pilot")
    assert case.run().inputs(wait.task) == {"project": "光伏", "amount": 5}
    case.act("fulfil", wait.task, {"result": "A", "amount": 99})
    assert case.open == ["after"]
    assert (case.data["grade"], case.data["amount"]) == ("A", 5)


def test_a_failing_child_sets_off_the_nearest_error_boundary():
    case = Case(CALL, name="光伏", amount=5).begin()
    with pytest.raises(Stuck):
        case.act("fail", case.wait("child").task, "E2")
    assert case.act("fail", case.wait("child").task, "E1").open == ["repair"]


def test_results_of_repeated_calls_land_in_their_entries():
    text = CALL.replace(
        "called=pilot", "called=pilot each='= projects' as=name results=projects_done"
    )
    case = Case(text, projects=["a", "b"], amount=1).begin()
    second = case.wait("child", 1)
    assert case.run().inputs(second.task)["project"] == "b"
    case.act("fulfil", second.task, {"result": "B"}).act(
        "fulfil", case.wait("child").task, {"result": "A"}
    )
    assert case.data["projects_done"] == [{"name": "a", "grade": "A"}, {"name": "b", "grade": "B"}]


def test_one_failing_call_of_several_ends_them_all_by_the_boundary():
    text = CALL.replace(
        "called=pilot", "called=pilot each='= projects' as=name results=projects_done"
    )
    case = Case(text, projects=["a", "b", "c"], amount=1).begin()
    assert case.act("fail", case.wait("child", 1).task, "E1").open == ["repair"]


def test_an_outside_job_waits_under_its_topic():
    case = Case(
        "start s\njob j topic=render in.text='= title' result=x\nend e\ns > j > e", title="榜单"
    ).begin()
    wait = case.wait("j")
    assert (wait.kind, wait.name, case.run().inputs(wait.task)) == (
        "job",
        "render",
        {"text": "榜单"},
    )
    assert case.act("complete", wait.task, {"url": "u"}).done
    assert case.data["url"] == "u"


def test_work_that_is_no_longer_open_is_refused():
    case = Case("start s\nuser a\nuser b\nend e\ns > a > b > e").begin()
    stale = case.wait("a").task
    case.do("a")
    state, data = case.state, dict(case.data)
    for verb, args in [
        ("complete", ({"x": 1},)),
        ("fulfil", ({"x": 1},)),
        ("fail", ("E",)),
        ("send_back", ("a",)),
        ("targets", ()),
        ("values", ()),
        ("home", ()),
        ("inputs", ()),
        ("fire", ("a",)),
    ]:
        with pytest.raises(NotOpen):
            getattr(case.run(), verb)(stale, *args)
    with pytest.raises(NotOpen):
        case.act("complete", "not a task")
    assert (case.state, case.data) == (state, data)


def test_what_waits_cannot_be_completed_and_what_is_work_cannot_be_fired():
    case = Case(
        "start s\nuser a\nboundary t on=a timer=P1D\ncatch c msg=m\nend e\ns > a > c > e\nt > e"
    ).begin()
    for verb, args in [
        ("complete", ()),
        ("targets", ()),
        ("inputs", ()),
        ("fulfil", ({},)),
        ("fail", ("E",)),
    ]:
        with pytest.raises(NotOpen):
            case.act(verb, case.wait("t").task, *args)
    assert case.open == ["a", "t"]
    case.do("a")
    with pytest.raises(NotOpen):
        case.do("c")
    assert case.open == ["c"]


def test_a_cancelled_run_waits_for_nothing():
    case = Case(
        "start s\nsub p {\nstart s1\nuser a\nend e1\ns1 "
        "> a > e1\n}\nboundary t on=p timer=P1D\nend e\n"
        "s > p > e\nt > e"
    )
    task = case.begin().wait("a").task
    case.act("cancel")
    assert case.done
    assert case.open == []
    with pytest.raises(NotOpen):
        case.act("complete", task)


def test_the_desk_is_told_what_was_passed_and_where():
    case = Case(
        """
        start s
        sub each_one each='= names' as=name results=r {
          start s1
          user a
          script b text='1' result=one
          end e1
          s1 > a > b > e1
        }
        boundary t on=each_one timer=P1D non
        end e
        end e2
        s > each_one > e
        t > e2
    """,
        names=["x", "y"],
    ).begin()
    assert [p.element for p in case.passed] == ["s", "s1", "s1"]
    case.do("a", 1)
    here = (("r", 1),)
    assert case.passed == [
        Passed(element=name, place=here) for name in ("a", "b", "e1", "each_one")
    ]
    assert [p.element for p in case.fire("t").passed] == ["t", "e2"]
    case.do("a")
    assert case.passed[-2:] == [Passed(element="each_one"), Passed(element="e")]


def test_a_definition_refuses_what_it_cannot_run():
    with pytest.raises(NotFound):
        define("start s\nend e\ns > e").build(define("start s\nend e\ns > e").document, "other")
    document = define("start s\nuser a\nend e\ns > a > e").document
    strange = document.elements["a"]
    object.__setattr__(strange, "kind", "complexGateway")
    with pytest.raises(Stuck):
        define("start s\nend e\ns > e").build(document, "main")


def test_a_text_of_the_diagram_is_read_at_its_place():
    case = Case(
        "start s\nuser u each='= names' as=name results=r\nend e\ns > u > e", names=["x", "y"]
    ).begin()
    run, task = case.run(), case.wait("u", 1).task
    assert [run.read(task, text) for text in ("= name", "P5WD", None)] == ["y", "P5WD", None]


def test_the_number_of_a_case_is_an_expression_of_its_process():
    text = "process number='= filing_number'\nstart s\nuser u\nend e\ns > u > e"
    case = Case(text).begin()
    assert case.run().number() is None
    assert case.do("u", filing_number="第1号").run().number() == "第1号"
    assert Case("start s\nuser u\nend e\ns > u > e").begin().run().number() is None
    with pytest.raises(ExpressionFailed):
        Case(text.replace("= filing_number", "= 1 +")).begin().run().number()
