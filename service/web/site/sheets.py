"""A workbook that is reported on first and taken over then.

Decided: the file stays in the browser between report and acceptance and is sent twice, so that
nothing of a refused file is stored anywhere; the digest says that it is still the same.
"""

from dataclasses import dataclass
from hashlib import sha256

from flask import request

from service.errors import Changed
from service.http.files import sent_workbook


@dataclass(frozen=True, kw_only=True)
class Upload:
    """The file sent, and whether it is to be taken over."""

    content: bytes
    digest: str
    accepted: bool


def uploaded() -> Upload:
    """The part ``file`` of this request.

    :raises BadRequest: no file. :raises Changed: accepted is another file than the one that was
        reported on.
    """
    content, accepted = sent_workbook(), "accept" in request.form
    digest = sha256(content).hexdigest()
    if accepted and request.form.get("digest") != digest:
        raise Changed("所选文件与刚才核对的不是同一份，请重新核对后再提交")
    return Upload(content=content, digest=digest, accepted=accepted)


def report_page(whole: str) -> str:
    """The template of a report: the fragment for htmx, the whole page for a browser without
    scripts.
    """
    return "site/sheet_report.html" if request.headers.get("HX-Request") else whole
