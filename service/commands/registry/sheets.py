"""Demands from a workbook. They are checked row by row against the registry's form, and then all or
none are stored.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from sqlalchemy import select

from service.access.registry import book, book_to_enter
from service.commands.registry.demands import Origin, enter_demands
from service.commands.takeover.backfill import sheet_findings
from service.commands.takeover.examination import SheetCheck
from service.domain.people.actor import Actor
from service.domain.registry import Book, Names, may_enter
from service.domain.takeover import Report, Sheet, SheetEntry
from service.errors import BadSheet, Changed
from service.store.registry import DemandRow
from service.unit_of_work import Runtime, UnitOfWork

DEMANDS_AT_ONCE = 500
GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?")
LISTED = ("listed", "selected", "posted")


@dataclass(frozen=True, kw_only=True)
class CheckedDemands:
    """A sheet that was checked against the registry's form: the report, and the records in
    order.
    """

    file_id: int
    report: Report
    records: Sequence[Mapping[str, Any]]


def check_demands(runtime: Runtime, actor: Actor, sheet: Sheet) -> CheckedDemands:
    """The findings that an import of this sheet would have. Nothing is stored.

    :raises NotFound: there is no registry here. :raises NotAllowed: this person may not import.
    """
    with runtime.query() as session:
        registry_book = book_to_enter(session, actor)
        listed_demands = (
            select(DemandRow.number, DemandRow.name, DemandRow.demander_name)
            .where(DemandRow.jurisdiction == actor.jurisdiction, DemandRow.state.in_(LISTED))
            .order_by(DemandRow.id)
        )
        names = Names()
        for number, name, demander in session.execute(listed_demands):
            names.add(number, name, demander)
    examination = DemandExamination(registry_book, actor, names)
    return CheckedDemands(
        file_id=registry_book.file_id, report=examination.of(sheet), records=examination.records
    )


class DemandExamination(SheetCheck):
    """One check of a sheet; ``records`` are the rows in order."""

    def __init__(self, registry_book: Book, actor: Actor, names: Names) -> None:
        self.book = registry_book
        self.actor = actor
        self.names = names
        self.labels = registry_book.labels()
        super().__init__(
            {
                key: {label: value for value, label in options.items()}
                for key in self.labels
                if (options := registry_book.options(key))
            }
        )
        self.records: list[Mapping[str, Any]] = []

    def row(self, row: SheetEntry, unread: set[tuple[int | None, str]]) -> None:
        """Check a row as answers to the form, and beyond it."""
        clean, errors = self.book.checked(
            {key: self._read(key, row.values.get(key)) for key in self.labels}
        )
        for key, sentences in errors.items():
            column = self.labels.get(key, key)
            if (row.row, column) not in unread:
                self.say(row.row, column, self.explained(key, "；".join(sentences)))
        if errors:
            return
        if not may_enter(
            self.actor, self.book.registry, self.book.directory, str(clean.get("county"))
        ):
            self.say(
                row.row,
                self.labels["county"],
                "各县区只能导入本县区的需求，请删除本行，或由管理单位导入",
            )
        self._alike(row.row, clean.get("demand_name"), clean.get("demander_name"))
        self.records.append(clean)

    def _read(self, key: str, value: Any) -> Any:
        """A cell as the form takes it. The words of a choice become its value, and a number loses
        its commas.
        """
        if isinstance(value, str) and GROUPED.fullmatch(value):
            return value.replace(",", "")
        return self.words.get(key, {}).get(value, value)

    def _alike(self, row: int, name: Any, demander: Any) -> None:
        if alike := self.names.like(name, demander):
            which = "、".join(map(str, alike[:3]))
            self.say(
                row,
                self.labels["demand_name"],
                f"可能与{which}重复，请核对；确属同一需求的请删除本行，或导入后合并",
                "warning",
            )
        self.names.add(f"第 {row} 行", name, demander)


@dataclass(frozen=True, kw_only=True)
class ImportDemands:
    """Add all demands of a checked sheet, or none. Returns their number."""

    actor: Actor
    checked: CheckedDemands

    def carry_out(self, work: UnitOfWork) -> int:
        code = self.actor.jurisdiction
        report = self.checked.report
        registry_book = book(work.session, self.actor, work.directory(code))
        if not report.acceptable:
            raise BadSheet(report.errors, sheet_findings(report))
        if registry_book.file_id != self.checked.file_id:
            raise Changed("项目库的登记表刚刚更新，请重新核对后再导入")
        origin = Origin(source="imported", actor=self.actor)
        records = iter(self.checked.records)
        while chunk := list(islice(records, DEMANDS_AT_ONCE)):
            enter_demands(work, code, chunk, origin)
            work.session.flush()
            work.session.expunge_all()  # ten thousand rows need not stay in memory
        work.record(
            None,
            "demands_import",
            actor=self.actor,
            jurisdiction=code,
            rows=len(self.checked.records),
        )
        return len(self.checked.records)
