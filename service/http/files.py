"""Sending stored files: always as a download, never as something a browser would run."""

from io import BytesIO

from flask import Response, send_file


def download(content: bytes, filename: str) -> Response:
    """A file to keep."""
    response = send_file(BytesIO(content), "application/octet-stream", as_attachment=True, download_name=filename)
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
