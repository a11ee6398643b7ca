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
    """The address if it is within this site; otherwise that of the inbox."""
    parts = urlsplit(target)
    has_host = bool(parts.netloc) or target.startswith(("//", "/\\"))
    is_safe = target.startswith("/") and not has_host and not parts.scheme
    if is_safe:
        return target
    return url_for("web.inbox")


@blueprint.get("/login")
def sign_in() -> ResponseReturnValue:
    """The sign-in page. A demonstration lists its accounts."""
    demo = demonstration() if runtime().settings.demo else {}
    return render_template("people/sign_in.html", next=request.args.get("next", ""), demo=demo)


@blueprint.post("/login")
def signed_in() -> ResponseReturnValue:
    """Open a session, and go on to the page for which the visitor asked."""
    login = request.form.get("login", "").strip()
    secret = open_session(runtime(), login, request.form.get("password", ""))
    response = make_response(onward(inside(request.form.get("next", ""))))
    return remember(response, secret)


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """End the session here and in the browser."""
    runtime().perform(SignOut(actor=actor()))
    return forget(make_response(go("web.sign_in", notice="signed_out")))


def demonstration() -> Mapping[str, Sequence[Actor]]:
    """The accounts for a first look, by jurisdiction."""
    people_by_place: dict[str, list[Actor]] = {}
    with runtime().query() as session:
        for person, place in people(session, loaded=True):
            people_by_place.setdefault(place, []).append(person)
    return people_by_place
