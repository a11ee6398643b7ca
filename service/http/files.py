"""Files sent to us, and stored files sent out: always as a download, never as something a browser
would run.
"""

from io import BytesIO

from flask import Response, request, send_file

from service.domain.vocabulary import WORKBOOK_WANTED
from service.errors import BadRequest


def download(content: bytes, filename: str) -> Response:
    """A file to keep."""
    response = send_file(
        BytesIO(content), "application/octet-stream", as_attachment=True, download_name=filename
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def sent_workbook() -> bytes:
    """The part ``file`` of a multipart request.

    :raises BadRequest: there is none.
    """
    return sent_file(WORKBOOK_WANTED)[0]


def sent_file(wanted: str) -> tuple[bytes, str]:
    """The part ``file`` of a multipart request and its name.

    :raises BadRequest: there is none; ``wanted`` says what should be sent.
    """
    file = request.files.get("file")
    if file is None or not file.filename:
        raise BadRequest(f"{wanted}，以 multipart 上传，名为 file", field="file")
    with file.stream:
        return bytes(file.read()), file.filename
