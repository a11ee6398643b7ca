"""Ledgers (台账) as JSON and as workbooks."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import FormatIn, LineOut
from service.domain.terms.deadlines import SHANGHAI
from service.http.files import download
from service.http.session import actor, runtime
from service.papers.takeover import ledger
from service.queries.papers.ledgers import LedgerLine, LedgerPage, tracking

blueprint = Blueprint("ledgers", __name__, description="台账")


class LedgerIn(FormatIn):
    department = fields.Str(
        load_default=None, metadata={"description": "归口管理部门的名称或代码；不填为全部"}
    )


class LedgerLineOut(LineOut, line=LedgerLine): ...


class LedgerOut(LineOut, line=LedgerPage): ...


class LedgersOut(Schema):
    ledgers = fields.List(fields.Nested(LedgerOut))


@blueprint.get("/ledgers/tracking")
@blueprint.arguments(LedgerIn, location="query")
@blueprint.alt_response(200, schema=LedgersOut)
def tracking_ledger(asked: dict[str, Any]) -> Any:
    """The “跟榜”服务台账 (附件4), one for each managing department.

    The values come from the latest answers of each tracked case.
    """
    with runtime().query() as session:
        pages = tracking(session, runtime(), actor(), asked["department"])
    if asked["format"] == "json":
        return LedgersOut().dump({"ledgers": pages})
    today = runtime().now().astimezone(SHANGHAI).date()
    rows = {page.department: [line.values for line in page.lines] for page in pages}
    return download(ledger.tracking(rows, today), "跟榜服务台账.xlsx")
