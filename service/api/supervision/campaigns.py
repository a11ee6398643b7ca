"""Campaigns (集中报送): what every project owes at a certain time of the year."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import PageIn
from service.http.session import actor, runtime
from service.queries.supervision import campaigns as read

blueprint = Blueprint("campaigns", __name__, description="集中报送")


class CampaignOut(Schema):
    code = fields.Str()
    title = fields.Str()
    process = fields.Str()
    leading = fields.Bool()


class CampaignsOut(Schema):
    campaigns = fields.List(fields.Nested(CampaignOut))


class DepartmentOut(Schema):
    code = fields.Str()
    name = fields.Str()
    stages = fields.Dict(keys=fields.Str(), values=fields.Int())
    came_late = fields.Int(metadata={"description": "逾期后提交"})
    total = fields.Int()


class ReportOut(Schema):
    item_id = fields.Int()
    case_id = fields.Int()
    title = fields.Str()
    number = fields.Str(allow_none=True)
    person = fields.Str(allow_none=True)
    unit = fields.Str(allow_none=True)
    department = fields.Str()
    stage = fields.Str()
    due_at = fields.AwareDateTime(allow_none=True)
    due_basis = fields.Str(attribute="term_basis")
    submitted_at = fields.AwareDateTime(allow_none=True)
    days_late = fields.Int(metadata={"description": "逾期的工作日数"})


class CampaignYearIn(PageIn):
    stage = fields.Str(load_default=None)
    late = fields.Bool(load_default=False)
    department = fields.Str(
        load_default=None, metadata={"description": "归口管理部门的编码；none：未登记"}
    )
    q = fields.Str(load_default=None, metadata={"description": "项目名称或备案编号含有"})


class CampaignYearOut(Schema):
    campaign = fields.Nested(CampaignOut)
    year = fields.Int()
    tracked = fields.Int(metadata={"description": "正在跟榜、每年应报的项目"})
    opening = fields.Int(metadata={"description": "已到开启时间、正在开启的项目"})
    ahead = fields.Int(metadata={"description": "本年内将要开启的项目"})
    total = fields.Nested(DepartmentOut)
    departments = fields.List(fields.Nested(DepartmentOut))
    reports = fields.List(fields.Nested(ReportOut))
    next = fields.Str(allow_none=True)


@blueprint.get("/campaigns")
@blueprint.response(200, CampaignsOut)
def campaigns() -> dict[str, Any]:
    """The campaigns that my unit leads, or that I supervise."""
    with runtime().query() as session:
        return {"campaigns": read.campaigns(session, actor())}


@blueprint.get("/campaigns/<code>/<int:year>")
@blueprint.arguments(CampaignYearIn, location="query")
@blueprint.response(200, CampaignYearOut)
def campaign(query: dict[str, Any], code: str, year: int) -> dict[str, Any]:
    """A campaign in one year: figures, and the reports page by page."""
    with runtime().query() as session:
        page = read.campaign_page(session, runtime(), actor(), code, year)
        found = read.reports(session, runtime(), actor(), code, year, read.ReportsAsked(**query))
    figures = {
        name: getattr(page, name)
        for name in ("campaign", "year", "tracked", "opening", "ahead", "total", "departments")
    }
    return {**figures, "reports": found.reports, "next": found.next}
