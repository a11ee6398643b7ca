"""Pages without signing in.

They have postings (榜单), notices (公示), applications, and the state of what somebody sent.
"""

from typing import Any

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue

from service.commands.outside.lost_codes import IssueQueryCode, MailQueryCodes
from service.errors import BadRequest
from service.http.outside import sender_address
from service.http.session import actor, runtime
from service.papers.word.answers import AnswerPart, answer_parts
from service.queries import outside as read
from service.web.site.pages import blueprint, go, is_htmx, list_position

POSTING_KIND = ("posting",)
PUBLIC_FILTERS = ("q", "jurisdiction", "state")
NOTICES_SHOWN = 5
DETAILS_SHOWN = 4
BRIEF = ("领域", "县区", "额", "时限")
KINDS = {
    "posting": "榜单",
    "publicity": "公示",
    "notice": "公告",
    "list": "清单",
    "board": "设榜目录",
    "filing": "备案公布",
}
SUBMITTED = {"bid": "揭榜方案", "objection": "公示异议", "other": "申报、注册或其他"}
STATES = {
    "posting": {"open": "正在揭榜", "closed": "已截止", "withdrawn": "已撤榜"},
    "publicity": {"open": "公示中", "closed": "公示已结束", "withdrawn": "已撤回"},
    "": {"open": "已公布", "closed": "已结束", "withdrawn": "已撤回"},
}


def state_word(line: read.PublicationLine) -> str:
    """The state of a publication in words."""
    return STATES.get(line.kind, STATES[""])[line.state]


def kind_word(line: read.PublicationLine) -> str:
    """The name of the kind of a publication."""
    return KINDS.get(line.kind, "公布")


def brief(line: read.PublicationLine) -> list[AnswerPart]:
    """The details of a publication that a list shows.

    These are field, county, amounts and term. Without any of them, they are the first details.
    """
    parts = answer_parts(None, line.details)
    brief_parts = [part for part in parts if any(word in part.label for word in BRIEF)]
    return brief_parts or list(parts[:DETAILS_SHOWN])


@blueprint.get("/public")
def public() -> ResponseReturnValue:
    """The postings, the newest notices, and the processes for which anybody may apply."""
    asked = read.PublicationsAsked(kinds=POSTING_KIND, but=True, limit=NOTICES_SHOWN)
    with runtime().query() as session:
        page, filters = _publications(session, but=False)
        notices = read.publications(session, runtime(), asked).lines
        applications = read.applications(session, runtime())
        places = read.places(session)
    return render_template(
        "outside/postings.html",
        page=page,
        filters=filters,
        notices=notices,
        applications=applications,
        places=places,
        **WORDS,
    )


@blueprint.get("/public/notices")
def public_notices() -> ResponseReturnValue:
    """All notices."""
    with runtime().query() as session:
        page, filters = _publications(session, but=True)
    return render_template("outside/notices.html", page=page, filters=filters, **WORDS)


@blueprint.get("/public/postings/<number>")
def public_posting(number: str) -> ResponseReturnValue:
    """A posting with the form of a bid."""
    return _publication(number, but=False)


@blueprint.get("/public/notices/<number>")
def public_notice(number: str) -> ResponseReturnValue:
    """A notice with the form of an objection."""
    return _publication(number, but=True)


@blueprint.get("/public/apply/<jurisdiction>/<process>")
def public_apply(jurisdiction: str, process: str) -> ResponseReturnValue:
    """The form by which anybody may start a process."""
    with runtime().query() as session:
        asked = read.application(session, runtime(), jurisdiction, process)
    return render_template(
        "outside/apply.html", asked=asked, jurisdiction=jurisdiction, process=process
    )


@blueprint.get("/public/query")
def public_query() -> ResponseReturnValue:
    """The page on which a query code is entered."""
    return render_template("outside/query.html", line=None)


@blueprint.post("/public/query")
def public_answer() -> ResponseReturnValue:
    """The state of what somebody sent. The code is in no address, so that no history keeps it."""
    code = request.form.get("code", "").strip()
    if not code:
        raise BadRequest("请填写查询码", field="code")
    with runtime().query() as session:
        line = read.submission(session, code)
    template = "outside/submission.html" if is_htmx() else "outside/query.html"
    return render_template(template, line=line, code=code)


@blueprint.get("/public/lost")
def public_lost() -> ResponseReturnValue:
    """The page on which somebody who lost their query code asks for a new one."""
    with runtime().query() as session:
        places = read.places(session)
    return render_template(
        "outside/lost.html",
        asked="asked" in request.args,
        places=places,
        kinds=SUBMITTED,
        possible=runtime().sends_mail,
    )


@blueprint.post("/public/lost")
def public_lost_asked() -> ResponseReturnValue:
    """Ask for a new query code. The answer is the same whether anything was found or not."""
    command = MailQueryCodes(
        address=sender_address(),
        jurisdiction=request.form.get("jurisdiction", ""),
        email=request.form.get("email", ""),
        kind=request.form.get("kind", ""),
    )
    runtime().perform(command)
    return go("web.public_lost", asked="yes")


@blueprint.post("/submissions/<int:submission_id>/code")
def issue_code(submission_id: int) -> ResponseReturnValue:
    """Issue a new query code at the counter. It is shown only this once, to be printed."""
    reason = request.form.get("reason", "")
    command = IssueQueryCode(actor=actor(), submission_id=submission_id, reason=reason)
    issued = runtime().perform(command)
    response = make_response(render_template("outside/issued.html", issued=issued))
    response.headers["Cache-Control"] = "no-store"
    return response


def _publications(session: Any, *, but: bool) -> tuple[read.PublicationsPage, dict[str, Any]]:
    """A page of publications, and its filters.

    :param but: whether all kinds but postings are listed, instead of postings.
    """
    filters: dict[str, Any] = {name: request.args.get(name) or None for name in PUBLIC_FILTERS}
    cursor, _ = list_position()
    asked = read.PublicationsAsked(kinds=POSTING_KIND, but=but, cursor=cursor, **filters)
    return read.publications(session, runtime(), asked), filters


def _publication(number: str, *, but: bool) -> ResponseReturnValue:
    """The page of one publication."""
    place = request.args.get("jurisdiction")
    with runtime().query() as session:
        line = read.publication(
            session, runtime(), number, POSTING_KIND, but=but, jurisdiction=place
        )
        asked = read.asked_by(session, runtime(), line)
    return render_template("outside/publication.html", line=line, asked=asked, **WORDS)


WORDS = {"state_word": state_word, "kind_word": kind_word, "brief": brief}
