"""The clock: APScheduler ticks, the database remembers.

Decided: due times are rows; a tick asks what is due and sends commands, each in its own
transaction, so that any number of clocks may run and nothing is lost while none does. Instead of
APScheduler's own job store, which two processes may not share.
"""

from collections.abc import Callable
from functools import partial
from threading import Event, Thread

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from service.commands.cases.starting_by_clock import NoteStartFailed, StartByClock, due_starts
from service.commands.cases.waits import (
    FireTimer,
    NoteTimerFailed,
    deliver,
    due_messages,
    due_timers,
    fresh_timers,
)
from service.commands.notices.delivery import deliver_notices
from service.commands.operations.failing import attempt
from service.commands.operations.jobs import work_on_jobs
from service.commands.operations.upkeep import Upkeep
from service.commands.supervision.counting import count_items, keep_day_figures
from service.commands.terms.reminding import NoteReminderFailed, RemindItem, due_reminders
from service.errors import Changed
from service.queries.operations.due import what_is_due
from service.unit_of_work import Runtime, utc_now

log = structlog.get_logger()
ROUNDS, FULL = 100, 50


def fire_timers(runtime: Runtime, fresh: bool = False) -> int:
    """Set off some of what is due; a timer that fails is put off, visible, and stops nobody else.
    Gives the count.

    A case that somebody works on at this moment, or one of whose timers has just failed, is left
    for the next time with all its timers: they keep their order. ``fresh``: what has become due
    within the last minute, the newest first, so that it does not wait behind ten thousand reports
    that opened at midnight.
    """
    fired, busy = 0, set[int]()
    for timer_id, case_id in (
        fresh_timers(runtime, runtime.now()) if fresh else due_timers(runtime, runtime.now())
    ):
        if case_id in busy:
            continue
        done = attempt(runtime, FireTimer(timer_id=timer_id), partial(NoteTimerFailed, timer_id))
        fired += bool(done)
        if done is None:
            busy.add(case_id)
    return fired


def fire_fresh_timers(runtime: Runtime) -> int:
    """Set off what has only just become due. Gives the count."""
    return fire_timers(runtime, fresh=True)


def deliver_messages(runtime: Runtime) -> int:
    """Deliver every message whose time has come. Gives the count of attempts."""
    ids = due_messages(runtime, runtime.now())
    for message_id in ids:
        deliver(runtime, message_id)
    return len(ids)


def start_cases(runtime: Runtime) -> int:
    """Start the cases that are due; one that fails stops nobody else. Gives the count."""
    return sum(
        attempt(runtime, StartByClock(start_timer_id=start_id), partial(NoteStartFailed, start_id))
        is not None
        for start_id in due_starts(runtime, runtime.now())
    )


def remind(runtime: Runtime) -> int:
    """Say the reminders that are due; one that fails comes later and stops nobody else. Gives the
    count.
    """
    return sum(
        bool(attempt(runtime, RemindItem(item_id=item_id), partial(NoteReminderFailed, item_id)))
        for item_id in due_reminders(runtime, runtime.now())
    )


def tick(runtime: Runtime) -> int:
    """Everything that is due now, in order, until nothing is; gives how much it was. Nothing goes
    outside.
    """
    total = work_through(runtime) + keep_day_figures(runtime)
    for _ in range(ROUNDS):
        done = work_through(runtime)
        total += done
        if not done:
            break
    return total


def work_through(runtime: Runtime) -> int:
    """Each kind of work once, where anything of it is due. Gives the count."""
    due = what_is_due(runtime)
    return sum(work(runtime) for work, kind in WORK.items() if kind in due)


def rehearse(runtime: Runtime) -> int:
    """A tick of a rehearsal: what would be sent is put on its list, too."""
    return tick(runtime) + deliver_notices(runtime)


def keep_up(runtime: Runtime) -> bool:
    """Once a day: anchor the journal, forget what need not be kept. Any number of clocks may ask.
    Gives whether.
    """
    try:
        return runtime.perform(Upkeep())
    except Changed:  # another clock does it at this moment
        return False


WORK: dict[Callable[[Runtime], int], str] = {
    deliver_messages: "messages",
    fire_timers: "timers",
    fire_fresh_timers: "timers",
    start_cases: "starts",
    remind: "reminders",
    work_on_jobs: "jobs",
    count_items: "counts",
}
"""What the clock does, in this order, and the kind of what is due for it."""
JOBS = (*((work, 1) for work in WORK), (keep_day_figures, 60))
"""What the clock does, each how often in seconds. A thread of its own for each: one that hangs
holds up no other.
"""
OUTSIDE = ((deliver_notices, 1), (keep_up, 3600))


def until_done(work: Callable[[Runtime], int], runtime: Runtime) -> None:
    """One run of a job: a full batch goes on at once."""
    while work(runtime) >= FULL:
        continue


def start_clock(runtime: Runtime) -> Callable[[], None]:
    """Tick in the background; gives the function that stops it."""
    scheduler = BackgroundScheduler(
        timezone="UTC", executors={"default": {"type": "threadpool", "max_workers": 12}}
    )
    for work, seconds in (*JOBS, *OUTSIDE):
        scheduler.add_job(
            until_done,
            "interval",
            [work, runtime],
            seconds=seconds,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=utc_now(),
            name=work.__name__,
        )
    scheduler.start()
    stopped = Event()
    Thread(
        target=mind_setbacks, args=(scheduler, stopped), name="clock-setbacks", daemon=True
    ).start()

    def stop() -> None:
        stopped.set()
        scheduler.shutdown()

    return stop


def mind_setbacks(scheduler: BackgroundScheduler, stopped: Event) -> None:
    """Run all jobs when the machine's clock was set back: the scheduler would wait until it is as
    late again.

    The scheduler plans by the machine's clock, whatever time counts for the cases.
    """
    before = utc_now()
    while not stopped.wait(1):
        now = utc_now()
        if now < before:
            log.warning(
                "the machine's clock was set back", before=before.isoformat(), now=now.isoformat()
            )
            for job in scheduler.get_jobs():
                job.modify(next_run_time=now)
        before = now
