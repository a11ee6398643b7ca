"""The supervision board (督查)."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import FormatIn, LineOut, PageIn
from service.commands.supervision.urging import MOST, start_urge_job
from service.http.files import download
from service.http.session import actor, runtime
from service.papers.supervision.board import board_file, board_workbook
from service.queries.supervision import board as read
from service.queries.supervision import supervised as watched

blueprint = Blueprint("supervision", __name__, description="督查")


class BoardIn(FormatIn):
    period = fields.Str(
        load_default="year", metadata={"description": "month、quarter、year 或 all"}
    )


class CountOut(LineOut, line=read.CountLine):
    """The numbers of open items.

    ``key`` is the code of a unit (``persons`` for persons), a process, or process/element.
    """


class UnitOut(
    LineOut,
    line=read.UnitLine,
    described={"on_time": "0 到 1；没有办结时为空", "days": "平均办理工作日"},
): ...


class TrendOut(LineOut, line=read.TrendLine): ...


class BoardOut(
    LineOut,
    line=read.BoardPage,
    described={
        "ages": "逾期 1–3、4–10、11–30、30 天以上的件数",
        "behind": "尚未计入的变动件数",
    },
): ...


class UnitsOut(Schema):
    units = fields.List(fields.Nested(UnitOut))


class ScopeIn(Schema):
    unit = fields.Str(load_default=None)
    process = fields.Str(load_default=None)
    element = fields.Str(load_default=None)


class ItemsIn(PageIn):
    light = fields.Str(load_default="red")
    unit = fields.Str(load_default=None)
    process = fields.Str(load_default=None)
    element = fields.Str(load_default=None)
    part = fields.Str(load_default=None)


class UrgedOut(LineOut, line=watched.UrgeLine): ...


class ItemsOut(LineOut, line=watched.ItemsPage): ...


class UrgeAllIn(ScopeIn):
    message = fields.Str(required=True)


class UrgingOut(Schema):
    job_id = fields.Int()


@blueprint.get("/supervision/board")
@blueprint.arguments(BoardIn, location="query")
@blueprint.response(200, BoardOut)
def board(query: dict[str, Any]) -> Any:
    """The items that are overdue or nearly due, by unit, process, step and age.

    ``format=xlsx`` gives a workbook with the units and the overdue items.
    """
    with runtime().query() as session:
        if query["format"] == "json":
            return read.board(session, runtime(), actor())
        sheet = watched.board_sheet(session, runtime(), actor(), query["period"])
    return download(board_workbook(sheet), board_file(runtime().now()))


@blueprint.get("/supervision/units")
@blueprint.arguments(BoardIn, location="query")
@blueprint.response(200, UnitsOut)
def units(query: dict[str, Any]) -> Any:
    """The figures of units in a period: on-time rate, handling time, and missing contributions."""
    with runtime().query() as session:
        return {"units": read.units(session, runtime(), actor(), query["period"])}


@blueprint.get("/supervision/items")
@blueprint.arguments(ItemsIn, location="query")
@blueprint.response(200, ItemsOut)
def items(query: dict[str, Any]) -> Any:
    """The open items of a light, the earliest due first. The light is red if none is given."""
    asked = watched.SupervisedAsked(**query)
    with runtime().query() as session:
        return watched.items(session, runtime(), actor(), asked)


@blueprint.post("/supervision/urge")
@blueprint.arguments(UrgeAllIn)
@blueprint.response(202, UrgingOut)
def urge_all(body: dict[str, Any]) -> dict[str, int]:
    """Urge all overdue items, of all or of one unit, process or step. The clock carries it out."""
    message = body.pop("message")
    asked = watched.SupervisedAsked(limit=MOST + 1, **body)
    with runtime().query() as session:
        ids = watched.overdue_ids(session, runtime(), actor(), asked)
    return {"job_id": start_urge_job(runtime(), actor(), ids, message)}
