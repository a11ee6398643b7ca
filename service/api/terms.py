"""The working calendar (工作日历)."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from service.api.schemas import LineOut
from service.commands.terms.calendars import Loaded
from service.http.session import actor, runtime
from service.http.sheets import load_sent_calendar
from service.papers.terms.calendar_file import read_calendar
from service.queries.terms.calendar import DayLine, YearLine, calendar_page

blueprint = Blueprint("calendar", __name__, description="工作日历")


class YearIn(Schema):
    year = fields.Int(
        load_default=None, validate=validate.Range(2004, 2100, error="年份应在 2004 到 2100 之间")
    )


class YearOut(
    LineOut,
    line=YearLine,
    without=("loaded_by",),
    described={"official": "false：尚未公布，暂按推算"},
): ...


class DayOut(LineOut, line=DayLine, without=("mark",)): ...


class CalendarOut(Schema):
    year = fields.Int()
    workdays = fields.Int()
    years = fields.List(fields.Nested(YearOut))
    days = fields.List(fields.Nested(DayOut), metadata={"description": "与周一至周五不同的日子"})


class LoadedOut(LineOut, line=Loaded, described={"years": "新载入或有变化的年份"}): ...


@blueprint.get("/calendar")
@blueprint.arguments(YearIn, location="query")
@blueprint.response(200, CalendarOut)
def calendar(query: dict[str, Any]) -> dict[str, Any]:
    """The announced years, and the days of one year that differ from Monday to Friday."""
    year = query["year"] or runtime().now().year
    with runtime().query() as session:
        page = calendar_page(session, runtime(), actor(), year)
    weeks = [week for month in page.months for week in month]
    days = [day for week in weeks for day in week if day is not None and day.mark]
    return {"year": year, "years": page.years, "workdays": page.workdays, "days": days}


@blueprint.post("/calendar")
@blueprint.response(200, LoadedOut)
def load() -> Loaded:
    """Load the calendar of a year from a YAML or Excel file (part ``file``).

    Open deadlines are computed again.
    """
    _, loaded = load_sent_calendar(read_calendar)
    return loaded
