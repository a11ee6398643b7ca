"""Timers, messages, signals, errors, terminate: all set off from outside, exactly the one that is
meant.
"""

from datetime import UTC, datetime

import pytest
import SpiffWorkflow.bpmn.specs.event_definitions.timer as stock_timer

from service.engine import Sent
from service.errors import NotOpen, Stuck
from tests.unit.engine.driver import BEGIN, Case, define

WORK = "start s\nuser work\nend e\ns > work > e\n"


def test_a_non_interrupting_message_may_come_any_number_of_times():
    case = Case(
        WORK + "boundary news on=work msg=news variable=latest non\nuser look\nend e2\n"
        "news > look > e2"
    ).begin()
    for n in range(5):
        case.fire("news", n)
        assert case.data["latest"] == n
    assert case.open == ["look"] * 5 + ["news", "work"]
    case.do("work")
    assert case.open == ["look"] * 5
    for _ in range(5):
        case.do("look")
    assert case.done


def test_an_interrupting_message_ends_the_work():
    case = Case(
        WORK + "boundary stop on=work msg=stop\nuser tidy\nend e2\nstop > tidy > e2"
    ).begin()
    case.fire("stop")
    assert case.open == ["tidy"]


def test_a_repeating_timer_counts_from_the_due_instant_and_never_drifts():
    case = Case(
        WORK
        + "boundary quarter on=work timer=R/P3M non\nuser report\nend e2\nquarter > report > e2"
    ).begin()
    assert (case.wait("quarter").name, case.wait("quarter").since) == ("R/P3M", BEGIN)
    due = datetime(2026, 6, 2, 1, 0, tzinfo=UTC)
    case.later(days=100).fire("quarter", at=due)
    assert case.wait("quarter").since == due
    assert case.open == ["quarter", "report", "work"]


def test_a_timer_that_repeats_three_times_fires_three_times():
    case = Case(
        WORK + "boundary remind on=work timer=R3/P1D non\nuser look\nend e2\nremind > look > e2"
    ).begin()
    for left in (2, 1, 0):
        case.fire("remind")
        assert case.open.count("remind") == (1 if left else 0)
    assert case.open.count("look") == 3


def test_a_timer_that_does_not_repeat_fires_once():
    case = Case(
        WORK + "boundary remind on=work timer=P5WD non\nuser look\nend e2\nremind > look > e2"
    ).begin()
    assert case.fire("remind").open == ["look", "work"]


def test_a_timer_rule_that_is_an_expression_is_read_afresh():
    case = Case(
        WORK + "boundary end_of_term on=work timer='= term_end'\nend e2\nend_of_term > e2",
        term_end=None,
    ).begin()
    assert case.wait("end_of_term").name is None
    case.data["term_end"] = "2027-01-31"
    assert case.wait("end_of_term").name == "2027-01-31"
    assert case.fire("end_of_term").done


def test_a_repeating_rule_may_come_from_an_expression():
    case = Case(
        WORK + "boundary r on=work timer='= rule' non\nuser look\nend e2\nr > look > e2",
        rule="R/P1M",
    ).begin()
    assert case.fire("r").open == ["look", "r", "work"]


def test_two_timers_and_a_message_race_and_the_first_one_decides():
    case = Case("""
        start s
        race g
        catch soon timer=P1D
        catch late timer=P30D
        catch word msg=word variable=said
        user a
        user b
        user c
        end e
        s > g
        g > soon > a > e
        g > late > b > e
        g > word > c > e
    """).begin()
    assert case.open == ["late", "soon", "word"]
    assert len({w.task for w in case.run().waiting()}) == 1
    case.fire("word", {"text": "好"})
    assert case.open == ["c"]
    assert case.data["said"] == {"text": "好"}


def test_a_race_in_a_loop_can_be_won_by_another_event_each_time():
    case = Case("""
        start s
        xor m
        race g
        catch a msg=a
        catch b msg=b
        end e
        s > m > g
        g > a > m
        g > b > e
    """).begin()
    for _ in range(4):
        assert case.fire("a").open == ["a", "b"]
    assert case.fire("b").done


def test_catch_events_and_receive_tasks_wait_with_the_value_of_their_key():
    case = Case(
        "start s\ncatch c msg=word key='= number'\nreceive r msg=answer key=fixed\nend e\n"
        "s > c > r > e",
        number="7",
    )
    case.begin()
    wait = case.wait("c")
    assert (wait.kind, wait.name, wait.key, wait.since) == ("message", "word", "7", BEGIN)
    case.later(days=1).fire("c")
    assert (case.wait("r").key, case.wait("r").since) == ("fixed", case.now)


def test_thrown_messages_and_signals_go_to_the_desk():
    case = Case(
        "start s\nthrow t signal=all\nsend d msg=ask payload='= amount' key=k\nend e msg=over\n"
        "s > t > d > e",
        amount=5,
    )
    case.begin()
    assert [(s.kind, s.name, s.payload, s.key, s.element) for s in case.sent] == [
        ("signal", "all", None, None, "t"),
        ("message", "ask", 5, "k", "d"),
        ("message", "over", None, None, "e"),
    ]


def test_a_signal_is_waited_for_like_a_message():
    case = Case("start s\ncatch c signal=all\nend e\ns > c > e").begin()
    assert case.wait("c").kind == "signal"
    assert case.fire("c").done


FAILING = """
start s
sub outer {
  start s1
  sub inner {
    start s2
    user work
    user other
    end fine
    end bad error=E1
    xor x
    and f
    s2 > f
    f > work > x
    f > other > fine
    x > bad if broken = true
    x > fine default
  }
  end e1
  s1 > inner > e1
}
boundary b on=outer error=E1
user repair
end e
end e2
s > outer > e
b > repair > e2
"""


def test_an_error_is_caught_by_the_nearest_enclosing_boundary_for_its_code():
    case = Case(FAILING, broken=True).begin()
    assert case.open == ["other", "work"]
    assert case.do("work").open == ["repair"]
    assert case.sent == []


def test_an_error_passes_by_a_boundary_for_another_code():
    text = FAILING.replace(
        "  s1 > inner > e1",
        "  boundary near on=inner error=E2\n  user never\n  s1 > inner > e1\n  near > never > e1",
    )
    assert Case(text, broken=True).begin().do("work").open == ["repair"]
    text = text.replace("on=inner error=E2", "on=inner error=E1")
    assert Case(text, broken=True).begin().do("work").open == ["never"]


def test_an_error_that_nobody_catches_ends_the_run_and_is_told():
    case = (
        Case(
            "start s\nuser a\nuser b\nand f\nend e\nend bad error=E9\ns > f\nf > a > bad\nf > b > e"
        )
        .begin()
        .do("a")
    )
    assert case.done
    assert case.sent == [Sent(kind="error", name="E9", element="bad")]


def test_a_terminate_end_ends_its_own_scope_only():
    case = Case("""
        start s
        and f
        user outside
        sub track {
          start s1
          user finish
          end now terminate
          s1 > finish > now
          boundary news on=finish msg=news non
          user ledger
          end e1
          news > ledger > e1
        }
        and j
        end e
        s > f
        f > outside > j
        f > track > j
        j > e
    """).begin()
    case.fire("news").fire("news")
    assert case.open == ["finish", "ledger", "ledger", "news", "outside"]
    assert case.do("finish").open == ["outside"]
    assert case.do("outside").done


def test_side_work_on_a_subprocess_outlives_it():
    case = Case("""
        start s
        sub pilot {
          start s1
          user work
          end e1
          s1 > work > e1
        }
        boundary trouble on=pilot msg=trouble non
        user solve
        end e2
        user after
        end e
        s > pilot > after > e
        trouble > solve > e2
    """).begin()
    case.fire("trouble").do("work")
    assert case.open == ["after", "solve"]
    assert not case.do("after").done
    assert case.do("solve").done


def test_of_several_start_events_only_the_chosen_one_lives():
    text = (
        "start by_hand\nstart yearly timer=R/--11-15\nuser "
        "a\nuser b\nend e\nby_hand > a > e\nyearly > b > e"
    )
    assert Case(text).begin().open == ["a"]
    assert Case(text, start="yearly").begin().open == ["b"]
    assert Case(text).begin().do("a").done
    with pytest.raises(Stuck):
        Case(text, start="nowhere").begin()


def test_a_process_with_only_a_timer_start_begins_with_that():
    assert Case("start yearly timer=R/--11-15\nuser b\nend e\nyearly > b > e").begin().open == ["b"]


def test_firing_what_does_not_wait_is_refused_and_changes_nothing():
    case = Case(
        WORK + "boundary news on=work msg=news non\nuser look\nend e2\nnews > look > e2"
    ).begin()
    stale = case.wait("news").task
    case.fire("news")
    state = case.state
    with pytest.raises(NotOpen):
        case.act("fire", stale, "news")
    with pytest.raises(NotOpen):
        case.act("fire", case.wait("work").task, "work")
    with pytest.raises(NotOpen):
        case.act("fire", case.wait("news").task, "work")
    assert case.state == state


def test_no_clock_of_the_library_is_ever_read(monkeypatch):
    monkeypatch.setattr(stock_timer, "datetime", None)
    case = Case(
        WORK + "boundary t on=work timer=R/P3M non\nuser look\nend e2\nt > look > e2"
    ).begin()
    case.later(days=1).fire("t").fire("t").do("look").do("look").do("work")
    assert case.done


def test_elements_may_be_called_start_and_end():
    case = Case(define("start Start\nuser work\nend End\nStart > work > End")).begin()
    assert case.do("work").done
    assert [p.element for p in case.passed] == ["work", "End"]
