"""A page about the interface, made from its specification. It needs no outside host."""

from typing import Any

from flask import Blueprint, Response, current_app, render_template

blueprint = Blueprint("docs", __name__, template_folder="templates")


@blueprint.get("/docs")
def docs() -> Response:
    """All operations with their parameters and schemas."""
    specification = current_app.extensions["jiebang_api"].spec.to_dict()
    operations = _operations(specification)
    page = render_template("api/docs.html", specification=specification, operations=operations)
    return Response(page, mimetype="text/html")


def _operations(specification: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"path": path, "verb": verb.upper(), **operation}
        for path, verbs in specification["paths"].items()
        for verb, operation in verbs.items()
        if isinstance(operation, dict)
    ]
