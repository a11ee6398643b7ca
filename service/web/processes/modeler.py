"""Processes (流程), for process owners: what is deployed, the modeler, the form editor.

Decided: the two editors only write files; checking and deploying go through ``/api/v1/deployments``
like any upload, because the gate then says the same to everybody.
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
    """The process owner who asks.

    :raises NotAllowed: somebody else asks.
    """
    asker = actor()
    require(asker, Right.READ_PROCESSES)
    return asker


@blueprint.get("/processes")
def processes() -> ResponseReturnValue:
    """What is deployed: processes with their versions, forms."""
    asker = owner()
    with runtime().query() as session:
        versions = process_versions(session, asker)
        forms = form_versions(session, runtime(), asker)
        templates = template_versions(session, asker)
    titles = {process.key: process.name for process in versions}
    return render_template(
        "processes/deployments.html",
        processes=versions,
        forms=forms,
        titles=titles,
        templates=templates,
    )


@blueprint.get("/processes/modeler")
def modeler() -> ResponseReturnValue:
    """The modeler: with a deployed diagram (``definition``), or empty."""
    asker = owner()
    definition_id = request.args.get("definition", type=int)
    if "definition" not in request.args:
        return render_template("processes/modeler.html", process=None, version=None)
    with runtime().query() as session:
        for process in process_versions(session, asker):
            for version in process.versions:
                if version.id == definition_id:
                    return render_template(
                        "processes/modeler.html", process=process, version=version
                    )
    raise NotFound("该流程版本")


@blueprint.get("/processes/form-editor")
def form_editor() -> ResponseReturnValue:
    """The form editor. Its code field writes style elements, so this page alone allows them."""
    asker = owner()
    form_id = request.args.get("form")
    with runtime().query() as session:
        forms = {form.id: form for form in form_versions(session, runtime(), asker)}
    if form_id is not None and form_id not in forms:
        raise NotFound(f"表单 {form_id} ")
    answer: Response = make_response(
        render_template("processes/modeler_form.html", form=forms.get(form_id or ""))
    )
    answer.headers["Content-Security-Policy"] = WITH_STYLES
    return answer


@blueprint.get("/processes/choices.json")
def choices() -> ResponseReturnValue:
    """What the editors offer for choice."""
    asker = owner()
    with runtime().query() as session:
        offered: dict[str, Any] = names(session, asker)
        offered["processes"] = process_versions(session, asker)
        offered["forms"] = form_versions(session, runtime(), asker)
    return jsonify(
        actions={name: sorted(action.arguments) for name, action in runtime().actions.items()},
        **offered,
    )
