"""Campaigns (集中报送): reports that every project submits at a certain time of the year."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import LineOut, PageIn
from service.http.session import actor, runtime
from service.queries.supervision import campaigns as read

blueprint = Blueprint("campaigns", __name__, description="集中报送")


class CampaignOut(
    LineOut, line=read.CampaignLine, without=("opens", "submit", "audit", "assess")
): ...


class CampaignsOut(Schema):
    campaigns = fields.List(fields.Nested(CampaignOut))


class DepartmentOut(LineOut, line=read.DepartmentLine, described={"came_late": "逾期后提交"}):
    total = fields.Int()


class ReportOut(LineOut, line=read.ReportLine, described={"days_late": "逾期的工作日数"}):
    due_basis = fields.Str(attribute="term_basis")


class CampaignYearIn(PageIn):
    stage = fields.Str(load_default=None)
    late = fields.Bool(load_default=False)
    department = fields.Str(
        load_default=None, metadata={"description": "归口管理部门的编码；none：未登记"}
    )
    q = fields.Str(load_default=None, metadata={"description": "项目名称或备案编号含有"})


class CampaignYearOut(
    LineOut,
    line=read.CampaignPage,
    described={
        "tracked": "正在跟榜、每年应报的项目",
        "opening": "已到开启时间、正在开启的项目",
        "ahead": "本年内将要开启的项目",
    },
):
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
    asked = read.ReportsAsked(**query)
    with runtime().query() as session:
        page = read.campaign_page(session, runtime(), actor(), code, year)
        reports = read.reports(session, runtime(), actor(), code, year, asked)
    return {**vars(page), **vars(reports)}
