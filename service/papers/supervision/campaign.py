"""A campaign (集中报送) as a workbook: one row for each project."""

from collections.abc import Iterable

from service.domain.terms.deadlines import last_day, local_day
from service.domain.vocabulary import CAME_LATE, STAGES, TERMS
from service.papers.sheets.table import Cells, Layout, write_table
from service.queries.supervision.campaigns import ReportLine

REPORT_COLUMNS = {
    "number": "备案编号",
    "title": "项目名称",
    "person": "揭榜人",
    "unit": "所在单位",
    "department": "归口管理部门",
    "stage": "状态",
    "due": "期限",
    "term": "期限依据",
    "submitted": "提交日期",
    "late": "逾期情况",
}


def of_year(year: int, title: str) -> str:
    """The name of a campaign in a year, such as 2026年度报告."""
    if title.startswith("年"):
        return f"{year}{title}"
    return f"{year}年{title}"


def reports_workbook(title: str, reports: Iterable[ReportLine]) -> bytes:
    """The reports of a year as a workbook."""
    layout = Layout(
        title=title,
        columns=REPORT_COLUMNS,
        entry="项目",
        known_by=("项目名称",),
        widths=[22, 36, 12, 26, 20, 14, 13, 12, 13, 18],
    )
    return write_table(layout, title, map(_cells, reports))


def _cells(report: ReportLine) -> Cells:
    submitted_at = report.submitted_at
    return {
        "number": report.number,
        "title": report.title,
        "person": report.person,
        "unit": report.unit,
        "department": report.department,
        "stage": STAGES[report.stage],
        "due": last_day(report.due_at).isoformat() if report.due_at else None,
        "term": TERMS[report.term_basis][1] if report.term_basis else None,
        "submitted": local_day(submitted_at).isoformat() if submitted_at else None,
        "late": CAME_LATE.format(report.days_late) if report.days_late else None,
    }
