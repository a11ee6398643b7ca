"""Policy and process side by side (政策依据对照), for everybody of the jurisdiction."""

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from service.http.session import actor, runtime
from service.queries.processes import coverage as read
from service.web.site.pages import blueprint


@blueprint.get("/coverage")
def coverage() -> ResponseReturnValue:
    """The steps by clause and the clauses by step, with filters by clause and process."""
    filters = {name: request.args.get(name) or None for name in ("clause", "process")}
    with runtime().query() as session:
        whole = read.coverage(session, runtime(), actor())
    page = whole.only(**filters)
    return render_template("processes/coverage.html", whole=whole, page=page, filters=filters)


@blueprint.get("/coverage/<process>")
def coverage_diagram(process: str) -> ResponseReturnValue:
    """The newest diagram of a process, each step with its clauses."""
    with runtime().query() as session:
        row = read.newest(session, actor(), process)
    element = request.args.get("element")
    return render_template("processes/coverage_diagram.html", process=row, element=element)


@blueprint.get("/coverage/<process>/diagram.json")
def coverage_drawing(process: str) -> ResponseReturnValue:
    """The diagram and the clauses of its elements, for the island."""
    element = request.args.get("element")
    with runtime().query() as session:
        xml, states = read.drawing(session, runtime(), actor(), process, element)
    return jsonify(xml=xml, states=states)
