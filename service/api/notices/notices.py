"""Notices (通知): the messages of cases to me and my unit."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import LineOut
from service.commands.notices.seen import SeeNotices
from service.http.session import actor, runtime
from service.queries.notices import notices as read

blueprint = Blueprint("notices", __name__, description="通知")


class MyNoticeOut(
    LineOut,
    line=read.NoticeLine,
    without=("process", "part", "fold", "tone", "first_id"),
    described={"fresh": "未读", "count": "同类通知的条数；多条同类的合为一条"},
): ...


class MyNoticesIn(Schema):
    before = fields.Int(load_default=None)


class MyNoticesOut(Schema):
    notices = fields.List(fields.Nested(MyNoticeOut))
    unread = fields.Int(metadata={"description": "未读条数，最多数到 100"})


class NoticesSeenIn(Schema):
    last = fields.Int(required=True, metadata={"description": "看到哪一条为止"})


@blueprint.get("/notices")
@blueprint.arguments(MyNoticesIn, location="query")
@blueprint.response(200, MyNoticesOut)
def notices(asked: dict[str, Any]) -> Any:
    """The newest notices for me and my unit. With ``before`` they are older than that notice."""
    with runtime().query() as session:
        return {
            "notices": read.notices(session, actor(), asked["before"]),
            "unread": read.unread(session, actor()),
        }


@blueprint.post("/notices/seen")
@blueprint.arguments(NoticesSeenIn)
@blueprint.response(204)
def see_notices(body: dict[str, Any]) -> None:
    """Mark all notices up to this one as seen."""
    runtime().perform(SeeNotices(actor=actor(), last=body["last"]))
