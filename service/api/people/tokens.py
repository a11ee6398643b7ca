"""Signing in with a personal token, and the person who is signed in."""

from datetime import timedelta
from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from service.commands.people.signing_in import sign_in
from service.commands.people.welcome import CloseWelcome
from service.http.session import actor, runtime

blueprint = Blueprint("tokens", __name__, description="登录与身份")


class TokenIn(Schema):
    login = fields.Str(required=True)
    password = fields.Str(required=True)
    name = fields.Str(load_default="")
    days = fields.Int(
        load_default=30, validate=validate.Range(1, 365, error="有效期为 1 到 365 天")
    )


class TokenOut(Schema):
    token = fields.Str()


class MeOut(Schema):
    login = fields.Str()
    name = fields.Str()
    jurisdiction = fields.Str()
    unit = fields.Str(attribute="unit_name", allow_none=True)
    unit_code = fields.Str(allow_none=True)
    roles = fields.Function(lambda actor: sorted(actor.roles))
    welcomed_at = fields.AwareDateTime(
        allow_none=True, metadata={"description": "何时关闭了首次登录的说明，未关闭为 null"}
    )


@blueprint.post("/tokens")
@blueprint.arguments(TokenIn)
@blueprint.response(201, TokenOut)
def make_token(body: dict[str, Any]) -> dict[str, str]:
    """Make a personal token. It is shown only now."""
    lifetime = timedelta(days=body["days"])
    secret = sign_in(
        runtime(),
        body["login"],
        body["password"],
        kind="token",
        name=body["name"],
        lifetime=lifetime,
    )
    return {"token": secret}


@blueprint.get("/me")
@blueprint.response(200, MeOut)
def me() -> Any:
    """The person who is signed in."""
    return actor()


@blueprint.post("/me/welcome/close")
@blueprint.response(204)
def close_welcome() -> None:
    """Close the lines of the first sign-in. Pages do not show them again."""
    runtime().perform(CloseWelcome(actor=actor()))
