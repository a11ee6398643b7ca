"""What one look needs: the process, a session and a moment. Whoever only reads builds this."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from service.domain.functions import functions
from service.domain.people.units import Directory
from service.domain.terms.calendar import Calendar
from service.engine import Desk, Run
from service.errors import NotFound
from service.store.cases.rows import CaseRow
from service.store.items.lookups import items_at_hand
from service.store.items.rows import ItemRow
from service.store.processes.lookups import revision_of
from service.unit_of_work.catalogue import Deployed, decide
from service.unit_of_work.process import Process


@dataclass(eq=False)
class Reading:
    """A look at cases as of one moment. It changes nothing and calls no action."""

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
        """The case's version of its process."""
        return self.process.catalogue.deployed(self.session, case.definition_id)

    def open_items(self, case: CaseRow) -> list[ItemRow]:
        """The open items of a case; read once."""
        if case.id not in self._items:
            self._items[case.id] = items_at_hand(self.session, case.id)
        return [item for item in self._items[case.id] if item.state == "open"]

    def restore(self, case: CaseRow) -> Run:
        """The case's run, as it was left.

        :raises NotFound: the case has ended.
        """
        if case.state is None:
            raise NotFound("该案件的办理状态")
        return Run.restore(self.deployed(case).definition, case.state, self.desk(case))

    def desk(self, case: CaseRow) -> Desk:
        """What the engine may ask about this case."""
        known = functions(
            self.now,
            self.calendar(case.jurisdiction),
            lambda code: self.directory(case.jurisdiction).units.get(code),
        )
        decisions = {
            name: (lambda names, decision=decision: decide(decision, names, known))
            for name, decision in self.deployed(case).decisions.items()
        }
        return Desk(
            data=case.data,
            now=self.now,
            actions=self.actions(case),
            decisions=decisions,
            functions=known,
        )

    def actions(self, case: CaseRow) -> Mapping[str, Callable[[Mapping[str, Any]], Any]]:
        """What the engine may call for this case: nothing, while one only looks."""
        return {}
