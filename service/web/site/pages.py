"""The blueprint of the pages, what every template may use, and what most views need."""

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
"""The words of the vocabulary, for the templates."""

blueprint = Blueprint("web", __name__, template_folder="..")

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
    '<rect width="32" height="32" rx="5" fill="#0f2f57"/>'
    '<path d="M9 8h14v16l-7-4-7 4z" fill="#fff"/></svg>'
)


def visitor() -> Actor | None:
    """The person who looks at the page; None if nobody has signed in."""
    try:
        return actor()
    except NotSignedIn:
        return None


def go(
    endpoint: str, *, notice: str = "", anchor: str | None = None, **values: Any
) -> ResponseReturnValue:
    """Go on to a page after a change.

    :param notice: the code of the sentence that the page shows, a key of ``NOTICES``.
    """
    if notice:
        values["notice"] = notice
    return onward(url_for(endpoint, _anchor=anchor, **values))


def onward(target: str) -> ResponseReturnValue:
    """Go on to an address. htmx is told by a header, a browser by status 303."""
    if is_htmx():
        return Response(status=200, headers={"HX-Redirect": target})
    return redirect(target, 303)


def is_htmx() -> bool:
    """Whether htmx sent the request and takes a part of a page."""
    return bool(request.headers.get("HX-Request"))


def refusals(offers: Mapping[str, Offer], verbs: Sequence[str]) -> list[tuple[list[str], str]]:
    """Why some of these verbs are not allowed now.

    Returns each reason once, with the labels of the verbs that have it before it.
    """
    labels_by_reason: dict[str, list[str]] = {}
    for verb in verbs:
        offer = offers.get(verb)
        if offer is not None and not offer.allowed:
            labels_by_reason.setdefault(offer.why, []).append(offer.label)
    return [(labels, reason) for reason, labels in labels_by_reason.items()]


@blueprint.get("/assets/<path:name>")
def assets(name: str) -> Response:
    """A file of the browser bundle."""
    return send_asset(name)


@blueprint.get("/icon.svg")
@blueprint.get("/favicon.ico")
def icon() -> Response:
    """The icon of the program in a browser's tab."""
    headers = {"Cache-Control": "public, max-age=86400"}
    return Response(ICON, mimetype="image/svg+xml", headers=headers)


@blueprint.errorhandler(NotSignedIn)
def to_sign_in(exc: NotSignedIn) -> ResponseReturnValue:
    """Lead somebody who has not signed in to the sign-in page.

    A change is refused on the page where it was made.
    """
    if request.method != "GET" or is_htmx():
        return refused(exc)
    target = request.full_path.rstrip("?")
    return redirect(url_for("web.sign_in", next=None if target == "/" else target))


@blueprint.app_context_processor
def everywhere() -> dict[str, Any]:
    """The functions and values that every template may use."""
    rehearsal_now = None
    if runtime().settings.rehearsal:
        rehearsal_now = wording.full_moment(runtime().now())
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
        "rehearsal_now": rehearsal_now,
        "provisional_year": provisional_year,
        "notice": wording.NOTICES.get(request.args.get("notice", "")),
    }


def notices_unread(person: Actor) -> int:
    """The number of notices that a person has not seen."""
    with runtime().query() as session:
        return unread(session, person)


@blueprint.app_template_filter("moment")
def moment(at: Any) -> Markup:
    """An instant as people read it."""
    return wording.moment(at, runtime().now())


@blueprint.app_template_filter("term")
def term(due_at: Any) -> Markup:
    """The last day of a term."""
    return wording.term(due_at, runtime().now())


@blueprint.app_template_filter("remaining")
def remaining(due_at: Any) -> str:
    """The rest of a term in words."""
    return wording.remaining(due_at, runtime().now(), calendar())


def provisional_year(item: ItemLine) -> int:
    """The first year since an item was opened whose calendar has not been announced."""
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


def list_position() -> tuple[str | None, bool]:
    """The cursor of a list, and whether the answer is only the next lines for htmx to append."""
    cursor = request.args.get("cursor")
    return cursor, bool(cursor) and "HX-Request" in request.headers


def typed_day(name: str, label: str) -> date | None:
    """The date in a form field; None if the field is empty.

    :param label: the name of the field in the error.
    :raises BadRequest: it is no date.
    """
    text = request.form.get(name, "").strip()
    try:
        if not text:
            return None
        return date.fromisoformat(text)
    except ValueError as exc:
        raise BadRequest(f"“{label}”不是日期，请重新选择", field=name) from exc


def acceptance() -> dict[str, Any]:
    """Whether the person accepts the rows of a workbook, and the digest of the file they saw."""
    return {"accept": "accept" in request.form, "digest": request.form.get("digest", "")}


def report_page(template: str) -> str:
    """The template for the report on a workbook.

    It is a fragment for htmx, and the whole page for a browser without scripts.

    :param template: the template of the whole page.
    """
    if is_htmx():
        return "site/sheet_report.html"
    return template
