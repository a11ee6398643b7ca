"""The kinds of work that are due for the clock, asked with one statement.

Decided: before each round a tick of a rehearsal or test looks which kinds of work have anything
due, because a look at seven indexes costs a tenth of seven transactions that find nothing. The
answer may name too much, such as a timer of a case that rests, but never too little. Each kind of
work looks again for itself.
"""

from sqlalchemy import ColumnElement, bindparam, exists, literal, select, union_all

from service.store.cases.rows import OutboxRow, TimerRow
from service.store.items.rows import ItemRow
from service.store.operations.rows import FailureRow, JobRow
from service.store.processes.rows import StartTimerRow
from service.unit_of_work import Runtime

NOW: ColumnElement[object] = bindparam("now", type_=TimerRow.due_at.type)


def _again(kind: str) -> ColumnElement[bool]:
    """Whether something of this kind has failed and is to be tried again now."""
    return exists().where(FailureRow.kind == kind, FailureRow.attempt_at <= NOW)


CONDITIONS: dict[str, tuple[ColumnElement[bool], ...]] = {
    "messages": (exists().where(OutboxRow.delivered_at.is_(None), OutboxRow.attempt_at <= NOW),),
    "timers": (exists().where(TimerRow.due_at <= NOW),),
    "starts": (exists().where(StartTimerRow.due_at <= NOW),),
    "reminders": (exists().where(ItemRow.remind_at <= NOW), _again("reminder")),
    "jobs": (exists().where(JobRow.finished_at.is_(None)), _again("part")),
    "counts": (exists().where(ItemRow.counted.is_(False)),),
}
STATEMENT = union_all(
    *(
        select(literal(kind).label("kind")).where(condition)
        for kind, conditions in CONDITIONS.items()
        for condition in conditions
    )
)


def what_is_due(runtime: Runtime) -> frozenset[str]:
    """The kinds of work of which something may be due: ``messages``, ``timers``, ``starts``,
    ``reminders``, ``jobs``, ``counts``.
    """
    with runtime.query() as session:
        return frozenset(session.scalars(STATEMENT, {"now": runtime.now()}))
