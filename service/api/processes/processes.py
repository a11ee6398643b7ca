"""The processes that may be started, and starting one."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from service.api.cases import CaseOut, one_case
from service.api.schemas import LineOut
from service.commands.cases.starting import StartCase
from service.http.session import actor, runtime
from service.queries.processes.lines import ProcessLine
from service.queries.processes.starting import start_page, startable

blueprint = Blueprint("processes", __name__, description="可发起的流程")


class ProcessOut(LineOut, line=ProcessLine):
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
    """The processes that I may start, with the form of their first step."""
    with runtime().query() as session:
        lines = startable(session, runtime(), actor())
        pages = [start_page(session, runtime(), actor(), line.key) for line in lines]
    processes_with_forms = [
        {**vars(line), "form": page.form} for line, page in zip(lines, pages, strict=True)
    ]
    return {"processes": processes_with_forms}


@blueprint.post("/processes/<key>/cases")
@blueprint.arguments(StartIn)
@blueprint.response(201, CaseOut)
def start(body: dict[str, Any], key: str) -> dict[str, Any]:
    """Start a case. With answers, the first step is completed at once."""
    command = StartCase(actor=actor(), process=key, **body)
    return one_case(runtime().perform(command))
