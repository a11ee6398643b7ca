"""Notices (通知): the messages of cases to me and my unit."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.commands.notices.seen import SeeNotices
from service.http.session import actor, runtime
from service.queries.notices import notices as read
from service.web.site.pages import blueprint, go


@blueprint.get("/notices")
def notices() -> ResponseReturnValue:
    """The newest notices. With ``before`` they are older than that notice."""
    with runtime().query() as session:
        lines = read.notices(session, actor(), request.args.get("before", type=int))
    number_read = sum(line.count for line in lines)
    is_full = len(lines) == read.PAGE_LINES or number_read == read.LOOKED_AT
    oldest_id = min(line.first_id for line in lines) if is_full else None
    return render_template("notices/notices.html", lines=lines, more=oldest_id)


@blueprint.post("/notices")
def see_notices() -> ResponseReturnValue:
    """Mark the notices on the page as seen."""
    runtime().perform(SeeNotices(actor=actor(), last=request.form.get("last", 0, type=int)))
    return go("web.notices")
