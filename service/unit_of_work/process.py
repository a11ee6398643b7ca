"""What one process of the machine owns: its settings, its database, its clock, and the catalogue.

While the process runs, nothing here changes but the catalogue, which is filled. A command reaches
it through its unit of work; a query is given it.
"""

import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from service.domain.notices import Attempt, Letter
from service.domain.people.actor import Actor
from service.domain.people.units import Directory
from service.domain.terms.deadlines import Calendar
from service.settings import Settings
from service.store.operations.database import sessions
from service.store.processes.lookups import revision_of
from service.unit_of_work.catalogue import Catalogue


def utc_now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, kw_only=True)
class NamedAction:
    """An action that a service task may call by name.

    :param carry_out: takes the unit of work, the case and the arguments; returns the result.
    :param arguments: the names of the arguments that a diagram may give.
    """

    carry_out: Callable[..., Any]
    arguments: frozenset[str]


@dataclass(kw_only=True, eq=False)
class Process:
    """What one process owns.

    :param actions: the actions that service tasks may call, by name.
    :param send: sends a letter to the outside.
    :param read_template: returns the names that a Word template prints.
    :param now: returns the time that counts for the cases.
    :param machine_now: returns the time of the machine. It differs from ``now`` only in a
        rehearsal.
    """

    settings: Settings
    engine: Engine
    actions: Mapping[str, NamedAction]
    send: Callable[[Settings, Letter, datetime], Attempt]
    read_template: Callable[[bytes], frozenset[str]]
    now: Callable[[], datetime] = utc_now
    machine_now: Callable[[], datetime] = utc_now
    catalogue: Catalogue = field(default_factory=Catalogue, init=False)
    command_sessions: sessionmaker[Session] = field(init=False)
    query_sessions: sessionmaker[Session] = field(init=False)

    sends_mail: bool = field(init=False)
    """Whether e-mail is written at all. A rehearsal writes it, but does not send it."""

    def __post_init__(self) -> None:
        self.command_sessions, self.query_sessions = sessions(self.engine)
        self.sends_mail = self.settings.smtp_url is not None or self.settings.rehearsal

    def sealed(self, text: str) -> bytes:
        """A digest of a text that only this installation can make, with the key outside the
        database.
        """
        return hmac.digest(self._key, text.encode(), "sha256")

    @cached_property
    def _key(self) -> bytes:
        return self.settings.secret().encode()

    def calendar_for(self, session: Session, actor: Actor) -> Calendar:
        """The working calendar of an actor's jurisdiction."""
        return self.calendar_of(session, actor.jurisdiction, actor.revision)

    def calendar_of(
        self,
        session: Session,
        jurisdiction: str,
        revision: int | None = None,
    ) -> Calendar:
        """The working calendar of a jurisdiction.

        :param revision: the revision of the jurisdiction; it is looked up if not given.
        """
        if revision is None:
            revision = revision_of(session, jurisdiction)
        return self.catalogue.calendar(session, jurisdiction, revision)

    def directory_of(
        self,
        session: Session,
        jurisdiction: str,
        revision: int | None = None,
    ) -> Directory:
        """The units of a jurisdiction, including those that do not exist any more.

        :param revision: the revision of the jurisdiction; it is looked up if not given.
        """
        if revision is None:
            revision = revision_of(session, jurisdiction)
        return self.catalogue.directory(session, jurisdiction, revision)
