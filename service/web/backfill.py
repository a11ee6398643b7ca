"""补录导入: a workbook of running projects is checked row by row; what is accepted goes straight into 跟榜.

Decided: the file stays in the browser between report and acceptance and is sent twice, so that nothing of a refused
file is stored anywhere; the digest says that it is still the same.
"""

from hashlib import sha256

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from service.commands.backfill import Backfill, check, findings
from service.domain.vocabulary import BACKFILL
from service.errors import BadRequest, Changed
from service.http.files import download
from service.http.session import actor, runtime
from service.papers import ledger
from service.queries.lines import ProcessLine
from service.queries.processes import may_import
from service.web.site import blueprint, go

SHOWN = 200


@blueprint.get("/backfill/<process>")
def backfill(process: str) -> ResponseReturnValue:
    """The page: template, file, report."""
    return render_template("backfill.html", process=_process(process), columns=BACKFILL, report=None)


@blueprint.get("/backfill/<process>/template.xlsx")
def backfill_template(process: str) -> Response:
    """The workbook to fill in."""
    _process(process)
    return download(ledger.template(), "补录模板.xlsx")


@blueprint.post("/backfill/<process>")
def backfill_check(process: str) -> ResponseReturnValue:
    """The report of a file; with ``accept`` the import of the file that was reported on."""
    shown, file = _process(process), request.files.get("file")
    if file is None or not file.filename:
        raise BadRequest("请选择填好的 .xlsx 文件", field="file")
    content = file.read()
    digest = sha256(content).hexdigest()
    if "accept" in request.form and request.form.get("digest") != digest:
        raise Changed("所选文件与刚才核对的不是同一份，请重新核对后再补录")
    checked = check(runtime(), actor(), process, ledger.read(content))
    if "accept" in request.form:
        runtime().perform(Backfill(actor=actor(), checked=checked))
        return go("web.cases", notice="backfilled", process=process)
    page = "parts/backfill_report.html" if request.headers.get("HX-Request") else "backfill.html"
    return render_template(page, process=shown, columns=BACKFILL, report=checked.report, digest=digest,
                           findings=findings(checked.report)[:SHOWN])


def _process(key: str) -> ProcessLine:
    with runtime().query() as session:
        return may_import(session, runtime(), actor(), key)
