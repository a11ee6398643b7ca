"""Notices (通知): what cases have left for me and my unit."""

from flask import render_template, request
from flask.typing import ResponseReturnValue

from service.commands.notices.seen import SeeNotices
from service.http.session import actor, runtime
from service.queries.notices import notices as read
from service.web.site.pages import blueprint, go


@blueprint.get("/notices")
def notices() -> ResponseReturnValue:
    """The newest notices, with ``before`` the older ones."""
    with runtime().query() as session:
        lines = read.notices(session, actor(), request.args.get("before", type=int))
    looked_at = sum(line.count for line in lines)
    full = len(lines) == read.PAGE_LINES or looked_at == read.LOOKED_AT
    more = min(line.first_id for line in lines) if full else None
    return render_template("notices/notices.html", lines=lines, more=more)


@blueprint.post("/notices")
def see_notices() -> ResponseReturnValue:
    """Mark what stands on the page as seen."""
    runtime().perform(SeeNotices(actor=actor(), last=request.form.get("last", 0, type=int)))
    return go("web.notices")
