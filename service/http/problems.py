"""One renderer of refusals: problem+json (RFC 9457) for the API, a page or a fragment for
people.
"""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Flask, Response, render_template, request
from werkzeug.exceptions import HTTPException

from service.errors import Refused

log = structlog.get_logger()
SENTENCES = {
    400: "请求无法识别，请检查后重试",
    404: "没有找到这个页面，请检查地址",
    405: "此地址不支持这种操作",
    413: "上传的内容太大，请压缩或拆分后再试",
    415: "请以 JSON 格式提交",
    429: "操作过于频繁，请稍后再试",
    500: "系统内部出错，已记录。请稍后重试，或联系系统管理员",
}


def install(app: Flask) -> None:
    """Let every refusal of the program and every HTTP error be rendered here."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, failed)


def refused(exc: Refused) -> Response:
    """A refusal: its status, its sentence, its facts."""
    response = problem(exc.status, exc.code, exc.title(), exc.sentence, exc.facts)
    if "retry_after" in exc.facts:
        response.headers["Retry-After"] = str(exc.facts["retry_after"])
    return response


def failed(exc: HTTPException) -> Response:
    """An error of HTTP itself, or of a request's form."""
    status = exc.code or 500
    messages = getattr(exc, "data", {}).get("messages")
    if messages is not None:
        return problem(
            status,
            "bad_request",
            "The request cannot be read",
            _said(messages),
            {"errors": messages},
        )
    name = HTTPStatus(status).phrase
    if status >= 500:
        path = str(request.url_rule) if "secret" in (request.view_args or {}) else request.path
        log.error("bug", path=path, exc_info=getattr(exc, "original_exception", None) or exc)
    sentence = SENTENCES.get(status, exc.description or name)
    return problem(status, name.lower().replace(" ", "_"), name, sentence, {})


def problem(status: int, code: str, title: str, sentence: str, facts: dict[str, Any]) -> Response:
    """The response for a problem, in the form the asker reads."""
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": sentence,
            "code": code,
            "facts": facts,
            **({"findings": facts["findings"]} if "findings" in facts else {}),
        }
        return Response(
            orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS),
            status,
            mimetype="application/problem+json",
        )
    template = (
        "site/problem_fragment.html" if request.headers.get("HX-Request") else "site/problem.html"
    )
    page = render_template(
        template,
        status=status,
        code=code,
        title=title,
        sentence=sentence,
        facts=facts,
    )
    return Response(page, status, mimetype="text/html")


def _sentences(errors: Any) -> Iterator[str]:
    """What is wrong with a field; with a list, what is wrong with its entries."""
    if isinstance(errors, dict):
        errors = list(errors.values())
    if not isinstance(errors, list):
        yield str(errors)
        return
    for entry in errors:
        yield from _sentences(entry)


def _said(messages: Any) -> str:
    """What is wrong with a request, by field."""
    if isinstance(messages, dict) and any(
        not isinstance(place, dict) for place in messages.values()
    ):
        return "请求体不是有效的 JSON，请检查后重新提交"
    complaints = []
    for place in messages.values() if isinstance(messages, dict) else []:
        for field, errors in place.items() if isinstance(place, dict) else []:
            complaints.append(f"{field}（{'、'.join(dict.fromkeys(_sentences(errors)))}）")
    if complaints:
        return f"请求内容不符合接口要求：{'；'.join(complaints)}"
    return "请求内容不符合接口要求"
