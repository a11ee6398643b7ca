"""Starting a case (发起): the processes that I may start, and the form of the first step."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.commands.cases.starting import StartCase
from service.http.session import actor, runtime
from service.queries.processes.starting import start_page, startable
from service.queries.takeover import importable
from service.web.site.pages import blueprint, go


@blueprint.get("/start")
def start() -> ResponseReturnValue:
    """The processes that I may start."""
    with runtime().query() as session:
        processes = startable(session, runtime(), actor())
        imports = importable(session, runtime(), actor())
    return render_template("processes/start.html", processes=processes, imports=imports)


@blueprint.get("/start/<process>")
def start_form(process: str) -> ResponseReturnValue:
    """The title and the first form of a process, or a warning if nothing waits for the process."""
    with runtime().query() as session:
        page = start_page(session, runtime(), actor(), process)
    return render_template(
        "processes/start_form.html",
        page=page,
        process=page.process,
        anyway="anyway" in request.args,
    )


@blueprint.post("/start/<process>")
def start_case(process: str) -> ResponseReturnValue:
    """Start a process whose first step has no form. The form island starts the others."""
    title = request.form.get("title", "")
    case_id = runtime().perform(StartCase(actor=actor(), process=process, title=title))
    return go("web.case", case_id=case_id, notice="submitted")
