"""补录导入: a workbook of running projects is checked row by row.

Accepted projects go straight into 跟榜.
"""

from typing import Any

from flask import Response, render_template
from flask.typing import ResponseReturnValue

from service.commands.takeover.backfill import Backfill, check_backfill
from service.domain.vocabulary import BACKFILL
from service.http.files import download
from service.http.session import actor, runtime
from service.http.sheets import take_sheet
from service.papers.takeover import ledger
from service.queries.processes.lines import ProcessLine
from service.queries.takeover import may_import
from service.web.site.pages import acceptance, blueprint, go, report_page


@blueprint.get("/backfill/<process>")
def backfill(process: str) -> ResponseReturnValue:
    """The page with the template, the field for the file, and the report."""
    line = _process(process)
    return render_template("takeover/backfill.html", process=line, columns=BACKFILL, report=None)


@blueprint.get("/backfill/<process>/template.xlsx")
def backfill_template(process: str) -> Response:
    """The workbook to fill in."""
    _process(process)
    return download(ledger.ledger_template(), ledger.TEMPLATE_FILE)


@blueprint.post("/backfill/<process>")
def backfill_check(process: str) -> ResponseReturnValue:
    """The report on a file. With ``accept`` the rows are imported if the file is still the same."""
    line = _process(process)

    def check(content: bytes) -> Any:
        return check_backfill(runtime(), actor(), process, ledger.read_ledger(content))

    report = take_sheet(check, Backfill, **acceptance())
    if report.accepted:
        return go("web.cases", notice="backfilled", process=process)
    return render_template(
        report_page("takeover/backfill.html"),
        process=line,
        columns=BACKFILL,
        report=report,
        accept=f"补录 {report.rows} 个项目",
    )


def _process(key: str) -> ProcessLine:
    with runtime().query() as session:
        return may_import(session, runtime(), actor(), key)
