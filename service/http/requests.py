"""What every request goes through, and what every page carries when it leaves.

Decided: what no database can keep is refused at the door, so that both databases answer alike. One
look at the request as a whole, instead of a check per field: none can be forgotten.
"""

import re
from typing import Any

from flask import Flask, Response, request
from werkzeug.routing import IntegerConverter, Map

from service.domain.outside import TOTAL_BYTES
from service.errors import BadRequest

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
        if request.path.startswith(files_under):
            request.max_content_length = TOTAL_BYTES
        refuse_unkeepable()

    app.url_map.converters["int"] = IdConverter
    app.before_request(look_at)
    app.after_request(protect)


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
