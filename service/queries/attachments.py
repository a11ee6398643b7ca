"""The content of an attachment."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.domain.people import Actor
from service.errors import NotFound
from service.queries.parts import visible_case
from service.store.tables import AttachmentRow


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A file to send."""

    filename: str
    content_type: str
    content: bytes


def attachment(session: Session, actor: Actor, attachment_id: int) -> FileLine:
    """The file, for those who can see its case.

    :raises NotFound: there is none, or it is not theirs to see.
    """
    columns = (AttachmentRow.case_id, AttachmentRow.filename, AttachmentRow.content_type, AttachmentRow.content)
    row = session.execute(select(*columns).where(AttachmentRow.id == attachment_id)).one_or_none()
    if row is None:
        raise NotFound("该附件")
    visible_case(session, actor, row.case_id)
    return FileLine(filename=row.filename, content_type=row.content_type, content=row.content)
