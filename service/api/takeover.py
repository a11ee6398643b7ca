"""Taking over running projects from a workbook (补录)."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import EXCLUDE, Schema, fields

from service.api.schemas import LineOut
from service.commands.takeover.backfill import Backfill, check_backfill, sheet_findings
from service.domain.takeover import Remark, Report
from service.http.files import download, sent_workbook
from service.http.session import actor, runtime
from service.papers.takeover import ledger
from service.queries.takeover import may_import

blueprint = Blueprint("backfill", __name__, description="补录")


class AcceptIn(Schema):
    class Meta:
        unknown = EXCLUDE

    accept = fields.Bool(
        load_default=False, metadata={"description": "false 只核对；true 核对无误后保存全部行"}
    )


class FindingOut(
    LineOut,
    line=Remark,
    described={
        "row": "工作表中的行号；空为整个工作表",
        "severity": "error（不能保存）或 warning（提醒）",
    },
): ...


class ImportOut(Schema):
    """The report; at most a thousand findings, errors first."""

    rows = fields.Int()
    errors = fields.Int()
    warnings = fields.Int()
    acceptable = fields.Bool()
    accepted = fields.Int()
    findings = fields.List(fields.Nested(FindingOut))


@blueprint.get("/processes/<key>/imports/template")
def template(key: str) -> Response:
    """The empty workbook (xlsx): the columns of 附件4 and those that a case needs besides."""
    with runtime().query() as session:
        may_import(session, runtime(), actor(), key)
    return download(ledger.ledger_template(), "补录模板.xlsx")


@blueprint.post("/processes/<key>/imports")
@blueprint.arguments(AcceptIn, location="query")
@blueprint.response(200, ImportOut)
@blueprint.alt_response(201, schema=ImportOut)
def take_over(asked: dict[str, Any], key: str) -> Any:
    """Check a workbook (multipart, part `file`); with `accept=true` take all rows over, or 422 with
    all findings.
    """
    with runtime().query() as session:
        may_import(session, runtime(), actor(), key)
    checked = check_backfill(runtime(), actor(), key, ledger.read_ledger(sent_workbook()))
    accepted = runtime().perform(Backfill(actor=actor(), checked=checked)) if asked["accept"] else 0
    return imported(checked.report, accepted)


def imported(report: Report, accepted: int) -> Any:
    """The report of a workbook, and how many of its rows were taken over."""
    body = {
        "rows": report.rows,
        "errors": report.errors,
        "warnings": report.warnings,
        "accepted": accepted,
        "acceptable": report.acceptable,
        "findings": sheet_findings(report),
    }
    return (body, 201) if accepted else body
