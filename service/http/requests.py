"""Checks of every request, and the headers of every page.

Decided: what no database can keep is refused at the door. Because both databases then answer alike.
One check of the request as a whole, instead of a check for each field, which could be forgotten.

``Idempotency-Key``: a POST that is sent again with the same key has its effect once, and gets the
same response.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable
from functools import wraps
from typing import Any

import orjson
from flask import Flask, Response, request
from werkzeug.routing import IntegerConverter, Map

from service.domain.outside import TOTAL_BYTES
from service.errors import BadAnswers, BadRequest, NotJson
from service.http.session import actor, runtime
from service.unit_of_work.door import Answered, Asked, once

HIGHEST_ID = 2**31 - 1
ESCAPED = re.compile(
    rb"(?<!\\)(?:\\\\)*\\u(?:0000|[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..\\u)[dD][c-fC-F])"
)

CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
LONGEST_KEY = 200
JSON_BYTES = 1_000_000
"""The largest size of a JSON body. Files are sent as multipart."""
JSON_DEPTH = 64
"""The largest number of lists and objects inside each other in a JSON body."""
QUERY_CODE = re.compile(rb'("code": ?)"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){2}"')
"""The query code in a response. It is shown once, and not kept for a repeated request."""


class IdConverter(IntegerConverter):
    """A whole number in an address. No route matches a number that no row can have."""

    def __init__(self, map: Map, *arguments: Any, **options: Any) -> None:
        super().__init__(map, *arguments, **{"max": HIGHEST_ID, **options})


def install(app: Flask, files_under: str) -> None:
    """Check every request, and protect every page.

    This comes before any route is added, and before anything reads a request.

    :param files_under: the beginning of the addresses that take several files.
    """

    def check_request() -> None:
        if request.is_json:
            request.max_content_length = JSON_BYTES
        elif request.path.startswith(files_under):
            request.max_content_length = TOTAL_BYTES
        refuse_unkeepable()
        if request.is_json:
            refuse_unreadable(request.get_data())

    app.url_map.converters["int"] = IdConverter
    app.before_request(check_request)
    app.after_request(protect)


def refuse_unreadable(body: bytes) -> None:
    """Refuse a JSON body that cannot be read or that is nested too deep.

    Reading a deeply nested body would exhaust the stack. Numbers that no double can hold are
    refused, too, because a form would not take them as numbers.

    :raises NotJson: it is no JSON.
    :raises BadRequest: it is nested too deep.
    """
    if not body:
        return
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise NotJson() from exc
    brackets = body.count(b"[") + body.count(b"{")
    if brackets > JSON_DEPTH and _depth(document) > JSON_DEPTH:
        raise BadRequest(f"请求体嵌套超过 {JSON_DEPTH} 层，请检查后重新提交")


def _depth(document: Any) -> int:
    """The largest number of lists and objects of a JSON document inside each other."""
    depth = 0
    level = [document]
    while level:
        parts = (part for container in level for part in _parts(container))
        level = [part for part in parts if isinstance(part, list | dict)]
        depth += 1
    return depth


def _parts(container: Any) -> Iterable[Any]:
    """The entries of a list or the values of an object."""
    if isinstance(container, dict):
        return container.values()
    if not isinstance(container, list):
        return ()
    return container


def refuse_unkeepable() -> None:
    """Refuse the null character and halves of characters anywhere in a request.

    :raises BadRequest: there is one.
    """
    texts = [*request.args.values(), *request.form.values()]
    texts += [file.filename or "" for file in request.files.values()]
    in_texts = any("\0" in text for text in texts)
    if in_texts or (request.is_json and ESCAPED.search(request.get_data())):
        raise BadRequest(
            "提交的文字中含有无法保存的字符（空字符或不完整的字符），请重新输入后再提交"
        )


def protect(response: Response) -> Response:
    """Set the headers of pages: nothing from elsewhere, no inline scripts, no foreign frames."""
    if response.mimetype == "text/html":
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def make_repeatable(app: Flask, prefix: str, *, but: Collection[str] = ()) -> None:
    """Make every POST under a path repeatable.

    :param but: the endpoints that are left out.
    """
    endpoints = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(prefix) and "POST" in (rule.methods or ())
    }
    for endpoint in endpoints.difference(but):
        app.view_functions[endpoint] = _repeatable(app, app.view_functions[endpoint])


def make_checkable(app: Flask, endpoints: Collection[str]) -> None:
    """Make these POSTs checkable: with ``check_only=true`` they are carried out and undone.

    The answer has all errors in the form; it has none if nothing is wrong. Any other refusal stays
    a refusal.
    """
    for endpoint in endpoints:
        app.view_functions[endpoint] = _checkable(app.view_functions[endpoint])


def checking() -> bool:
    """Whether the request is only checked and not carried out."""
    return request.args.get("check_only", "").lower() in ("1", "true")


def _checkable(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def checkable(**arguments: Any) -> Any:
        if not checking():
            return view(**arguments)
        try:
            with runtime().trial():
                view(**arguments)
        except BadAnswers as exc:
            return exc.facts
        return {"errors": {}}

    return checkable


def _repeatable(app: Flask, view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def repeatable(**arguments: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST":
            return view(**arguments)
        if not 0 < len(key) <= LONGEST_KEY:
            raise BadRequest(
                f"Idempotency-Key 应为 1 到 {LONGEST_KEY} 个字符", header="Idempotency-Key"
            )

        fresh_body = b""

        def answer() -> Answered:
            nonlocal fresh_body
            response = app.make_response(view(**arguments))
            fresh_body = response.get_data()
            body_to_keep = QUERY_CODE.sub(rb"\1null", fresh_body)
            return Answered(status=response.status_code, body=body_to_keep)

        asked = Asked(person_id=actor().person_id, key=key, digest=_digest())
        answered = once(runtime(), asked, answer)
        body = answered.body if answered.replayed else fresh_body
        response = Response(body, answered.status, mimetype="application/json")
        if answered.replayed:
            response.headers["Idempotency-Replayed"] = "true"
        return response

    return repeatable


def _digest() -> bytes:
    """The digest of the request, from its address and body.

    Of a multipart body it takes the parts, because the border between them changes each time.
    """
    digest = hashlib.sha256(request.full_path.encode())
    if request.mimetype != "multipart/form-data":
        digest.update(request.get_data())
        return digest.digest()
    for name, value in sorted(request.form.items(multi=True)):
        digest.update(repr((name, value)).encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda part: part[0]):
        description = (name, file.filename, file.mimetype)
        content = hashlib.sha256(file.read())
        digest.update(repr(description).encode() + content.digest())
        file.seek(0)
    return digest.digest()
