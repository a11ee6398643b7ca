"""The page of a rehearsal (演练): what time it is, moving on, and what would have been sent."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.http.rehearsal import forward, rehearsal
from service.http.session import actor, runtime
from service.queries.notices.deliveries import deliveries
from service.web.site.pages import blueprint, go


@blueprint.get("/rehearsal")
def rehearsing() -> ResponseReturnValue:
    """Where time stands, and the messages that went nowhere, newest first."""
    rehearsal()
    with runtime().query() as session:
        lines = deliveries(session, actor().jurisdiction)
    return render_template("operations/rehearsal.html", lines=lines)


@blueprint.post("/rehearsal")
def move() -> ResponseReturnValue:
    """Move time by working days or to a day."""
    workdays = request.form.get("workdays", type=int)
    forward(workdays, None if workdays is not None else request.form.get("to", ""))
    return go("web.rehearsing", notice="rehearsed")
