"""Channels (通知渠道), and the address of the calendar."""

from typing import Any

from flask import request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import LineOut
from service.commands.notices.channels import (
    CloseFeed,
    OpenFeed,
    RemoveChannel,
    SetChannel,
    TryChannel,
)
from service.http.session import actor, feed_address, runtime
from service.queries.notices import channels as read

blueprint = Blueprint("channels", __name__, description="通知渠道与日历")


class ChannelIn(Schema):
    kind = fields.Str(
        required=True, metadata={"description": "email；单位还可以是 webhook、wecom、dingtalk"}
    )
    address = fields.Str(
        required=True, metadata={"description": "邮箱，或 http(s) 网址；网址此后只显示主机"}
    )
    mode = fields.Str(
        load_default="each",
        metadata={"description": "each（逐条）、daily（每日汇总）或 off（暂停）"},
    )
    secret = fields.Str(
        load_default="", metadata={"description": "签名密钥：webhook 的 HMAC-SHA256，或钉钉加签"}
    )


class ChannelOut(
    LineOut, line=read.ChannelLine, described={"parked": "一天内未能送达而停放的条数"}
): ...


class ChannelsOut(Schema):
    channels = fields.List(fields.Nested(ChannelOut))


class ChannelIdOut(Schema):
    id = fields.Int()


class DeliveryOut(Schema):
    delivery = fields.Str()


class FeedOut(Schema):
    url = fields.Str(metadata={"description": "日历订阅地址，只在此时给出"})


@blueprint.get("/me/channels")
@blueprint.response(200, ChannelsOut)
def my_channels() -> Any:
    """My own channels."""
    with runtime().query() as session:
        return {"channels": read.my_channels(session, actor())}


@blueprint.post("/me/channels")
@blueprint.arguments(ChannelIn)
@blueprint.response(201, ChannelIdOut)
def set_my_channel(body: dict[str, Any]) -> Any:
    """Add a channel of mine. If I have the address already, its mode is changed."""
    return {"id": runtime().perform(SetChannel(actor=actor(), **body))}


@blueprint.get("/unit/channels")
@blueprint.response(200, ChannelsOut)
def unit_channels() -> Any:
    """The channels of my unit, for its heads. Administrators may name any unit with ``?unit=``."""
    with runtime().query() as session:
        return {"channels": read.unit_channels(session, actor(), _unit())}


@blueprint.post("/unit/channels")
@blueprint.arguments(ChannelIn)
@blueprint.response(201, ChannelIdOut)
def set_unit_channel(body: dict[str, Any]) -> Any:
    """Add a channel of my unit, or of the unit in ``?unit=``."""
    command = SetChannel(actor=actor(), unit=_unit(), **body)
    return {"id": runtime().perform(command)}


def _unit() -> str:
    """The code of the unit in the address, or of my own unit."""
    return request.args.get("unit") or actor().unit_code or ""


@blueprint.delete("/me/channels/<int:channel_id>")
@blueprint.delete("/unit/channels/<int:channel_id>")
@blueprint.response(204)
def remove_channel(channel_id: int) -> None:
    """Remove a channel."""
    runtime().perform(RemoveChannel(actor=actor(), channel_id=channel_id))


@blueprint.post("/me/channels/<int:channel_id>/test")
@blueprint.post("/unit/channels/<int:channel_id>/test")
@blueprint.response(202, DeliveryOut)
def try_channel(channel_id: int) -> Any:
    """Send a test message."""
    command = TryChannel(actor=actor(), channel_id=channel_id)
    return {"delivery": runtime().perform(command)}


@blueprint.post("/me/calendar")
@blueprint.response(201, FeedOut)
def open_feed() -> Any:
    """Make a private address of my deadlines as a calendar. The earlier address no longer works."""
    secret = runtime().perform(OpenFeed(actor=actor()))
    return {"url": feed_address(secret)}


@blueprint.delete("/me/calendar")
@blueprint.response(204)
def close_feed() -> None:
    """Make the address of my calendar invalid."""
    runtime().perform(CloseFeed(actor=actor()))
