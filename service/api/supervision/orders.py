"""The cases that 督查 starts: supervision orders (督办单) and circulars (通报)."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from service.api.cases import CaseOut, one_case
from service.commands.supervision.orders import StartCircular, StartOrder
from service.http.session import actor, runtime

blueprint = Blueprint("orders", __name__, description="督办单与通报")


class OrderIn(Schema):
    title = fields.Str(required=True)
    unit = fields.Str(required=True, metadata={"description": "单位代码"})
    text = fields.Str(required=True)
    level = fields.Str(
        load_default="blue",
        validate=validate.OneOf(["blue", "orange", "red"], error="颜色应为 blue、orange 或 red"),
    )
    wanted = fields.Date(load_default=None, metadata={"description": "要求办结时间"})
    problem = fields.Str(load_default="")
    item_id = fields.Int(load_default=None)


class CircularIn(Schema):
    title = fields.Str(required=True)
    text = fields.Str(required=True)
    units = fields.List(
        fields.Str(),
        required=True,
        validate=validate.Length(min=1, error="请至少选择一个被通报单位"),
    )


@blueprint.post("/supervision/orders")
@blueprint.arguments(OrderIn)
@blueprint.response(201, CaseOut)
def start_order(body: dict[str, Any]) -> Any:
    """Open a supervision order (督办单) for a unit."""
    command = StartOrder(actor=actor(), **body)
    return one_case(runtime().perform(command))


@blueprint.post("/supervision/circulars")
@blueprint.arguments(CircularIn)
@blueprint.response(201, CaseOut)
def start_circular(body: dict[str, Any]) -> Any:
    """Start the case of a circular (通报)."""
    command = StartCircular(actor=actor(), **body)
    return one_case(runtime().perform(command))
