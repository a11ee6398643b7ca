"""The inbox (待办): the items that wait for me or my unit, in boxes."""

from typing import Any

from flask import redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.http.session import actor, runtime
from service.queries.cases import lists
from service.queries.items import inbox as read
from service.queries.processes.starting import known, startable
from service.web.site.pages import blueprint, list_position

BOXES = ("todo", "claimed", "contribute", "done", "started")
INBOX_FILTERS = ("light", "process", "q")
INBOX_LINES = 20


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """Lead to the inbox, which is the first page."""
    return redirect(url_for("web.inbox"))


@blueprint.get("/inbox")
def inbox() -> ResponseReturnValue:
    """One box with filters.

    With ``cursor`` the answer is only the next lines, for htmx to append.
    """
    person = actor()
    box = request.args.get("box", "todo")
    if box not in BOXES:
        box = "todo"
    filters: dict[str, Any] = {name: request.args.get(name) or None for name in INBOX_FILTERS}
    cursor, lines_only = list_position()
    started = box == "started"
    now = runtime().now()
    with runtime().query() as session:
        page = _page(session, box, filters, cursor)
        shown = {"page": page, "box": box, "filters": filters, "started": started}
        if lines_only:
            rows = "cases/case_rows.html" if started else "items/inbox_rows.html"
            return render_template(rows, **shown)
        counts = read.counts(session, person, now)
        tables = () if started else read.tables(session, person, page)
        processes = known(session, person)
        is_idle = box == "todo" and not page.items
        may_start = is_idle and bool(startable(session, runtime(), person))
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
    if box == "started":
        asked = lists.CasesAsked(
            started=True,
            limit=INBOX_LINES,
            cursor=cursor,
            process=filters["process"],
            q=filters["q"],
        )
        return lists.cases(session, runtime(), actor(), asked)
    asked_of_box = read.BoxAsked(box=box, limit=INBOX_LINES, cursor=cursor, **filters)
    return read.inbox(session, runtime(), actor(), asked_of_box)
