"""The door through which every change passes, with the only commit in the program.

A request may be repeated. So its response is kept in the same transaction as its effect: both exist
or neither does. The door counts the commands and measures how long they take.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol, TypeVar

import structlog
from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from sqlalchemy import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from service.errors import Changed, KeyReused, NoSpace, Refused
from service.store.operations.database import lost_race, out_of_space
from service.store.operations.rows import IdempotencyRow
from service.unit_of_work.process import Process
from service.unit_of_work.telling import write_notices
from service.unit_of_work.work import UnitOfWork

disable_created_metrics()  # type: ignore[no-untyped-call]
log = structlog.get_logger()
KEEP = insert(IdempotencyRow.metadata.tables[IdempotencyRow.__tablename__])
BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Meter:
    """Counters of the commands of this process, in a registry of their own.

    The label ``outcome`` is ``done``, the code of a refusal, or ``bug``. Durations are in seconds.
    """

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._outcomes = Counter(
            "jiebang_commands_total",
            "Commands since the start of this process, by outcome.",
            ["command", "outcome"],
            registry=self.registry,
        )
        self._seconds = Histogram(
            "jiebang_command_seconds",
            "How long commands took.",
            ["command"],
            buckets=BOUNDS,
            registry=self.registry,
        )

    @contextmanager
    def measured(self, command: str) -> Iterator[None]:
        """Count what happens inside as one command."""
        started = perf_counter()
        outcome = "bug"
        try:
            yield
            outcome = "done"
        except Refused as exc:
            outcome = exc.code
            raise
        finally:
            self._outcomes.labels(command, outcome).inc()
            self._seconds.labels(command).observe(perf_counter() - started)


class Command(Protocol[T_co]):
    """A frozen value that says what is to be changed."""

    def carry_out(self, work: UnitOfWork) -> T_co:
        """Make the change, inside the transaction of ``work``."""


@dataclass(kw_only=True, eq=False)
class Runtime(Process):
    """A process with its door.

    :param deliver: delivers a posted message, given by its id, to the case that waits for it.
    """

    deliver: Callable[["Runtime", str], None]
    meter: Meter = field(default_factory=Meter, init=False)
    _work: ContextVar[UnitOfWork | None] = field(
        default_factory=lambda: ContextVar("work", default=None), init=False
    )
    _queue: ContextVar[list[str] | None] = field(
        default_factory=lambda: ContextVar("queue", default=None), init=False
    )

    def perform(self, command: Command[T]) -> T:
        """Carry out a command in one transaction. Returns its result.

        Then deliver the messages that it sent, each in a transaction of its own.

        :raises Refused: the command is refused; nothing has happened.
        """
        name = type(command).__name__
        started = perf_counter()
        with self.meter.measured(name), self.transaction() as work:
            actor = getattr(command, "actor", None)
            work.acting = getattr(actor, "person_id", None)
            result = command.carry_out(work)
            work.write_journal()
            write_notices(work)
        log.info(
            "command",
            command=name,
            case_id=work.case_id,
            item_id=getattr(command, "item_id", None),
            ms=round(1000 * (perf_counter() - started), 1),
        )
        return result

    @contextmanager
    def transaction(self) -> Iterator[UnitOfWork]:
        """A transaction, followed by the delivery of the messages that it posted.

        Inside another transaction it is a part of that one.
        """
        outer = self._work.get()
        if outer is not None:
            yield outer
            return
        with lost_races_refused(), self._begun() as work:
            yield work
            work.session.commit()
        self._deliver_all(work.posted)

    @contextmanager
    def trial(self) -> Iterator[UnitOfWork]:
        """A transaction that is undone at its end.

        It shows what would be refused.
        """
        with lost_races_refused(), self._begun() as work:
            yield work

    @contextmanager
    def _begun(self) -> Iterator[UnitOfWork]:
        """A unit of work that is the current one inside."""
        with self.command_sessions() as session:
            work = UnitOfWork(self, session)
            token = self._work.set(work)
            try:
                yield work
            finally:
                self._work.reset(token)

    def _deliver_all(self, posted: list[str]) -> None:
        """Deliver messages, one after the other.

        A message that a delivery posts itself is added at the end of the queue. So a long chain of
        cases does not nest deliveries.
        """
        queue = self._queue.get()
        if queue is not None:
            queue.extend(posted)
            return
        queue = list(posted)
        token = self._queue.set(queue)
        try:
            while queue:
                self.deliver(self, queue.pop(0))
        finally:
            self._queue.reset(token)

    @contextmanager
    def query(self) -> Iterator[Session]:
        """A read-only session. Inside a transaction it is the session of that transaction."""
        outer = self._work.get()
        if outer is not None:
            yield outer.session
            return
        with self.query_sessions() as session:
            yield session


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request: the person who sent it, its key, and the digest of its content."""

    person_id: int
    key: str
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A response: HTTP status and JSON. ``replayed`` is true if it repeats an earlier one."""

    status: int
    body: bytes
    replayed: bool = False


def once(runtime: Runtime, asked: Asked, answer: Callable[[], Answered]) -> Answered:
    """Answer a request once. A repetition gets the same response again, without any effect.

    The key is written at the end, together with the effect. This costs one statement. A repetition
    is undone, either by its own refusal or because the key is there already. A refusal is not kept,
    because it had no effect.

    :param answer: carries out the request and returns its response.
    :raises KeyReused: the key was used for another request.
    """
    try:
        with runtime.transaction() as work:
            response = answer()
            row = {
                "person_id": asked.person_id,
                "key": asked.key,
                "digest": asked.digest,
                "at": work.now,
                "status": response.status,
                "body": response.body,
            }
            work.session.execute(KEEP, row)
            return response
    except Refused:
        earlier_response = _earlier_response(runtime, asked)
        if earlier_response is None:
            raise
        return earlier_response


def _earlier_response(runtime: Runtime, asked: Asked) -> Answered | None:
    """The response that was kept for a request; None if there is none.

    :raises KeyReused: the key was used for another request.
    """
    with runtime.query() as session:
        row = session.get(IdempotencyRow, (asked.person_id, asked.key))
    if row is None:
        return None
    if row.digest != asked.digest:
        raise KeyReused(asked.key)
    return Answered(status=row.status, body=row.body or b"", replayed=True)


@contextmanager
def lost_races_refused() -> Iterator[None]:
    """Turn two errors of the database into refusals.

    :raises Changed: somebody else was faster.
    :raises NoSpace: the disk is full.
    """
    try:
        yield
    except StaleDataError as exc:
        raise Changed() from exc
    except DBAPIError as exc:
        if lost_race(exc):
            raise Changed(
                "系统繁忙，另一项操作正在办理同一案件，请稍后重试；您填写的内容仍保留在页面上"
            ) from exc
        if out_of_space(exc):
            raise NoSpace() from exc
        raise
