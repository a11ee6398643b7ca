"""The door through which every change passes, with the only commit in the program.

Requests may come again: the response is kept in the transaction of what it did; both exist or
neither. What passes is counted.
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

    ``outcome`` is ``done``, a refusal's code, or ``bug``. Durations in seconds.
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
        started, outcome = perf_counter(), "bug"
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
    """A frozen value that says what shall change."""

    def carry_out(self, work: UnitOfWork) -> T_co:
        """Change it, inside the transaction of ``work``."""


@dataclass(kw_only=True, eq=False)
class Runtime(Process):
    """A process with its door.

    :param deliver: brings a posted message to the case that waits for it, by its id.
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
        """Carry a command out in one transaction, then deliver the messages it sent, each in its
        own.

        :raises Refused: and nothing has happened.
        """
        name, started = type(command).__name__, perf_counter()
        with self.meter.measured(name), self.transaction() as work:
            work.acting = getattr(getattr(command, "actor", None), "person_id", None)
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
        """One transaction, then the delivery of what it posted; within another one it is part of
        that one.
        """
        joined = self._work.get()
        if joined is not None:
            yield joined
            return
        with lost_races_refused(), self._begun() as work:
            yield work
            work.session.commit()
        self._deliver_all(work.posted)

    @contextmanager
    def trial(self) -> Iterator[UnitOfWork]:
        """A transaction that is undone at its end: what is refused in it would be refused."""
        with lost_races_refused(), self._begun() as work:
            yield work

    @contextmanager
    def _begun(self) -> Iterator[UnitOfWork]:
        with self.command_sessions() as session:
            work = UnitOfWork(self, session)
            token = self._work.set(work)
            try:
                yield work
            finally:
                self._work.reset(token)

    def _deliver_all(self, posted: list[str]) -> None:
        """One after the other; what a delivery posts itself comes at the end, so that no chain of
        cases is too long.
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
        """A read-only session; within a transaction what that one sees."""
        joined = self._work.get()
        if joined is not None:
            yield joined.session
            return
        with self.query_sessions() as session:
            yield session


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request: whose, under which key, and the digest of what it says."""

    person_id: int
    key: str
    digest: bytes


@dataclass(frozen=True, kw_only=True)
class Answered:
    """A response: HTTP status and JSON."""

    status: int
    body: bytes
    replayed: bool = False


def once(runtime: Runtime, asked: Asked, answer: Callable[[], Answered]) -> Answered:
    """The first time, what ``answer`` gives; from then on the same again, without any effect.

    The key is taken at the end, with the effect, which costs one statement; a repetition is undone
    by its own refusal or by the key that is there already. A refusal is not kept: it had no effect.

    :raises KeyReused: the key was used for another request.
    """
    try:
        with runtime.transaction() as work:
            answered = answer()
            work.session.execute(
                KEEP,
                {
                    "person_id": asked.person_id,
                    "key": asked.key,
                    "digest": asked.digest,
                    "at": work.now,
                    "status": answered.status,
                    "body": answered.body,
                },
            )
            return answered
    except Refused:
        kept = _kept(runtime, asked)
        if kept is None:
            raise
        return kept


def _kept(runtime: Runtime, asked: Asked) -> Answered | None:
    with runtime.query() as session:
        row = session.get(IdempotencyRow, (asked.person_id, asked.key))
    if row is None:
        return None
    if row.digest != asked.digest:
        raise KeyReused(asked.key)
    return Answered(status=row.status, body=row.body or b"", replayed=True)


@contextmanager
def lost_races_refused() -> Iterator[None]:
    """Turn the database's word that somebody was faster, or that its disk is full, into a
    refusal.
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
