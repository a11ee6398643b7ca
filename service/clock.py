"""The clock: APScheduler ticks, the database remembers.

Decided: due times are rows; a tick asks what is due and sends commands, each in its own transaction, so that any number
of clocks may run and nothing is lost while none does. Instead of APScheduler's own job store, which two processes may
not share.
"""

from collections.abc import Callable

import structlog
from apscheduler.schedulers.background import BackgroundScheduler

from service.commands.counting import count_items, keep_day_figures
from service.commands.delivery import deliver_notices
from service.commands.jobs import work_on_jobs
from service.commands.reminding import PutOffReminder, RemindItem, due_reminders
from service.commands.starts import NoteStartFailed, StartByClock, due_starts
from service.commands.upkeep import Upkeep
from service.commands.waits import FireTimer, NoteTimerFailed, deliver, due_messages, due_timers
from service.errors import Changed
from service.unit_of_work import Runtime

log = structlog.get_logger()
EVERY_SECONDS = 2


def fire_timers(runtime: Runtime) -> int:
    """Set off what is due, in order; a timer that fails stays, visible, and stops nobody else. Gives the count.

    A case that somebody works on at this moment is left for the next tick, with all its timers: they keep their order.
    """
    fired, busy = 0, set[int]()
    for timer_id, case_id in due_timers(runtime, runtime.now()):
        if case_id in busy:
            continue
        try:
            fired += runtime.perform(FireTimer(timer_id=timer_id))
        except Changed:
            busy.add(case_id)
        except Exception as exc:  # one case must not stop the others
            log.error("timer failed", timer_id=timer_id, exc_info=exc)
            runtime.perform(NoteTimerFailed(timer_id=timer_id, error=str(exc)))
    return fired


def deliver_messages(runtime: Runtime) -> int:
    """Deliver every message whose time has come. Gives the count of attempts."""
    ids = due_messages(runtime, runtime.now())
    for message_id in ids:
        deliver(runtime, message_id)
    return len(ids)


def start_cases(runtime: Runtime) -> int:
    """Start the cases that are due; one that fails stops nobody else. Gives the count."""
    started = 0
    for start_id in due_starts(runtime, runtime.now()):
        try:
            started += runtime.perform(StartByClock(start_timer_id=start_id)) is not None
        except Changed:
            continue
        except Exception as exc:  # one process must not stop the others
            log.error("start failed", start_timer_id=start_id, exc_info=exc)
            runtime.perform(NoteStartFailed(start_timer_id=start_id, error=str(exc)))
    return started


def remind(runtime: Runtime) -> int:
    """Say the reminders that are due; one that fails comes later and stops nobody else. Gives the count."""
    said = 0
    for item_id in due_reminders(runtime, runtime.now()):
        try:
            said += runtime.perform(RemindItem(item_id=item_id))
        except Changed:
            continue
        except Exception as exc:  # one item must not stop the others
            log.error("reminder failed", item_id=item_id, exc_info=exc)
            runtime.perform(PutOffReminder(item_id=item_id))
    return said


def tick(runtime: Runtime) -> int:
    """Everything that is due now."""
    return (deliver_messages(runtime) + fire_timers(runtime) + start_cases(runtime) + remind(runtime)
            + work_on_jobs(runtime) + count_items(runtime) + keep_day_figures(runtime))


def keep_up(runtime: Runtime) -> bool:
    """Once a day: anchor the journal, forget what need not be kept. Any number of clocks may ask. Gives whether."""
    try:
        return runtime.perform(Upkeep())
    except Changed:  # another clock does it at this moment
        return False


def start_clock(runtime: Runtime) -> Callable[[], None]:
    """Tick in the background; gives the function that stops it."""
    scheduler = BackgroundScheduler(timezone="UTC")
    scheduler.add_job(tick, "interval", [runtime], seconds=EVERY_SECONDS, coalesce=True, max_instances=1,
                      misfire_grace_time=None)
    scheduler.add_job(deliver_notices, "interval", [runtime], seconds=EVERY_SECONDS, coalesce=True, max_instances=1,
                      misfire_grace_time=None)  # a job of its own: a receiver that hangs holds up no timer
    scheduler.add_job(keep_up, "interval", [runtime], hours=1, next_run_time=runtime.now(), misfire_grace_time=None)
    scheduler.start()
    return lambda: scheduler.shutdown()
