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
from service.web.site.pages import blueprint, go, turned

STOP_OR_ADMIT: Mapping[str, type[DeactivateAccount | ReactivateAccount]] = {
    "deactivate": DeactivateAccount,
    "reactivate": ReactivateAccount,
}


def _typed(name: str) -> str:
    return request.form.get(name, "").strip()


@blueprint.get("/accounts")
def accounts() -> ResponseReturnValue:
    """The accounts I look after."""
    q = request.args.get("q") or None
    cursor, lines_only = turned()
    with runtime().query() as session:
        page = read.accounts(session, actor(), q=q, cursor=cursor)
    return render_template(
        "people/account_rows.html" if lines_only else "people/accounts.html", page=page, q=q
    )


@blueprint.post("/accounts")
def open_account() -> ResponseReturnValue:
    """Open an account by hand; on to it."""
    login = runtime().perform(
        OpenAccount(
            actor=actor(),
            account=NewAccount(
                role=_typed("role"),
                name=_typed("name"),
                employer=_typed("employer"),
                phone=_typed("phone"),
                sponsor=_typed("sponsor"),
            ),
        )
    )
    return go("web.accounts", notice="account_opened", q=login)


@blueprint.post("/accounts/<login>/invitation")
def invite(login: str) -> ResponseReturnValue:
    """The activation code, shown once: on this page and nowhere else."""
    code = runtime().perform(Invite(actor=actor(), login=login))
    page = (
        "people/invitation_code.html"
        if request.headers.get("HX-Request")
        else "people/invitation.html"
    )
    return render_template(page, login=login, code=code)


@blueprint.post("/accounts/<login>/<any(deactivate, reactivate):verb>")
def stop_or_admit(login: str, verb: str) -> ResponseReturnValue:
    """Stop an account, or admit it again."""
    runtime().perform(STOP_OR_ADMIT[verb](actor=actor(), login=login, reason=_typed("reason")))
    return go("web.accounts", notice=f"account_{verb}d", q=login)


@blueprint.get("/activate")
def activation() -> ResponseReturnValue:
    """Where an activation code is typed in."""
    return render_template("people/activate.html")


@blueprint.post("/activate")
def activated() -> ResponseReturnValue:
    """Set the password by an activation code, and go in."""
    return _go_in(ActivateByInvitation)


@blueprint.post("/public/activate")
def submission_activated() -> ResponseReturnValue:
    """Set the first password by the query code of what was sent, and go in."""
    return _go_in(ActivateBySubmission)


def _go_in(way: type[ActivateByInvitation]) -> ResponseReturnValue:
    secret = activate(
        runtime(),
        way,
        _typed("code"),
        request.form.get("password", ""),
        request.form.get("again", ""),
    )
    return remember(make_response(go("web.inbox", notice="activated")), secret)


@blueprint.app_template_global("opened_for")
def opened_for(submission_id: int) -> tuple[str, bool] | None:
    """For the page of a submission: the login that was opened for it, and whether it waits for its
    password.
    """
    with runtime().query() as session:
        return read.opened_for(session, submission_id)
