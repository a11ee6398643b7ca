"""Deploying diagrams and forms, and reading deployments."""

from typing import Any

from flask import Response, jsonify, request
from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import LineOut
from service.commands.processes.deployments import CheckFiles, Deploy
from service.http.files import download
from service.http.session import actor, runtime
from service.queries.processes.deployments import (
    DefinitionLine,
    DeploymentLine,
    deployed_file,
    deployment,
    deployments,
)

blueprint = Blueprint("deployments", __name__, description="流程部署")


class DefinitionOut(LineOut, line=DefinitionLine): ...


class DeploymentOut(LineOut, line=DeploymentLine): ...


class DeploymentsOut(Schema):
    deployments = fields.List(fields.Nested(DeploymentOut))


@blueprint.post("/deployments")
@blueprint.alt_response(201, schema=DeploymentOut)
def deploy() -> Any:
    """Deploy files (multipart). 422 with all findings if the gate refuses them.

    `check_only=true` stores nothing and gives the warnings of the gate.
    """
    files = {file.filename or part: file.read() for part, file in request.files.items(multi=True)}
    person = actor()
    if request.args.get("check_only", "").lower() in {"1", "true"}:
        check = CheckFiles(jurisdiction=person.jurisdiction, files=files, actor=person)
        return jsonify({"findings": runtime().perform(check)})
    command = Deploy(
        jurisdiction=person.jurisdiction,
        files=files,
        name=request.form.get("name", ""),
        actor=person,
    )
    deployment_id = runtime().perform(command)
    with runtime().query() as session:
        line = deployment(session, actor(), deployment_id)
        return jsonify(DeploymentOut().dump(line)), 201


@blueprint.get("/deployments")
@blueprint.response(200, DeploymentsOut)
def list_deployments() -> dict[str, Any]:
    """The deployments, newest first."""
    with runtime().query() as session:
        return {"deployments": deployments(session, actor())}


@blueprint.get("/deployments/<int:deployment_id>")
@blueprint.response(200, DeploymentOut)
def one_deployment(deployment_id: int) -> Any:
    """One deployment with its files."""
    with runtime().query() as session:
        return deployment(session, actor(), deployment_id)


@blueprint.get("/deployments/<int:deployment_id>/files/<name>")
def one_file(deployment_id: int, name: str) -> Response:
    """A deployed file."""
    with runtime().query() as session:
        content = deployed_file(session, actor(), deployment_id, name)
    return download(content, name)
