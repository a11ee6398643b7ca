"""Requests of people who have not signed in: their answers, their files and their address."""

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
"""The length in bits of the prefix that all addresses of a household share."""


def sent() -> dict[str, Any]:
    """The arguments of a command from a request.

    The answers are sent as JSON, or as JSON in a part of a multipart request with files beside it.

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
    return {
        "payload": answers,
        "files": files,
        "address": sender_address(),
        **_key_and_code(),
    }


def _upload(file: FileStorage) -> Upload:
    with closing(file):
        content = file.read()
    return Upload(filename=file.filename or "", content_type=file.mimetype, content=content)


def _read(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as exc:
        raise BadRequest("answers 不是有效的 JSON，请检查后重新提交", field="answers") from exc


def _key_and_code() -> dict[str, str]:
    """The ``Idempotency-Key`` and the query code, if the request has a key.

    The code is made from the key. So it is the same if the request is repeated, and it need not be
    stored.

    :raises BadRequest: the key is empty or too long.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return {}
    if not 0 < len(key) <= LONGEST_KEY:
        raise BadRequest(
            f"Idempotency-Key 应为 1 到 {LONGEST_KEY} 个字符", header="Idempotency-Key"
        )
    seal = runtime().sealed(f"code:{request.path}\0{key}")
    return {"key": key, "code": query_code(seal)}


def sender_address() -> str:
    """A digest of the address from which the request comes.

    Only this installation can make the digest. It serves to count requests, not to know people.

    A proxy on this machine or in its network (as of a container) names the address for which it
    asks. Otherwise all people would share one count, and one sender could use it up. All IPv6
    addresses of a household count as one.
    """
    text = request.remote_addr or ""
    forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    try:
        by_proxy = bool(forwarded) and ip_address(text).is_private
        address = ip_address(forwarded if by_proxy else text)
    except ValueError:
        return _address_digest(text)
    if address.version == 6:
        return _address_digest(ip_network((address, IPV6_HOUSEHOLD), strict=False))
    return _address_digest(address)


def _address_digest(address: object) -> str:
    return runtime().sealed(f"address:{address}").hex()
