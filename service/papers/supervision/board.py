"""The supervision board (督查) as a workbook: units, steps, and what is overdue."""

from datetime import datetime

from openpyxl import Workbook

from service.domain.terms.deadlines import last_day
from service.domain.vocabulary import LIGHTS, PARTS, PERIODS, TERMS
from service.papers.sheets.table import Cells, Layout, saved, write_sheet
from service.queries.items.lines import ItemLine
from service.queries.supervision.board import CountLine, UnitLine
from service.queries.supervision.supervised import BoardSheet

UNITS = Layout(
    title="各单位办理情况",
    entry="单位",
    known_by=("单位",),
    widths=[30, 9, 9, 9, 11, 12, 16, 9, 11],
    columns={
        "name": "单位",
        "open": "在办",
        "yellow": "临期",
        "red": "逾期",
        "done": "办结",
        "on_time": "按时率（%）",
        "days": "平均办理工作日",
        "unanswered": "未反馈",
        "excused": "免于反馈",
    },
    numbers=frozenset(
        {"open", "yellow", "red", "done", "on_time", "days", "unanswered", "excused"}
    ),
)
STEPS = Layout(
    title="各环节在办情况",
    entry="环节",
    known_by=("环节",),
    widths=[40, 9, 9, 9],
    columns={"name": "环节", "open": "在办", "yellow": "临期", "red": "逾期"},
    numbers=frozenset({"open", "yellow", "red"}),
)
LATE = Layout(
    title="逾期事项",
    entry="事项",
    known_by=("案件",),
    widths=[36, 30, 9, 24, 14, 14, 12, 9],
    columns={
        "case": "案件",
        "name": "事项",
        "part": "承办",
        "unit": "单位",
        "assignee": "办理人",
        "due": "期限",
        "term": "期限依据",
        "light": "灯色",
    },
)


def board_file(now: datetime) -> str:
    """The name of the workbook."""
    return f"督查情况{now:%Y%m%d}.xlsx"


def board_workbook(sheet: BoardSheet) -> bytes:
    """Three worksheets: the units in the period, the steps, and the oldest overdue items."""
    total = sheet.page.total
    summary = (
        f"合计在办 {total.open} 件，临期 {total.yellow} 件，"
        f"逾期 {total.red} 件；办结情况统计范围：{PERIODS[sheet.period]}"
    )
    units = [_unit_cells(unit) for unit in sheet.units]
    steps = [_step_cells(step) for step in sheet.page.steps]
    late_items = [_late_cells(item) for item in sheet.late]
    book = Workbook(write_only=True)
    write_sheet(book, UNITS, "单位", units, [summary])
    write_sheet(book, STEPS, "环节", steps)
    write_sheet(book, LATE, "逾期", late_items, [f"最早逾期的 {len(late_items)} 件"])
    return saved(book)


def _unit_cells(unit: UnitLine) -> Cells:
    return {
        "name": unit.name,
        "open": unit.open,
        "yellow": unit.yellow,
        "red": unit.red,
        "done": unit.done,
        "on_time": None if unit.on_time is None else round(100 * unit.on_time, 1),
        "days": None if unit.days is None else round(unit.days, 1),
        "unanswered": unit.unanswered,
        "excused": unit.excused,
    }


def _step_cells(step: CountLine) -> Cells:
    return {"name": step.name, "open": step.open, "yellow": step.yellow, "red": step.red}


def _late_cells(item: ItemLine) -> Cells:
    return {
        "case": item.case_title,
        "name": item.name,
        "part": PARTS[item.part],
        "unit": item.unit,
        "assignee": item.assignee,
        "due": last_day(item.due_at).isoformat() if item.due_at else None,
        "term": TERMS[item.term_basis][1] if item.term_basis else None,
        "light": LIGHTS.get(item.light or ""),
    }
