"""Pages without signing in: postings (榜单), notices (公示), applications, and what became of
something sent.
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
from service.web.site.pages import blueprint, go, turned

POSTING_KIND = ("posting",)
PUBLIC_FILTERS = ("q", "jurisdiction", "state")
NOTICES_SHOWN = 5
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
    """How a publication stands, in words."""
    return STATES.get(line.kind, STATES[""])[line.state]


def kind_word(line: read.PublicationLine) -> str:
    """What a publication is called."""
    return KINDS.get(line.kind, "公布")


def brief(line: read.PublicationLine) -> list[AnswerPart]:
    """What a list tells of a publication: field, county, amounts, term; else its first details."""
    parts = answer_parts(None, line.details)
    return [part for part in parts if any(word in part.label for word in BRIEF)] or list(parts[:4])


@blueprint.get("/public")
def public() -> ResponseReturnValue:
    """The postings, the newest notices, and what anybody may apply for."""
    with runtime().query() as session:
        page, filters = _listed(session, but=False)
        asked = read.PublicationsAsked(kinds=POSTING_KIND, but=True, limit=NOTICES_SHOWN)
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
        page, filters = _listed(session, but=True)
    return render_template("outside/notices.html", page=page, filters=filters, **WORDS)


@blueprint.get("/public/postings/<number>")
def public_posting(number: str) -> ResponseReturnValue:
    """A posting with the form of a bid."""
    return _one(number, but=False)


@blueprint.get("/public/notices/<number>")
def public_notice(number: str) -> ResponseReturnValue:
    """A notice with the form of an objection."""
    return _one(number, but=True)


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
    """Where a query code is typed in."""
    return render_template("outside/query.html", line=None)


@blueprint.post("/public/query")
def public_answer() -> ResponseReturnValue:
    """What became of something sent. The code stands in no address, so that no history keeps it."""
    code = request.form.get("code", "").strip()
    if not code:
        raise BadRequest("请填写查询码", field="code")
    with runtime().query() as session:
        line = read.submission(session, code)
    page = "outside/submission.html" if request.headers.get("HX-Request") else "outside/query.html"
    return render_template(page, line=line, code=code)


@blueprint.get("/public/lost")
def public_lost() -> ResponseReturnValue:
    """Where somebody asks for a new query code who has lost theirs."""
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
    """The same answer whether anything was found or not."""
    typed = {name: request.form.get(name, "") for name in ("jurisdiction", "email", "kind")}
    runtime().perform(MailQueryCodes(address=sender_address(), **typed))
    return go("web.public_lost", asked="yes")


@blueprint.post("/submissions/<int:submission_id>/code")
def issue_code(submission_id: int) -> ResponseReturnValue:
    """A new query code at the counter, shown this once, to be printed."""
    issued = runtime().perform(
        IssueQueryCode(
            actor=actor(), submission_id=submission_id, reason=request.form.get("reason", "")
        )
    )
    response = make_response(render_template("outside/issued.html", issued=issued))
    response.headers["Cache-Control"] = "no-store"
    return response


def _listed(session: Any, *, but: bool) -> tuple[read.PublicationsPage, dict[str, Any]]:
    filters: dict[str, Any] = {name: request.args.get(name) or None for name in PUBLIC_FILTERS}
    asked = read.PublicationsAsked(kinds=POSTING_KIND, but=but, cursor=turned()[0], **filters)
    return read.publications(session, runtime(), asked), filters


def _one(number: str, *, but: bool) -> ResponseReturnValue:
    place = request.args.get("jurisdiction")
    with runtime().query() as session:
        line = read.publication(
            session, runtime(), number, POSTING_KIND, but=but, jurisdiction=place
        )
        asked = read.asked_by(session, runtime(), line)
    return render_template("outside/publication.html", line=line, asked=asked, **WORDS)


WORDS = {"state_word": state_word, "kind_word": kind_word, "brief": brief}
