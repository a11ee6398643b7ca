"""What no database can keep is refused at the door, so that both databases answer alike.

Decided: one look at the request as a whole, instead of a check per field: none can be forgotten.
"""

import re
from typing import Any

from flask import Flask, request
from werkzeug.routing import IntegerConverter, Map

from service.errors import BadRequest

HIGHEST_ID = 2**31 - 1
ESCAPED = re.compile(
    rb"(?<!\\)(?:\\\\)*\\u(?:0000|[dD][89abAB]..(?!\\u[dD][c-fC-F])|(?<!\\u[dD][89abAB]..\\u)[dD][c-fC-F])"
)


class IdConverter(IntegerConverter):
    """A whole number in an address; one that no row can have leads nowhere."""

    def __init__(self, map: Map, *arguments: Any, **more: Any) -> None:
        super().__init__(map, *arguments, **{"max": HIGHEST_ID, **more})


def install(app: Flask) -> None:
    """Refuse such requests, and such addresses. Before any route is added."""
    app.url_map.converters["int"] = IdConverter
    app.before_request(refuse_unkeepable)


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
