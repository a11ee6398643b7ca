"""What one reader needs, and what one command owns.

A :class:`Reading` has the process, a session and a moment. A :class:`UnitOfWork` also owns its
transaction, and the journal lines, messages and notices that the command leaves. Whoever only reads
builds a reading. Only the door builds a unit of work.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from service.domain.forms.schema import lists_of
from service.domain.functions import functions
from service.domain.items import outcome
from service.domain.people.actor import Actor, Holder
from service.domain.people.units import Directory
from service.domain.terms.deadlines import Calendar
from service.engine import Desk, Run
from service.errors import NotFound
from service.store import journal
from service.store.cases.lookups import Locked, case_for_update, pinned_lists
from service.store.cases.rows import CaseRow, OutboxRow
from service.store.items.lookups import case_of_item_for_update, items_at_hand
from service.store.items.projection import close_items
from service.store.items.rows import ItemRow
from service.store.notices import NoticeRow
from service.store.people.lookups import active_person_id, directory_of
from service.store.processes.lookups import revision_of
from service.store.terms import calendar_of
from service.unit_of_work.catalogue import Deployed, decide
from service.unit_of_work.process import Process

Told = tuple[CaseRow, ItemRow | None, NoticeRow]
"""A notice, with the case and the item that it is about."""


@dataclass(eq=False)
class Reading:
    """A view of cases at one moment. It changes nothing and calls no action."""

    process: Process
    session: Session

    def __post_init__(self) -> None:
        self.now = self.process.now()
        self._revisions: dict[str, int] = {}
        self._items: dict[int, list[ItemRow]] = {}

    def directory(self, jurisdiction: str) -> Directory:
        """Units, groups and roles of a jurisdiction at this moment."""
        revision = self._revision(jurisdiction)
        return self.process.catalogue.directory(self.session, jurisdiction, revision).at(self.now)

    def calendar(self, jurisdiction: str) -> Calendar:
        """The working calendar of a jurisdiction."""
        revision = self._revision(jurisdiction)
        return self.process.catalogue.calendar(self.session, jurisdiction, revision)

    def _revision(self, jurisdiction: str) -> int:
        if jurisdiction not in self._revisions:
            self._revisions[jurisdiction] = revision_of(self.session, jurisdiction)
        return self._revisions[jurisdiction]

    def deployed(self, case: CaseRow) -> Deployed:
        """The version of the process that a case has."""
        return self.process.catalogue.deployed(self.session, case.definition_id)

    def lists(self, case: CaseRow, form: Mapping[str, Any]) -> dict[str, list[Any]]:
        """The named lists from which a form takes its options, in the versions of the case."""
        names = lists_of(form)
        if not names:
            return {}
        return pinned_lists(self.session, case, names)

    def open_items(self, case: CaseRow) -> list[ItemRow]:
        """The open items of a case. They are read only once."""
        if case.id not in self._items:
            self._items[case.id] = items_at_hand(self.session, case.id)
        return [item for item in self._items[case.id] if item.state == "open"]

    def restore(self, case: CaseRow) -> Run:
        """The run of a case, as it was stored.

        :raises NotFound: the case has ended.
        """
        if case.state is None:
            raise NotFound("该案件的办理状态")
        return Run.restore(self.deployed(case).definition, case.state, self.desk(case))

    def desk(self, case: CaseRow) -> Desk:
        """What the engine may use for a case: data, time, functions, actions and decisions."""
        functions_of_case = functions(
            self.now,
            self.calendar(case.jurisdiction),
            lambda code: self.directory(case.jurisdiction).units.get(code),
        )
        decisions = {}
        for name, decision in self.deployed(case).decisions.items():
            decisions[name] = partial(decide, decision, functions=functions_of_case)
        return Desk(
            data=case.data,
            now=self.now,
            actions=self.actions(case),
            decisions=decisions,
            functions=functions_of_case,
        )

    def actions(self, case: CaseRow) -> Mapping[str, Callable[[Mapping[str, Any]], Any]]:
        """The actions that the engine may call for a case. A reader has none."""
        return {}


@dataclass(eq=False)
class UnitOfWork(Reading):
    """What one command owns.

    - ``posted`` are the ids of the messages to deliver after the commit.
    - ``told`` are the notices that still need deliveries.
    - ``moved_on`` are the matters whose earlier notices are replaced; ``over`` are those whose
      notices end.
    - ``acting`` is the id of the person whose command is carried out.
    - ``staffed`` has, by unit, the holders for whom there is an active person.
    - ``case_id`` is the case that the log names.
    - A command that changes units or calendars sets ``reloading``. From then on it sees what it has
      changed.
    """

    def __post_init__(self) -> None:
        super().__post_init__()
        self.posted: list[str] = []
        self.told: list[Told] = []
        self.moved_on: set[str] = set()
        self.over: set[str] = set()
        self.acting: int | None = None
        self.staffed: dict[int, set[Holder]] = {}
        self.case_id: int | None = None
        self.reloading = False
        self._lines: list[tuple[CaseRow | str, journal.Fields]] = []
        self._people: dict[tuple[str, str], int | None] = {}

    def locked_case(self, case_id: int) -> CaseRow:
        """Lock a case before anything of it is read. Returns the case.

        :raises NotFound: there is no such case.
        """
        return self._locked(case_for_update(self.session, case_id))

    def locked_item(self, item_id: int) -> tuple[CaseRow, ItemRow]:
        """Lock the case of an item, then read the item together with all open items of the case.

        Returns the case and the item.

        :raises NotFound: there is no such item.
        """
        case = self._locked(case_of_item_for_update(self.session, item_id))
        items = items_at_hand(self.session, case.id, item_id)
        self._items[case.id] = items
        for item in items:
            if item.id == item_id:
                return case, item
        raise NotFound("该事项")

    def _locked(self, locked: Locked | None) -> CaseRow:
        """Note a locked case, and the revision of its jurisdiction."""
        if locked is None:
            raise NotFound("该案件")
        case, revision = locked
        self._revisions[case.jurisdiction] = revision
        self.case_id = case.id
        return case

    def add_items(self, case: CaseRow, items: list[ItemRow]) -> None:
        """Add new items in this transaction. Afterwards they have their ids."""
        self.session.add_all(items)
        self.session.flush()
        self._items.setdefault(case.id, []).extend(items)

    def close_items(
        self,
        case: CaseRow,
        open_tasks: Collection[str] = (),
        completed: str | None = None,
    ) -> list[ItemRow]:
        """Close the open items of a case whose tasks are over. Returns the closed items.

        The items that nobody finished are recorded in the journal.

        :param open_tasks: the tasks that are not over.
        :param completed: the task that a person has just finished, if any.
        """
        closed = close_items(
            self.open_items(case),
            open_tasks,
            completed=completed,
            now=self.now,
            outcome=outcome,
        )
        for item in closed:
            if item.state == "done":
                continue
            self.record(
                case,
                "close",
                element=item.element,
                item_id=item.id,
                state=item.state,
                holder=item.holder,
            )
        return closed

    def directory(self, jurisdiction: str) -> Directory:
        """Units, groups and roles of a jurisdiction, as of this transaction."""
        if self.reloading:
            return directory_of(self.session, jurisdiction).at(self.now)
        return super().directory(jurisdiction)

    def calendar(self, jurisdiction: str) -> Calendar:
        """The working calendar of a jurisdiction, as of this transaction."""
        if self.reloading:
            return calendar_of(self.session, jurisdiction)
        return super().calendar(jurisdiction)

    def person_id(self, jurisdiction: str, login: str) -> int | None:
        """The id of the active person with a login; None if there is none. It is read only once."""
        key = (jurisdiction, login)
        if key not in self._people:
            self._people[key] = active_person_id(self.session, jurisdiction, login)
        return self._people[key]

    def actions(self, case: CaseRow) -> Mapping[str, Callable[[Mapping[str, Any]], Any]]:
        """The actions that service tasks of a case may call.

        Their effects belong to this transaction.
        """
        return {
            name: partial(action.carry_out, self, case)
            for name, action in self.process.actions.items()
        }

    def post(self, case: CaseRow, name: str, key: str, payload: Any) -> None:
        """Put a message to another case into the outbox.

        It is delivered right after the commit.
        """
        message = OutboxRow(
            id=self.process.catalogue.new_id(),
            jurisdiction=case.jurisdiction,
            case_id=case.id,
            name=name,
            key=key,
            payload=payload,
            created_at=self.now,
            attempt_at=self.now,
        )
        self.session.add(message)
        self.posted.append(message.id)

    def record(
        self,
        case: CaseRow | None,
        verb: str,
        *,
        actor: Actor | None = None,
        element: str | None = None,
        item_id: int | None = None,
        jurisdiction: str | None = None,
        **facts: Any,
    ) -> None:
        """Add a line to the journal (留痕), in this transaction.

        It is written when the command has been carried out.

        :param case: the case to which the line belongs; otherwise it belongs to ``jurisdiction``.
        :param facts: further values of the line.
        :raises ValueError: there is neither a case nor a jurisdiction.
        """
        owner = case if case is not None else jurisdiction
        if owner is None:
            raise ValueError(f"the line {verb!r} belongs to no case and no jurisdiction")
        line = {
            "at": self.now,
            "person_id": actor.person_id if actor else None,
            "verb": verb,
            "element": element,
            "item_id": item_id,
            "facts": facts,
        }
        self._lines.append((owner, line))

    def write_journal(self) -> None:
        """Send all changes to the database, and write the lines recorded so far in one
        statement.
        """
        lines = self._lines
        self._lines = []
        journal.write(self.session, lines)
