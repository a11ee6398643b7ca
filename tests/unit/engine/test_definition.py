"""What a definition knows: its elements, its start events, and what going back undoes."""

from tests.unit.engine.driver import Case, define

TEXT = """
start s
user draft
and f
user a
user b
and j
sub p {
  start s1
  user one
  user two
  sub q {
    start s2
    user deep
    end e2
    s2 > deep > e2
  }
  user three
  end e1
  s1 > one > two > q > three > e1
}
boundary t on=p timer=R/P1D non
user side
end e3
xor x
user other
user last
end e
s > draft > f
f > a > j
f > b > j
j > p > x
x > last default
x > other if more = true
x > draft if again = true
other > e
last > e
t > side > e3
"""
INSIDE = {"s1", "one", "two", "q", "s2", "deep", "e2", "three", "e1"}


def test_elements_are_those_of_the_process_in_document_order():
    definition = define(TEXT)
    assert list(definition.elements)[:3] == ["s", "draft", "f"]
    assert definition.elements["deep"].scope == "q"
    assert (definition.process, definition.name) == ("main", "测试流程")


def test_between_are_the_branches_and_the_insides_but_not_side_paths():
    undone = define(TEXT).between("draft", "last")
    assert undone == {"draft", "f", "a", "b", "j", "p", "x"} | INSIDE


def test_between_does_not_go_through_either_end_again():
    assert define(TEXT).between("a", "p") == {"a", "j"}
    assert define(TEXT).between("one", "two") == {"one"}


def test_between_leads_into_the_scopes_around_the_current_step():
    assert define(TEXT).between("two", "deep") == {"two", "s2"}
    assert define(TEXT).between("a", "deep") == {"a", "j", "s1", "one", "two", "s2"}


def test_between_follows_a_boundary_event_from_its_activity():
    assert define(TEXT).between("p", "side") == {"p", "t"} | INSIDE
    assert define(TEXT).between("draft", "side") >= {"draft", "a", "b", "p", "t"}


def test_a_target_in_a_finished_subprocess_counts_as_the_subprocess():
    assert define(TEXT).between("one", "last") == {"p", "x"} | INSIDE


def test_of_two_steps_without_a_path_only_the_target_is_between():
    assert define(TEXT).between("last", "other") == {"last"}


TAKEN_OVER = (
    "start s\nstart taken start=import\nuser new\nuser "
    "running\nend e\ns > new > running > e\ntaken > running"
)


def test_people_start_by_one_plain_start_and_running_cases_are_taken_over_by_the_other():
    definition = define(TAKEN_OVER)
    assert (definition.manual_start, definition.import_start) == ("s", "taken")
    assert Case(definition).begin().open == ["new"]
    assert Case(definition, start="taken").begin().open == ["running"]
    assert define(TEXT).import_start is None
