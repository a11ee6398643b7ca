"""The page of a rehearsal (演练): the time, moving it on, and the messages that were not sent."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.http.rehearsal import forward, rehearsal
from service.http.session import actor, runtime
from service.queries.notices.deliveries import deliveries
from service.web.site.pages import blueprint, go


@blueprint.get("/rehearsal")
def rehearsing() -> ResponseReturnValue:
    """The time of the rehearsal, and the messages that were not sent, newest first."""
    rehearsal()
    with runtime().query() as session:
        lines = deliveries(session, actor().jurisdiction)
    return render_template("operations/rehearsal.html", lines=lines)


@blueprint.post("/rehearsal")
def move() -> ResponseReturnValue:
    """Move the time by working days or to a day."""
    workdays = request.form.get("workdays", type=int)
    day = None if workdays is not None else request.form.get("to", "")
    forward(workdays, day)
    return go("web.rehearsing", notice="rehearsed")
