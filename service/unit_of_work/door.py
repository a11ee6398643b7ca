"""The door through which every change passes, with the only commit in the program."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from time import perf_counter
from typing import Protocol, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from service.errors import Changed, NoSpace
from service.store.operations.database import lost_race, out_of_space
from service.unit_of_work.process import Process
from service.unit_of_work.telling import write_deliveries
from service.unit_of_work.work import UnitOfWork

log = structlog.get_logger()
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


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
            result = command.carry_out(work)
            work.write_journal()
            write_deliveries(work)
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
        with lost_races_refused(), self.command_sessions() as session:
            work = UnitOfWork(self, session)
            token = self._work.set(work)
            try:
                yield work
                session.commit()
            finally:
                self._work.reset(token)
        self._deliver_all(work.posted)

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
