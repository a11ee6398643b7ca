"""Signing in and out."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from service.commands.people.signing_in import SignOut
from service.commands.people.signing_in import sign_in as open_session
from service.domain.people.actor import Actor
from service.http.session import actor, forget, remember, runtime
from service.queries.people.actors import people
from service.web.site.pages import blueprint, go, onward


def inside(target: str) -> str:
    """An address within this site to go on to; the inbox for anything else."""
    parts = urlsplit(target)
    safe = (
        target.startswith("/")
        and not target.startswith(("//", "/\\"))
        and not parts.netloc
        and not parts.scheme
    )
    if safe:
        return target
    return url_for("web.inbox")


@blueprint.get("/login")
def sign_in() -> ResponseReturnValue:
    """The sign-in page; a demonstration lists its accounts."""
    demo = demonstration() if runtime().settings.demo else {}
    return render_template("people/sign_in.html", next=request.args.get("next", ""), demo=demo)


@blueprint.post("/login")
def signed_in() -> ResponseReturnValue:
    """Open a session and go on to where the visitor was heading."""
    secret = open_session(
        runtime(), request.form.get("login", "").strip(), request.form.get("password", "")
    )
    return remember(make_response(onward(inside(request.form.get("next", "")))), secret)


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """Forget the session, here and in the browser."""
    runtime().perform(SignOut(actor=actor()))
    return forget(make_response(go("web.sign_in", notice="signed_out")))


def demonstration() -> Mapping[str, Sequence[Actor]]:
    """The accounts for a first look, by jurisdiction."""
    accounts_by_place: dict[str, list[Actor]] = {}
    with runtime().query() as session:
        for person, place in people(session, loaded=True):
            accounts_by_place.setdefault(place, []).append(person)
    return accounts_by_place
