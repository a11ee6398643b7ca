"""The demand registry (项目库): the list, one demand, and Excel in and out."""

from typing import Any

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from service.commands.registry.demands import MergeDemands, WithdrawDemand
from service.commands.registry.sheets import ImportDemands, check_demands
from service.domain.forms.shown import plain_values
from service.errors import BadRequest
from service.http.files import download
from service.http.session import actor, runtime
from service.http.sheets import take_sheet
from service.papers import registry as papers
from service.queries import registry as read
from service.web.site.pages import acceptance, blueprint, go, list_position, report_page


def _filters() -> dict[str, Any]:
    return {name: request.args.get(name) or None for name in (*read.FILTERS, "q")}


@blueprint.get("/demands")
def demands() -> ResponseReturnValue:
    """The demands of the registry."""
    filters = _filters()
    cursor, lines_only = list_position()
    template = "registry/demand_rows.html" if lines_only else "registry/demands.html"
    with runtime().query() as session:
        page = read.demands(session, actor(), filters=filters, cursor=cursor)
    return render_template(template, page=page, filters=filters)


@blueprint.get("/demands.xlsx")
def demands_sheet() -> Response:
    """All demands that match the filters, as a workbook."""
    with runtime().query() as session:
        rows = read.all_rows(session, actor(), _filters())
        labels = read.labels(session, actor())
        content = papers.listed(labels, rows)
    return download(content, papers.LISTED_FILE)


@blueprint.get("/demands/new")
def new_demand() -> ResponseReturnValue:
    """The form of a demand that is added by hand."""
    with runtime().query() as session:
        page = read.empty_page(session, actor())
    values = plain_values(page.lists)
    return render_template("registry/demand_form.html", form=page.form, values=values)


@blueprint.get("/demands/<int:demand_id>")
def demand(demand_id: int) -> ResponseReturnValue:
    """One demand: its values, its cases, its history, and the actions that are open."""
    with runtime().query() as session:
        page = read.demand_page(session, actor(), demand_id)
    return render_template("registry/demand.html", page=page, demand=page.demand)


@blueprint.post("/demands/<int:demand_id>/withdraw")
def withdraw_demand(demand_id: int) -> ResponseReturnValue:
    """Take a demand out of use."""
    runtime().perform(
        WithdrawDemand(
            actor=actor(),
            demand_id=demand_id,
            reason=request.form.get("reason", ""),
            version=request.form.get("version", type=int),
        )
    )
    return go("web.demand", demand_id=demand_id, notice="demand_withdrawn")


@blueprint.post("/demands/<int:demand_id>/merge")
def merge_demand(demand_id: int) -> ResponseReturnValue:
    """Merge a demand into another that is the same."""
    into = request.form.get("into", type=int)
    if into is None:
        raise BadRequest("请选择要并入的需求", field="into")
    kept_id = runtime().perform(
        MergeDemands(
            actor=actor(),
            demand_id=demand_id,
            into=into,
            reason=request.form.get("reason", ""),
            version=request.form.get("version", type=int),
        )
    )
    return go("web.demand", demand_id=kept_id, notice="demand_merged")


@blueprint.get("/demands/import")
def demand_import() -> ResponseReturnValue:
    """The page with the template, the field for the file, and the report."""
    with runtime().query() as session:
        labels = read.empty_page(session, actor()).labels()
    return render_template("registry/demand_import.html", columns=labels, report=None)


@blueprint.get("/demands/import/template.xlsx")
def demand_template() -> Response:
    """The workbook to fill in."""
    with runtime().query() as session:
        labels = read.labels(session, actor())
    return download(papers.demand_template(labels), "项目库导入模板.xlsx")


@blueprint.post("/demands/import")
def demand_import_check() -> ResponseReturnValue:
    """The report on a file. With ``accept`` the rows are imported if the file is still the same."""
    with runtime().query() as session:
        labels = read.empty_page(session, actor()).labels()

    def check(content: bytes) -> Any:
        return check_demands(runtime(), actor(), papers.read_demands(content, labels))

    report = take_sheet(check, ImportDemands, **acceptance())
    if report.accepted:
        return go("web.demands", notice="demands_imported")
    return render_template(
        report_page("registry/demand_import.html"),
        columns=labels,
        report=report,
        accept=f"导入 {report.rows} 项技术需求",
    )
