"""The demand registry (项目库) as a workbook: the empty one to fill in, one that was filled in, and
what is listed.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from service.domain.takeover import Remark, Sheet
from service.domain.vocabulary import CASE_STATES, DEMAND_STATES
from service.papers.sheets import table
from service.papers.sheets.table import Layout, Raw, as_text

DEMAND_SHEET, LISTED_FILE = "项目库", "项目库.xlsx"
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
    return Layout(
        title="科技揭榜挂帅制项目库",
        columns=columns,
        what="技术需求",
        numbers=AMOUNTS,
        marks=tuple(columns[key] for key in ("demand_name", "demander_name") if key in columns),
        widths=[WIDE.get(key, 16) for key in columns],
    )


def demand_template(labels: Mapping[str, str]) -> bytes:
    """The empty workbook, with the columns of the registry's form (``labels`` by key)."""
    return table.write_table(_layout(labels), DEMAND_SHEET, [{} for _ in range(20)], [DEMAND_NOTE])


def listed(labels: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Demands as a workbook: number, state, project, and the record. Its columns can be read
    again.
    """
    in_words = (
        {
            **row,
            "state": DEMAND_STATES[row["state"]],
            "project_status": CASE_STATES.get(row["project_status"]),
        }
        for row in rows
    )
    return table.write_table(_layout({**LISTED, **labels}), DEMAND_SHEET, in_words)


def read_demands(content: bytes, labels: Mapping[str, str]) -> Sheet:
    """The rows of a workbook, and a remark for every cell that cannot be read.

    :raises BadRequest: not a workbook that can be read, or no worksheet has the table.
    """
    return table.read_table(content, _layout(labels), _finished)


def _finished(number: int, raw: Raw, remarks: list[Remark]) -> Raw:
    return {key: as_text(value) for key, value in raw.items()}
