"""Campaigns (集中报送) as pages: the progress of the year's reports, and urging who is late."""

from flask import Response, render_template, request
from flask.typing import ResponseReturnValue

from service.commands.supervision.urging import start_urge_job
from service.domain.people.rights import Right
from service.errors import NotAllowed
from service.http.files import download
from service.http.session import actor, runtime
from service.papers.supervision.campaign import of_year, reports_workbook
from service.queries.operations.jobs import newest_job
from service.queries.supervision import campaigns as read
from service.web.site.pages import blueprint, go, list_position

PAGE_LINES = 50
MOST_LINES = 100_000
WORKBOOK_LINES_AT_ONCE = 100


@blueprint.get("/campaigns")
def campaigns() -> ResponseReturnValue:
    """Lead to this year of the first campaign, or say that there is none."""
    with runtime().query() as session:
        lines = read.campaigns(session, actor())
    if not lines:
        return render_template("supervision/campaigns.html")
    return go("web.campaign", code=lines[0].code, year=read.this_year(runtime()))


@blueprint.get("/campaigns/<code>/<int:year>")
def campaign(code: str, year: int) -> ResponseReturnValue:
    """One year: the figures, the managing departments and the reports."""
    texts = {name: request.args.get(name, "").strip() for name in ("stage", "department", "q")}
    filters = {name: text for name, text in texts.items() if text}
    late = "late" in request.args
    cursor, _ = list_position()
    asked = read.ReportsAsked(late=late, limit=PAGE_LINES, cursor=cursor, **filters)
    with runtime().query() as session:
        page = read.campaign_page(session, runtime(), actor(), code, year)
        reports = read.reports(session, runtime(), actor(), code, year, asked)
        job = newest_job(session, actor().jurisdiction, "urge")
    return render_template(
        "supervision/campaign.html",
        page=page,
        found=reports,
        job=job,
        title=of_year(year, page.campaign.title),
        given={**filters, "late": 1} if late else filters,
    )


@blueprint.get("/campaigns/<code>/<int:year>.xlsx")
def campaign_workbook(code: str, year: int) -> Response:
    """All reports of a year as a workbook."""
    lines: list[read.ReportLine] = []
    cursor = None
    with runtime().query() as session:
        title = read.campaign(session, actor(), code).title
        while len(lines) < MOST_LINES:
            asked = read.ReportsAsked(limit=WORKBOOK_LINES_AT_ONCE, cursor=cursor)
            page = read.reports(session, runtime(), actor(), code, year, asked)
            lines += page.reports
            cursor = page.next
            if cursor is None:
                break
    name = of_year(year, title)
    return download(reports_workbook(name, lines), f"{name}.xlsx")


@blueprint.post("/campaigns/<code>/<int:year>/urge")
def urge_campaign(code: str, year: int) -> ResponseReturnValue:
    """Urge all who are late.

    :raises NotAllowed: the person neither belongs to the leading unit nor may urge many items.
    """
    person = actor()
    with runtime().query() as session:
        line = read.campaign(session, person, code)
        ids = read.late_ids(session, runtime(), person, code, year)
    if not line.leading and not person.may(Right.URGE_MANY):
        raise NotAllowed("由牵头单位和督查人员催办")
    usual_message = f"{of_year(year, line.title)}已逾期，请立即提交。"
    message = request.form.get("message", "").strip() or usual_message
    start_urge_job(runtime(), person, ids, message, leading=line.leading)
    return go("web.campaign", code=code, year=year, notice="urging")
