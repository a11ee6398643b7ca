"""Taking over running projects from a workbook (补录)."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import fields

from service.api.schemas import LineOut, QueryIn
from service.commands.takeover.backfill import Backfill, check_backfill
from service.domain.takeover import Remark
from service.http.files import download
from service.http.session import actor, runtime
from service.http.sheets import SheetReport, take_sheet
from service.papers.takeover import ledger
from service.queries.takeover import may_import

blueprint = Blueprint("backfill", __name__, description="补录")


class AcceptIn(QueryIn):
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


class ImportOut(LineOut, line=SheetReport, without=("digest",)):
    """The report on a workbook. It has at most a thousand findings, errors first."""


@blueprint.get("/processes/<key>/imports/template")
def template(key: str) -> Response:
    """The empty workbook (xlsx), with the columns of 附件4 and others that a case needs."""
    with runtime().query() as session:
        may_import(session, runtime(), actor(), key)
    return download(ledger.ledger_template(), ledger.TEMPLATE_FILE)


@blueprint.post("/processes/<key>/imports")
@blueprint.arguments(AcceptIn, location="query")
@blueprint.response(200, ImportOut)
@blueprint.alt_response(201, schema=ImportOut)
def take_over(asked: dict[str, Any], key: str) -> Any:
    """Check a workbook (multipart, part `file`), and with `accept=true` take over all its rows.

    422 with all findings if a row has an error.
    """
    with runtime().query() as session:
        may_import(session, runtime(), actor(), key)

    def check(content: bytes) -> Any:
        return check_backfill(runtime(), actor(), key, ledger.read_ledger(content))

    return imported(take_sheet(check, Backfill, accept=asked["accept"]))


def imported(report: SheetReport) -> Any:
    """The report on a workbook, with status 201 if its rows were taken over."""
    if report.accepted:
        return (report, 201)
    return report
