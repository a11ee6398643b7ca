"""State: small, flat over many rounds, tokens only, refused when damaged."""

import random
import zlib
from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest

from service.engine import Run
from service.errors import StateUnreadable
from tests.unit.engine.driver import Case, define

ROUNDS = """
start s
xor m
user draft
and f
user a
user b
and j
sub check {
  start s1
  user inspect
  end e1
  s1 > inspect > e1
}
boundary again on=check timer=R/P1D non
user side
end e2
user review
xor x
end e
s > m > draft > f
f > a > j
f > b > j
j > check > review > x
again > side > e2
x > m if more = true
x > e default
"""


def tasks(case: Case) -> int:
    """How many tokens, open or over, the stored state holds, subprocesses included."""

    def size(rows: list) -> int:
        return sum(1 + (size(row[6]) if len(row) > 6 and row[6] else 0) for row in rows)

    return size(orjson.loads(zlib.decompress(case.state))[1])


def one_round(case: Case, rnd: random.Random, *, neglect: bool = False) -> None:
    first, second = rnd.sample(["a", "b"], 2)
    case.do("draft").do(first).do(second)
    if rnd.random() < 0.3:
        case.fire("again")
        if not neglect:
            case.do("side")
    case.do("inspect").do("review")


def test_the_state_stays_flat_over_many_rounds():
    rnd, case = random.Random(1), Case(ROUNDS, more=True).begin()
    sizes = []
    for _ in range(100):
        one_round(case, rnd)
        sizes.append((len(case.state), tasks(case)))
    assert max(size for size, _ in sizes) < 400
    assert max(count for _, count in sizes[50:]) <= max(count for _, count in sizes[2:20])
    one_round(case, rnd)
    case.data["more"] = False
    one_round(case, rnd)
    assert case.done


def test_a_case_of_a_few_steps_takes_about_a_hundred_bytes():
    case = Case("start s\nuser a\nuser b\nuser c\nend e\ns > a > b > c > e").begin()
    assert len(case.state) < 120
    assert len(case.do("a").do("b").state) < 150


def test_neglected_side_work_does_not_stop_folding():
    rnd, case = random.Random(3), Case(ROUNDS, more=True).begin()
    while case.open.count("side") < 3:
        one_round(case, rnd, neglect=True)
    rnd = random.Random(5)
    sizes = []
    for _ in range(30):
        case.do("draft").do("a").do("b").do("inspect").do("review")
        sizes.append(tasks(case))
    assert max(sizes[15:]) <= max(sizes[:10])


def test_a_repeating_timer_leaves_no_trace_behind():
    case = Case(
        "start s\nuser work\nboundary t on=work timer=R/P1D "
        "non\nuser side\nend e\nend e2\ns > work > e\n"
        "t > side > e2"
    )
    case.begin()
    case.fire("t").do("side")
    before = tasks(case)
    for _ in range(50):
        case.fire("t").do("side")
    assert tasks(case) == before


def test_finished_instances_of_a_loop_leave_the_state():
    case = Case(
        "start s\nuser u each='= names' as=name results=r\nuser after\nend e\ns > u > after > e",
        names=[str(i) for i in range(40)],
    ).begin()
    before = tasks(case)
    for _ in range(30):
        case.do("u")
    assert tasks(case) == before - 30
    assert case.open == ["u"] * 10


def test_restoring_and_storing_again_changes_nothing():
    rnd, case = random.Random(7), Case(ROUNDS, more=True).begin()
    for _ in range(4):
        one_round(case, rnd)
        case.do("draft")
        run = case.run()
        assert [
            w for w in Run.restore(case.definition, run.dump(), case.desk()).waiting()
        ] == run.waiting()
        assert (
            Run.restore(case.definition, run.dump(), case.desk()).dump() == run.dump() == case.state
        )
        case.do("a").do("b").do("inspect").do("review")


def test_a_finished_case_restores_as_finished():
    case = Case("start s\nuser a\nend e\ns > a > e").begin().do("a")
    assert case.done
    assert case.run().waiting() == []


DAMAGED = [
    zlib.compress(content) for content in (b"{", b"[99,[]]", b"3", b"[1,5]", b"[1,[[]]]", b"[1,[]]")
]


@pytest.mark.parametrize("state", [b"", b"nonsense", *DAMAGED])
def test_a_damaged_or_foreign_state_is_refused(state):
    case = Case("start s\nuser a\nend e\ns > a > e").begin()
    with pytest.raises(StateUnreadable):
        Run.restore(case.definition, state, case.desk())


def test_the_state_of_another_diagram_is_refused():
    case = Case("start s\nuser a\nend e\ns > a > e").begin()
    with pytest.raises(StateUnreadable):
        Run.restore(define("start s\nuser b\nend e\ns > b > e"), case.state, case.desk())


def test_a_token_with_data_is_not_stored():
    run = Case("start s\nuser a\nend e\ns > a > e").begin().run()
    next(iter(run.workflow.tasks.values())).__dict__["data"] = {"amount": 1}
    with pytest.raises(AssertionError, match="amount"):
        run.dump()


def test_the_traps_on_data_are_set():
    task = next(
        iter(Case("start s\nuser a\nend e\ns > a > e").begin().run().workflow.tasks.values())
    )
    with pytest.raises(AssertionError):
        task.data["x"] = 1
    with pytest.raises(AssertionError):
        task.data = {"x": 1}
    with pytest.raises(AssertionError):
        task.workflow.data.update(x=1)


def snapshot(definition) -> list:
    """Everything a specification holds, comparable."""
    specs = [definition.spec, *definition.subs.values()]
    return [
        (
            name,
            spec._inputs,
            spec._outputs,
            spec.data,
            len(spec.completed_event.hard_subscribers or []),
            sorted(vars(spec)),
        )
        for scope in specs
        for name, spec in scope.task_specs.items()
    ]


def test_running_changes_nothing_in_a_definition():
    definition = define(ROUNDS)
    before = orjson.dumps(snapshot(definition))
    rnd, case = random.Random(2), Case(definition, more=True).begin()
    for _ in range(3):
        one_round(case, rnd)
    assert orjson.dumps(snapshot(definition)) == before


def test_eight_threads_share_a_definition():
    definition = define(ROUNDS)

    def work(seed: int) -> bool:
        rnd, case = random.Random(seed), Case(definition, more=True).begin()
        for _ in range(6):
            one_round(case, rnd)
        case.data["more"] = False
        one_round(case, rnd)
        return case.done

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(16)))
