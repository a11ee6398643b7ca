"""Files attached to items."""

from typing import Any

from flask import Response, request
from flask_smorest import Blueprint

from service.api.items.schemas import AttachmentOut
from service.commands.items.remarks import AttachFile
from service.errors import BadRequest
from service.http.files import download, refuse_other_parts
from service.http.session import actor, runtime
from service.queries.items.answers import attachment
from service.queries.items.page import item_page

blueprint = Blueprint("attachments", __name__, description="附件")


@blueprint.post("/items/<int:item_id>/attachments")
@blueprint.response(201, AttachmentOut)
def attach(item_id: int) -> Any:
    """Attach a file (multipart, part `file`)."""
    refuse_other_parts()
    file = request.files.get("file")
    if file is None:
        raise BadRequest("请以 multipart 上传名为 file 的文件", field="file")
    command = AttachFile(
        actor=actor(),
        item_id=item_id,
        filename=file.filename or "",
        content=file.read(),
        content_type=file.mimetype,
    )
    attachment_id = runtime().perform(command)
    with runtime().query() as session:
        page = item_page(session, runtime(), actor(), item_id)
    return next(line for line in page.attachments if line.id == attachment_id)


@blueprint.get("/attachments/<int:attachment_id>")
def fetch(attachment_id: int) -> Response:
    """The content of the file."""
    with runtime().query() as session:
        file = attachment(session, runtime(), actor(), attachment_id)
    return download(file.content, file.filename)
