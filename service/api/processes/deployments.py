"""Deploying diagrams and forms, and looking at what is deployed."""

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
    """Deploy files (multipart); 422 with all findings when the gate refuses. `check_only=true`
    stores nothing and gives the gate's warnings.
    """
    files = {file.filename or part: file.read() for part, file in request.files.items(multi=True)}
    asker = actor()
    if request.args.get("check_only", "").lower() in {"1", "true"}:
        check = CheckFiles(jurisdiction=asker.jurisdiction, files=files, actor=asker)
        return jsonify({"findings": runtime().perform(check)})
    stored = runtime().perform(
        Deploy(
            jurisdiction=asker.jurisdiction,
            files=files,
            name=request.form.get("name", ""),
            actor=asker,
        )
    )
    with runtime().query() as session:
        return jsonify(DeploymentOut().dump(deployment(session, actor(), stored))), 201


@blueprint.get("/deployments")
@blueprint.response(200, DeploymentsOut)
def list_deployments() -> dict[str, Any]:
    """What is deployed, newest first."""
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
        return download(deployed_file(session, actor(), deployment_id, name), name)
