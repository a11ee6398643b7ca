"""The clock: APScheduler ticks, the database remembers.

Decided: due times are rows. A tick looks up what is due and sends commands, each in a transaction
of its own. Because any number of clocks may then run, and nothing is lost while none runs. Instead
of APScheduler's own job store, which two processes may not share.
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
    """Fire some of the timers that are due. Returns how many were fired.

    A timer that fails is put off, is visible, and does not stop the others. All timers of a case
    are left for the next time if somebody works on the case at this moment, or if one of its timers
    has just failed. So they keep their order.

    :param fresh: fire the timers that became due within the last minute, the newest first. So they
        do not wait behind ten thousand reports that opened at midnight.
    """
    now = runtime.now()
    timers = fresh_timers(runtime, now) if fresh else due_timers(runtime, now)
    fired = 0
    postponed_cases: set[int] = set()
    for timer_id, case_id in timers:
        if case_id in postponed_cases:
            continue
        result = attempt(runtime, FireTimer(timer_id=timer_id), partial(NoteTimerFailed, timer_id))
        if result is None:
            postponed_cases.add(case_id)
        elif result:
            fired += 1
    return fired


def fire_fresh_timers(runtime: Runtime) -> int:
    """Fire the timers that have only just become due. Returns how many were fired."""
    return fire_timers(runtime, fresh=True)


def deliver_messages(runtime: Runtime) -> int:
    """Deliver every message that is due. Returns how many deliveries were attempted."""
    message_ids = due_messages(runtime, runtime.now())
    for message_id in message_ids:
        deliver(runtime, message_id)
    return len(message_ids)


def start_cases(runtime: Runtime) -> int:
    """Start the cases that are due. Returns how many were started.

    A start that fails does not stop the others.
    """
    started = 0
    for start_id in due_starts(runtime, runtime.now()):
        start = StartByClock(start_timer_id=start_id)
        if attempt(runtime, start, partial(NoteStartFailed, start_id)) is not None:
            started += 1
    return started


def remind(runtime: Runtime) -> int:
    """Send the reminders that are due. Returns how many were sent.

    A reminder that fails comes later and does not stop the others.
    """
    reminded = 0
    for item_id in due_reminders(runtime, runtime.now()):
        reminder = RemindItem(item_id=item_id)
        if attempt(runtime, reminder, partial(NoteReminderFailed, item_id)):
            reminded += 1
    return reminded


def tick(runtime: Runtime) -> int:
    """Do everything that is due now, in order, until nothing is due. Returns how much was done.

    Nothing is sent to the outside.
    """
    total = work_through(runtime) + keep_day_figures(runtime)
    for _ in range(ROUNDS):
        done = work_through(runtime)
        total += done
        if not done:
            break
    return total


def work_through(runtime: Runtime) -> int:
    """Do each kind of work that is due once. Returns how much was done."""
    due = what_is_due(runtime)
    return sum(work(runtime) for work, kind in WORK.items() if kind in due)


def rehearse(runtime: Runtime) -> int:
    """A tick of a rehearsal. It also puts on the list what would be sent to the outside."""
    return tick(runtime) + deliver_notices(runtime)


def keep_up(runtime: Runtime) -> bool:
    """Once a day, anchor the journal and delete what need not be kept. Returns whether this was
    done.

    Any number of clocks may call it.
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
"""What the clock does, in this order, and the kind of due rows for which it does it."""
JOBS = (*((work, 1) for work in WORK), (keep_day_figures, 60))
"""What the clock does, and every how many seconds. Each runs in a thread of its own: one that hangs
does not delay the others.
"""
OUTSIDE = ((deliver_notices, 1), (keep_up, 3600))


def until_done(work: Callable[[Runtime], int], runtime: Runtime) -> None:
    """Run a job. After a full batch it is run again at once."""
    while work(runtime) >= FULL:
        continue


def start_clock(runtime: Runtime) -> Callable[[], None]:
    """Tick in the background. Returns the function that stops it."""
    scheduler = BackgroundScheduler(
        timezone="UTC",
        executors={"default": {"type": "threadpool", "max_workers": 12}},
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
    watcher = Thread(
        target=mind_setbacks,
        args=(scheduler, stopped),
        name="clock-setbacks",
        daemon=True,
    )
    watcher.start()

    def stop() -> None:
        stopped.set()
        scheduler.shutdown()

    return stop


def mind_setbacks(scheduler: BackgroundScheduler, stopped: Event) -> None:
    """Run all jobs after the machine's clock was set back.

    Otherwise the scheduler would wait until it is as late again: it plans by the machine's clock,
    whatever time counts for the cases.
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
