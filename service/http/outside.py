"""Requests of people who have not signed in: what they send, with files, and from where."""

from contextlib import closing
from ipaddress import ip_address, ip_network
from typing import Any

import orjson
from flask import request
from werkzeug.datastructures import FileStorage

from service.domain.outside import Upload, query_code
from service.errors import BadRequest
from service.http.files import refuse_other_parts
from service.http.requests import LONGEST_KEY
from service.http.session import runtime

IPV6_HOUSEHOLD = 64


def sent() -> dict[str, Any]:
    """What a request says, for a command: JSON, or multipart with the answers as JSON in a part and
    files beside it.

    :raises BadRequest: the answers cannot be read.
    """
    if request.mimetype == "multipart/form-data":
        refuse_other_parts()
        files = tuple(_upload(file) for file in request.files.getlist("file") if file.filename)
        answers = _read(request.form.get("answers", "{}"))
    else:
        files = ()
        body = request.get_json()
        answers = body.get("answers", {}) if isinstance(body, dict) else None
    if not isinstance(answers, dict):
        raise BadRequest("请以 answers 提交表单内容：一个以栏目键为名的 JSON 对象", field="answers")
    return {"payload": answers, "files": files, "address": sender_address(), **_repeatable()}


def _upload(file: FileStorage) -> Upload:
    with closing(file):
        return Upload(filename=file.filename or "", content_type=file.mimetype, content=file.read())


def _read(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise BadRequest("answers 不是有效的 JSON，请检查后重新提交", field="answers") from exc


def _repeatable() -> dict[str, str]:
    """With an Idempotency-Key the query code follows from it: a secret that is never stored, and
    yet the same again.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return {}
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadRequest(
            f"Idempotency-Key 应为 1 到 {LONGEST_KEY} 个字符", header="Idempotency-Key"
        )
    return {"key": key, "code": query_code(runtime().sealed(f"code:{request.path}\0{key}"))}


def sender_address() -> str:
    """From where a request comes, as a digest that only this installation can make: to count, not
    to know.

    Behind a proxy on this machine or in its network (a container's) it is the address that the
    proxy names: else all the world would share one count, and one sender could use it up. Of IPv6
    the household counts.
    """
    named = request.remote_addr or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        sender = ip_address(forwarded if forwarded and ip_address(named).is_private else named)
    except ValueError:
        return runtime().sealed(f"address:{named}").hex()
    home = ip_network((sender, IPV6_HOUSEHOLD), strict=False) if sender.version == 6 else sender
    return runtime().sealed(f"address:{home}").hex()
