"""Moving the time in a rehearsal (演练)."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import LineOut
from service.http.rehearsal import Moved
from service.http.rehearsal import forward as move

blueprint = Blueprint("rehearsal", __name__, description="演练")


class ForwardIn(Schema):
    workdays = fields.Int(load_default=None)
    to = fields.Str(load_default=None)


class MovedOut(LineOut, line=Moved): ...


@blueprint.post("/rehearsal/forward")
@blueprint.arguments(ForwardIn)
@blueprint.response(200, MovedOut)
def forward(body: dict[str, Any]) -> Any:
    """Move the time by working days or to a day. Only in a rehearsal (``--rehearsal``).

    Everything that falls due on the way is done.
    """
    return move(**body)
