"""The state of the clock (运行状况)."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.commands.operations.retrying import Retry
from service.http.session import actor, runtime
from service.queries.operations.clock import clock_page
from service.web.site.pages import blueprint, go


@blueprint.get("/clock")
def clock() -> ResponseReturnValue:
    """The failures, the long jobs, and how far the clock is behind."""
    with runtime().query() as session:
        page = clock_page(session, runtime(), actor())
    return render_template("operations/clock.html", page=page)


@blueprint.post("/clock")
def retry() -> ResponseReturnValue:
    """Try something again that failed."""
    kind = request.form.get("kind", "")
    id_ = request.form.get("id", "")
    runtime().perform(Retry(actor=actor(), kind=kind, id=id_))
    return go("web.clock", notice="retried")
