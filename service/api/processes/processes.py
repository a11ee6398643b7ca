"""What may be started, and starting it."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from service.api.cases import CaseOut, one_case
from service.commands.cases.starting import StartCase
from service.http.session import actor, runtime
from service.queries.processes.starting import start_page, startable

blueprint = Blueprint("processes", __name__, description="可发起的流程")


class ProcessOut(Schema):
    key = fields.Str()
    name = fields.Str()
    description = fields.Str()
    version = fields.Int()
    form = fields.Dict(allow_none=True)


class ProcessesOut(Schema):
    processes = fields.List(fields.Nested(ProcessOut))


class StartIn(Schema):
    title = fields.Str(load_default="")
    answers = fields.Dict(load_default=None, allow_none=True)
    business_key = fields.Str(load_default=None, allow_none=True, validate=validate.Length(max=120))


@blueprint.get("/processes")
@blueprint.response(200, ProcessesOut)
def processes() -> dict[str, Any]:
    """The processes I may start, with the form of their first step."""
    with runtime().query() as session:
        found = [
            {
                "key": line.key,
                "name": line.name,
                "description": line.description,
                "version": line.version,
                "form": start_page(session, runtime(), actor(), line.key).form,
            }
            for line in startable(session, runtime(), actor())
        ]
    return {"processes": found}


@blueprint.post("/processes/<key>/cases")
@blueprint.arguments(StartIn)
@blueprint.response(201, CaseOut)
def start(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Start a case; with answers the first step is completed at once."""
    return one_case(runtime().perform(StartCase(actor=actor(), process=key, **body)))
