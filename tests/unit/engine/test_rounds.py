"""Two thousand rounds in three shapes: the state stays as small, a step costs as much, and nothing
stalls.
"""

from collections.abc import Callable
from time import process_time

import pytest

from tests.unit.engine.driver import Case
from tests.unit.engine.test_state import tasks

COUNT = 2_000
LOOP = """
start s
xor m
user draft
and f
user a
user b
and j
user review
xor x
end e
s > m > draft > f
f > a > j
f > b > j
j > review > x
x > m if more = true
x > e default
"""
SIDE = """
start s
user track
boundary told on=track msg=told non
user answer
end e
end e2
s > track > e
told > answer > e2
"""
YEARS = """
start s
sub track results=years {
  start s1
  user work
  end e1
  s1 > work > e1
}
boundary quarter on=track timer=R/P3M non
user ledger
xor x
user coordinate
end e2
end e
s > track > e
quarter > ledger > x
x > coordinate if matter = true
x > e2 default
coordinate > e2
"""


def looped(case: Case, number: int) -> None:
    case.do("draft").do("b").do("a").do("review") if number % 2 else case.do("draft").do("a").do(
        "b"
    ).do("review")


def told(case: Case, number: int) -> None:
    case.fire("told").do("answer", index=case.open.count("answer") - 1)


def quarter(case: Case, number: int) -> None:
    case.data["matter"] = number % 3 == 0
    case.fire("quarter").do("ledger")
    if number % 3 == 0:
        case.do("coordinate")


def left_open(case: Case) -> None:
    """A branch that nobody ever finishes."""
    case.fire("told")


@pytest.mark.parametrize(
    ("text", "one_round", "before"),
    [
        (LOOP, looped, None),
        (SIDE, told, left_open),
        (YEARS, quarter, None),
    ],
    ids=[
        "a loop round a split and join",
        "a message again and again beside a branch left open",
        "a timer on a subprocess with a choice behind it",
    ],
)
def test_two_thousand_rounds_cost_what_twenty_do(
    text: str, one_round: Callable[[Case, int], None], before: Callable[[Case], None] | None
) -> None:
    case = Case(text, more=True, matter=False).begin()
    if before is not None:
        before(case)
    sizes, times = [], []
    for number in range(COUNT):
        started = process_time()
        one_round(case, number)
        times.append(process_time() - started)
        sizes.append((tasks(case), len(case.state)))
    assert max(count for count, _ in sizes[1000:]) <= max(count for count, _ in sizes[2:50])
    assert max(size for _, size in sizes[1000:]) <= 1.2 * max(size for _, size in sizes[2:50])
    assert sorted(times[-200:])[100] <= 2 * sorted(times[50:250])[100]
