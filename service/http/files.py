"""Files sent to us, and stored files sent out: as a download, never as something a browser would
run.

Decided: a file is shown in the browser only where its own first bytes say that it is a PDF or a
picture; instead of trusting its name or what the sender called it, which may hide a page with a
script.
"""

from io import BytesIO

from flask import Response, request, send_file

from service.errors import BadRequest


def download(content: bytes, filename: str) -> Response:
    """A file to keep."""
    response = send_file(
        BytesIO(content), "application/octet-stream", as_attachment=True, download_name=filename
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


LOOKS: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
"""How files begin that a browser may show."""
WEBP = (b"RIFF", b"WEBP")


def shown(content: bytes, filename: str) -> Response:
    """A PDF or a picture to look at in the browser; any other file to keep."""
    kind = next((kind for start, kind in LOOKS if content.startswith(start)), None)
    if (content[:4], content[8:12]) == WEBP:
        kind = "image/webp"
    if kind is None:
        return download(content, filename)
    response = send_file(BytesIO(content), kind, download_name=filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def refuse_other_parts() -> None:
    """Refuse files that were sent under another name than ``file``: nobody would look at them.

    :raises BadRequest: there is one.
    """
    others = sorted({part for part, file in request.files.items(multi=True) if file.filename})
    if others not in ([], ["file"]):
        wrong = "、".join(part for part in others if part != "file")
        raise BadRequest(f"文件应以名为 file 的部分上传，收到的是：{wrong}", field=wrong)


def sent_file(request_to_send: str) -> tuple[bytes, str]:
    """The part ``file`` of a multipart request and its name.

    :raises BadRequest: there is none; ``wanted`` says what should be sent.
    """
    refuse_other_parts()
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadRequest(f"{request_to_send}，以 multipart 上传，名为 file", field="file")
    with file.stream:
        return bytes(file.read()), file.filename
