"""Accounts (账号)."""

from typing import Any

from flask_smorest import Blueprint
from marshmallow import Schema, fields

from service.api.schemas import LineOut, PageIn
from service.commands.people.accounts import (
    DeactivateAccount,
    Invite,
    NewAccount,
    OpenAccount,
    ReactivateAccount,
)
from service.http.session import actor, runtime
from service.queries.people import accounts as read

blueprint = Blueprint("accounts", __name__, description="账号")


def _verbs(line: read.AccountLine) -> list[str]:
    """The verbs that are allowed now."""
    return [verb for verb, offer in line.offers.items() if offer.allowed]


class AccountOut(
    LineOut,
    line=read.AccountLine,
    without=("offers",),
    described={"sponsor": "推荐单位", "state": "waiting（待激活）、active 或 stopped"},
):
    verbs = fields.Function(_verbs)


class AccountsIn(PageIn):
    q = fields.Str(load_default=None)


class AccountsOut(LineOut, line=read.AccountsPage, without=("roles", "units")): ...


class AccountIn(Schema):
    role = fields.Str(required=True)
    name = fields.Str(required=True)
    employer = fields.Str(load_default="")
    phone = fields.Str(load_default="")
    sponsor = fields.Str(
        load_default="", metadata={"description": "推荐单位代码，仅系统管理员填写"}
    )


class OpenedOut(Schema):
    login = fields.Str()


class InvitationOut(Schema):
    code = fields.Str(metadata={"description": "激活码，只在此时给出，14 天内有效"})


class AccountReasonIn(Schema):
    reason = fields.Str(required=True)


@blueprint.get("/accounts")
@blueprint.arguments(AccountsIn, location="query")
@blueprint.response(200, AccountsOut)
def list_accounts(asked: dict[str, Any]) -> Any:
    """The accounts for which my unit vouches.

    A head also sees the people of the unit, and the administrator sees all.
    """
    with runtime().query() as session:
        return read.accounts(session, actor(), **asked)


@blueprint.post("/accounts")
@blueprint.arguments(AccountIn)
@blueprint.response(201, OpenedOut)
def open_account(body: dict[str, Any]) -> Any:
    """Open an account for somebody from outside, who then activates it."""
    command = OpenAccount(actor=actor(), account=NewAccount(**body))
    return {"login": runtime().perform(command)}


@blueprint.post("/accounts/<login>/invitation")
@blueprint.response(201, InvitationOut)
def invite(login: str) -> Any:
    """Make an activation code. It is shown only now."""
    return {"code": runtime().perform(Invite(actor=actor(), login=login))}


@blueprint.post("/accounts/<login>/deactivate")
@blueprint.arguments(AccountReasonIn)
@blueprint.response(204)
def deactivate(body: dict[str, Any], login: str) -> None:
    """Deactivate an account."""
    runtime().perform(DeactivateAccount(actor=actor(), login=login, reason=body["reason"]))


@blueprint.post("/accounts/<login>/reactivate")
@blueprint.arguments(AccountReasonIn)
@blueprint.response(204)
def reactivate(body: dict[str, Any], login: str) -> None:
    """Reactivate an account."""
    runtime().perform(ReactivateAccount(actor=actor(), login=login, reason=body["reason"]))
