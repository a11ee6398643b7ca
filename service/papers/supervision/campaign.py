"""A campaign (集中报送) as a workbook: one row for each project."""

from collections.abc import Iterable

from service.domain.terms.deadlines import last_day, local_day
from service.domain.vocabulary import CAME_LATE, STAGES, TERMS
from service.papers.sheets.table import Layout, write_table
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
    """A campaign's name in a year: 2026年度报告."""
    return f"{year}{title}" if title.startswith("年") else f"{year}年{title}"


def reports_workbook(title: str, reports: Iterable[ReportLine]) -> bytes:
    """The reports of a year."""
    layout = Layout(
        title=title,
        columns=REPORT_COLUMNS,
        what="项目",
        marks=("项目名称",),
        widths=[22, 36, 12, 26, 20, 14, 13, 12, 13, 18],
    )
    return write_table(
        layout,
        title,
        (
            {
                "number": one.number,
                "title": one.title,
                "person": one.person,
                "unit": one.unit,
                "department": one.department,
                "stage": STAGES[one.stage],
                "due": last_day(one.due_at).isoformat() if one.due_at else None,
                "term": TERMS[one.term_basis][1] if one.term_basis else None,
                "submitted": local_day(one.submitted_at).isoformat() if one.submitted_at else None,
                "late": CAME_LATE.format(one.days_late) if one.days_late else None,
            }
            for one in reports
        ),
    )
