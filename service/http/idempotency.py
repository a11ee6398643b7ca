"""``Idempotency-Key``: a POST that is sent again with the same key has its effect once and the same
response.
"""

import hashlib
import re
from collections.abc import Callable, Collection
from functools import wraps
from typing import Any

from flask import Flask, Response, request

from service.errors import BadRequest
from service.http.session import actor, runtime
from service.unit_of_work.door import Answered, Asked, once

LONGEST = 200
QUERY_CODE = re.compile(rb'("code": ?)"[0-9A-Z]{5}(?:-[0-9A-Z]{5}){2}"')
"""What is shown once, to whoever types in a paper for somebody, and is not kept."""


def install(app: Flask, prefix: str, *, but: Collection[str] = ()) -> None:
    """Make every POST under a path repeatable, ``but`` some endpoints."""
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(prefix) and "POST" in (rule.methods or ())
    ]
    for endpoint in {rule.endpoint for rule in rules} - set(but):
        app.view_functions[endpoint] = _repeatable(app, app.view_functions[endpoint])


def _repeatable(app: Flask, view: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(view)
    def repeatable(**parts: Any) -> Any:
        key = request.headers.get("Idempotency-Key")
        if key is None or request.method != "POST":
            return view(**parts)
        if not 0 < len(key) <= LONGEST:
            raise BadRequest(
                f"Idempotency-Key 应为 1 到 {LONGEST} 个字符", header="Idempotency-Key"
            )

        said = b""

        def answer() -> Answered:
            nonlocal said
            response = app.make_response(view(**parts))
            said = response.get_data()
            return Answered(status=response.status_code, body=QUERY_CODE.sub(rb"\1null", said))

        answered = once(
            runtime(), Asked(person_id=actor().person_id, key=key, digest=_digest()), answer
        )
        body = answered.body if answered.replayed else said
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
