"""How the clock is doing (运行状况), and trying again what failed."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.commands.operations.retrying import Retry
from service.domain.vocabulary import STOPPED
from service.http.session import actor, runtime
from service.queries.operations.clock import clock_page

blueprint = Blueprint("clock", __name__, description="运行状况")


class StoppedOut(Schema):
    kind = fields.Str(metadata={"description": "、".join(STOPPED)})
    id = fields.Str()
    what = fields.Str()
    case_id = fields.Int(allow_none=True)
    case_title = fields.Str()
    due_at = fields.AwareDateTime()
    attempts = fields.Int()
    again_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "为空：已停放，等待人工重试"}
    )
    error = fields.Str()


class JobOut(Schema):
    id = fields.Int()
    kind = fields.Str()
    created_at = fields.AwareDateTime()
    done = fields.Int()
    failed = fields.Int()
    total = fields.Int()
    error = fields.Str(allow_none=True)
    finished_at = fields.AwareDateTime(allow_none=True)


class ClockOut(Schema):
    behind = fields.Int(metadata={"description": "已到期尚未触发的计时"})
    since = fields.AwareDateTime(allow_none=True)
    stopped = fields.List(fields.Nested(StoppedOut))
    jobs = fields.List(fields.Nested(JobOut))


class RetryIn(Schema):
    kind = fields.Str(required=True)
    id = fields.Str(required=True)


@blueprint.get("/clock")
@blueprint.response(200, ClockOut)
def clock() -> Any:
    """What is due and not done, what failed, and long works."""
    with runtime().query() as session:
        return clock_page(session, runtime(), actor())


@blueprint.post("/clock/retry")
@blueprint.arguments(RetryIn)
@blueprint.response(204)
def retry(body: dict[str, Any]) -> None:
    """Try something that failed again at once."""
    runtime().perform(Retry(actor=actor(), **body))
