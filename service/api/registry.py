"""The demand registry (项目库)."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import FormatIn, LineOut, PageIn
from service.api.takeover import AcceptIn, ImportOut, imported
from service.commands.registry.demands import AddDemand, ChangeDemand, MergeDemands, WithdrawDemand
from service.commands.registry.sheets import ImportDemands, check_demands
from service.http.files import download
from service.http.session import actor, runtime
from service.http.sheets import take_sheet
from service.papers import registry as papers
from service.queries import registry as read

blueprint = Blueprint("demands", __name__, description="项目库")


class DemandLineOut(
    LineOut,
    line=read.DemandLine,
    described={"state": "listed、selected、posted、merged 或 withdrawn"},
):
    """A demand. Amounts are in yuan."""


class DemandsIn(FormatIn, PageIn):
    state = fields.Str(load_default=None)
    county = fields.Str(load_default=None)
    field = fields.Str(load_default=None)
    kind = fields.Str(load_default=None)
    q = fields.Str(
        load_default=None, metadata={"description": "名称、需求方中的文字，或完整的需求编号"}
    )


class DemandsOut(LineOut, line=read.DemandsPage, without=("options", "may_enter")): ...


class DemandChangeOut(LineOut, line=read.ChangeLine, without=("label",)):
    fields_ = fields.List(
        fields.List(fields.Raw()),
        data_key="fields",
        attribute="fields",
        metadata={"description": "栏目、修改前、修改后"},
    )


class CaseRefOut(LineOut, line=read.CaseRef): ...


class DemandOut(
    DemandLineOut,
    line=read.DemandPage,
    without=("demand", "form", "values", "offers"),
    described={"alike": "可能重复，由人核对后合并"},
):
    verbs = fields.List(fields.Str(), metadata={"description": "现在可以做的操作"})


class DemandRecordIn(Schema):
    record = fields.Dict(required=True, metadata={"description": "登记表的全部栏目"})


class DemandChangeIn(DemandRecordIn):
    version = fields.Int(
        load_default=None, metadata={"description": "所见的版本；已被他人更新时返回 409"}
    )
    reason = fields.Str(load_default="")


class DemandWithdrawIn(Schema):
    reason = fields.Str(required=True)
    version = fields.Int(load_default=None)


class DemandMergeIn(Schema):
    into = fields.Int(required=True, metadata={"description": "并入的需求"})
    reason = fields.Str(load_default="")
    version = fields.Int(load_default=None)


def one_demand(demand_id: int) -> dict[str, Any]:
    """A demand with the fields of ``DemandOut``."""
    with runtime().query() as session:
        page = read.demand_page(session, actor(), demand_id)
    verbs = [verb for verb, offer in page.offers.items() if offer.allowed]
    return {**vars(page), **vars(page.demand), "verbs": verbs}


@blueprint.get("/demands")
@blueprint.arguments(DemandsIn, location="query")
@blueprint.alt_response(200, schema=DemandsOut)
def list_demands(asked: dict[str, Any]) -> Any:
    """The demands of the registry, newest first. `format=xlsx` gives a workbook of all of them."""
    filters = {name: asked[name] for name in (*read.FILTERS, "q")}
    with runtime().query() as session:
        if asked["format"] == "xlsx":
            labels = read.labels(session, actor())
            rows = read.all_rows(session, actor(), filters)
            return download(papers.listed(labels, rows), papers.LISTED_FILE)
        page = read.demands(
            session, actor(), filters=filters, limit=asked["limit"], cursor=asked["cursor"]
        )
    return DemandsOut().dump(page)


@blueprint.post("/demands")
@blueprint.arguments(DemandRecordIn)
@blueprint.response(201, DemandOut)
def add_demand(body: dict[str, Any]) -> Any:
    """Add a demand to the registry."""
    command = AddDemand(actor=actor(), record=body["record"])
    return one_demand(runtime().perform(command))


@blueprint.get("/demands/<int:demand_id>")
@blueprint.response(200, DemandOut)
def get_demand(demand_id: int) -> Any:
    """One demand with its history, its cases, and demands that may be the same."""
    return one_demand(demand_id)


@blueprint.post("/demands/<int:demand_id>/change")
@blueprint.arguments(DemandChangeIn)
@blueprint.response(200, DemandOut)
def change_demand(body: dict[str, Any], demand_id: int) -> Any:
    """Change the record of a demand. Its history has the values before."""
    command = ChangeDemand(actor=actor(), demand_id=demand_id, **body)
    return one_demand(runtime().perform(command))


@blueprint.post("/demands/<int:demand_id>/withdraw")
@blueprint.arguments(DemandWithdrawIn)
@blueprint.response(200, DemandOut)
def withdraw_demand(body: dict[str, Any], demand_id: int) -> Any:
    """Take a demand out of use, with a reason."""
    command = WithdrawDemand(actor=actor(), demand_id=demand_id, **body)
    return one_demand(runtime().perform(command))


@blueprint.post("/demands/<int:demand_id>/merge")
@blueprint.arguments(DemandMergeIn)
@blueprint.response(200, DemandOut)
def merge_demand(body: dict[str, Any], demand_id: int) -> Any:
    """Merge a demand into another that is the same. Returns the other one."""
    command = MergeDemands(actor=actor(), demand_id=demand_id, **body)
    return one_demand(runtime().perform(command))


@blueprint.post("/demands/import")
@blueprint.arguments(AcceptIn, location="query")
@blueprint.response(200, ImportOut)
@blueprint.alt_response(201, schema=ImportOut)
def import_demands(asked: dict[str, Any]) -> Any:
    """Check a workbook (multipart, part `file`), and with `accept=true` enter all its rows.

    422 with all findings if a row has an error.
    """
    with runtime().query() as session:
        labels = read.labels_to_enter(session, actor())

    def check(content: bytes) -> Any:
        return check_demands(runtime(), actor(), papers.read_demands(content, labels))

    return imported(take_sheet(check, ImportDemands, accept=asked["accept"]))
