"""The state of the clock (运行状况), and trying again what failed."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import LineOut
from service.commands.operations.retrying import Retry
from service.domain.vocabulary import STOPPED
from service.http.session import actor, runtime
from service.queries.operations.clock import ClockPage, StoppedLine, clock_page
from service.queries.operations.jobs import JobLine

blueprint = Blueprint("clock", __name__, description="运行状况")


class StoppedOut(
    LineOut,
    line=StoppedLine,
    without=("label",),
    described={"kind": "、".join(STOPPED), "again_at": "为空：已停放，等待人工重试"},
): ...


class JobOut(LineOut, line=JobLine): ...


class ClockOut(LineOut, line=ClockPage, described={"behind": "已到期尚未触发的计时"}): ...


class RetryIn(Schema):
    kind = fields.Str(required=True)
    id = fields.Str(required=True)


@blueprint.get("/clock")
@blueprint.response(200, ClockOut)
def clock() -> Any:
    """The due things that are not done, the failures, and the long jobs."""
    with runtime().query() as session:
        return clock_page(session, runtime(), actor())


@blueprint.post("/clock/retry")
@blueprint.arguments(RetryIn)
@blueprint.response(204)
def retry(body: dict[str, Any]) -> None:
    """Try something again at once that failed."""
    runtime().perform(Retry(actor=actor(), **body))
