"""The inbox (待办): what waits for me or my unit, in boxes."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.http.session import actor, runtime
from service.queries.items import inbox as read
from service.queries.processes.starting import known, startable
from service.web.site.pages import blueprint

BOXES = ("todo", "claimed", "contribute", "done", "started")
INBOX_FILTERS = ("light", "process", "q")
INBOX_LINES = 20


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """The first page is the inbox."""
    return redirect(url_for("web.inbox"))


@blueprint.get("/inbox")
def inbox() -> ResponseReturnValue:
    """One box, filtered; with ``cursor`` the following lines only, for htmx to append."""
    who = actor()
    box = request.args.get("box", "todo")
    box = box if box in BOXES else "todo"
    filters: dict[str, Any] = {name: request.args.get(name) or None for name in INBOX_FILTERS}
    cursor = request.args.get("cursor")
    now = runtime().now()
    with runtime().query() as session:
        calendar = runtime().calendar_for(session, who)
        asked = read.BoxAsked(box=box, limit=INBOX_LINES, cursor=cursor, **filters)
        page = read.inbox(session, who, asked, now=now, calendar=calendar)
        shown = {"page": page, "box": box, "filters": filters}
        if cursor and request.headers.get("HX-Request"):
            return render_template("items/inbox_rows.html", **shown)
        counts = read.counts(session, who, now)
        processes = known(session, who)
        idle = box == "todo" and not page.items
        may_start = idle and bool(startable(session, runtime(), who))
    return render_template(
        "items/inbox.html",
        boxes=BOXES,
        counts=counts,
        processes=processes,
        may_start=may_start,
        **shown,
    )
