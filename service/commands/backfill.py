"""Taking over projects that were running before this program was (补录): checked row by row, then all or none.

Decided: the rows of a workbook are answers to the form of the import's start event, checked like any answers; what a
form cannot know (accounts, numbers, the office's own words for a choice) is checked here. The check stores nothing; the
import checks again, under the lock, so that nothing slips between report and acceptance.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.commands.examination import MAX_NUMBER, Entry, Examination, Numbers
from service.domain.backfill import Report, Sheet
from service.domain.deadlines import SHANGHAI
from service.domain.people import Actor
from service.domain.units import Directory
from service.engine.alike import Starts
from service.engine.document import Element
from service.errors import BadSheet, NotAllowed, NotFound
from service.store import lookups
from service.store.counters import raise_to
from service.store.registry import DefinitionRow, JurisdictionRow
from service.store.tables import AnswerRow, CaseRow
from service.unit_of_work import Deployed, Runtime, UnitOfWork

CHUNK = 500
SHOWN = 1_000


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where imported rows go: a version of a process and its start for them."""

    row: DefinitionRow
    deployed: Deployed
    start: Element

    @property
    def form(self) -> Mapping[str, Any]:
        """The form whose answers the rows are."""
        return self.deployed.form(self.start.form)


def target(session: Session, runtime: Runtime, actor: Actor, process: str, directory: Directory) -> Target:
    """The import's start of a process.

    :raises NotFound: no such process, or it has no start for imports. :raises NotAllowed: not theirs to import.
    """
    row = lookups.latest_definition(session, actor.jurisdiction, process)
    deployed = runtime.catalogue.deployed(session, row.id) if row is not None else None
    if row is None or deployed is None or deployed.definition.import_start is None:
        raise NotFound(f"流程 {process} 的补录")
    start = deployed.definition.elements[deployed.definition.import_start]
    if not directory.may_take_over(actor, start.lane or ""):
        raise NotAllowed(f"补录由“{start.lane}”或流程管理员办理，您没有补录权限")
    return Target(row=row, deployed=deployed, start=start)


def check(runtime: Runtime, actor: Actor, process: str, sheet: Sheet) -> Report:
    """What an import of this sheet would meet. Nothing is stored.

    :raises NotAllowed: this person may not import. :raises NotFound: the process takes no imports.
    """
    with runtime.query() as session:
        directory = lookups.directory(session, actor.jurisdiction)
        found = target(session, runtime, actor, process, directory)
        today = runtime.now().astimezone(SHANGHAI).date()
        return Examination(session, found.form, directory, actor.jurisdiction, today).of(sheet)


@dataclass(frozen=True, kw_only=True)
class Backfill:
    """Take over all projects of a sheet, or none. Gives how many."""

    actor: Actor
    process: str
    sheet: Sheet

    def carry_out(self, work: UnitOfWork) -> int:
        session, code = work.session, self.actor.jurisdiction
        directory = work.directory(code)
        found = target(session, work.runtime, self.actor, self.process, directory)
        session.execute(select(JurisdictionRow.code).where(
            JurisdictionRow.code == code).with_for_update(key_share=True))
        self._raise_counters(work)
        examination = Examination(session, found.form, directory, code, work.now.astimezone(SHANGHAI).date())
        report = examination.of(self.sheet)
        if not report.acceptable:
            raise BadSheet(report.errors, findings(report))
        starts = Starts(found.deployed.definition, found.start.id)
        entries = iter(examination.entries)
        while chunk := list(islice(entries, CHUNK)):
            self._take_over(work, found, starts, chunk)
        work.record(None, "backfill", actor=self.actor, jurisdiction=code, rows=report.rows)
        return report.rows

    def _raise_counters(self, work: UnitOfWork) -> None:
        """Later numbers are higher than all that are imported."""
        highest: dict[tuple[str, int], int] = {}
        formats = Numbers(lookups.rules_of(work.session, self.actor.jurisdiction))
        for row in self.sheet.rows:
            name, year, value = formats.read(str(row.values.get("filing_number") or "")) or ("", 0, 0)
            highest[name, year] = max(value, highest.get((name, year), 0))
        for (name, year), value in sorted(highest.items()):
            if 0 < value <= MAX_NUMBER:
                raise_to(work.session, self.actor.jurisdiction, name, year, value)

    def _take_over(self, work: UnitOfWork, found: Target, starts: Starts, entries: Sequence[Entry]) -> None:
        lists = {name: row.version for name, row in lookups.lists_in_force(
            work.session, self.actor.jurisdiction).items()}
        cases = [self._case(work, found, entry, lists) for entry in entries]
        work.session.add_all(cases)
        work.session.flush()
        started = []
        for case, entry in zip(cases, entries, strict=True):
            case.data["case_id"] = case.id
            work.record(case, "backfill", actor=self.actor, element=found.start.id, title=case.title,
                        number=entry.answers.get("filing_number"), version=found.row.version)
            started.append((case, starts.run(work.desk(case))))
        work.settle_begun(started)
        work.session.execute(insert(AnswerRow), list(self._answers(work, found, cases, entries)))
        work.flush()
        work.session.expunge_all()  # ten thousand rows need not stay in memory

    def _case(self, work: UnitOfWork, found: Target, entry: Entry, lists: dict[str, Any]) -> CaseRow:
        title = str(entry.answers["project_title"])
        today = work.now.astimezone(SHANGHAI).date()
        return CaseRow(
            jurisdiction=self.actor.jurisdiction, definition_id=found.row.id, process=found.row.key, title=title,
            starter_id=entry.account.person_id, started_at=work.now, returned={}, lists=lists,
            data={**entry.answers, "case_title": title, "starter": entry.login, "starter_unit": entry.account.unit,
                  "started_on": today},
        )

    def _answers(
        self, work: UnitOfWork, found: Target, cases: Sequence[CaseRow], entries: Sequence[Entry]
    ) -> Iterator[dict[str, Any]]:
        for case, entry in zip(cases, entries, strict=True):
            yield {"case_id": case.id, "element": found.start.id, "round": 1, "part": "lead", "at": work.now,
                   "person_id": self.actor.person_id, "unit_id": self.actor.unit_id, "form": found.start.form,
                   "answers": dict(entry.answers)}


def findings(report: Report) -> list[dict[str, Any]]:
    """The remarks as a caller sees them: the first thousand, errors first."""
    ordered = sorted(report.remarks, key=lambda remark: (remark.severity != "error", remark.row or 0))
    return [asdict(remark) for remark in ordered[:SHOWN]]
