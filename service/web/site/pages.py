"""The blueprint of the pages, and what every template may use."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service.domain import vocabulary
from service.domain.forms.shown import parted
from service.domain.people.actor import Actor
from service.domain.people.offers import Offer
from service.domain.people.rights import Right
from service.domain.terms.deadlines import local
from service.domain.vocabulary import notices as notice_words
from service.errors import BadRequest, NotSignedIn
from service.http.problems import refused
from service.http.session import actor, calendar, csrf_token, runtime
from service.papers.word.answers import answer_parts, compared_parts
from service.queries.items.lines import ItemLine
from service.queries.notices.notices import unread
from service.web.site import wording
from service.web.site.bundle import asset, send_asset, warn_if_missing
from service.web.site.menu import menu

LAST_YEAR = 9999
ALL_WORDS = SimpleNamespace(
    **{
        name: words
        for module in (vocabulary, notice_words)
        for name, words in vars(module).items()
        if name.isupper()
    }
)
"""All words as the templates take them."""

blueprint = Blueprint("web", __name__, template_folder="..")

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="5" fill="#0f2f57"/>'
    '<path d="M9 8h14v16l-7-4-7 4z" fill="#fff"/></svg>'
)


def visitor() -> Actor | None:
    """Who looks at the page, if anybody has signed in."""
    try:
        return actor()
    except NotSignedIn:
        return None


def go(
    endpoint: str, *, notice: str = "", anchor: str | None = None, **values: Any
) -> ResponseReturnValue:
    """After a change: on to a page, which says ``notice``."""
    if notice:
        values["notice"] = notice
    return onward(url_for(endpoint, _anchor=anchor, **values))


def onward(target: str) -> ResponseReturnValue:
    """On to an address: htmx is told by a header, a browser by 303."""
    if request.headers.get("HX-Request"):
        return Response(status=200, headers={"HX-Redirect": target})
    return redirect(target, 303)


def refusals(offers: Mapping[str, Offer], verbs: Sequence[str]) -> list[tuple[list[str], str]]:
    """Why some of these verbs are not open now: the labels that share a reason, and the reason."""
    labels_by_reason: dict[str, list[str]] = {}
    for offer in (offers[verb] for verb in verbs if verb in offers):
        if not offer.allowed:
            labels_by_reason.setdefault(offer.why, []).append(offer.label)
    return [(labels, why) for why, labels in labels_by_reason.items()]


@blueprint.get("/assets/<path:name>")
def assets(name: str) -> Response:
    """A file of the browser bundle."""
    return send_asset(name)


@blueprint.get("/icon.svg")
@blueprint.get("/favicon.ico")
def icon() -> Response:
    """The sign of the program in a browser's tab."""
    return Response(
        ICON, mimetype="image/svg+xml", headers={"Cache-Control": "public, max-age=86400"}
    )


@blueprint.errorhandler(NotSignedIn)
def to_sign_in(exc: NotSignedIn) -> ResponseReturnValue:
    """A page asked for by somebody unknown leads to the sign-in; a change is refused where it was
    asked for.
    """
    if request.method != "GET" or request.headers.get("HX-Request"):
        return refused(exc)
    page = request.full_path.rstrip("?")
    return redirect(url_for("web.sign_in", next=None if page == "/" else page))


@blueprint.app_context_processor
def everywhere() -> dict[str, Any]:
    """What every template may use."""
    return {
        "visitor": visitor,
        "Right": Right,
        "asset": asset,
        "csrf_token": csrf_token,
        "words": ALL_WORDS,
        "answer_parts": answer_parts,
        "parts_of": compared_parts,
        "parted": parted,
        "sections": wording.sections,
        "refusals": refusals,
        "menu": menu,
        "notices_unread": notices_unread,
        "rehearsal_now": (
            wording.full_moment(runtime().now()) if runtime().settings.rehearsal else None
        ),
        "provisional_year": provisional_year,
        "notice": wording.NOTICES.get(request.args.get("notice", "")),
    }


def notices_unread(who: Actor) -> int:
    """How many notices somebody has not seen."""
    with runtime().query() as session:
        return unread(session, who)


@blueprint.app_template_filter("moment")
def moment(at: Any) -> Markup:
    """An instant for people."""
    return wording.moment(at, runtime().now())


@blueprint.app_template_filter("term")
def term(due_at: Any) -> Markup:
    """The last day of a term."""
    return wording.term(due_at, runtime().now())


@blueprint.app_template_filter("remaining")
def remaining(due_at: Any) -> str:
    """What is left of a term."""
    return wording.remaining(due_at, runtime().now(), calendar())


def provisional_year(item: ItemLine) -> int:
    """The first year of an item's term whose calendar has not been announced."""
    years = range(local(item.opened_at).year, LAST_YEAR)
    return next(year for year in years if not calendar().is_official(year))


blueprint.add_app_template_filter(wording.rule_words, "rule_words")
blueprint.add_app_template_filter(wording.whose_term, "whose_term")
blueprint.add_app_template_filter(wording.usual_term, "usual_term")
blueprint.add_app_template_filter(wording.closing, "closes")
blueprint.add_app_template_filter(wording.size, "size")
blueprint.add_app_template_filter(wording.gathered, "gathered")
blueprint.add_app_template_filter(wording.yuan, "yuan")
blueprint.add_app_template_filter(wording.figure, "figure")
blueprint.record_once(warn_if_missing)


def turned() -> tuple[str | None, bool]:
    """The cursor of a list that goes on, and whether only its lines are wanted, for htmx to
    append.
    """
    cursor = request.args.get("cursor")
    return cursor, bool(cursor) and "HX-Request" in request.headers


def typed_day(name: str, label: str) -> date | None:
    """The day typed into a field; None where it was left empty.

    :raises BadRequest: it is no day.
    """
    typed = request.form.get(name, "").strip()
    try:
        if not typed:
            return None
        return date.fromisoformat(typed)
    except ValueError as exc:
        raise BadRequest(f"“{label}”不是日期，请重新选择", field=name) from exc


def accepted() -> dict[str, Any]:
    """Whether the form of a workbook takes its rows over, and the digest of the file it was shown
    the report of.
    """
    return {"accept": "accept" in request.form, "digest": request.form.get("digest", "")}


def report_page(whole: str) -> str:
    """The template of a workbook's report: the fragment for htmx, the whole page for a browser
    without scripts.
    """
    if request.headers.get("HX-Request"):
        return "site/sheet_report.html"
    return whole
