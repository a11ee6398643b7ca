"""The inbox (待办): what waits for me or my unit, in boxes."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.http.session import actor, runtime
from service.queries.cases import lists
from service.queries.items import inbox as read
from service.queries.processes.starting import known, startable
from service.web.site.pages import blueprint, turned

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
    cursor, lines_only = turned()
    now = runtime().now()
    with runtime().query() as session:
        shown = {"page": _page(session, box, filters, cursor), "box": box, "filters": filters}
        shown["started"] = box == "started"
        if lines_only:
            template = "cases/case_rows.html" if shown["started"] else "items/inbox_rows.html"
            return render_template(template, **shown)
        counts = read.counts(session, who, now)
        tables = () if shown["started"] else read.tables(session, who, shown["page"])
        processes = known(session, who)
        idle = box == "todo" and not shown["page"].items
        may_start = idle and bool(startable(session, runtime(), who))
    return render_template(
        "items/inbox.html",
        boxes=BOXES,
        counts=counts,
        processes=processes,
        may_start=may_start,
        tables=tables,
        **shown,
    )


def _page(session: Any, box: str, filters: dict[str, Any], cursor: str | None) -> Any:
    """A page of a box: items, or the cases that I started."""
    who = actor()
    if box == "started":
        of_cases = {name: filters[name] for name in ("process", "q")}
        asked = lists.CasesAsked(started=True, limit=INBOX_LINES, cursor=cursor, **of_cases)
        return lists.cases(session, runtime(), who, asked)
    of_items = read.BoxAsked(box=box, limit=INBOX_LINES, cursor=cursor, **filters)
    return read.inbox(session, runtime(), who, of_items)
