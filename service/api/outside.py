"""The interface without signing in: postings (榜单), notices (公示), applications, query codes."""

from dataclasses import asdict
from typing import Any

from flask import Response, make_response
from flask_smorest import Blueprint
from marshmallow import Schema, fields, validate

from service.api.schemas import LineOut, PageIn
from service.commands.cases.messages import Sent
from service.commands.outside.lost_codes import IssueQueryCode, MailQueryCodes
from service.commands.outside.submissions import StartFromOutside, SubmitFromOutside
from service.domain.forms.shown import plain_values
from service.http.outside import sender_address, sent
from service.http.session import actor, runtime
from service.queries import outside as read

blueprint = Blueprint("public", __name__, description="公开：榜单、公示、申报、查询，无需登录")
POSTING = ("posting",)
"""The kinds of publication under ``/public/postings``. All others are notices."""
ANSWERS_AS_JSON = {"type": "object", "properties": {"answers": {"type": "object"}}}
ANSWERS_WITH_FILES = {
    "type": "object",
    "properties": {
        "answers": {"type": "string", "description": "表单内容（JSON）"},
        "file": {
            "type": "array",
            "items": {"type": "string", "format": "binary"},
            "maxItems": 10,
        },
    },
}
BODY = {
    "required": True,
    "content": {
        "application/json": {"schema": ANSWERS_AS_JSON},
        "multipart/form-data": {"schema": ANSWERS_WITH_FILES},
    },
}
OPEN: dict[str, Any] = {"security": []}
SENDING: dict[str, Any] = {**OPEN, "requestBody": BODY}


class PlaceIn(Schema):
    jurisdiction = fields.Str(load_default=None)


class PublicationsIn(PageIn):
    jurisdiction = fields.Str(load_default=None)
    state = fields.Str(
        load_default=None,
        validate=validate.OneOf(["open", "past"]),
        metadata={"description": "open 进行中；past 已截止或已撤回"},
    )
    q = fields.Str(load_default=None)


class PublicationOut(
    LineOut,
    line=read.PublicationLine,
    without=("id",),
    described={"state": "open 进行中、closed 已截止、withdrawn 已撤回"},
): ...


class OneOut(PublicationOut):
    form = fields.Dict(
        allow_none=True, metadata={"description": "可提交内容的表单；空为目前不接收提交"}
    )
    lists = fields.Dict(metadata={"description": "表单用到的选项"})


class PostingsOut(Schema):
    postings = fields.List(fields.Nested(PublicationOut))
    next = fields.Str(allow_none=True)


class NoticesOut(Schema):
    notices = fields.List(fields.Nested(PublicationOut))
    next = fields.Str(allow_none=True)


class FormOut(LineOut, line=read.Asked):
    lists = fields.Dict(attribute="values")


class ReceiptOut(Schema):
    receipt = fields.Str()
    code = fields.Str(metadata={"description": "查询码，只在此时给出，请妥善保存"})


class LostIn(Schema):
    jurisdiction = fields.Str(required=True)
    email = fields.Str(required=True, validate=validate.Length(max=254))
    kind = fields.Str(
        load_default="",
        metadata={"description": "bid 揭榜方案、objection 异议、other 其他，空为不限"},
    )


class LostOut(Schema):
    detail = fields.Str()


class IssueIn(Schema):
    reason = fields.Str(required=True, validate=validate.Length(max=200))


class SubmissionOut(LineOut, line=read.SubmissionLine, without=("id",)): ...


def _as_json(line: read.PublicationLine) -> dict[str, Any]:
    """A publication with the fields of ``PublicationOut``."""
    return {**asdict(line), "details": plain_values(line.details)}


def _publications(query: dict[str, Any], *, but: bool) -> tuple[list[dict[str, Any]], str | None]:
    """A page of publications, and the cursor of the next page.

    :param but: whether notices are listed, instead of postings.
    """
    asked = read.PublicationsAsked(kinds=POSTING, but=but, **query)
    with runtime().query() as session:
        page = read.publications(session, runtime(), asked)
    return [_as_json(line) for line in page.lines], page.next


def _publication(number: str, place: str | None, *, but: bool) -> dict[str, Any]:
    """A publication, with the form of what people may submit to it."""
    with runtime().query() as session:
        line = read.publication(session, runtime(), number, POSTING, but=but, jurisdiction=place)
        asked = read.asked_by(session, runtime(), line)
    form = asked.form if asked else None
    lists = asked.values if asked else {}
    return {**_as_json(line), "form": form, "lists": lists}


def _submit(number: str, place: str | None, *, but: bool) -> Response:
    """Submit the answers and files of this request to a publication."""
    with runtime().query() as session:
        line = read.publication(session, runtime(), number, POSTING, but=but, jurisdiction=place)
    command = SubmitFromOutside(publication_id=line.id, **sent())
    return _receipt(runtime().perform(command))


def _receipt(result: Sent) -> Response:
    """The response with the receipt and the query code. The code is shown only this once."""
    response = make_response({"receipt": result.receipt, "code": result.code}, 201)
    response.headers["Cache-Control"] = "no-store"
    if result.replayed:
        response.headers["Idempotency-Replayed"] = "true"
    return response


@blueprint.get("/public/postings")
@blueprint.arguments(PublicationsIn, location="query")
@blueprint.response(200, PostingsOut)
@blueprint.doc(**OPEN)
def postings(query: dict[str, Any]) -> dict[str, Any]:
    """The postings (榜单), newest first."""
    lines, cursor = _publications(query, but=False)
    return {"postings": lines, "next": cursor}


@blueprint.get("/public/postings/<number>")
@blueprint.arguments(PlaceIn, location="query")
@blueprint.response(200, OneOut)
@blueprint.doc(**OPEN)
def posting(query: dict[str, Any], number: str) -> dict[str, Any]:
    """One posting, with the form of a bid."""
    return _publication(number, query["jurisdiction"], but=False)


@blueprint.post("/public/postings/<number>/bids")
@blueprint.arguments(PlaceIn, location="query")
@blueprint.alt_response(201, schema=ReceiptOut)
@blueprint.doc(**SENDING)
def bid(query: dict[str, Any], number: str) -> Response:
    """Bid on a posting (揭榜). 409 if its time is over.

    `answers` follow the form of the posting. Files are sent as parts `file`.
    """
    return _submit(number, query["jurisdiction"], but=False)


@blueprint.get("/public/notices")
@blueprint.arguments(PublicationsIn, location="query")
@blueprint.response(200, NoticesOut)
@blueprint.doc(**OPEN)
def notices(query: dict[str, Any]) -> dict[str, Any]:
    """The notices (公示、公告、清单), newest first."""
    lines, cursor = _publications(query, but=True)
    return {"notices": lines, "next": cursor}


@blueprint.get("/public/notices/<number>")
@blueprint.arguments(PlaceIn, location="query")
@blueprint.response(200, OneOut)
@blueprint.doc(**OPEN)
def notice(query: dict[str, Any], number: str) -> dict[str, Any]:
    """One notice, with the form of an objection."""
    return _publication(number, query["jurisdiction"], but=True)


@blueprint.post("/public/notices/<number>/objections")
@blueprint.arguments(PlaceIn, location="query")
@blueprint.alt_response(201, schema=ReceiptOut)
@blueprint.doc(**SENDING)
def objection(query: dict[str, Any], number: str) -> Response:
    """Object to a notice (异议), with name and contact. 409 if its time is over."""
    return _submit(number, query["jurisdiction"], but=True)


@blueprint.get("/public/processes/<jurisdiction>/<key>")
@blueprint.response(200, FormOut)
@blueprint.doc(**OPEN)
def application(jurisdiction: str, key: str) -> read.Asked:
    """The form with which anybody may start a process."""
    with runtime().query() as session:
        return read.application(session, runtime(), jurisdiction, key)


@blueprint.post("/public/processes/<jurisdiction>/<key>/cases")
@blueprint.alt_response(201, schema=ReceiptOut)
@blueprint.doc(**SENDING)
def apply(jurisdiction: str, key: str) -> Response:
    """Start a process from outside (技术需求申报、账号注册)."""
    command = StartFromOutside(jurisdiction=jurisdiction, process=key, **sent())
    return _receipt(runtime().perform(command))


@blueprint.post("/public/codes")
@blueprint.arguments(LostIn)
@blueprint.response(202, LostOut)
@blueprint.doc(**OPEN)
def lost(body: dict[str, Any]) -> dict[str, Any]:
    """Ask for a new query code by mail. 409 if this installation sends no mail.

    The answer is the same whether anything was found or not.
    """
    runtime().perform(MailQueryCodes(address=sender_address(), **body))
    return {"detail": "如果该邮箱有相符的提交，新的查询码已经发到邮箱，原查询码随即失效"}


@blueprint.post("/submissions/<int:submission_id>/code")
@blueprint.arguments(IssueIn)
@blueprint.alt_response(201, schema=ReceiptOut)
def issue(body: dict[str, Any], submission_id: int) -> Response:
    """Issue a new query code to somebody at the counter, with a reason. Only for staff."""
    command = IssueQueryCode(actor=actor(), submission_id=submission_id, reason=body["reason"])
    return _receipt(runtime().perform(command))


@blueprint.get("/public/submissions/<code>")
@blueprint.response(200, SubmissionOut)
@blueprint.doc(**OPEN)
def submission(code: str) -> read.SubmissionLine:
    """The state of a submission, by its query code."""
    with runtime().query() as session:
        return read.submission(session, code)
