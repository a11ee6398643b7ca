"""The renderer of all refusals.

The API gets problem+json (RFC 9457). People get a page or a fragment of a page.
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
    """Render every refusal of the program and every HTTP error here."""
    app.register_error_handler(Refused, refused)
    app.register_error_handler(HTTPException, failed)


def refused(exc: Refused) -> Response:
    """The response for a refusal."""
    response = problem(exc.status, exc.code, exc.title(), exc.sentence, exc.facts)
    if "retry_after" in exc.facts:
        response.headers["Retry-After"] = str(exc.facts["retry_after"])
    return response


def failed(exc: HTTPException) -> Response:
    """The response for an error of HTTP, or for a request that does not fit its schema.

    An error of the program is logged. A secret in the address is not.
    """
    status = exc.code or 500
    messages = getattr(exc, "data", {}).get("messages")
    if messages is not None:
        sentence = _sentence_of(messages)
        facts = {"errors": messages}
        return problem(status, "bad_request", "The request cannot be read", sentence, facts)
    name = HTTPStatus(status).phrase
    if status >= 500:
        has_secret = "secret" in (request.view_args or {})
        path = str(request.url_rule) if has_secret else request.path
        log.error("bug", path=path, exc_info=getattr(exc, "original_exception", None) or exc)
    code = name.lower().replace(" ", "_")
    sentence = SENTENCES.get(status, exc.description or name)
    return problem(status, code, name, sentence, {})


def problem(status: int, code: str, title: str, sentence: str, facts: dict[str, Any]) -> Response:
    """The response for a problem: JSON for the API, a page or a fragment for people."""
    if request.path.startswith("/api/"):
        body = {
            "type": "about:blank",
            "title": title,
            "status": status,
            "detail": sentence,
            "code": code,
            "facts": facts,
        }
        if "findings" in facts:
            body["findings"] = facts["findings"]
        content = orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)
        return Response(content, status, mimetype="application/problem+json")
    by_htmx = request.headers.get("HX-Request")
    template = "site/problem_fragment.html" if by_htmx else "site/problem.html"
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
    """The errors of a field, or of all entries of a list."""
    if isinstance(errors, dict):
        errors = list(errors.values())
    if not isinstance(errors, list):
        yield str(errors)
        return
    for error in errors:
        yield from _sentences(error)


def _sentence_of(messages: Any) -> str:
    """A sentence with all errors of a request, by field.

    :param messages: the errors of each field, by the place in the request (such as ``json``).
    """
    places = list(messages.values()) if isinstance(messages, dict) else []
    if not all(isinstance(errors_by_field, dict) for errors_by_field in places):
        return "请求体不是有效的 JSON，请检查后重新提交"
    texts = []
    for errors_by_field in places:
        for field, errors in errors_by_field.items():
            sentences = dict.fromkeys(_sentences(errors))
            texts.append(f"{field}（{'、'.join(sentences)}）")
    if not texts:
        return "请求内容不符合接口要求"
    return f"请求内容不符合接口要求：{'；'.join(texts)}"
