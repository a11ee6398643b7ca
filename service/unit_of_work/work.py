"""What one command owns: its transaction, its moment, the messages it posted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import flag_modified

from service.domain.functions import functions
from service.domain.people.actor import Actor
from service.domain.people.units import Directory
from service.domain.terms.calendar import Calendar
from service.engine import Desk, Run
from service.errors import NotFound
from service.store import journal
from service.store.cases.lookups import Locked, case_for_update
from service.store.cases.rows import CaseRow, OutboxRow
from service.store.items.lookups import case_of_item_for_update, items_at_hand
from service.store.items.rows import ItemRow
from service.store.people.lookups import active_person_id, directory_of
from service.store.processes.lookups import revision_of
from service.store.terms import calendar_of
from service.unit_of_work.beginning import settle_begun
from service.unit_of_work.catalogue import Deployed, decide
from service.unit_of_work.children import ENDED
from service.unit_of_work.settle import key_text, settle
from service.unit_of_work.telling import Told, write_deliveries

if TYPE_CHECKING:
    from service.unit_of_work.runtime import Runtime

Action = Callable[["UnitOfWork", CaseRow, Mapping[str, Any]], Any]


@dataclass(eq=False)
class UnitOfWork:
    """What one command owns: its transaction, its moment, what it posted."""

    runtime: Runtime
    session: Session

    def __post_init__(self) -> None:
        self.now = self.runtime.now()
        self.posted: list[str] = []
        self.told: list[Told] = []
        self.case_id: int | None = None
        self._lines: list[tuple[CaseRow | str, journal.Fields]] = []
        self.reloading = False
        self._revisions: dict[str, int] = {}
        self._items: dict[int, list[ItemRow]] = {}
        self._people: dict[tuple[str, str], int | None] = {}

    def locked_case(self, case_id: int) -> CaseRow:
        """The case, locked before anything is looked at.

        :raises NotFound: there is no such case.
        """
        return self._found(case_for_update(self.session, case_id))

    def locked_item(self, item_id: int) -> tuple[CaseRow, ItemRow]:
        """The case of an item, locked, and the item, read after the lock together with all that is
        open.

        :raises NotFound: there is no such item.
        """
        case = self._found(case_of_item_for_update(self.session, item_id))
        self._items[case.id] = items_at_hand(self.session, case.id, item_id)
        item = next((row for row in self._items[case.id] if row.id == item_id), None)
        if item is None:
            raise NotFound("该事项")
        return case, item

    def _found(self, found: Locked | None) -> CaseRow:
        if found is None:
            raise NotFound("该案件")
        case, self._revisions[found[0].jurisdiction] = found
        self.case_id = case.id
        return case

    def open_items(self, case: CaseRow) -> list[ItemRow]:
        """The open items of a case that this command has locked or made."""
        if case.id not in self._items:
            self._items[case.id] = items_at_hand(self.session, case.id)
        return [item for item in self._items[case.id] if item.state == "open"]

    def add_items(self, case: CaseRow, items: list[ItemRow]) -> None:
        """Open items in this transaction; they have their ids afterwards."""
        self.session.add_all(items)
        self.session.flush()
        self._items.setdefault(case.id, []).extend(items)

    def directory(self, jurisdiction: str) -> Directory:
        """Units, groups and roles of a jurisdiction, as of this transaction; one that changes them
        keeps nothing.
        """
        if self.reloading:
            return directory_of(self.session, jurisdiction).at(self.now)
        revision = self._revision(jurisdiction)
        return self.runtime.catalogue.directory(self.session, jurisdiction, revision).at(self.now)

    def calendar(self, jurisdiction: str) -> Calendar:
        """The working calendar of a jurisdiction, as of this transaction."""
        if self.reloading:
            return calendar_of(self.session, jurisdiction)
        return self.runtime.catalogue.calendar(
            self.session, jurisdiction, self._revision(jurisdiction)
        )

    def _revision(self, jurisdiction: str) -> int:
        if jurisdiction not in self._revisions:
            self._revisions[jurisdiction] = revision_of(self.session, jurisdiction)
        return self._revisions[jurisdiction]

    def person_id(self, jurisdiction: str, login: str) -> int | None:
        """The active person of this login, asked for once."""
        if (jurisdiction, login) not in self._people:
            self._people[jurisdiction, login] = active_person_id(self.session, jurisdiction, login)
        return self._people[jurisdiction, login]

    def deployed(self, case: CaseRow) -> Deployed:
        """The case's version of its process."""
        return self.runtime.catalogue.deployed(self.session, case.definition_id)

    def desk(self, case: CaseRow) -> Desk:
        """What the engine may ask of this command about this case."""
        known = functions(
            self.now,
            self.calendar(case.jurisdiction),
            lambda code: self.directory(case.jurisdiction).units.get(code),
        )
        actions = {
            name: (lambda arguments, act=act: act(self, case, arguments))
            for name, act in self.runtime.actions.items()
        }
        decisions = {
            name: (lambda names, decision=decision: decide(decision, names, known))
            for name, decision in self.deployed(case).decisions.items()
        }
        return Desk(
            data=case.data, now=self.now, actions=actions, decisions=decisions, functions=known
        )

    def restore(self, case: CaseRow) -> Run:
        """The case's run, as it was left."""
        if case.state is None:
            raise NotFound("该案件的办理状态")
        return Run.restore(self.deployed(case).definition, case.state, self.desk(case))

    def settle(self, case: CaseRow, run: Run, *, completed: str | None = None) -> None:
        """Write down where the case stands now: state, data, items, timers, subscriptions, journal,
        outbox.

        :param completed: the task that a person has just finished, if any.
        """
        self._tell(case, run)
        settle(self, case, run, completed)
        case.state = (
            None if run.finished else run.dump()
        )  # last, so that one statement writes the case
        self._keep(case, run)

    def settle_begun(self, started: Sequence[tuple[CaseRow, Run]]) -> None:
        """Write down many cases that have just begun (:class:`~service.engine.alike.Starts`)."""
        states: dict[int, bytes] = {}
        for case, run in started:
            self._tell(case, run)
        settle_begun(self, started)
        for case, run in started:
            if not run.finished:
                known = id(run.workflow)
                states[known] = case.state = states.get(known) or run.dump()
            self._keep(case, run)

    def _keep(self, case: CaseRow, run: Run) -> None:
        flag_modified(case, "data")
        if case.number is None and (number := run.number()) is not None:
            case.number = str(number)

    def _tell(self, case: CaseRow, run: Run) -> None:
        for sent in run.desk.sent:
            if sent.kind == "message":
                self.post(case, sent.name, key_text(sent.key), sent.payload)
                self.record(case, "message_out", name=sent.name, key=key_text(sent.key))
            else:
                self.record(case, "stop", element=sent.element, kind=sent.kind, name=sent.name)
        if run.desk.passed:
            elements = list(dict.fromkeys(passed.element for passed in run.desk.passed))
            self.record(case, "pass", elements=elements)
        if run.finished:
            case.status, case.ended_at = "finished", self.now
            self.record(case, "finish")
            if case.parent_id is not None:
                error = next((sent.name for sent in run.desk.sent if sent.kind == "error"), None)
                self.post(case, ENDED, str(case.parent_id), {"error": error})

    def post(self, case: CaseRow, name: str, key: str, payload: Any) -> None:
        """Put a message to another case into the outbox; it is delivered right after the commit."""
        message = OutboxRow(
            id=self.runtime.catalogue.new_id(),
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
        """One line of the journal (留痕), in this transaction; written when the command has been
        carried out.
        """
        owner = case if case is not None else jurisdiction
        if owner is None:
            raise ValueError(f"the line {verb!r} belongs to no case and no jurisdiction")
        self._lines.append(
            (
                owner,
                {
                    "at": self.now,
                    "person_id": actor.person_id if actor else None,
                    "verb": verb,
                    "element": element,
                    "item_id": item_id,
                    "facts": facts,
                },
            )
        )

    def flush(self) -> None:
        """Send everything to the database; the lines recorded so far in one statement, chained;
        then deliveries.
        """
        lines, self._lines = self._lines, []
        journal.write(self.session, lines)
        write_deliveries(self)
