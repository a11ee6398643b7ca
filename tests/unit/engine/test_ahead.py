"""What comes next on a diagram: small graphs, and that no graph keeps it busy for ever."""

import random

import pytest

from service.engine.ahead import Ways
from service.engine.document import read_document
from tests.unit.engine.generator import Generator
from tests.unit.engine.notation import diagram


def ways(text: str) -> Ways:
    return Ways(read_document(diagram(text), "t.bpmn"), "main")


def after(text: str, element: str) -> list[str]:
    """What comes next as ``kind:element``, with the decisions before it and a star where all that
    runs beside must be over first.
    """
    return [
        f"{'/'.join(one.when)}>{one.kind}:{one.at}{'*' * one.after_all}".removeprefix(">")
        for one in ways(text).after(element)
    ]


def way(text: str, start: str = "s", **known: bool) -> list[str]:
    """The usual way; ``known`` says which conditions are settled, by their text."""
    found = ways(text).main_way(start, lambda condition, passed: known.get(condition[2:].strip()))
    return [one.at for one in found]


BRANCHING = """
start s
user a
script c text=1 result=n
xor x
user yes
user no
end e
s > a > c > x
x > no default
x > yes if ok
yes > e
no > e
"""


def test_what_the_system_does_by_itself_is_passed_and_a_decision_names_its_ways():
    assert after(BRANCHING, "a") == ["ok>step:yes", "else>step:no"]
    assert after(BRANCHING, "yes") == ["end:e"]


def test_a_decision_whose_flows_have_no_names_is_still_told_from_what_happens_anyway():
    text = "start s\nuser a\nor x\nuser b\nuser c\nend e\ns > a > x\nx > b > e\nx > c > e"
    assert [one.when for one in ways(text).after("a")] == [("",), ("",)]
    assert [one.when for one in ways(text).after("b")] == [()]


def test_what_every_way_leads_to_needs_no_decision():
    text = "start s\nuser a\nxor x\nscript c text=1\nxor y\nuser b\nend e\n"
    text += "s > a > x\nx > y default\nx > c if ok\nc > y > b > e"
    assert after(text, "a") == ["step:b"]


def test_branches_that_run_together_are_all_told():
    text = "start s\nuser a\nand f\nuser b\ncatch c timer=P5WD\nand j\nuser d\nend e\n"
    text += "s > a > f\nf > b > j\nf > c > j\nj > d > e"
    assert after(text, "a") == ["step:b", "wait:c"]
    assert after(text, "b") == ["step:d*"]


def test_of_two_decisions_in_a_row_both_are_told_and_no_more():
    text = "start s\nuser a\nxor x\nxor y\nxor z\nuser b\nuser c\nuser d\nend e\ns > a > x\n"
    text += "x > y if one\nx > d default\ny > z if two\ny > d default\nz > b if three\n"
    text += "z > c default\nb > e\nc > e\nd > e"
    assert after(text, "a") == ["one/two>step:b", "one/two>step:c", "else>step:d"]


def test_a_circle_without_a_step_is_walked_once():
    text = "start s\nuser a\nxor x\nscript c text=1\nuser b\nend e\ns > a > x\nx > c if again\n"
    assert after(text + "c > x\nx > b default\nb > e", "a") == ["step:b"]


INSIDE = """
start s
user a
sub p {more} {{
  start s1
  user one
  xor x
  user two
  end good
  end bad
  {beside}
  s1 > one > x
  x > two if fine
  x > bad default
  two > good
}}
{behind}
"""
PLAIN = "user z\nend e\ns > a > p > z > e"
DECIDED = "xor y\nuser z\nend e\ns > a > p > y\ny > z if passed\ny > e default\nz > e"


def test_a_subprocess_is_entered_and_left():
    text = INSIDE.format(more="", beside="", behind=PLAIN)
    assert after(text, "a") == ["step:one"]
    assert after(text, "one") == ["fine>step:two", "else>step:z"]
    assert after(text, "two") == ["step:z"]


def test_what_was_decided_inside_is_not_combined_with_what_is_decided_behind():
    text = INSIDE.format(more="", beside="", behind=DECIDED)
    assert after(text, "one") == ["fine>step:two", "else>phase:bad"]
    assert after(text, "two") == ["passed>step:z", "else>end:e"]


def test_a_repeated_subprocess_is_left_only_when_all_rounds_are_over():
    text = INSIDE.format(more="each=rows", beside="", behind=PLAIN)
    assert after(text, "two") == ["step:z*"]
    assert after("start s\nuser a each=rows\nuser b\nend e\ns > a > b > e", "a") == ["step:b*"]


SIDE = "boundary note on=one non msg=note\nuser aside\nend noted\nnote > aside > noted"


def test_the_end_of_a_branch_beside_does_not_end_what_it_runs_beside():
    text = INSIDE.format(more="", beside=SIDE, behind=PLAIN)
    assert after(text, "aside") == ["end:noted"]
    assert after(text, "two") == ["step:z*"], "a branch beside may still be open"
    assert after(text, "a") == ["step:one"], "what may happen is not what comes next"


def test_an_interrupting_event_is_a_way_on_and_its_end_leaves_the_subprocess():
    late = "boundary late on=one timer=P1D\nuser chase\nend chased\nlate > chase > chased"
    text = INSIDE.format(more="", beside=late, behind=PLAIN)
    assert after(text, "chase") == ["step:z"]


def test_an_error_leads_to_the_event_that_catches_it():
    text = """
    start s
    sub p {
      start s1
      user one
      end bad error=broken
      s1 > one > bad
    }
    boundary oops on=p error=broken
    user mend
    user z
    end e
    s > p > z > e
    oops > mend > e
    """
    assert after(text, "one") == ["step:mend"]


def test_another_case_and_a_message_are_something_that_comes_next():
    text = "start s\nuser a\ncall c called=other\nreceive m msg=hello\nend e\ns > a > c > m > e"
    assert after(text, "a") == ["case:c"]
    assert after(text, "c") == ["wait:m"]


def test_who_sends_a_message_are_the_steps_before_it():
    text = "start s\nuser a\nuser b\nxor x\nthrow t msg=told\nend e\ns > a > x\ns > b > x > t > e"
    found = ways(text)
    assert [step.id for step in found.senders["told"]] == ["b", "a"]
    assert found.message("t") == "told"
    assert found.message("a") is None


def test_the_usual_way_takes_the_conditional_flow_that_leads_to_an_end():
    assert way(BRANCHING) == ["a", "yes"]


def test_the_usual_way_does_not_come_back():
    text = "start s\nxor m\nuser a\nxor x\nuser b\nend e\ns > m > a > x\nx > m if again\n"
    assert way(text + "x > b if ok\nb > e\nx > e default") == ["a", "b"]


def test_what_is_settled_already_decides():
    assert way(BRANCHING, ok=False) == ["a", "no"]
    assert way(BRANCHING, ok=True) == ["a", "yes"]


def test_on_the_usual_way_branches_come_one_after_the_other_and_a_join_after_both():
    text = "start s\nand f\nuser a1\nuser a2\nuser b\nand j\nuser z\nend e\n"
    text += "s > f\nf > a1 > a2 > j\nf > b > j\nj > z > e"
    assert way(text) == ["b", "a1", "a2", "z"] or way(text) == ["a1", "a2", "b", "z"]


def test_what_has_been_passed_is_told_with_what_may_have_happened_beside_it():
    text = "start s\nuser a\nboundary n on=a non msg=note\nscript c text=1\nend noted\n"
    text += "n > c > noted\nxor x\nuser b\nend e\ns > a > x\nx > b if ok\nx > e default\nb > e"
    asked: list[frozenset[str]] = []
    ways(text).main_way("s", lambda condition, passed: asked.append(frozenset(passed)))
    assert asked == [frozenset({"s", "a", "x", "n", "c", "noted"})]


@pytest.mark.parametrize("seed", range(40))
def test_no_diagram_keeps_it_busy(seed: int):
    found = ways(Generator(random.Random(seed)).process(4)[0])
    for element in found.elements:
        assert all(found.elements[one.at] for one in found.after(element))
    for element in found.elements.values():
        if element.kind == "startEvent":
            found.main_way(element.id, lambda condition, passed: None)
