"""Cases: their state, their journal, their diagram, and messages to them."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import LineOut, PageIn
from service.commands.cases.starting import SendMessage
from service.commands.cases.steering import ResumeCase, SuspendCase, TerminateCase
from service.http.session import actor, runtime
from service.queries.cases import lines, lists
from service.queries.cases import pages as read

blueprint = Blueprint("cases", __name__, description="案件")


class OutcomeOut(LineOut, line=lines.OutcomeLine, described={"tone": "good、bad 或 neutral"}): ...


class CaseLineOut(
    LineOut, line=lines.CaseLine, described={"outcome": "最近的进展，办结后为结果"}
): ...


class StepOut(LineOut, line=lines.StepLine):
    due_basis = fields.Str(attribute="term_basis")


class TimerOut(LineOut, line=lines.TimerLine, described={"opens": "到时启动的环节"}):
    due_basis = fields.Str(attribute="term_basis")


class MessageOut(LineOut, line=lines.MessageOffer, without=("values",)): ...


class ParentOut(LineOut, line=lines.ParentLine): ...


class ChildOut(LineOut, line=lines.ChildLine): ...


class CaseOut(
    CaseLineOut, line=lines.CasePage, without=("case", "journal", "offers", "counts", "ahead")
): ...


class CasesIn(PageIn):
    status = fields.Str(load_default=None)
    process = fields.Str(load_default=None)
    outcome = fields.Str(load_default=None)
    started = fields.Bool(load_default=False, metadata={"description": "只列我发起的"})
    q = fields.Str(load_default=None)


class CasesOut(LineOut, line=lines.CasesPage): ...


class JournalOut(LineOut, line=lines.JournalLine): ...


class RecordOut(Schema):
    journal = fields.List(fields.Nested(JournalOut))


class DiagramOut(Schema):
    xml = fields.Str()
    states = fields.Dict()


class SteerIn(Schema):
    reason = fields.Str(required=True)


class SentOut(CaseOut):
    receipt = fields.Str(allow_none=True)
    code = fields.Str(
        allow_none=True, metadata={"description": "查询码，只在此时给出；代为提交的，请转交本人"}
    )


class TerminateIn(SteerIn):
    children = fields.Bool(load_default=False)


class CaseIn(Schema):
    status = fields.Str(load_default=None)


class MessageIn(Schema):
    name = fields.Str(required=True)
    payload = fields.Dict(load_default=dict)


def one_case(case_id: int, status: str | None = None) -> dict[str, Any]:
    """A case with the fields of ``CaseOut``.

    :param status: the status of the children that are listed; None lists all.
    """
    with runtime().query() as session:
        page = read.case_page(session, runtime(), actor(), case_id, status=status)
    return {**vars(page), **vars(page.case)}


@blueprint.get("/cases")
@blueprint.arguments(CasesIn, location="query")
@blueprint.response(200, CasesOut)
def cases(query: dict[str, Any]) -> Any:
    """The cases that I may see, newest first."""
    asked = lists.CasesAsked(**query)
    with runtime().query() as session:
        return lists.cases(session, runtime(), actor(), asked)


@blueprint.get("/cases/<int:case_id>")
@blueprint.arguments(CaseIn, location="query")
@blueprint.response(200, CaseOut)
def case(query: dict[str, Any], case_id: int) -> dict[str, Any]:
    """One case with its steps, items, timers, messages, parent and children.

    At most 200 children are listed. ``status`` limits them to one status.
    """
    return one_case(case_id, query["status"])


@blueprint.get("/cases/<int:case_id>/journal")
@blueprint.response(200, RecordOut)
def journal(case_id: int) -> dict[str, Any]:
    """The journal of a case, newest first."""
    with runtime().query() as session:
        return {"journal": read.journal(session, runtime(), actor(), case_id)}


@blueprint.get("/cases/<int:case_id>/diagram")
@blueprint.response(200, DiagramOut)
def diagram(case_id: int) -> dict[str, Any]:
    """The diagram (XML), and the state of each element that the case has reached."""
    with runtime().query() as session:
        xml, states = read.diagram(session, runtime(), actor(), case_id)
    return {"xml": xml, "states": states}


@blueprint.post("/cases/<int:case_id>/messages")
@blueprint.arguments(MessageIn)
@blueprint.response(200, SentOut)
def message(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Send a message to a case. 409 if the case does not wait for it."""
    command = SendMessage(
        actor=actor(),
        case_id=case_id,
        name=body["name"],
        payload=body["payload"],
    )
    sent = runtime().perform(command)
    return {
        **one_case(sent.case_id),
        "receipt": sent.receipt,
        "code": sent.code,
    }


@blueprint.post("/cases/<int:case_id>/suspend")
@blueprint.arguments(SteerIn)
@blueprint.response(200, CaseOut)
def suspend(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Suspend a case (挂起)."""
    command = SuspendCase(actor=actor(), case_id=case_id, **body)
    return one_case(runtime().perform(command))


@blueprint.post("/cases/<int:case_id>/resume")
@blueprint.arguments(SteerIn)
@blueprint.response(200, CaseOut)
def resume(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Resume a case (恢复)."""
    command = ResumeCase(actor=actor(), case_id=case_id, **body)
    return one_case(runtime().perform(command))


@blueprint.post("/cases/<int:case_id>/terminate")
@blueprint.arguments(TerminateIn)
@blueprint.response(200, CaseOut)
def terminate(body: dict[str, Any], case_id: int) -> dict[str, Any]:
    """Terminate a case (终止). 409 if it has running children, unless ``children`` is true."""
    command = TerminateCase(actor=actor(), case_id=case_id, **body)
    return one_case(runtime().perform(command))
