"""What can still come: by small drawings, and against random processes that are played to their
end.
"""

import random
from collections.abc import Collection

import pytest

from service.engine.course import Coming
from tests.unit.engine.driver import Case, define
from tests.unit.engine.generator import Generator

REVIEW = """
start s
user apply
user review
xor ok
user publish
user refuse
end filed
end refused
s > apply > review > ok
ok > publish if agreed = true
ok > refuse default
publish > filed
refuse > refused
"""
TWO = """
start s
and split
user a
user b
user c
and join
user d
end e
s > split > a > join
split > b > c > join
join > d > e
"""
ROUND = """
start s
xor again
user work
user check
xor fine
user close
end e
s > again > work > check > fine
fine > again if fine = false
fine > close default
close > e
"""
TRACK = """
start s
user file
sub track {
  start ts
  user tracking
  end te
  ts > tracking > te
}
boundary year on=track timer=R/P1Y non
user report
end reported
boundary over on=track timer=P3Y
user expire
xor both
user final
end e
s > file > track > both
over > expire > both
both > final > e
year > report > reported
"""
STOP = """
start s
sub part {
  start ps
  and split
  user long
  user aside
  user later
  end stop terminate
  end quiet
  ps > split > long > stop
  split > aside > later > quiet
}
user after
end e
s > part > after > e
"""
EACH = """
start s
user list
sub one each='= things' as=thing {
  start os
  user judge
  user tell
  end oe
  os > judge > tell > oe
}
user publish
end e
s > list > one > publish > e
"""
FAILS = """
start s
sub part {
  start ps
  user try
  xor works
  user keep
  end bad error=bad
  end good
  ps > try > works
  works > bad if works = false
  works > keep default
  keep > good
}
boundary failed on=part error=bad
user repair
user go
end e
end e2
s > part > go > e
failed > repair > e2
"""
RACE = """
start s
race wait
catch yes msg=yes
catch late timer=P3D
user thank
user urge
xor meet
user close
end e
s > wait > yes > thank > meet
wait > late > urge > meet
meet > close > e
"""
CALLS = """
start s
call child called=other
boundary broken on=child error=bad
user go
user mend
end e
end e2
s > child > go > e
broken > mend > e2
"""


def coming(text: str, *standing: str, armed: Collection[str] = ()) -> tuple[set[str], set[str]]:
    """Certain and possible work."""
    definition = define(text)
    found = definition.course.coming(standing, armed)
    work = {e.id for e in definition.elements.values() if e.kind == "userTask"}
    return work & found.certain, work & found.possible


@pytest.mark.parametrize(
    ("text", "standing", "armed", "certain", "possible"),
    [
        (REVIEW, ["apply"], [], ["review"], ["publish", "refuse"]),
        (REVIEW, ["publish"], [], [], []),
        (TWO, ["a", "b"], [], ["c", "d"], []),
        (TWO, ["b"], [], ["c", "d"], []),
        (TWO, ["d"], [], [], []),
        (ROUND, ["work"], [], ["check", "close"], ["work"]),
        (ROUND, ["close"], [], [], []),
        (TRACK, ["file"], [], ["tracking", "final"], ["report", "expire"]),
        (TRACK, ["tracking"], ["year", "over"], ["final"], ["report", "expire"]),
        (TRACK, ["tracking"], ["over"], ["final"], ["expire"]),
        (TRACK, ["tracking", "report"], ["over"], ["final"], ["expire"]),
        (TRACK, ["final", "report"], [], [], []),
        (STOP, ["long", "aside"], [], ["after"], ["later"]),
        (STOP, ["later"], [], ["after"], []),
        (EACH, ["list"], [], ["publish"], ["judge", "tell"]),
        (EACH, ["judge", "judge"], [], ["tell", "publish"], []),
        (FAILS, ["try"], [], [], ["keep", "repair", "go"]),
        (FAILS, ["keep"], [], ["go"], []),
        (FAILS, ["repair"], [], [], []),
        (RACE, ["yes", "late"], [], ["close"], ["thank", "urge"]),
        (CALLS, ["child"], [], ["go"], ["mend"]),
        (CALLS, [], [], [], []),
    ],
)
def test_what_comes_is_certain_or_may_be_and_what_was_left_behind_is_neither(
    text: str, standing: list[str], armed: list[str], certain: list[str], possible: list[str]
) -> None:
    assert coming(text, *standing, armed=armed) == (set(certain), set(possible))


def test_an_event_leads_to_the_steps_that_it_opens_first() -> None:
    course = define(TRACK).course
    assert course.first("year") == ("report",)
    assert course.first("s") == ("file",)
    assert course.first("file") == ("tracking",)
    assert course.first("tracking") == ("final",)
    assert define(REVIEW).course.first("review") == ("publish", "refuse")


def looked_at(case: Case) -> tuple[Coming, set[str]]:
    """What is said to come, and where the case stands, its scopes and listening events included."""
    elements = case.definition.elements
    waits = {wait.element for wait in case.run().waiting()}
    armed = {one for one in waits if elements[one].kind == "boundaryEvent"}
    here = set(waits)
    for one in waits:
        scope = elements[one].scope
        while scope in elements:
            here.add(scope)
            scope = elements[scope].scope
    return case.definition.course.coming(waits - armed, armed), here


def played(seed: int) -> None:
    """Play a random process to its end; then hold what was said at each moment against what
    came.
    """
    rnd = random.Random(seed)
    generator = Generator(rnd)
    text, _ = generator.process(4)
    case = Case(text, **{name: draw() for name, draw in generator.variables.items()}).begin()
    guards = {
        e.id
        for e in case.definition.elements.values()
        if e.kind == "boundaryEvent" and e.interrupting
    }
    races = {
        e.id for e in case.definition.elements.values() if e.kind == "eventBasedGateway"
    }  # passed only when one of their events has won
    said: list[tuple[Coming, set[str], int]] = []
    came: list[set[str]] = []
    act = 0
    while not case.done:
        act += 1
        said.append((*looked_at(case), len(came)))
        for name, draw in generator.variables.items():
            case.data[name] = False if act > 60 and name.startswith("l") else draw()
        run = case.run()
        chosen = rnd.choice(run.waiting())
        if chosen.kind == "message":
            run.fire(chosen.task, chosen.element)
        else:
            run.complete(chosen.task)
        case.keep(run)
        came.append({passed.element for passed in case.passed} - races)
    for found, here, since in said:
        later = set[str]().union(*came[since:])
        assert later <= found.certain | found.possible | here, (seed, since)
        if not later & guards:
            assert found.certain - races <= later, (seed, since)


@pytest.mark.parametrize("first", range(0, 200, 50))
def test_of_random_processes_all_that_came_was_said_and_all_that_was_certain_came(
    first: int,
) -> None:
    for seed in range(first, first + 50):
        played(seed)
