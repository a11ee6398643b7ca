"""What every request goes through, and what every page carries when it leaves.

Decided: what no database can keep is refused at the door, so that both databases answer alike. One
look at the request as a whole, instead of a check per field: none can be forgotten.

``Idempotency-Key``: a POST that is sent again with the same key has its effect once and the same
response.
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
JSON_BYTES, JSON_DEPTH = 1_000_000, 64
"""What a JSON body may measure. Files are sent as multipart."""
QUERY_CODE = re.compile(rb'("code": ?)"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){2}"')
"""What is shown once, to whoever types in a paper for somebody, and is not kept."""


class IdConverter(IntegerConverter):
    """A whole number in an address; one that no row can have leads nowhere."""

    def __init__(self, map: Map, *arguments: Any, **more: Any) -> None:
        super().__init__(map, *arguments, **{"max": HIGHEST_ID, **more})


def install(app: Flask, files_under: str) -> None:
    """Look at every request and every page. Before any route is added, and before anything reads a
    request.

    :param files_under: where requests may bring several files.
    """

    def look_at() -> None:
        if request.is_json:
            request.max_content_length = JSON_BYTES
        elif request.path.startswith(files_under):
            request.max_content_length = TOTAL_BYTES
        refuse_unkeepable()
        if request.is_json:
            refuse_unreadable(request.get_data())

    app.url_map.converters["int"] = IdConverter
    app.before_request(look_at)
    app.after_request(protect)


def refuse_unreadable(body: bytes) -> None:
    """Refuse JSON that is none, or that is nested so deep that reading it would exhaust the stack.

    Numbers that no double can hold are refused here, too: they would be no number in a form.
    :raises NotJson: it is none. :raises BadRequest: it is nested too deep.
    """
    if not body:
        return
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        raise NotJson() from exc
    if body.count(b"[") + body.count(b"{") > JSON_DEPTH and _depth(document) > JSON_DEPTH:
        raise BadRequest(f"请求体嵌套超过 {JSON_DEPTH} 层，请检查后重新提交")


def _depth(document: Any) -> int:
    """How many lists and objects of a JSON document stand inside each other at most."""
    depth = 0
    level = [document]
    while level:
        inside = (part for container in level for part in _parts(container))
        level = [part for part in inside if isinstance(part, list | dict)]
        depth += 1
    return depth


def _parts(container: Any) -> Iterable[Any]:
    """The entries of a list, the values of an object."""
    if isinstance(container, dict):
        return container.values()
    if not isinstance(container, list):
        return ()
    return container


def refuse_unkeepable() -> None:
    """Refuse the character zero and halves of characters, wherever they stand in a request.

    :raises BadRequest: there is one.
    """
    sent = [
        *request.args.values(),
        *request.form.values(),
        *(file.filename or "" for file in request.files.values()),
    ]
    if any("\0" in text for text in sent) or (
        request.is_json and ESCAPED.search(request.get_data())
    ):
        raise BadRequest(
            "提交的文字中含有无法保存的字符（空字符或不完整的字符），请重新输入后再提交"
        )


def protect(response: Response) -> Response:
    """Pages load nothing from elsewhere, run no inline script and stand in nobody's frame."""
    if response.mimetype == "text/html":
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def make_repeatable(app: Flask, prefix: str, *, but: Collection[str] = ()) -> None:
    """Make every POST under a path repeatable, ``but`` some endpoints."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(prefix) and "POST" in (rule.methods or ())
    ]
    for endpoint in {rule.endpoint for rule in rules} - set(but):
        app.view_functions[endpoint] = _repeatable(app, app.view_functions[endpoint])


def make_checkable(app: Flask, endpoints: Collection[str]) -> None:
    """Let these POSTs be tried out: with ``check_only=true`` they are carried out and undone. The
    answer says all that is wrong with what was filled in; {} when nothing is. Any other refusal
    stays one.
    """
    for endpoint in endpoints:
        app.view_functions[endpoint] = _checkable(app.view_functions[endpoint])


def checking() -> bool:
    """Whether the request only asks what would be refused."""
    return request.args.get("check_only", "").lower() in ("1", "true")


def _checkable(view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def checkable(**parts: Any) -> Any:
        if not checking():
            return view(**parts)
        try:
            with runtime().trial():
                view(**parts)
        except BadAnswers as exc:
            return exc.facts
        return {"errors": {}}

    return checkable


def _repeatable(app: Flask, view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def repeatable(**parts: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST":
            return view(**parts)
        if not 0 < len(key) <= LONGEST_KEY:
            raise BadRequest(
                f"Idempotency-Key 应为 1 到 {LONGEST_KEY} 个字符", header="Idempotency-Key"
            )

        sent = b""

        def answer() -> Answered:
            nonlocal sent
            response = app.make_response(view(**parts))
            sent = response.get_data()
            return Answered(status=response.status_code, body=QUERY_CODE.sub(rb"\1null", sent))

        answered = once(
            runtime(), Asked(person_id=actor().person_id, key=key, digest=_digest()), answer
        )
        body = answered.body if answered.replayed else sent
        response = Response(body, answered.status, mimetype="application/json")
        if answered.replayed:
            response.headers["Idempotency-Replayed"] = "true"
        return response

    return repeatable


def _digest() -> bytes:
    """What the request says: its address and body; of a multipart body the parts, whose border
    changes each time.
    """
    whole = hashlib.sha256(request.full_path.encode())
    if request.mimetype != "multipart/form-data":
        whole.update(request.get_data())
        return whole.digest()
    for name, value in sorted(request.form.items(multi=True)):
        whole.update(repr((name, value)).encode())
    for name, file in sorted(request.files.items(multi=True), key=lambda part: part[0]):
        whole.update(
            repr((name, file.filename, file.mimetype)).encode()
            + hashlib.sha256(file.read()).digest()
        )
        file.seek(0)
    return whole.digest()
