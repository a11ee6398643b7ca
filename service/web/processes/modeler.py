"""Processes (流程) for process owners: the deployed ones, the modeler and the form editor.

Decided: the two editors only write files. Checking and deploying go through ``/api/v1/deployments``
like any upload. Because the gate then says the same to everybody.
"""

from typing import Any

from flask import Response, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue

from service.access.rights import require
from service.domain.people.actor import Actor
from service.domain.people.rights import Right
from service.errors import NotFound
from service.http.requests import CONTENT_SECURITY_POLICY
from service.http.session import actor, runtime
from service.queries.processes.modelling import (
    form_versions,
    names,
    process_versions,
    template_versions,
)
from service.web.site.pages import blueprint

WITH_STYLES = CONTENT_SECURITY_POLICY.replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)


def owner() -> Actor:
    """The process owner who sent the request.

    :raises NotAllowed: the person is no process owner.
    """
    person = actor()
    require(person, Right.READ_PROCESSES)
    return person


@blueprint.get("/processes")
def processes() -> ResponseReturnValue:
    """The deployed processes with their versions, forms and templates."""
    person = owner()
    with runtime().query() as session:
        lines = process_versions(session, person)
        forms = form_versions(session, runtime(), person)
        templates = template_versions(session, person)
    titles = {process.key: process.name for process in lines}
    return render_template(
        "processes/deployments.html",
        processes=lines,
        forms=forms,
        titles=titles,
        templates=templates,
    )


@blueprint.get("/processes/modeler")
def modeler() -> ResponseReturnValue:
    """The modeler, empty or with the deployed diagram ``definition``."""
    person = owner()
    if "definition" not in request.args:
        return _modeler_page(None, None)
    version_id = request.args.get("definition", type=int)
    with runtime().query() as session:
        for process in process_versions(session, person):
            for version in process.versions:
                if version.id == version_id:
                    return _modeler_page(process, version)
    raise NotFound("该流程版本")


def _modeler_page(process: Any, version: Any) -> str:
    return render_template("processes/modeler.html", process=process, version=version)


@blueprint.get("/processes/form-editor")
def form_editor() -> ResponseReturnValue:
    """The form editor. Its code field writes style elements, so only this page allows them."""
    person = owner()
    form_id = request.args.get("form")
    with runtime().query() as session:
        forms = {form.id: form for form in form_versions(session, runtime(), person)}
    if form_id is not None and form_id not in forms:
        raise NotFound(f"表单 {form_id} ")
    page = render_template("processes/modeler_form.html", form=forms.get(form_id or ""))
    response: Response = make_response(page)
    response.headers["Content-Security-Policy"] = WITH_STYLES
    return response


@blueprint.get("/processes/choices.json")
def choices() -> ResponseReturnValue:
    """The choices that the editors offer."""
    person = owner()
    with runtime().query() as session:
        choices: dict[str, Any] = names(session, person)
        choices["processes"] = process_versions(session, person)
        choices["forms"] = form_versions(session, runtime(), person)
    actions = runtime().actions.items()
    arguments_by_action = {name: sorted(action.arguments) for name, action in actions}
    return jsonify(actions=arguments_by_action, **choices)
