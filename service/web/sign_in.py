"""Signing in and out."""

from urllib.parse import urlsplit

from flask import make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from service.commands.people import SignOut
from service.commands.people import sign_in as open_session
from service.http.session import actor, forget, remember, runtime
from service.store.registry import JurisdictionRow, PersonRow, UnitRow
from service.web.site import blueprint, go, onward

Demonstration = tuple[tuple[str, list[dict[str, str | None]]], ...]


def inside(target: str) -> str:
    """An address within this site to go on to; the inbox for anything else."""
    parts = urlsplit(target)
    safe = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if safe else url_for("web.inbox")


@blueprint.get("/login")
def sign_in() -> ResponseReturnValue:
    """The sign-in page; a demonstration lists its accounts."""
    demo: Demonstration = ()
    if runtime().settings.demo:
        with runtime().query() as session:
            demo = demonstration(session)
    return render_template("sign_in.html", next=request.args.get("next", ""), demo=demo)


@blueprint.post("/login")
def signed_in() -> ResponseReturnValue:
    """Open a session and go on to where the visitor was heading."""
    secret = open_session(runtime(), request.form.get("login", "").strip(), request.form.get("password", ""))
    return remember(make_response(onward(inside(request.form.get("next", "")))), secret)


@blueprint.post("/logout")
def sign_out() -> ResponseReturnValue:
    """Forget the session, here and in the browser."""
    runtime().perform(SignOut(actor=actor()))
    return forget(make_response(go("web.sign_in", notice="signed_out")))


def demonstration(session: Session) -> Demonstration:
    """The accounts for a first look, by jurisdiction."""
    wanted = select(JurisdictionRow.name, PersonRow.login, PersonRow.name, UnitRow.name).join(
        PersonRow, PersonRow.jurisdiction == JurisdictionRow.code).outerjoin(
        UnitRow, UnitRow.id == PersonRow.unit_id).where(PersonRow.active.is_(True)).order_by(
        JurisdictionRow.code, PersonRow.id)
    found: dict[str, list[dict[str, str | None]]] = {}
    for place, login, name, unit in session.execute(wanted):
        found.setdefault(place, []).append({"login": login, "name": name, "unit": unit})
    return tuple(found.items())
