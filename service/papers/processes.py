"""Policy and process side by side (政策依据对照) as a workbook.

One worksheet goes from clauses to steps, the other from steps to clauses.
"""

from collections.abc import Iterable, Mapping, Sequence

from openpyxl import Workbook

from service.domain.processes import CoverageStep, Fault
from service.domain.vocabulary import BASES, COVERAGE, TERMS
from service.papers.sheets.table import Cells, Layout, saved, write_sheet
from service.queries.processes.coverage import CoveragePage

CLAUSE = {"id": ("条款", 10), "title": ("标题", 16), "text": ("原句", 60)}
STEP = {
    "process": ("流程", 18),
    "name": ("环节", 24),
    "leads": ("牵头", 18),
    "co_units": ("配合", 26),
    "form": ("表单", 26),
}
STATE = {"standing": ("在办", 8), "missing": ("尚缺", 30)}
BY_CLAUSE = {**CLAUSE, **STEP, "narrowings": ("声明的调整", 40), **STATE}
BY_STEP = {
    **STEP,
    "element": ("元素编号", 20),
    "basis": ("依据", 14),
    "clauses": ("条款", 18),
    "term": ("期限依据", 20),
    "documentation": ("引文或说明", 70),
    **STATE,
}


def coverage_workbook(page: CoveragePage) -> bytes:
    """The workbook with both worksheets."""
    book = Workbook(write_only=True)
    write_sheet(book, _layout(page.title, BY_CLAUSE), "条款对环节", _rows_by_clause(page))
    write_sheet(book, _layout(page.title, BY_STEP), "环节对条款", _rows_by_step(page))
    return saved(book)


def _layout(title: str, columns: Mapping[str, tuple[str, int]]) -> Layout:
    return Layout(
        title=title,
        columns={key: label for key, (label, _) in columns.items()},
        widths=[width for _, width in columns.values()],
    )


def _rows_by_clause(page: CoveragePage) -> Iterable[Cells]:
    """A row for each step of each clause. A clause without steps has one row."""
    for covered in page.coverage.clauses:
        narrowings = [f"{narrowing.unit}：{narrowing.why}" for narrowing in covered.narrowings]
        clause_cells = {
            "id": covered.clause.id,
            "title": covered.clause.title,
            "text": covered.clause.text,
            "narrowings": "；".join(narrowings),
            "missing": _missing(covered.faults),
        }
        for step in covered.steps:
            yield clause_cells | _step_cells(page, step)
        if not covered.steps:
            yield clause_cells


def _rows_by_step(page: CoveragePage) -> Iterable[Cells]:
    """A row for each step."""
    for covered in page.coverage.steps:
        step = covered.step
        yield {
            **_step_cells(page, step),
            "element": step.id,
            "basis": BASES.get(step.basis, ""),
            "clauses": _names(step.clauses),
            "term": TERMS[step.term_basis][0] if step.term_basis else "",
            "documentation": step.documentation,
            "missing": _missing(covered.faults),
        }


def _step_cells(page: CoveragePage, step: CoverageStep) -> Cells:
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
    """What is missing, as one text."""
    texts = []
    for fault in faults:
        colon = "：" if fault.names else ""
        texts.append(f"{COVERAGE[fault.code]}{colon}{_names(fault.names)}")
    return "；".join(texts)
