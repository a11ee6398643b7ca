"""The demand registry (项目库) as a workbook.

It is written empty to be filled in, written with the demands that are listed, and read.
"""

from collections.abc import Mapping
from typing import Any

from service.domain.takeover import Remark, Sheet
from service.domain.vocabulary import CASE_STATES, DEMAND_STATES
from service.papers.sheets import table
from service.papers.sheets.table import Cells, Layout, Rows, as_text

DEMAND_SHEET = "项目库"
LISTED_FILE = "项目库.xlsx"
LISTED = {"number": "需求编号", "state": "状态", "project_status": "项目办理"}
WIDE = {
    "demand_name": 32,
    "demander_name": 26,
    "problem": 44,
    "indicators": 44,
    "bidder_requirements": 30,
}
AMOUNTS = frozenset({"total_amount", "bounty", "months"})
DEMAND_NOTE = (
    "填写说明：一行一项技术需求；金额以元为单位填写数字，"
    "不写“万元”；选项须与登记表一致；请勿使用公式。"
)


def _layout(columns: Mapping[str, str]) -> Layout:
    names = [columns[key] for key in ("demand_name", "demander_name") if key in columns]
    return Layout(
        title="科技揭榜挂帅制项目库",
        columns=columns,
        entry="技术需求",
        numbers=AMOUNTS,
        known_by=tuple(names),
        widths=[WIDE.get(key, 16) for key in columns],
    )


def demand_template(labels: Mapping[str, str]) -> bytes:
    """The empty workbook to fill in.

    :param labels: the columns of the registry's form, by key.
    """
    empty_rows: Rows = [{}] * 20
    return table.write_table(_layout(labels), DEMAND_SHEET, empty_rows, [DEMAND_NOTE])


def listed(labels: Mapping[str, str], rows: Rows) -> bytes:
    """Demands as a workbook, which can be read again.

    :param labels: the columns of the registry's form, by key.
    :param rows: the values of each demand, with its number, its state and its project's state.
    """
    columns = {**LISTED, **labels}
    return table.write_table(_layout(columns), DEMAND_SHEET, map(_state_in_words, rows))


def _state_in_words(row: Mapping[str, Any]) -> Cells:
    state = DEMAND_STATES[row["state"]]
    project_status = CASE_STATES.get(row["project_status"])
    return {**row, "state": state, "project_status": project_status}


def read_demands(content: bytes, labels: Mapping[str, str]) -> Sheet:
    """The rows of a workbook. Every cell that cannot be read has a remark.

    :param labels: the columns of the registry's form, by key.
    :raises BadRequest: this is no workbook that can be read, or no worksheet has the table.
    """
    return table.read_table(content, _layout(labels), _finished)


def _finished(number: int, raw: Cells, remarks: list[Remark]) -> Cells:
    return {key: as_text(value) for key, value in raw.items()}
