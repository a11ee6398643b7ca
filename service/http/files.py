"""Files that people send, and stored files that are sent to them.

A browser saves a stored file and never runs it.

Decided: the browser shows a file only if its own first bytes say that it is a PDF or a picture.
Because its name, or what the sender called it, may hide a page with a script.
"""

from io import BytesIO

from flask import Response, request, send_file

from service.errors import BadRequest


def download(content: bytes, filename: str) -> Response:
    """The response with a file that the browser saves."""
    response = send_file(
        BytesIO(content), "application/octet-stream", as_attachment=True, download_name=filename
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


TYPES_BY_START: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
"""How the files begin that a browser may show, and their types."""
WEBP = (b"RIFF", b"WEBP")


def shown(content: bytes, filename: str) -> Response:
    """The response with a file. The browser shows a PDF or a picture, and saves any other file."""
    kind = _type_of(content)
    if kind is None:
        return download(content, filename)
    response = send_file(BytesIO(content), kind, download_name=filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _type_of(content: bytes) -> str | None:
    """The type of a PDF or a picture; None for any other file."""
    if (content[:4], content[8:12]) == WEBP:
        return "image/webp"
    for start, kind in TYPES_BY_START:
        if content.startswith(start):
            return kind
    return None


def refuse_other_parts() -> None:
    """Refuse files that were sent under another name than ``file``, because nobody would see them.

    :raises BadRequest: there is one.
    """
    files = request.files.items(multi=True)
    other_names = {name for name, file in files if file.filename and name != "file"}
    if other_names:
        names = "、".join(sorted(other_names))
        raise BadRequest(f"文件应以名为 file 的部分上传，收到的是：{names}", field=names)


def sent_file(wanted: str) -> tuple[bytes, str]:
    """The content and the name of the file in the part ``file`` of a multipart request.

    :param wanted: says in the error what should be sent.
    :raises BadRequest: there is no file.
    """
    refuse_other_parts()
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadRequest(f"{wanted}，以 multipart 上传，名为 file", field="file")
    with file.stream:
        return bytes(file.read()), file.filename
