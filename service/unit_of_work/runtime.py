"""What the process owns, and the one door through which every change passes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from time import perf_counter
from typing import Protocol, TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from service.domain.notices import Letter, Sent
from service.domain.people.actor import Actor
from service.domain.terms.calendar import Calendar
from service.errors import Changed, NoSpace
from service.settings import Settings
from service.store.operations.database import lost_race, out_of_space, sessions
from service.store.processes.lookups import revision_of
from service.unit_of_work.catalogue import Catalogue
from service.unit_of_work.meter import Meter
from service.unit_of_work.rehearsal import Rehearsal
from service.unit_of_work.work import Action, UnitOfWork

log = structlog.get_logger()
T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Command(Protocol[T_co]):
    """A frozen value that says what shall change."""

    def carry_out(self, work: UnitOfWork) -> T_co:
        """Change it, inside the transaction of ``work``."""


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


class Runtime:
    """What one process owns: settings, database, clock, caches of what is deployed.

    ``now`` is the time that counts; ``machine_now`` the machine's, which only a rehearsal tells
    apart.
    """

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        *,
        actions: Mapping[str, Action],
        deliver: Callable[["Runtime", str], None],
        send: Callable[[Settings, Letter, datetime], Sent],
        clock: Callable[[], datetime] = utc_now,
        rehearsal: Rehearsal | None = None,
    ) -> None:
        self.settings, self.engine, self.actions = settings, engine, actions
        self.deliver, self.send, self.rehearsal = deliver, send, rehearsal
        self.machine_now, self.now = clock, rehearsal.now if rehearsal else clock
        self.sends_mail = settings.smtp_url is not None or settings.rehearsal
        self.catalogue, self.meter = Catalogue(), Meter()
        self._work: ContextVar[UnitOfWork | None] = ContextVar("work", default=None)
        self._queue: ContextVar[list[str] | None] = ContextVar("queue", default=None)
        self.command_sessions, self.query_sessions = sessions(engine)

    def perform(self, command: Command[T]) -> T:
        """Carry a command out in one transaction, then deliver the messages it sent, each in its
        own.

        :raises Refused: and nothing has happened.
        """
        name, started = type(command).__name__, perf_counter()
        with self.meter.measured(name), self.transaction() as work:
            result = command.carry_out(work)
            work.flush()
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

    def calendar_for(self, session: Session, actor: Actor) -> Calendar:
        """The working calendar of somebody's jurisdiction."""
        return self.calendar_of(session, actor.jurisdiction, actor.revision)

    def calendar_of(
        self, session: Session, jurisdiction: str, revision: int | None = None
    ) -> Calendar:
        """The working calendar of a jurisdiction, at its revision where that is known already."""
        known = revision_of(session, jurisdiction) if revision is None else revision
        return self.catalogue.calendar(session, jurisdiction, known)


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
