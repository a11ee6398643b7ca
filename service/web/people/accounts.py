"""Accounts (账号): the list, opening and inviting, and setting a password by a code."""

from collections.abc import Mapping

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from service.commands.people.accounts import (
    ActivateByInvitation,
    ActivateBySubmission,
    DeactivateAccount,
    Invite,
    NewAccount,
    OpenAccount,
    ReactivateAccount,
    activate,
)
from service.http.session import actor, remember, runtime
from service.queries.people import accounts as read
from service.web.site.pages import blueprint, go, is_htmx, list_position

STOP_OR_ADMIT: Mapping[str, type[DeactivateAccount | ReactivateAccount]] = {
    "deactivate": DeactivateAccount,
    "reactivate": ReactivateAccount,
}


def _typed(name: str) -> str:
    """The text in a form field."""
    return request.form.get(name, "").strip()


@blueprint.get("/accounts")
def accounts() -> ResponseReturnValue:
    """The accounts that I look after."""
    q = request.args.get("q") or None
    cursor, lines_only = list_position()
    template = "people/account_rows.html" if lines_only else "people/accounts.html"
    with runtime().query() as session:
        page = read.accounts(session, actor(), q=q, cursor=cursor)
    return render_template(template, page=page, q=q)


@blueprint.post("/accounts")
def open_account() -> ResponseReturnValue:
    """Open an account by hand, and go on to it."""
    account = NewAccount(
        role=_typed("role"),
        name=_typed("name"),
        employer=_typed("employer"),
        phone=_typed("phone"),
        sponsor=_typed("sponsor"),
    )
    login = runtime().perform(OpenAccount(actor=actor(), account=account))
    return go("web.accounts", notice="account_opened", q=login)


@blueprint.post("/accounts/<login>/invitation")
def invite(login: str) -> ResponseReturnValue:
    """Make an activation code. Only this page shows it, and only once."""
    code = runtime().perform(Invite(actor=actor(), login=login))
    template = "people/invitation_code.html" if is_htmx() else "people/invitation.html"
    return render_template(template, login=login, code=code)


@blueprint.post("/accounts/<login>/<any(deactivate, reactivate):verb>")
def stop_or_admit(login: str, verb: str) -> ResponseReturnValue:
    """Deactivate an account, or reactivate it."""
    runtime().perform(STOP_OR_ADMIT[verb](actor=actor(), login=login, reason=_typed("reason")))
    return go("web.accounts", notice=f"account_{verb}d", q=login)


@blueprint.get("/activate")
def activation() -> ResponseReturnValue:
    """The page on which an activation code is entered."""
    return render_template("people/activate.html")


@blueprint.post("/activate")
def activated() -> ResponseReturnValue:
    """Set the password with an activation code, and sign in."""
    return _activate(ActivateByInvitation)


@blueprint.post("/public/activate")
def submission_activated() -> ResponseReturnValue:
    """Set the first password with the query code of a submission, and sign in."""
    return _activate(ActivateBySubmission)


def _activate(command: type[ActivateByInvitation]) -> ResponseReturnValue:
    """Set a password, and open a session."""
    password = request.form.get("password", "")
    again = request.form.get("again", "")
    secret = activate(runtime(), command, _typed("code"), password, again)
    response = make_response(go("web.inbox", notice="activated"))
    return remember(response, secret)


@blueprint.app_template_global("opened_for")
def opened_for(submission_id: int) -> tuple[str, bool] | None:
    """The account that was opened for a submission; None if there is none.

    Returns its login, and whether its password has not been set.
    """
    with runtime().query() as session:
        return read.opened_for(session, submission_id)
