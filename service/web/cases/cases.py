"""Cases: the list, and one case with its open steps and its history."""

from collections.abc import Mapping
from typing import Any

from flask import jsonify, render_template, request
from flask.typing import ResponseReturnValue

from service.commands.cases.starting import SendMessage
from service.commands.cases.steering import ResumeCase, SuspendCase, TerminateCase
from service.errors import NotFound
from service.http.session import actor, runtime
from service.queries.cases import lists
from service.queries.cases import pages as read
from service.queries.processes.starting import known
from service.web.site.pages import blueprint, go, list_position

CASE_FILTERS = ("q", "status", "process", "outcome")
STEERING: Mapping[str, tuple[type[SuspendCase | ResumeCase | TerminateCase], str]] = {
    "suspend": (SuspendCase, "suspended"),
    "resume": (ResumeCase, "resumed"),
    "terminate": (TerminateCase, "terminated"),
}


@blueprint.get("/cases")
def cases() -> ResponseReturnValue:
    """The cases that I may see."""
    filters: dict[str, Any] = {name: request.args.get(name) or None for name in CASE_FILTERS}
    cursor, lines_only = list_position()
    asked = lists.CasesAsked(cursor=cursor, **filters)
    with runtime().query() as session:
        page = lists.cases(session, runtime(), actor(), asked)
        if lines_only:
            return render_template("cases/case_rows.html", page=page, filters=filters)
        choices = {
            "processes": known(session, actor()),
            "outcomes": lists.known_outcomes(session, runtime(), actor().jurisdiction),
        }
    return render_template("cases/cases.html", page=page, filters=filters, **choices)


@blueprint.get("/cases/<int:case_id>")
def case(case_id: int) -> ResponseReturnValue:
    """The page of one case."""
    status = request.args.get("status") or None
    with runtime().query() as session:
        page = read.case_page(session, runtime(), actor(), case_id, status=status)
    return render_template("cases/case.html", page=page, case=page.case, status=status)


@blueprint.get("/cases/<int:case_id>/diagram.json")
def diagram(case_id: int) -> ResponseReturnValue:
    """The diagram and the state of its elements, for the island."""
    with runtime().query() as session:
        xml, states = read.diagram(session, runtime(), actor(), case_id)
    return jsonify(xml=xml, states=states)


@blueprint.post("/cases/<int:case_id>/messages")
def send_message(case_id: int) -> ResponseReturnValue:
    """Send a message without content. The form island sends messages that have a form."""
    name = request.form.get("name", "")
    runtime().perform(
        SendMessage(
            actor=actor(),
            case_id=case_id,
            name=name,
            payload={},
        )
    )
    return go("web.case", case_id=case_id, notice="message")


@blueprint.post("/cases/<int:case_id>/<verb>")
def steer(case_id: int, verb: str) -> ResponseReturnValue:
    """Suspend, resume or terminate a case, with a reason."""
    if verb not in STEERING:
        raise NotFound("该操作")
    command, notice = STEERING[verb]
    arguments: dict[str, Any] = {"reason": request.form.get("reason", "")}
    if verb == "terminate":
        arguments["children"] = request.form.get("children") == "yes"
    runtime().perform(command(actor=actor(), case_id=case_id, **arguments))
    return go("web.case", case_id=case_id, notice=notice)
