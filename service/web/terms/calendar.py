"""The working calendar: the page of a year, and the upload of an announced one."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from service.errors import NotFound
from service.http.files import download
from service.http.session import actor, runtime
from service.http.sheets import load_sent_calendar
from service.papers.terms import calendar_file
from service.queries.terms.calendar import calendar_page
from service.web.site.pages import blueprint, go

FIRST, LAST = 2004, 2100


@blueprint.get("/calendar")
def calendar() -> ResponseReturnValue:
    """Twelve months of a year."""
    year = request.args.get("year", runtime().now().year, type=int)
    if not FIRST <= year <= LAST:
        raise NotFound(f"{year} 年的日历")
    with runtime().query() as session:
        page = calendar_page(session, runtime(), actor(), year)
    return render_template("terms/calendar.html", page=page, next_year=runtime().now().year + 1)


@blueprint.post("/calendar")
def load_calendar() -> ResponseReturnValue:
    """Load a file. The clock then recomputes the terms that are open."""
    years, loaded = load_sent_calendar(calendar_file.read_calendar)
    notice = "calendar_loaded" if loaded.years else "calendar_same"
    return go("web.calendar", notice=notice, year=years[0].year)


@blueprint.get("/calendar/template.<kind>")
def calendar_template(kind: str) -> Response:
    """An empty file for next year, to fill in."""
    actor()
    if kind not in {"yaml", "xlsx"}:
        raise NotFound("该模板")
    year = runtime().now().year + 1
    content = calendar_file.calendar_template(year, kind)
    return download(content, f"{year}年放假调休安排.{kind}")
