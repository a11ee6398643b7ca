"""Taking over projects that ran before this program did (补录). They are checked row by row, and
then all or none are stored.

Decided: the rows of a workbook are answers to the form of the import's start event, and are checked
like any answers. What a form cannot know is checked besides: accounts, numbers, and the office's
own words for a choice. The check needs no lock and stores nothing. The import checks under the lock
what may have changed since: the process and the numbers. Because checking ten thousand rows under a
lock would stop everybody else.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from service.commands.takeover.examination import Entry, Examination, Numbers
from service.domain.people.actor import Actor, Holder
from service.domain.people.units import Directory
from service.domain.takeover import Report, Sheet
from service.domain.terms.deadlines import SHANGHAI
from service.engine.alike import Starts
from service.engine.document import Element
from service.errors import BadSheet, Changed, NotAllowed, NotFound
from service.store.cases.rows import CaseRow
from service.store.items.rows import AnswerRow, ItemRow
from service.store.people.lookups import directory_of
from service.store.processes.counters import raise_to
from service.store.processes.lookups import latest_definition, lists_in_force
from service.store.processes.rows import DefinitionRow, JurisdictionRow
from service.unit_of_work import Deployed, Process, Runtime, UnitOfWork
from service.unit_of_work.settle import settle_begun

CASES_AT_ONCE = 500


@dataclass(frozen=True, kw_only=True)
class Target:
    """Where imported rows go: a version of a process, and its start event for imports."""

    row: DefinitionRow
    deployed: Deployed
    start: Element

    @property
    def form(self) -> Mapping[str, Any]:
        """The form that the rows are answers to."""
        return self.deployed.form(self.start.form)


@dataclass(frozen=True, kw_only=True)
class CheckedBackfill:
    """A sheet that was checked against a version of a process: the report, and the rows in
    order.
    """

    process: str
    definition_id: int
    report: Report
    entries: Sequence[Entry]


def target(
    session: Session, runtime: Process, actor: Actor, process: str, directory: Directory
) -> Target:
    """The import's start of a process.

    :raises NotFound: there is no such process, or it has no start for imports. :raises NotAllowed:
        this person may not import into it.
    """
    row = latest_definition(session, actor.jurisdiction, process)
    deployed = runtime.catalogue.deployed(session, row.id) if row is not None else None
    if row is None or deployed is None or deployed.definition.import_start is None:
        raise NotFound(f"流程 {process} 的补录")
    start = deployed.definition.elements[deployed.definition.import_start]
    if not directory.may_take_over(actor, start.lane or ""):
        raise NotAllowed(f"补录由“{start.lane}”或流程管理员办理，您没有补录权限")
    return Target(row=row, deployed=deployed, start=start)


def check_backfill(runtime: Runtime, actor: Actor, process: str, sheet: Sheet) -> CheckedBackfill:
    """The findings that an import of this sheet would have. Nothing is stored.

    :raises NotAllowed: this person may not import. :raises NotFound: the process takes no imports.
    """
    with runtime.query() as session:
        directory = directory_of(session, actor.jurisdiction)
        goal = target(session, runtime, actor, process, directory)
        today = runtime.now().astimezone(SHANGHAI).date()
        examination = Examination(session, goal.form, directory, actor.jurisdiction, today)
        report = examination.of(sheet)
    return CheckedBackfill(
        process=process,
        definition_id=goal.row.id,
        report=report,
        entries=examination.entries,
    )


@dataclass(frozen=True, kw_only=True)
class Backfill:
    """Take over all projects of a checked sheet, or none. Returns their number."""

    actor: Actor
    checked: CheckedBackfill

    def carry_out(self, work: UnitOfWork) -> int:
        session = work.session
        code = self.actor.jurisdiction
        goal = target(session, work.process, self.actor, self.checked.process, work.directory(code))
        if not self.checked.report.acceptable:
            raise BadSheet(self.checked.report.errors, sheet_findings(self.checked.report))
        if goal.row.id != self.checked.definition_id:
            raise Changed("流程刚刚部署了新版本，请重新核对后再补录")
        session.execute(
            select(JurisdictionRow.code)
            .where(JurisdictionRow.code == code)
            .with_for_update(key_share=True)
        )
        self._take_numbers(work)
        starts = Starts(goal.deployed.definition, goal.start.id)
        entries = iter(self.checked.entries)
        while chunk := list(islice(entries, CASES_AT_ONCE)):
            self._take_over(work, goal, starts, chunk)
        work.record(
            None, "backfill", actor=self.actor, jurisdiction=code, rows=len(self.checked.entries)
        )
        return len(self.checked.entries)

    def _take_numbers(self, work: UnitOfWork) -> None:
        """Raise the counters above all imported numbers, so that later numbers are higher.

        :raises Changed: one of these numbers has been given out since the check.
        """
        code = self.actor.jurisdiction
        highest = dict[tuple[str, int], int]()
        numbers = Numbers(work.session, code)
        numbers_wanted = {
            numbers.same(entry.answers.get("filing_number")) for entry in self.checked.entries
        }
        for name, year, value in (number for number in numbers_wanted if isinstance(number, tuple)):
            highest[name, year] = max(value, highest.get((name, year), 0))
        for (name, year), value in sorted(highest.items()):
            raise_to(work.session, code, name, year, value)
        if numbers_wanted & numbers.known(work.session, code):
            raise Changed("表中有备案编号刚刚被占用，请重新核对后再补录")

    def _take_over(
        self, work: UnitOfWork, goal: Target, starts: Starts, entries: Sequence[Entry]
    ) -> None:
        lists = {
            name: named_list.version
            for name, named_list in lists_in_force(work.session, self.actor.jurisdiction).items()
        }
        cases = [self._case(work, goal, entry, lists) for entry in entries]
        work.session.add_all(cases)
        work.session.flush()
        started = []
        today = work.now.astimezone(SHANGHAI).date()
        for case, entry in zip(cases, entries, strict=True):
            case.data = {
                **entry.answers,
                "case_id": case.id,
                "case_title": case.title,
                "starter": entry.login,
                "starter_unit": entry.account.unit,
                "started_on": today,
            }
            work.record(
                case,
                "backfill",
                actor=self.actor,
                element=goal.start.id,
                title=case.title,
                number=entry.answers.get("filing_number"),
                version=goal.row.version,
            )
            started.append((case, starts.run(work.desk(case))))
        settle_begun(work, started)
        work.session.execute(insert(ItemRow), list(self._told(work, goal, cases, entries)))
        work.session.execute(insert(AnswerRow), list(self._answers(work, goal, cases, entries)))
        work.write_journal()
        work.session.expunge_all()  # ten thousand rows need not stay in memory

    def _case(self, work: UnitOfWork, goal: Target, entry: Entry, lists: dict[str, Any]) -> CaseRow:
        return CaseRow(
            jurisdiction=self.actor.jurisdiction,
            definition_id=goal.row.id,
            process=goal.row.key,
            title=str(entry.answers["project_title"]),
            starter_id=entry.account.person_id,
            started_at=work.now,
            returned={},
            lists=lists,
            data={},
        )

    def _told(
        self, work: UnitOfWork, goal: Target, cases: Sequence[CaseRow], entries: Sequence[Entry]
    ) -> Iterator[dict[str, Any]]:
        """Finished items that let the units concerned see the case. The importer's unit is the
        lead; the applicant's unit and its department get copies.

        Without the import each would have had an item on the way here.
        """
        directory = work.directory(self.actor.jurisdiction)
        lead = directory.unit_named(goal.start.lane or "")
        for case, entry in zip(cases, entries, strict=True):
            copies = [("copy", unit) for unit in directory.units_related_to(entry.account.unit)]
            for part, unit in [*([("lead", lead)] if lead else []), *copies]:
                yield {
                    "case_id": case.id,
                    "task": goal.start.id[:36],
                    "element": goal.start.id,
                    "round": 1,
                    "part": part,
                    "name": goal.start.name[:120],
                    "holder": Holder.unit(unit.id),
                    "unit_id": unit.id,
                    "state": "done",
                    "opened_at": work.now,
                    "closed_at": work.now,
                    "clause": [],
                    "given": {},
                    "closed_by": self.actor.person_id if part == "lead" else None,
                    "form": goal.start.form,
                    "basis": goal.start.properties.get("basis", ""),
                }

    def _answers(
        self, work: UnitOfWork, goal: Target, cases: Sequence[CaseRow], entries: Sequence[Entry]
    ) -> Iterator[dict[str, Any]]:
        for case, entry in zip(cases, entries, strict=True):
            yield {
                "case_id": case.id,
                "element": goal.start.id,
                "round": 1,
                "part": "lead",
                "at": work.now,
                "person_id": self.actor.person_id,
                "unit_id": self.actor.unit_id,
                "form": goal.start.form,
                "answers": dict(entry.answers),
            }


def sheet_findings(report: Report) -> list[dict[str, Any]]:
    """The remarks as facts of a refusal."""
    return [asdict(remark) for remark in report.shown]
