"""Many starts alike: whatever way a case takes, it stands where it would stand had it been started
alone.
"""

from typing import Any

import pytest

from service.engine import Run
from service.engine.alike import Starts
from service.errors import ExpressionFailed
from tests.unit.engine.driver import BEGIN, Case, define

WAYS = """
start s
script double text='amount * 2' result=twice
xor which
user small
user large
boundary late on=small timer='= deadline' cancel=no
user hurry
end e
s > double > which
which > large if twice > 100
which > small default
large > e
small > e
late > hurry > e
"""
EFFECTS = "start s\naction file action=number result=number\nuser u\nend e\ns > file > u > e"
LOOP = "start s\nuser u each='= items' as=item results=done\nend e\ns > u > e"
TWICE = (
    "start s\nscript a text='amount' result=first\nscript "
    "b text='first + 1' result=amount\nuser u\nend e\n"
    "s > a > b > u > e"
)


def alone(text: str, **data: Any) -> tuple[Any, ...]:
    case = Case(text, **data)
    case.actions["number"] = lambda given: "第1号"
    return seen(Run.start(case.definition, case.desk()), case)


def seen(run: Run, case: Case) -> tuple[Any, ...]:
    waits = [(wait.element, wait.kind, wait.name, wait.since, wait.place) for wait in run.waiting()]
    return (
        waits,
        case.data,
        run.desk.passed,
        len(Run.restore(case.definition, run.dump(), case.desk()).waiting()),
    )


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (
            WAYS,
            [
                {"amount": 1, "deadline": "P1D"},
                {"amount": 2, "deadline": "P9D"},
                {"amount": 51, "deadline": "P1D"},
                {"amount": 52, "deadline": "P1D"},
                {"amount": 3, "deadline": "P2D"},
            ],
        ),
        (LOOP, [{"items": [1, 2]}, {"items": [3]}, {"items": []}]),
        (TWICE, [{"amount": 1}, {"amount": 7}]),
        (EFFECTS, [{"amount": 1}, {"amount": 1}]),
    ],
)
def test_a_case_stands_where_it_would_stand_alone(text: str, rows: list[dict[str, Any]]) -> None:
    starts = Starts(define(text), "s")
    for row in rows:
        case = Case(starts.definition, **row)
        case.actions["number"] = lambda given: "第1号"
        assert seen(starts.run(case.desk()), case) == alone(text, **row)


def test_cases_that_take_the_same_way_share_the_walk_and_nothing_else() -> None:
    starts = Starts(define(WAYS), "s")
    cases = [Case(starts.definition, amount=amount, deadline="P1D") for amount in (1, 2, 60)]
    runs = [starts.run(case.desk()) for case in cases]
    assert runs[0].workflow is runs[1].workflow
    assert runs[0].workflow is not runs[2].workflow
    assert [case.data["twice"] for case in cases] == [2, 4, 120]


def test_an_action_is_carried_out_for_every_case() -> None:
    starts, told = Starts(define(EFFECTS), "s"), []
    for amount in (1, 1, 1):
        case = Case(starts.definition, amount=amount)
        case.actions["number"] = lambda given: told.append(given)
        starts.run(case.desk())
    assert len(told) == 3


def test_a_case_at_another_moment_walks_by_itself() -> None:
    starts = Starts(define(WAYS), "s")
    first, later = (Case(starts.definition, amount=1, deadline="P1D") for _ in range(2))
    starts.run(first.desk())
    later.now = BEGIN.replace(hour=5)
    assert {wait.since for wait in starts.run(later.desk()).waiting() if wait.kind == "timer"} == {
        later.now
    }


def test_what_fails_alone_fails_in_company_too() -> None:
    starts = Starts(
        define(
            "start s\nxor which\nuser a\nuser b\nend e\ns > which\nwhich > a if sure\n"
            "which > b default\na > e\nb > e"
        ),
        "s",
    )
    starts.run(Case(starts.definition, sure=True).desk())
    with pytest.raises(ExpressionFailed):
        starts.run(Case(starts.definition, sure=1).desk())
