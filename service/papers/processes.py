"""Policy and process side by side (政策依据对照) as a workbook: a worksheet each way, what is
missing last.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from openpyxl import Workbook

from service.domain.processes import CoverageStep, Fault
from service.domain.vocabulary import BASES, COVERAGE, TERMS
from service.papers.sheets.table import Layout, saved, write_sheet
from service.queries.processes.coverage import CoveragePage

CLAUSE = {"id": ("条款", 10), "title": ("标题", 16), "text": ("原句", 60)}
STEP = {
    "process": ("流程", 18),
    "name": ("环节", 24),
    "leads": ("牵头", 18),
    "co_units": ("配合", 26),
    "form": ("表单", 26),
}
LAST = {"standing": ("在办", 8), "missing": ("尚缺", 30)}
BY_CLAUSE = {**CLAUSE, **STEP, "narrowings": ("声明的调整", 40), **LAST}
BY_STEP = {
    **STEP,
    "element": ("元素编号", 20),
    "basis": ("依据", 14),
    "clauses": ("条款", 18),
    "term": ("期限依据", 20),
    "documentation": ("引文或说明", 70),
    **LAST,
}
Cells = dict[str, Any]


def coverage_workbook(page: CoveragePage) -> bytes:
    """Both worksheets."""
    book = Workbook(write_only=True)
    for name, columns, rows in (
        ("条款对环节", BY_CLAUSE, _by_clause(page)),
        ("环节对条款", BY_STEP, _by_step(page)),
    ):
        write_sheet(book, _layout(page.title, columns), name, rows)
    return saved(book)


def _layout(title: str, columns: Mapping[str, tuple[str, int]]) -> Layout:
    return Layout(
        title=title,
        columns={key: label for key, (label, _) in columns.items()},
        marks=(),
        what="",
        widths=[width for _, width in columns.values()],
    )


def _by_clause(page: CoveragePage) -> Iterable[Cells]:
    for covered in page.coverage.clauses:
        clause = {
            "id": covered.clause.id,
            "title": covered.clause.title,
            "text": covered.clause.text,
            "narrowings": "；".join(
                f"{narrowing.unit}：{narrowing.why}" for narrowing in covered.narrowings
            ),
            "missing": _missing(covered.faults),
        }
        yield from ({**clause, **_step(page, step)} for step in covered.steps)
        if not covered.steps:
            yield clause


def _by_step(page: CoveragePage) -> Iterable[Cells]:
    for covered in page.coverage.steps:
        step = covered.step
        yield {
            **_step(page, step),
            "element": step.id,
            "basis": BASES.get(step.basis, ""),
            "clauses": _names(step.clauses),
            "term": TERMS[step.term_basis][0] if step.term_basis else "",
            "documentation": step.documentation,
            "missing": _missing(covered.faults),
        }


def _step(page: CoveragePage, step: CoverageStep) -> Cells:
    return {
        "process": page.processes[step.process],
        "name": step.name or step.id,
        "leads": _names(step.leads) or "系统",
        "co_units": _names(step.co_units),
        "form": page.forms.get(step.form or "", ""),
        "standing": page.standing.get((step.process, step.id), 0),
    }


def _names(names: Sequence[str]) -> str:
    return "、".join(names)


def _missing(faults: Iterable[Fault]) -> str:
    return "；".join(
        f"{COVERAGE[fault.code]}{'：' if fault.names else ''}{_names(fault.names)}"
        for fault in faults
    )
